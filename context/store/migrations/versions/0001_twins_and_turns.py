"""Twins, the places where they live, and the turns that fans take with them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "talents",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_talents"),
    )
    op.create_table(
        "twins",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("talent", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["talent"], ["talents.id"], name="fk_twins_talent", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_twins"),
    )
    op.create_index("ix_twins_talent", "twins", ["talent"])
    op.create_table(
        "deployments",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("twin", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("origins", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("theme", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["twin"], ["twins.id"], name="fk_deployments_twin", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name="pk_deployments"),
    )
    op.create_index("ix_deployments_twin", "deployments", ["twin"])
    _create_layers()
    _create_sessions()
    _create_turns()


def _create_layers() -> None:
    op.create_table(
        "layers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("twin", sa.String(), nullable=False),
        sa.Column("deployment", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("yaml", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["twin"], ["twins.id"], name="fk_layers_twin", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["deployment"], ["deployments.key"], name="fk_layers_deployment", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_layers"),
    )
    op.create_index(
        "uq_layers_version",
        "layers",
        ["twin", sa.text("coalesce(deployment, '')"), "kind", "version"],
        unique=True,
    )


def _create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("deployment", sa.String(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment"], ["deployments.key"], name="fk_sessions_deployment", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_deployment", "sessions", ["deployment"])


def _create_turns() -> None:
    op.create_table(
        "turns",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=True),
        sa.Column("fan", sa.Text(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("typed", sa.Boolean(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), server_default="open", nullable=False),
        sa.Column("reply", sa.Text(), server_default="", nullable=False),
        sa.Column("heard", sa.Text(), server_default="", nullable=False),
        sa.Column("declined", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("error", sa.String(), server_default="", nullable=False),
        sa.Column("sentences", sa.JSON(), nullable=True),
        sa.Column("receipt", sa.JSON(), nullable=True),
        sa.Column("timeline", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name="fk_turns_session", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_turns"),
        sa.UniqueConstraint("session", "client_id", name="uq_turns_session_client_id"),
        sa.UniqueConstraint("session", "number", name="uq_turns_session_number"),
    )
    op.create_index("ix_turns_status", "turns", ["status"])


def downgrade() -> None:
    for table in ("turns", "sessions", "layers", "deployments", "twins", "talents"):
        op.drop_table(table)
