"""A document says what is odd about it, and by which rules it was read: unchanged, it is not read again."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("documents", sa.Column("note", sa.Text(), nullable=False, server_default=""))
    op.add_column("documents", sa.Column("recipe", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("documents", "recipe")
    op.drop_column("documents", "note")
