"""What a twin has learned: documents and the passages cut from them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("twin", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["twin"], ["twins.id"], name="fk_documents_twin", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_documents"),
        sa.UniqueConstraint("twin", "path", name="uq_documents_twin_path"),
    )
    op.create_table(
        "passages",
        sa.Column("document", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("spans", sa.JSON(), nullable=False),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document"], ["documents.id"], name="fk_passages_document", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document", "number", name="pk_passages"),
    )


def downgrade() -> None:
    op.drop_table("passages")
    op.drop_table("documents")
