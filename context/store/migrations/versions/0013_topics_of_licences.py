"""A licence says what brands may pay for talk of."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("licences", sa.Column("topics", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("licences", "topics")
