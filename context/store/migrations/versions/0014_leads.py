"""Leads: how to reach fans who agreed to be reached, for as long as their session is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0015"

_HOUSE = "(SELECT gemelo_house())"
_OF_PLACE = "EXISTS (SELECT FROM deployments WHERE deployments.key = leads.deployment)"


def upgrade() -> None:
    op.create_table(
        "leads",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("deployment", sa.String(), nullable=False),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("tool", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("interest", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment"], ["deployments.key"], name="fk_leads_deployment", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name="fk_leads_session", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_leads"),
    )
    op.create_index("ix_leads_deployment_created_id", "leads", ["deployment", "created", "id"])
    op.create_index("ix_leads_session", "leads", ["session"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE leads ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE leads FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY theirs ON leads USING ({_HOUSE} OR {_OF_PLACE})")


def downgrade() -> None:
    op.drop_table("leads")
