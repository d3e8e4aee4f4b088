"""Two talents that have nothing to do with each other, and people of one of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.hooks.topics import Topic
from gemelo.context.hooks.webhook import Webhook
from gemelo.context.knowledge.uploads import UploadState
from gemelo.context.persona.kept import PersonaText, Subset
from gemelo.context.store.books import SqlBooks
from gemelo.context.store.database import Database
from gemelo.context.store.desk import SqlDesk
from gemelo.context.store.schema import metadata, outbox
from gemelo.context.tenancy.campaigns import Campaign, Terms
from gemelo.context.tenancy.likeness import Consent, Licence, Likeness
from gemelo.context.tenancy.people import THE_HOUSE, ApiKey, Grant, Principal, Role
from gemelo.context.tenancy.windows import Window
from gemelo.context.twins import (
    Brand,
    Deployment,
    DeploymentType,
    LayerKind,
    LayerText,
    Talent,
    Twin,
    Version,
)

TERM = Window(0, 9)
OURS, THEIRS = "leo", "mia"


def of_talent(role: Role) -> Principal:
    return Principal(f"{role}-{OURS}", "P", frozenset({Grant(role, OURS)}))


BRANDS = Principal("kim", "P", frozenset({Grant(Role.BRAND_MANAGER, brand=f"brand-{OURS}")}))
PEOPLE = (
    of_talent(Role.TALENT_MANAGER),
    of_talent(Role.REVIEWER),
    of_talent(Role.READ_ONLY),
    BRANDS,
    Principal("both", "P", BRANDS.grants | of_talent(Role.TALENT_MANAGER).grants),
    Principal("nobody", "P"),
)
"""None of them has anything to do with the other talent, whose every row says so."""
EVERYBODY = (*PEOPLE, Principal("root", "P", frozenset({Grant(Role.PLATFORM_ADMIN)})))


async def settle(database: Database, talent: str, people: tuple[Principal, ...]) -> None:
    """Puts at least one row of a talent into every table; each names the talent somewhere."""
    t, twin, place, brand = talent, f"twin-{talent}", f"place-{talent}", f"brand-{talent}"
    terms = Terms(place, f"goods-{t}", False, TERM, "a: 1")

    async def work(books: SqlBooks) -> None:
        for noun in (
            Talent(t, t),
            Twin(twin, t, t),
            Twin(f"bare-{t}", t, t),
            Deployment(place, twin, DeploymentType.PORTAL),
            Brand(brand, t),
            Campaign(f"campaign-{t}", t, brand, terms),
            Licence(f"licence-{t}", t, TERM),
            Consent(f"consent-{t}", t, Likeness.VOICE, f"voice-{t}", t, t, TERM),
            Webhook(f"webhook-{t}", t, f"https://{t}.example", t),
            PersonaText(twin, f"a: {t}"),
            Subset(twin, twin, (f"{t}/*",)),
            *people,
            *(ApiKey(f"key-{who.id}", who.id, f"sha-{who.id}", 1) for who in people),
        ):
            await books.add(noun)
        layer = await books.put_layer(LayerText(twin, None, LayerKind.TALENT, 1, f"a: {t}"))
        await books.put_versions([Version(place, f"hash-{t}", (layer,))])
        await books.post(Topic.LAYER_PUBLISHED, t, {"twin": twin})

    await SqlDesk(database).write(THE_HOUSE, f"set up {t}", work)

    async def more(connection: AsyncConnection) -> None:
        session = {"session": f"session-{t}", "language": "es", "created": 1}
        rows: dict[str, dict[str, Any]] = {
            "sessions": {"id": f"session-{t}", "deployment": place, "policy": "p", "last_seen": 1},
            "turns": session | {"id": f"turn-{t}", "number": 1, "fan": t, "policy": "p", "typed": True},
            "documents": {"id": len(t) + ord(t[0]), "twin": twin, "path": f"{t}.md", "sha256": t},
            "uploads": {"id": f"upload-{t}", "twin": twin, "path": f"{t}.md", "content": t, "created": 1},
            "passages": {"document": len(t) + ord(t[0]), "number": 1, "text": t, "language": "es"},
            "memories": session | {"id": f"memory-{t}", "deployment": place, "fan": t, "text": t},
            "requests": {"principal": people[0].id, "key": t, "sha256": t, "status": 200, "body": t},
        }
        texts = dict.fromkeys(("tool", "name", "contact", "interest", "consent"), t)
        rows["leads"] = session | texts | {"id": f"lead-{t}", "deployment": place}
        rows["turns"] |= {"deployment": place}
        rows["uploads"] |= {"state": UploadState.WAITING, "passages": 0, "note": ""}
        rows["sessions"] |= {"language": "es", "created": 1}
        rows["passages"] |= {"spans": (), "headings": ()}
        rows["requests"] |= {"created": 1}
        message = select(func.max(outbox.c.id)).scalar_subquery()
        rows["deliveries"] = {"message": message, "webhook": f"webhook-{t}", "due": 1}
        for name, row in rows.items():
            await connection.execute(insert(metadata.tables[name]).values(row))

    await database.write(more)
