"""Each twin has a persona that a person approves, and may share some documents of another twin."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0016"

_HOUSE = "(SELECT gemelo_house())"


def upgrade() -> None:
    op.create_table(
        "personas",
        sa.Column("twin", sa.String(), nullable=False),
        sa.Column("yaml", sa.Text(), nullable=False),
        sa.Column("approved", sa.String(), nullable=False, server_default=""),
        sa.Column("by", sa.String(), nullable=False, server_default=""),
        sa.Column("at", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("validation", sa.JSON()),
        sa.Column("revision", sa.Integer(), nullable=False, server_default="1"),
        sa.ForeignKeyConstraint(["twin"], ["twins.id"], name="fk_personas_twin", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("twin", name="pk_personas"),
    )
    op.create_table(
        "subsets",
        sa.Column("twin", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("only", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False, server_default="1"),
        sa.ForeignKeyConstraint(["twin"], ["twins.id"], name="fk_subsets_twin", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["source"], ["twins.id"], name="fk_subsets_source", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("twin", name="pk_subsets"),
    )
    op.create_index("ix_subsets_source", "subsets", ["source"])
    if op.get_bind().dialect.name == "postgresql":
        for table in ("personas", "subsets"):
            theirs = f"EXISTS (SELECT FROM twins WHERE twins.id = {table}.twin)"
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY theirs ON {table} USING ({_HOUSE} OR {theirs})")


def downgrade() -> None:
    op.drop_table("subsets")
    op.drop_table("personas")
