"""Tests for one room's talk, on a room in memory and in virtual time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

from livekit import rtc

from gemelo.admin.api.metrics import PrometheusMeters
from gemelo.engine.events import BrandHidden, Notice
from gemelo.engine.session import Fan
from gemelo.models.text import MAX_CHARS
from gemelo.pipelines.livekit.inbox import MAX_OPEN, READ_S
from gemelo.pipelines.livekit.room import AWAY_S, RoomTalk, first_fan
from gemelo.pipelines.livekit.table import BADGE, CAPTIONS, EVENTS, SPONSOR, TYPED
from tests.fakes import EN, World, sponsored
from tests.virtual import virtually

FAN = SimpleNamespace(
    identity="fan",
    kind=rtc.ParticipantKind.PARTICIPANT_KIND_STANDARD,
    joined_at=None,
    track_publications=dict[str, Any](),
)


class Stream:
    """A text stream that a fan writes."""

    def __init__(self, id: str = "m1") -> None:
        self.info = SimpleNamespace(stream_id=id)
        self.closed = False
        self._pieces: asyncio.Queue[str | None] = asyncio.Queue()

    def write(self, *pieces: str | None) -> None:
        for piece in pieces:
            self._pieces.put_nowait(piece)

    def close(self) -> None:
        self.closed = True
        self.write(None)

    def __aiter__(self) -> Stream:
        return self

    async def __anext__(self) -> str:
        piece = await self._pieces.get()
        if piece is None:
            raise StopAsyncIteration
        return piece


class Local:
    """The twin in the room; `takes_s` is how long it takes to tell something."""

    def __init__(self) -> None:
        self.attributes: dict[str, str] = {}
        self.sent: list[tuple[str, str, list[str]]] = []
        self.takes_s = 0.0

    async def set_attributes(self, attributes: dict[str, str]) -> None:
        self.attributes |= attributes

    async def send_text(self, text: str, *, topic: str, destination_identities: list[str]) -> None:
        await asyncio.sleep(self.takes_s)
        self.sent.append((topic, text, destination_identities))

    async def stream_text(self, *, topic: str, destination_identities: list[str], **_about: Any) -> Any:
        async def write(text: str) -> None:
            await self.send_text(text, topic=topic, destination_identities=destination_identities)

        async def aclose(**_about: Any) -> None:
            pass

        return SimpleNamespace(write=write, aclose=aclose)

    def frames(self, type: str) -> list[dict[str, Any]]:
        told = [json.loads(text) for topic, text, _ in self.sent if topic == EVENTS]
        return [frame["data"] for frame in told if frame["type"] == type]


class Room:
    """A room with one fan in it."""

    def __init__(self) -> None:
        self.local_participant = Local()
        self.remote_participants = {"fan": FAN}
        self.takes: dict[str, list[Callable[..., None]]] = {}
        self.typed: dict[str, Callable[[Any, str], None]] = {}

    def isconnected(self) -> bool:
        return True

    def on(self, event: str, take: Callable[..., None]) -> None:
        self.takes.setdefault(event, []).append(take)

    def off(self, event: str, take: Callable[..., None]) -> None:
        self.takes[event].remove(take)

    def register_text_stream_handler(self, topic: str, take: Callable[[Any, str], None]) -> None:
        self.typed[topic] = take

    def happen(self, event: str, *about: Any) -> None:
        for take in self.takes[event]:
            take(*about)

    def type(self, stream: Stream) -> None:
        self.typed[TYPED](stream, "fan")


class Scene:
    """A written talk in it."""

    def __init__(self) -> None:
        self.room = Room()
        self.local = self.room.local_participant
        self.world = World()
        stage = self.world.stage()
        self.talk = RoomTalk(
            cast(rtc.Room, self.room),
            "fan",
            Fan("s1", EN),
            replace(stage, context=sponsored(stage.context)),
            PrometheusMeters(),
            resume="again",
            spoken=False,
            stays=False,
        )
        self.serving: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        self.serving = asyncio.create_task(self.talk.serve(asyncio.Event()))
        await asyncio.sleep(1)

    async def over(self) -> None:
        """Waits for the end of the talk, which comes by itself."""
        assert self.serving
        async with asyncio.timeout(60):
            await self.serving


def scene(play: Callable[[Scene], Awaitable[None]]) -> Scene:
    """Plays a scene to the end of its talk."""

    async def main() -> Scene:
        played = Scene()
        await play(played)
        await played.over()
        return played

    return virtually(main())


def test_a_text_that_never_ends_is_left_and_holds_up_nothing() -> None:
    """It is answered with what is wrong; the next is read."""
    endless, next = Stream(), Stream("m2")

    async def play(scene: Scene) -> None:
        await scene.serve()
        scene.room.type(endless)
        await asyncio.sleep(READ_S + 1)
        [error] = scene.local.frames("error")
        assert error["code"] == "bad_message"
        next.write("hello", None)
        scene.room.type(next)
        await asyncio.sleep(1)
        await scene.talk.hang_up(1001)

    played = scene(play)
    assert endless.closed
    assert played.local.frames("bot-llm-started")


def test_a_room_is_left_with_texts_under_way() -> None:
    """Half of one is not answered."""
    half = Stream()

    async def play(scene: Scene) -> None:
        await scene.serve()
        half.write("hello")
        scene.room.type(half)
        await asyncio.sleep(1)
        await scene.talk.hang_up(1001)
        async with asyncio.timeout(1):
            await scene.over()
        assert half.closed

    played = scene(play)
    assert not played.local.frames("bot-llm-started")


def test_few_texts_are_read_at_once() -> None:
    """What is too much is closed, and told; so is a text that is too long."""
    streams = [Stream(f"m{number}") for number in range(MAX_OPEN + 1)]

    async def play(scene: Scene) -> None:
        await scene.serve()
        for stream in streams:
            scene.room.type(stream)
        assert [stream.closed for stream in streams] == [False] * MAX_OPEN + [True]
        streams[0].write("x" * (MAX_CHARS + 1))
        await asyncio.sleep(1)
        await scene.talk.hang_up(1001)

    played = scene(play)
    assert [error["code"] for error in played.local.frames("error")] == ["too_many", "bad_text"]


def test_who_comes_back_is_told_who_is_here() -> None:
    """Another page knows nothing: what begins a session, the rules, and no sponsor after a crisis."""

    async def play(scene: Scene) -> None:
        await scene.serve()
        policies = len(scene.local.frames("server-message"))
        assert scene.local.attributes[BADGE].startswith("AI twin of ")
        assert scene.local.attributes[SPONSOR] == "Sponsored by Brisalta."
        scene.talk.send(BrandHidden())
        scene.room.happen("participant_disconnected", FAN)
        await asyncio.sleep(AWAY_S / 2)
        scene.room.happen("participant_connected", FAN)
        await asyncio.sleep(AWAY_S)
        first, again = scene.local.frames("bot-ready")
        assert first == again
        assert first["resume"] == "again"
        assert first["badge"]["en"] == scene.local.attributes[BADGE]
        *_, policy = scene.local.frames("server-message")[policies:]
        assert (policy["t"], policy["d"]["sponsor"]) == ("policy", None)
        assert scene.local.attributes[SPONSOR] == ""
        await scene.talk.hang_up(1001)

    scene(play)


def test_all_that_is_told_is_for_the_fan_alone() -> None:
    """Captions like events: whoever else is in the room reads nothing."""
    asked = Stream()

    async def play(scene: Scene) -> None:
        await scene.serve()
        asked.write("hello", None)
        scene.room.type(asked)
        await asyncio.sleep(5)
        await scene.talk.hang_up(1001)

    sent = scene(play).local.sent
    assert {topic for topic, _, _ in sent} == {CAPTIONS, EVENTS}
    assert all(whose == ["fan"] for _, _, whose in sent)


def test_the_last_notice_is_told_however_slowly() -> None:
    """The room is left when it has been written, not when it is being written."""

    async def play(scene: Scene) -> None:
        await scene.serve()
        scene.local.takes_s = 2
        scene.talk.send(Notice("talent_stopped", "Over."))
        await asyncio.sleep(3)
        await scene.talk.hang_up(1001)

    [notice] = [told for told in scene(play).local.frames("server-message") if told["t"] == "notice"]
    assert notice["d"]["code"] == "talent_stopped"


def test_a_talk_that_is_ended_before_it_began_says_why() -> None:
    """Its room was still being entered when the house ended it."""

    async def play(scene: Scene) -> None:
        await scene.talk.finish("talent_stopped", cut=True)
        await scene.serve()

    told = scene(play).local.frames("server-message")
    assert "talent_stopped" in [one["d"].get("code") for one in told]


def test_a_worker_that_stops_leaves_each_room_as_its_reply_has_ended() -> None:
    """It waits for no other room: what a fan asks meanwhile is for the worker that comes."""
    asked = Stream()

    async def play(scene: Scene) -> None:
        await scene.serve()
        asked.write("hello", None)
        scene.room.type(asked)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await scene.talk.leave()

    [outcome] = scene(play).world.records.outcomes.values()
    assert outcome.status == "done"


def test_the_fan_of_a_dispatch_that_names_one_is_nobody_else() -> None:
    """Who else comes first is not taken for them; nothing is left on the room."""

    async def play() -> tuple[str, str]:
        room = Room()
        anyone = await first_fan(cast(rtc.Room, room), 5)
        waiting = asyncio.create_task(first_fan(cast(rtc.Room, room), 5, "vera"))
        await asyncio.sleep(1)
        room.happen("participant_connected", SimpleNamespace(**{**vars(FAN), "identity": "vera"}))
        named = await waiting
        assert not any(room.takes.values())
        return anyone, named

    assert virtually(play()) == ("fan", "vera")
