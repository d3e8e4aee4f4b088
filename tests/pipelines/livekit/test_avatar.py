"""A twin whose avatar joins a room of a real LiveKit server; it is LiveKit's own worker for avatars."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import numpy as np
import pytest

from gemelo.admin.api.metrics import PrometheusMeters
from gemelo.benchmarks.scripted import ScriptedMind, ScriptedVoice
from gemelo.engine.session import Fan
from gemelo.models.adapters.tavus import TavusAvatars
from gemelo.models.errors import AvatarError
from gemelo.models.vocabulary import OUT_RATE, Language, Speech
from gemelo.pipelines.livekit.avatar import Guest, Presence, Puppet
from gemelo.pipelines.livekit.guest import VendorGuest
from gemelo.pipelines.livekit.room import RoomTalk
from gemelo.pipelines.livekit.server import ON_BEHALF, Server
from tests.fakes import EN, World
from tests.livekit_server import KEY, SECRET, LiveKitServer
from tests.models.adapters.tavus_server import TavusServer
from tests.models.adapters.vendor_server import KEY as VENDOR_KEY
from tests.pipelines.livekit.avatar_worker import AvatarWorker
from tests.room import RoomFan, joined

TWIN = "twin"
FACE = ("tavus", "r783537ef5")
LONG = "It is fine. " * 8
NUMBERS = count(1)


class Hum(ScriptedVoice):
    """Hums: what stands still is taken out on its way through a room."""

    async def speak(self, text: AsyncIterator[str], language: Language) -> AsyncGenerator[Speech, None]:
        async for speech in super().speak(text, language):
            at = np.arange(len(speech.pcm) // 2) / OUT_RATE
            hum = (9_000 * np.sin(2 * np.pi * 200 * at)).astype("<i2")
            yield replace(speech, pcm=hum.tobytes())


@dataclass
class Show:
    """A twin, its avatar and a fan in one room."""

    talk: RoomTalk
    avatar: AvatarWorker
    fan: RoomFan
    world: World

    @property
    def puppet(self) -> Puppet:
        mouth: Any = self.talk._mouth  # pyright: ignore[reportPrivateUsage]
        assert isinstance(mouth, Puppet)
        return mouth


Invited = Callable[[AvatarWorker], Guest]


@asynccontextmanager
async def show(
    livekit: LiveKitServer,
    text: str = "It is fine. And so on.",
    invited: Invited = lambda avatar: avatar,
    fails: AvatarError | None = None,
) -> AsyncGenerator[Show]:
    name = f"avatar-{next(NUMBERS)}"
    server = Server(livekit.url, KEY, SECRET)
    world = World(mind=ScriptedMind(text), voice=Hum())
    async with joined(livekit, name, ask=None, deployment="test") as fan:
        room = await server.join(name, TWIN)
        avatar = AvatarWorker(server, name, TWIN, fails)
        talk = RoomTalk(
            room, "fan", Fan("s1", EN), replace(world.stage(), face=FACE), PrometheusMeters(),
            resume="again", spoken=True, stays=False, guest=invited(avatar),
        )  # fmt: skip
        serving = asyncio.create_task(talk.serve(asyncio.Event()))
        try:
            await fan.until(lambda fan: "listening" in fan.states)
            yield Show(talk, avatar, fan, world)
        finally:
            await talk.hang_up(1000)
            await serving
            await avatar.die()
            await room.disconnect()


async def until(fulfilled: Callable[[], Any]) -> None:
    async with asyncio.timeout(30):
        while not fulfilled():  # noqa: ASYNC110 - rooms, avatars and twins tell nobody of what they note
            await asyncio.sleep(0.02)


async def test_an_avatar_of_tavus_speaks_once_it_shows(livekit: LiveKitServer) -> None:
    """Invited over their API, it joins by the token it was given; its conversation is ended with the talk."""
    tavus = TavusServer()
    async with tavus.listening():
        avatars = TavusAvatars(VENDOR_KEY, tavus.url)

        def invited(avatar: AvatarWorker) -> Guest:
            tavus.joins = avatar.join
            return VendorGuest(avatars, FACE[1], avatar.server, avatar.room_name, TWIN)

        async with show(livekit, invited=invited) as scene:
            await until(lambda: scene.puppet.presence is Presence.HERE)
            await scene.fan.ask("hello")
            await until(lambda: scene.avatar.face.ended == 1)
            assert scene.avatar.face.heard_ms > 500
            assert scene.fan.loud > 0
            [avatar] = [who for who in scene.fan.room.remote_participants.values() if who.identity != TWIN]
            assert (avatar.identity[:12], avatar.attributes) == ("twin-avatar-", {ON_BEHALF: TWIN})
            [outcome] = scene.world.records.outcomes.values()
            assert outcome.heard == outcome.reply
        assert tavus.conversations == {"c1": "ended"}
        await avatars.close()


async def test_an_avatar_that_is_talked_over_falls_silent(livekit: LiveKitServer) -> None:
    """What it holds is thrown away, and the next reply is its too."""
    async with show(livekit, LONG) as scene:
        await until(lambda: scene.puppet.presence is Presence.HERE)
        await scene.fan.room.local_participant.send_text("hello", topic="lk.chat")
        await until(lambda: scene.avatar.face.heard_ms > 500)
        await scene.fan.room.local_participant.send_text("stop that", topic="lk.chat")
        await until(lambda: scene.avatar.face.cleared)
        before = scene.avatar.face.heard_ms
        await until(lambda: scene.avatar.face.heard_ms > before + 500)
        assert scene.puppet.presence is Presence.HERE
        cut = next(iter(scene.world.records.outcomes.values()))
        assert 0 < len(cut.heard) < len(LONG)


async def test_an_avatar_that_dies_in_mid_reply_is_gone_on_for(livekit: LiveKitServer) -> None:
    """The twin's own track says the rest, and all turns to come."""
    async with show(livekit, LONG) as scene:
        await until(lambda: scene.puppet.presence is Presence.HERE)
        await scene.fan.room.local_participant.send_text("hello", topic="lk.chat")
        await until(lambda: scene.avatar.face.heard_ms > 500)
        await scene.avatar.die()
        await until(lambda: scene.puppet.presence is Presence.GONE)
        before = scene.fan.loud
        await until(lambda: scene.world.records.outcomes)
        [outcome] = scene.world.records.outcomes.values()
        assert (outcome.status, outcome.heard) == ("done", outcome.reply)
        assert scene.fan.loud > before + 2 * OUT_RATE
        assert scene.avatar.dismissed


async def test_an_avatar_whose_face_may_not_be_shown_any_more_leaves(livekit: LiveKitServer) -> None:
    """When somebody has taken their consent back; other changes leave it where it is."""
    async with show(livekit) as scene:
        await until(lambda: scene.puppet.presence is Presence.HERE)
        scene.talk.restage(replace(scene.world.stage(), face=FACE))
        assert scene.puppet.presence is Presence.HERE
        scene.talk.restage(scene.world.stage())
        assert scene.puppet.presence is Presence.GONE
        await until(lambda: not scene.avatar.room.isconnected())
        await scene.fan.ask("hello")
        await until(lambda: scene.fan.loud > 2_400)


async def test_an_avatar_that_is_refused_leaves_the_twins_own_voice(
    livekit: LiveKitServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody waits for it."""
    async with show(livekit, fails=AvatarError("refused: tavus answered 401")) as scene:
        await scene.fan.ask("hello")
        await until(lambda: scene.fan.loud > 2_400)
        assert scene.puppet.presence is Presence.GONE
    assert "refused: tavus answered 401" in caplog.text
