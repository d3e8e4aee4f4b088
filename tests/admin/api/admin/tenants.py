"""A second tenant's things under the nose of each principal: ids that are theirs, others', and nobody's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gemelo.admin.services.desk import Books
from gemelo.context.hooks.webhook import Webhook
from gemelo.context.knowledge.seam import Cut, Document
from gemelo.context.knowledge.uploads import Upload
from gemelo.context.records import Receipt, TurnOutcome, TurnRecord, TurnStatus
from gemelo.context.store.database import Database
from gemelo.context.store.documents import SqlDocuments
from gemelo.context.store.leads import SqlLeads
from gemelo.context.store.sessions import SqlSessions
from gemelo.context.store.turns import SqlRecords
from gemelo.context.tenancy.campaigns import Campaign, Terms
from gemelo.context.tenancy.likeness import Consent, Likeness
from gemelo.context.tenancy.people import THE_HOUSE
from gemelo.context.tools.errands import Lead
from gemelo.context.twins import LayerKind, LayerText
from gemelo.models.vocabulary import Language, TurnId
from tests.admin.api.admin.world import World
from tests.admin.services.cast import ALWAYS, campaign_layer

SPANISH = Language("es")


@dataclass(frozen=True)
class Things:
    """Ids by the name of the parameter or field that takes them, and what of them a stranger may not read."""

    ids: Mapping[str, str]
    marks: tuple[str, ...]


def things(world: World, talent: str, brand: str, manager: str) -> Things:
    """All of a talent, a brand and their people."""
    ids = {
        "talent": talent,
        "twin": talent,
        "deployment": f"{talent}-summer",
        "brand": brand,
        "campaign": f"{brand}-with-{talent}",
        "licence": f"first-{talent}",
        "consent": f"voice-of-{talent}",
        "principal": manager,
        "key": world.ids[manager],
        "webhook": f"hook-of-{talent}",
        "session": f"session-at-{talent}",
        "turn": f"turn-at-{talent}",
        "upload": f"sent-to-{talent}",
        "hash": f"{'a' if talent == 'oto' else 'b'}" * 32,
    }
    return Things(
        ids,
        (
            f'"{talent}',
            f'"{brand}',
            f"first-{talent}",
            f"-at-{talent}",
            f"-to-{talent}",
            f"said at {talent}",
            f"of-{talent}.md",
            f"whsec_{talent}",
            f"reach-{talent}",
            f"lead-of-{talent}",
        ),
    )


_NAMES = "talent twin deployment brand campaign licence consent principal key webhook session turn upload"
NOTHING: Mapping[str, str] = {**dict.fromkeys(_NAMES.split(), "nobody-has-this"), "hash": "c" * 32}


async def furnish(world: World, database: Database) -> None:
    """Gives both tenants a campaign, a consent, layers, a session and a turn."""

    async def work(books: Books) -> None:
        for talent, brand in (("trina", "kortaza"), ("oto", "velmont")):
            place = f"{talent}-summer"
            terms = Terms(place, "drinks", True, ALWAYS, campaign_layer(brand))
            await books.add(Campaign(f"{brand}-with-{talent}", talent, brand, terms, submitted=True))
            await books.add(
                Consent(f"voice-of-{talent}", talent, Likeness.VOICE, "warm", talent, "0" * 64, ALWAYS)
            )
            url = f"https://{talent}.example/hook"
            await books.add(Upload(f"sent-to-{talent}", talent, f"of-{talent}.md", "IyBB", 1))
            await books.add(Webhook(f"hook-of-{talent}", talent, url, f"whsec_{talent}"))
            layer = f"layer: deployment\nname: {talent}\n"
            await books.put_layer(LayerText(talent, place, LayerKind.DEPLOYMENT, 1, layer))

    await world.office.desk.write(THE_HOUSE, "the fourth day", work)
    sessions, records = SqlSessions(database, world.now), SqlRecords(database, world.now)
    for talent in ("trina", "oto"):
        session, said = f"session-at-{talent}", f"said at {talent}"
        await sessions.open(session, f"{talent}-summer", "policy", SPANISH)
        turn = TurnRecord(TurnId(f"turn-at-{talent}"), session, 1, said, SPANISH, "policy", True)
        await records.commit(turn)
        await records.finish(turn.id, TurnOutcome(TurnStatus.DONE, said, said, receipt=Receipt("policy")))
        told = (f"about {talent}", f"reach-{talent}@fans.example", f"said at {talent}")
        await SqlLeads(database).keep(
            Lead(f"lead-of-{talent}", f"{talent}-summer", session, "contact", *told, SPANISH, "¿Sí?", 1)
        )
        document = Document(f"of-{talent}.md", "0" * 64, (Cut(said, ((0, len(said)),), (), SPANISH),))
        await SqlDocuments(database).put(talent, document)
    await records.close()
