"""Turns tell what they took of services that are paid for."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("turns", sa.Column("usage", sa.JSON()))


def downgrade() -> None:
    op.drop_column("turns", "usage")
