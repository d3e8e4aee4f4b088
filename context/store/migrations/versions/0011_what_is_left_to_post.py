"""What is left to post, and what was given up, is counted without a look at a month of messages."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_NEW = sa.text("done IS NULL")
_GIVEN_UP = sa.text("done IS NOT NULL AND error != ''")


def upgrade() -> None:
    op.drop_index("ix_outbox_due", "outbox")
    op.create_index("ix_outbox_due", "outbox", ["due"], sqlite_where=_NEW, postgresql_where=_NEW)
    op.create_index(
        "ix_deliveries_done", "deliveries", ["done"], sqlite_where=_GIVEN_UP, postgresql_where=_GIVEN_UP
    )


def downgrade() -> None:
    op.drop_index("ix_deliveries_done", "deliveries")
    op.drop_index("ix_outbox_due", "outbox")
    op.create_index("ix_outbox_due", "outbox", ["due"])
