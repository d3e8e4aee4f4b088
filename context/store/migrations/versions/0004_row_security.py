"""The second fence, where the database can: row-level security, forced. SQLite has none.

A transaction says whose eyes it has (`context/store/scope.py`); one that has said nothing sees nothing.
What belongs to something is seen by whoever sees that: a policy that asks for the row it belongs to is
itself under the policies of that row's table.
"""

from alembic import op

revision = "0004"
down_revision = "0003"

_FUNCTIONS = {
    "gemelo_house": ("boolean", "coalesce(current_setting('gemelo.house', true), '') = 'on'"),
    "gemelo_who": ("text", "nullif(current_setting('gemelo.who', true), '')"),
    "gemelo_talents": (
        "text[]",
        "coalesce(nullif(current_setting('gemelo.talents', true), ''), '{}')::text[]",
    ),
    "gemelo_brands": (
        "text[]",
        "coalesce(nullif(current_setting('gemelo.brands', true), ''), '{}')::text[]",
    ),
}

# As sub-selects they are asked once a query, not once a row.
_HOUSE = "(SELECT gemelo_house())"
_ME = "(SELECT gemelo_who())"
_MY_TALENTS = "ANY ((SELECT gemelo_talents())::text[])"
_MY_BRANDS = "ANY ((SELECT gemelo_brands())::text[])"

_OF_TALENT = f"talent = {_MY_TALENTS}"
_OF_BRAND = f"brand = {_MY_BRANDS}"


def _of(parent: str, key: str, column: str, table: str) -> str:
    return f"EXISTS (SELECT FROM {parent} WHERE {parent}.{key} = {table}.{column})"


_SEEN_AND_CHANGED = {
    "talents": f"id = {_MY_TALENTS}",
    "twins": _OF_TALENT,
    "deployments": _of("twins", "id", "twin", "deployments"),
    "layers": _of("twins", "id", "twin", "layers"),
    "documents": _of("twins", "id", "twin", "documents"),
    "passages": _of("documents", "id", "document", "passages"),
    "versions": _of("deployments", "key", "deployment", "versions"),
    "sessions": _of("deployments", "key", "deployment", "sessions"),
    "turns": _of("sessions", "id", "session", "turns"),
    "memories": _of("deployments", "key", "deployment", "memories"),
    "campaigns": f"{_OF_TALENT} OR {_OF_BRAND}",
    "licences": _OF_TALENT,
    "consents": _OF_TALENT,
    "brands": f"id = {_MY_BRANDS}",
    "keys": f"principal = {_ME}",
    "requests": f"principal = {_ME}",
    "principals": "false",
    "outbox": "false",
    "audit": "false",
}
"""Whose rows they are, beside the house's, which are all."""
_ONLY_SEEN = {
    "brands": f"EXISTS (SELECT FROM campaigns WHERE campaigns.brand = brands.id AND campaigns.{_OF_TALENT})",
    "principals": f"id = {_ME}",
    "outbox": _OF_TALENT,
    "audit": f"{_HOUSE} OR {_OF_TALENT} OR {_OF_BRAND} OR who = {_ME}",
}
_GROWS = "audit"
"""It has no policy by which anybody, the house included, changes or deletes a line."""


def upgrade() -> None:
    if not _is_postgres():
        return
    for name, (kind, body) in _FUNCTIONS.items():
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS {kind} LANGUAGE sql STABLE PARALLEL SAFE AS $$SELECT {body}$$"
        )
    for table, theirs in _SEEN_AND_CHANGED.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        if table != _GROWS:
            op.execute(f"CREATE POLICY theirs ON {table} USING ({_HOUSE} OR {theirs})")
    for table, theirs in _ONLY_SEEN.items():
        op.execute(f"CREATE POLICY seen ON {table} FOR SELECT USING ({theirs})")
    op.execute(f"CREATE POLICY grows ON {_GROWS} FOR INSERT WITH CHECK ({_HOUSE} OR who = {_ME})")


def downgrade() -> None:
    if not _is_postgres():
        return
    op.execute(f"DROP POLICY grows ON {_GROWS}")
    for table in _ONLY_SEEN:
        op.execute(f"DROP POLICY seen ON {table}")
    for table in _SEEN_AND_CHANGED:
        if table != _GROWS:
            op.execute(f"DROP POLICY theirs ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for name in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}()")


def _is_postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"
