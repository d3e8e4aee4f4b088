"""Who may do what: principals, brands, campaigns, licences, consents, versions, audit and outbox.

A talent that is here already gets a licence for everything: what runs goes on until somebody writes a
narrower one. A campaign's layer goes out only for a campaign with both keys from now on.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_LICENSE_ALL = sa.text(
    "INSERT INTO licences (id, talent, term, brands, territories, channels, revision)"
    " SELECT 'first-' || id, id, :term, :any, :any, :any, 1 FROM talents"
).bindparams(sa.bindparam("term", type_=sa.JSON()), sa.bindparam("any", type_=sa.JSON()))
_ANY_TIME = {"starts": 0, "ends": 4_102_444_800_000, "zone": "UTC"}


def upgrade() -> None:
    _widen()
    _create_rights()
    _create_campaigns()
    _create_trails()
    _create_of_fans()
    op.get_bind().execute(_LICENSE_ALL, {"term": _ANY_TIME, "any": []})


def downgrade() -> None:
    for table in (
        "memories", "requests", "outbox", "audit", "keys", "principals",
        "consents", "licences", "campaigns", "brands", "versions",
    ):  # fmt: skip
        op.drop_table(table)
    op.drop_index("ix_sessions_fan", "sessions")
    for table, columns in _added().items():
        for column in columns:
            op.drop_column(table, column.name)


def _revision() -> sa.Column[int]:
    return sa.Column("revision", sa.Integer(), nullable=False, server_default="1")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default="")


def _code(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, server_default="")


def _added() -> dict[str, tuple[sa.Column[Any], ...]]:
    return {
        "talents": (
            sa.Column("stopped", sa.JSON(), nullable=False, server_default="[]"),
            _revision(),
        ),
        "twins": (_revision(),),
        "deployments": (sa.Column("schedule", sa.JSON()), _revision()),
        "layers": (
            _code("author"),
            sa.Column("created", sa.BigInteger(), nullable=False, server_default="0"),
            _text("reason"),
        ),
        "sessions": (_code("fan"),),
    }


def _widen() -> None:
    for table, columns in _added().items():
        for column in columns:
            op.add_column(table, column)
    op.create_index("ix_sessions_fan", "sessions", ["fan"])


def _needed(name: str, kind: sa.types.TypeEngine[Any] | None = None) -> sa.Column[Any]:
    return sa.Column(name, kind or sa.String(), nullable=False)


def _belongs(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=f"fk_{table}_{column}", ondelete="CASCADE")


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _create_rights() -> None:
    op.create_table("brands", _needed("id"), _needed("name"), _revision(), _key("brands", "id"))
    op.create_table(
        "principals",
        _needed("id"),
        _needed("name"),
        _needed("grants", sa.JSON()),
        _revision(),
        _key("principals", "id"),
    )
    op.create_table(
        "keys",
        _needed("id"),
        _needed("principal"),
        _needed("sha256"),
        _needed("created", sa.BigInteger()),
        sa.Column("revoked", sa.BigInteger()),
        _revision(),
        _belongs("keys", "principal", "principals.id"),
        _key("keys", "id"),
        sa.UniqueConstraint("sha256", name="uq_keys_sha256"),
    )
    op.create_index("ix_keys_principal", "keys", ["principal"])
    op.create_table(
        "licences",
        _needed("id"),
        _needed("talent"),
        _needed("term", sa.JSON()),
        _needed("brands", sa.JSON()),
        _needed("territories", sa.JSON()),
        _needed("channels", sa.JSON()),
        sa.Column("revoked", sa.BigInteger()),
        _revision(),
        _belongs("licences", "talent", "talents.id"),
        _key("licences", "id"),
    )
    op.create_index("ix_licences_talent", "licences", ["talent"])
    op.create_table(
        "consents",
        _needed("id"),
        _needed("talent"),
        _needed("kind"),
        _needed("name"),
        _needed("who"),
        _needed("sha256"),
        _needed("term", sa.JSON()),
        _needed("channels", sa.JSON()),
        sa.Column("revoked", sa.BigInteger()),
        _revision(),
        _belongs("consents", "talent", "talents.id"),
        _key("consents", "id"),
    )
    op.create_index("ix_consents_talent", "consents", ["talent"])


def _create_campaigns() -> None:
    op.create_table(
        "campaigns",
        _needed("id"),
        _needed("talent"),
        _needed("brand"),
        _needed("deployment"),
        _needed("terms", sa.JSON()),
        _needed("submitted", sa.Boolean()),
        _needed("approvals", sa.JSON()),
        _needed("suspended", sa.JSON()),
        sa.Column("ended", sa.BigInteger()),
        _revision(),
        _belongs("campaigns", "talent", "talents.id"),
        _belongs("campaigns", "brand", "brands.id"),
        _belongs("campaigns", "deployment", "deployments.key"),
        _key("campaigns", "id"),
    )
    for column in ("talent", "brand", "deployment"):
        op.create_index(f"ix_campaigns_{column}", "campaigns", [column])
    op.create_table(
        "versions",
        _needed("deployment"),
        _needed("hash"),
        _needed("layers", sa.JSON()),
        _code("author"),
        _needed("created", sa.BigInteger()),
        _belongs("versions", "deployment", "deployments.key"),
        _key("versions", "deployment", "hash"),
    )


def _create_trails() -> None:
    op.create_table(
        "audit",
        _needed("id", sa.Integer()),
        _needed("at", sa.BigInteger()),
        _needed("who"),
        _needed("action"),
        _needed("kind"),
        _needed("target"),
        _needed("talent"),
        _needed("brand"),
        _needed("change", sa.JSON()),
        _needed("why", sa.Text()),
        _key("audit", "id"),
        sqlite_autoincrement=True,
    )
    for column in ("who", "talent", "brand"):
        op.create_index(f"ix_audit_{column}", "audit", [column])
    op.create_table(
        "outbox",
        _needed("id", sa.Integer()),
        _needed("talent"),
        _needed("topic"),
        _needed("payload", sa.JSON()),
        _needed("created", sa.BigInteger()),
        _needed("due", sa.BigInteger()),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("done", sa.BigInteger()),
        _code("error"),
        _key("outbox", "id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_talent", "outbox", ["talent"])
    op.create_index("ix_outbox_due", "outbox", ["due"])
    op.create_table(
        "requests",
        _needed("principal"),
        _needed("key"),
        _needed("sha256"),
        _needed("status", sa.Integer()),
        _needed("body", sa.Text()),
        _needed("created", sa.BigInteger()),
        _key("requests", "principal", "key"),
    )


def _create_of_fans() -> None:
    op.create_table(
        "memories",
        _needed("id"),
        _needed("deployment"),
        _needed("fan"),
        _needed("session"),
        _needed("text", sa.Text()),
        _needed("language"),
        _needed("created", sa.BigInteger()),
        _belongs("memories", "deployment", "deployments.key"),
        _belongs("memories", "session", "sessions.id"),
        _key("memories", "id"),
    )
    op.create_index("ix_memories_session", "memories", ["session"])
    op.create_index("ix_memories_deployment_fan", "memories", ["deployment", "fan"])
