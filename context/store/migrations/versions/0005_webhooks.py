"""Webhooks: where a talent's people are told of what happens, and what became of each message for each."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_HOUSE = "(SELECT gemelo_house())"
_OF_TALENT = "talent = ANY ((SELECT gemelo_talents())::text[])"
_OF_WEBHOOK = "EXISTS (SELECT FROM webhooks WHERE webhooks.id = deliveries.webhook)"
_SEEN = {"webhooks": _OF_TALENT, "deliveries": _OF_WEBHOOK}


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("talent", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("revision", sa.Integer(), nullable=False, server_default="1"),
        sa.ForeignKeyConstraint(["talent"], ["talents.id"], name="fk_webhooks_talent", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
    )
    op.create_index("ix_webhooks_talent", "webhooks", ["talent"])
    op.create_table(
        "deliveries",
        sa.Column("message", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("webhook", sa.String(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("done", sa.BigInteger()),
        sa.Column("error", sa.String(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["message"], ["outbox.id"], name="fk_deliveries_message", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["webhook"], ["webhooks.id"], name="fk_deliveries_webhook", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message", "webhook", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_due", "deliveries", ["due"])
    if _is_postgres():
        for table, theirs in _SEEN.items():
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY theirs ON {table} USING ({_HOUSE} OR {theirs})")


def downgrade() -> None:
    op.drop_table("deliveries")
    op.drop_table("webhooks")


def _is_postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"
