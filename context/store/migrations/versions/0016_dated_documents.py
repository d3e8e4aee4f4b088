"""Documents know when they are from."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("documents", sa.Column("dated", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("documents", "dated")
