"""A worker whose twin has a face: from the consent that names it to the room, and out of it again."""

from __future__ import annotations

import asyncio
from importlib.resources import files
from pathlib import Path

from gemelo.admin.services.demo import PORTAL, TALENT, TWIN
from gemelo.admin.services.desk import Books
from gemelo.admin.services.likeness import revoke
from gemelo.context.store.clock import now_ms
from gemelo.context.tenancy.likeness import Clone, CloneState, Consent, Likeness
from gemelo.context.tenancy.people import THE_HOUSE
from gemelo.context.tenancy.windows import ANY_TIME
from gemelo.context.twins import LayerKind, LayerText
from gemelo.pipelines.livekit.server import Server
from tests.end_to_end.test_live_changes import desk
from tests.livekit_server import KEY, SECRET, LiveKitServer, working
from tests.models.adapters.tavus_server import TavusServer
from tests.models.adapters.vendor_server import KEY as VENDOR_KEY
from tests.pipelines.livekit.avatar_worker import AvatarWorker
from tests.room import joined

FACE = Clone("gemelo-1", "tavus", "", 1, "ana", "0" * 64, CloneState.READY, "r783537ef5")
CONSENT = Consent("face", TALENT, Likeness.AVATAR, "studio", "V", "0" * 64, ANY_TIME, clones=(FACE,))


async def choose_face(books: Books) -> None:
    """The talent offers a face, somebody has agreed to it, and the portal shows it."""
    await books.add(CONSENT)
    layers = files("gemelo.admin") / "demo" / "layers"
    for kind, place, file, more in (
        (LayerKind.TALENT, None, "talent.yaml", "avatars: [studio]"),
        (LayerKind.DEPLOYMENT, PORTAL, "portal.yaml", "avatar: {id: studio}"),
    ):
        shipped = (layers / file).read_text("utf-8")
        await books.put_layer(LayerText(TWIN, place, kind, 0, f"{shipped}\n{more}\n"))


async def test_a_face_speaks_in_a_room_for_as_long_as_somebody_agrees(
    livekit: LiveKitServer, own_demo: Path
) -> None:
    """The vendor is asked for it by its id; where the consent is withdrawn it leaves the room at once."""
    tavus = TavusServer()
    avatar = AvatarWorker(Server(livekit.url, KEY, SECRET), "faced", "twin-gemelo")
    tavus.joins = avatar.join
    async with tavus.listening(), desk(own_demo) as office:
        await office.write(THE_HOUSE, "a test", choose_face)
        known = {"TAVUS_API_KEY": VENDOR_KEY, "GEMELO_TAVUS_URL": tavus.url}
        with working(livekit, own_demo, **known):
            async with joined(livekit, "faced") as fan:
                await fan.until(lambda fan: any("-avatar-" in who for who in fan.comings))
                while not avatar.face.heard_ms:  # it may take over with the second reply
                    await fan.ask("What is the offside rule?")
                    await asyncio.sleep(1)
                assert tavus.conversations == {"c1": "active"}
                await revoke(office, THE_HOUSE, Consent, "face", now_ms(), "she called")
                async with asyncio.timeout(30):
                    while tavus.conversations != {"c1": "ended"}:  # noqa: ASYNC110 - it tells nobody
                        await asyncio.sleep(0.05)
                assert "offside" in await fan.ask("What is the offside rule?")
    await avatar.die()
