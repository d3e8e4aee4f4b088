"""A key counts the sign-outs that ended its visits; background work finds its rows without a scan."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_LEFT = sa.text("done IS NULL")


def upgrade() -> None:
    op.add_column("keys", sa.Column("visits", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_requests_created", "requests", ["created"])
    op.drop_index("ix_deliveries_due", "deliveries")
    op.create_index("ix_deliveries_due", "deliveries", ["due"], sqlite_where=_LEFT, postgresql_where=_LEFT)


def downgrade() -> None:
    op.drop_index("ix_deliveries_due", "deliveries")
    op.create_index("ix_deliveries_due", "deliveries", ["due"])
    op.drop_index("ix_requests_created", "requests")
    op.drop_column("keys", "visits")
