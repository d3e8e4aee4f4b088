"""Documents that a twin's people have sent wait in rows until they are learned."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_HOUSE = "(SELECT gemelo_house())"
_OF_TWIN = "EXISTS (SELECT FROM twins WHERE twins.id = uploads.twin)"


def upgrade() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("twin", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("passages", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("revision", sa.Integer(), nullable=False, server_default="1"),
        sa.ForeignKeyConstraint(["twin"], ["twins.id"], name="fk_uploads_twin", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
    )
    op.create_index("ix_uploads_twin", "uploads", ["twin"])
    op.create_index("ix_uploads_state", "uploads", ["state"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE uploads ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE uploads FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY theirs ON uploads USING ({_HOUSE} OR {_OF_TWIN})")


def downgrade() -> None:
    op.drop_table("uploads")
