"""Consents know what vendors have made of their files, and when somebody has to look after that."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("consents", sa.Column("clones", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("consents", sa.Column("due", sa.BigInteger()))
    there = sa.text("due IS NOT NULL")
    op.create_index("ix_consents_due", "consents", ["due"], sqlite_where=there, postgresql_where=there)


def downgrade() -> None:
    op.drop_index("ix_consents_due", "consents")
    op.drop_column("consents", "due")
    op.drop_column("consents", "clones")
