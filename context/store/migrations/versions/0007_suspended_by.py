"""A suspended twin says on whose behalf it is, so that each party takes back its own."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("twins", sa.Column("suspended", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("twins", "suspended")
