"""The tables. `migrations/` builds them; a test holds the two equal.

Times are whole milliseconds since 1970 in UTC. Deleting a row deletes what belongs to it.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    false,
    func,
    literal_column,
)

from gemelo.context.knowledge.uploads import UploadState
from gemelo.context.persona.verdicts import Validation
from gemelo.context.records import Receipt, Sentence, Timeline, TurnStatus
from gemelo.context.store.columns import Code, Json
from gemelo.context.tenancy.campaigns import Approval, Terms
from gemelo.context.tenancy.likeness import Clone, Likeness
from gemelo.context.tenancy.people import Grant, Party
from gemelo.context.tenancy.windows import Window
from gemelo.context.twins import DeploymentStatus, DeploymentType, LayerKind, LayerText, TwinState
from gemelo.models.usage import Used

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _belongs_to(column: str) -> ForeignKey:
    return ForeignKey(column, ondelete="CASCADE")


def _revision() -> Column[int]:
    """Counts the changes of a row: who changes it says which one they have seen."""
    return Column("revision", Integer, nullable=False, server_default="1")


talents = Table(
    "talents",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("stopped", Json(frozenset[Party]), nullable=False, server_default="[]"),
    _revision(),
)

twins = Table(
    "twins",
    metadata,
    Column("id", String, primary_key=True),
    Column("talent", String, _belongs_to("talents.id"), nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("state", Code(TwinState), nullable=False),
    Column("suspended", Json(frozenset[Party]), nullable=False, server_default="[]"),
    _revision(),
)

deployments = Table(
    "deployments",
    metadata,
    Column("key", String, primary_key=True),
    Column("twin", String, _belongs_to("twins.id"), nullable=False, index=True),
    Column("type", Code(DeploymentType), nullable=False),
    Column("status", Code(DeploymentStatus), nullable=False),
    Column("origins", Json(tuple[str, ...]), nullable=False),
    Column("languages", Json(tuple[str, ...]), nullable=False),
    Column("theme", JSON, nullable=False),
    Column("schedule", Json(Window)),
    _revision(),
)

layers = Table(
    "layers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("twin", String, _belongs_to("twins.id"), nullable=False),
    Column("deployment", String, _belongs_to("deployments.key")),
    Column("kind", Code(LayerKind), nullable=False),
    Column("version", Integer, nullable=False),
    Column("yaml", Text, nullable=False),
    Column("author", String, nullable=False, server_default=""),
    Column("created", BigInteger, nullable=False, server_default="0"),
    Column("reason", Text, nullable=False, server_default=""),
)
place_of_layer = func.coalesce(layers.c.deployment, literal_column("''"))
"""A layer's deployment, empty where it is the whole twin's; an index is used only where it is written so."""
Index("uq_layers_version", layers.c.twin, place_of_layer, layers.c.kind, layers.c.version, unique=True)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String, primary_key=True),
    Column("deployment", String, _belongs_to("deployments.key"), nullable=False),
    Column("policy", String, nullable=False),
    Column("language", String, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("last_seen", BigInteger, nullable=False),
    Column("fan", String, nullable=False, server_default="", index=True),
    Index(None, "deployment", "created", "id"),
)

turns = Table(
    "turns",
    metadata,
    Column("id", String, primary_key=True),
    Column("session", String, _belongs_to("sessions.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("client_id", String),
    Column("fan", Text, nullable=False),
    Column("language", String, nullable=False),
    Column("policy", String, nullable=False),
    Column("typed", Boolean, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("status", Code(TurnStatus), nullable=False, server_default="open", index=True),
    Column("reply", Text, nullable=False, server_default=""),
    Column("heard", Text, nullable=False, server_default=""),
    Column("declined", Boolean, nullable=False, server_default=false()),
    Column("error", String, nullable=False, server_default=""),
    Column("sentences", Json(tuple[Sentence, ...])),
    Column("receipt", Json(Receipt)),
    Column("timeline", Json(Timeline)),
    Column("usage", Json(tuple[Used, ...])),
    Column("deployment", String, nullable=False, server_default=""),  # its session's
    UniqueConstraint("session", "client_id"),
    UniqueConstraint("session", "number"),
    Index(None, "deployment", "created", "id"),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("twin", String, _belongs_to("twins.id"), nullable=False),
    Column("path", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("recipe", String, nullable=False, server_default=""),
    Column("dated", String, nullable=False, server_default=""),
    UniqueConstraint("twin", "path"),
)

uploads = Table(
    "uploads",
    metadata,
    Column("id", String, primary_key=True),
    Column("twin", String, _belongs_to("twins.id"), nullable=False, index=True),
    Column("path", String, nullable=False),
    Column("content", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("state", Code(UploadState), nullable=False, index=True),
    Column("passages", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("due", BigInteger, nullable=False, server_default="0"),
    Column("tries", Integer, nullable=False, server_default="0"),
    _revision(),
)

passages = Table(
    "passages",
    metadata,
    Column("document", Integer, _belongs_to("documents.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("language", String, nullable=False),
    Column("spans", Json(tuple[tuple[int, int], ...]), nullable=False),
    Column("headings", Json(tuple[str, ...]), nullable=False),
)

versions = Table(
    "versions",
    metadata,
    Column("deployment", String, _belongs_to("deployments.key"), primary_key=True),
    Column("hash", String, primary_key=True),
    Column("layers", Json(tuple[LayerText, ...]), nullable=False),
    Column("author", String, nullable=False, server_default=""),
    Column("created", BigInteger, nullable=False),
)

brands = Table(
    "brands",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    _revision(),
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", String, primary_key=True),
    Column("talent", String, _belongs_to("talents.id"), nullable=False, index=True),
    Column("brand", String, _belongs_to("brands.id"), nullable=False, index=True),
    Column("deployment", String, _belongs_to("deployments.key"), nullable=False, index=True),
    Column("terms", Json(Terms), nullable=False),
    Column("submitted", Boolean, nullable=False),
    Column("approvals", Json(tuple[Approval, ...]), nullable=False),
    Column("suspended", Json(frozenset[Party]), nullable=False),
    Column("ended", BigInteger),
    _revision(),
)

licences = Table(
    "licences",
    metadata,
    Column("id", String, primary_key=True),
    Column("talent", String, _belongs_to("talents.id"), nullable=False, index=True),
    Column("term", Json(Window), nullable=False),
    Column("brands", Json(frozenset[str]), nullable=False),
    Column("territories", Json(frozenset[str]), nullable=False),
    Column("channels", Json(frozenset[DeploymentType]), nullable=False),
    Column("revoked", BigInteger),
    Column("topics", Json(frozenset[str]), nullable=False, server_default="[]"),
    _revision(),
)

consents = Table(
    "consents",
    metadata,
    Column("id", String, primary_key=True),
    Column("talent", String, _belongs_to("talents.id"), nullable=False, index=True),
    Column("kind", Code(Likeness), nullable=False),
    Column("name", String, nullable=False),
    Column("who", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("term", Json(Window), nullable=False),
    Column("channels", Json(frozenset[DeploymentType]), nullable=False),
    Column("revoked", BigInteger),
    Column("clones", Json(tuple[Clone, ...]), nullable=False, server_default="[]"),
    Column("due", BigInteger),
    _revision(),
)
has_clones = consents.c.due.is_not(None)
Index(None, consents.c.due, sqlite_where=has_clones, postgresql_where=has_clones)

principals = Table(
    "principals",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("grants", Json(frozenset[Grant]), nullable=False),
    _revision(),
)

keys = Table(
    "keys",
    metadata,
    Column("id", String, primary_key=True),
    Column("principal", String, _belongs_to("principals.id"), nullable=False, index=True),
    Column("sha256", String, nullable=False, unique=True),
    Column("created", BigInteger, nullable=False),
    Column("revoked", BigInteger),
    Column("visits", Integer, nullable=False, server_default="0"),
    _revision(),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    *(Column(one, String, nullable=False) for one in ("who", "action", "kind", "target", "talent", "brand")),
    Column("change", JSON, nullable=False),
    Column("why", Text, nullable=False),
    *(Index(None, column, "id") for column in ("kind", "target", "talent", "brand", "who")),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("talent", String, nullable=False, index=True),
    Column("topic", String, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("done", BigInteger),
    Column("error", String, nullable=False, server_default=""),
    sqlite_autoincrement=True,
)
is_new = outbox.c.done.is_(None)
"""Messages that nobody has looked at; as of deliveries below, the others are kept for a month."""
Index(None, outbox.c.due, sqlite_where=is_new, postgresql_where=is_new)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", String, primary_key=True),
    Column("talent", String, _belongs_to("talents.id"), nullable=False, index=True),
    Column("url", String, nullable=False),
    Column("secret", String, nullable=False),
    Column("topics", Json(tuple[str, ...]), nullable=False),
    Column("paused", Boolean, nullable=False, server_default=false()),
    _revision(),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("message", Integer, _belongs_to("outbox.id"), primary_key=True, autoincrement=False),
    Column("webhook", String, _belongs_to("webhooks.id"), primary_key=True),
    Column("due", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("done", BigInteger),
    Column("error", String, nullable=False, server_default=""),
)
is_left = deliveries.c.done.is_(None)
is_given_up = and_(deliveries.c.done.is_not(None), deliveries.c.error != literal_column("''"))
Index(None, deliveries.c.due, sqlite_where=is_left, postgresql_where=is_left)
Index(None, deliveries.c.done, sqlite_where=is_given_up, postgresql_where=is_given_up)

requests = Table(
    "requests",
    metadata,
    Column("principal", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("sha256", String, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("created", BigInteger, nullable=False, index=True),
)

memories = Table(
    "memories",
    metadata,
    Column("id", String, primary_key=True),
    Column("deployment", String, _belongs_to("deployments.key"), nullable=False),
    Column("fan", String, nullable=False),
    Column("session", String, _belongs_to("sessions.id"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("language", String, nullable=False),
    Column("created", BigInteger, nullable=False),
)
Index("ix_memories_deployment_fan", memories.c.deployment, memories.c.fan)

personas = Table(
    "personas",
    metadata,
    Column("twin", String, _belongs_to("twins.id"), primary_key=True),
    Column("yaml", Text, nullable=False),
    Column("approved", String, nullable=False, server_default=""),
    Column("by", String, nullable=False, server_default=""),
    Column("at", BigInteger, nullable=False, server_default="0"),
    Column("validation", Json(Validation)),
    _revision(),
)

subsets = Table(
    "subsets",
    metadata,
    Column("twin", String, _belongs_to("twins.id"), primary_key=True),
    Column("source", String, _belongs_to("twins.id"), nullable=False, index=True),
    Column("only", Json(tuple[str, ...]), nullable=False),
    Column("languages", Json(tuple[str, ...]), nullable=False),
    _revision(),
)

leads = Table(
    "leads",
    metadata,
    Column("id", String, primary_key=True),
    Column("deployment", String, _belongs_to("deployments.key"), nullable=False),
    Column("session", String, _belongs_to("sessions.id"), nullable=False, index=True),
    *(Column(one, Text, nullable=False) for one in "tool name contact interest language consent".split()),
    Column("created", BigInteger, nullable=False),
    Index(None, "deployment", "created", "id"),
)
