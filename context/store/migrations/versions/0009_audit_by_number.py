"""Lines of the audit log of one kind, target, talent, brand or principal come newest first without a sort."""

from alembic import op

revision = "0009"
down_revision = "0008"

_BEFORE = (["kind", "target"], ["talent"], ["brand"], ["who"])
_SINCE = (["kind", "id"], ["target", "id"], ["talent", "id"], ["brand", "id"], ["who", "id"])


def upgrade() -> None:
    _exchange(_BEFORE, _SINCE)


def downgrade() -> None:
    _exchange(_SINCE, _BEFORE)


def _exchange(old: tuple[list[str], ...], new: tuple[list[str], ...]) -> None:
    for columns in old:
        op.drop_index(_name(columns), "audit")
    for columns in new:
        op.create_index(_name(columns), "audit", columns)


def _name(columns: list[str]) -> str:
    return "_".join(["ix", "audit", *columns])
