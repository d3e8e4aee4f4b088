"""Turns name their place too: what was said there is found newest first, without a look at every session."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_INDEXES = {
    "sessions": ["deployment", "created", "id"],
    "turns": ["deployment", "created", "id"],
    "audit": ["kind", "target"],
}
_NAME_PLACES = sa.text(
    "UPDATE turns SET deployment = (SELECT deployment FROM sessions WHERE sessions.id = turns.session)"
)
_HOUSE = "(SELECT gemelo_house())"
_OF_SESSION = "EXISTS (SELECT FROM sessions WHERE sessions.id = turns.session)"
_OF_PLACE = "EXISTS (SELECT FROM deployments WHERE deployments.key = turns.deployment)"


def upgrade() -> None:
    op.add_column("turns", sa.Column("deployment", sa.String(), nullable=False, server_default=""))
    op.execute(_NAME_PLACES)
    op.drop_index("ix_sessions_deployment", "sessions")
    for table, columns in _INDEXES.items():
        op.create_index(_name(table, columns), table, columns)
    _see(_OF_PLACE)


def downgrade() -> None:
    _see(_OF_SESSION)
    for table, columns in _INDEXES.items():
        op.drop_index(_name(table, columns), table)
    op.create_index("ix_sessions_deployment", "sessions", ["deployment"])
    op.drop_column("turns", "deployment")


def _name(table: str, columns: list[str]) -> str:
    return "_".join(["ix", table, *columns])


def _see(theirs: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP POLICY theirs ON turns")
        op.execute(f"CREATE POLICY theirs ON turns USING ({_HOUSE} OR {theirs})")
