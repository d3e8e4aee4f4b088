"""When an avatar speaks for a twin, and how far it has come, in virtual time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from livekit import rtc

from gemelo.models.clock import LoopClock
from gemelo.models.errors import AvatarError
from gemelo.models.vocabulary import OUT_RATE, TurnId
from gemelo.pipelines.livekit.avatar import CLEAR, FINISHED, JOIN_S, LAG_MS, STARTED, Presence, Puppet
from gemelo.pipelines.livekit.mouth import TRANSIT_MS, Mouth
from tests.virtual import virtually

ONE, TWO = TurnId("t1"), TurnId("t2")
SECOND = bytes(2 * OUT_RATE)
AVATAR = SimpleNamespace(identity="avatar", track_publications=dict[str, Any]())
PICTURE = SimpleNamespace(kind=rtc.TrackKind.KIND_VIDEO)


class Writer:
    """A byte stream; `broken`: nothing goes through."""

    def __init__(self, broken: bool) -> None:
        self.pcm = b""
        self.closed = False
        self._broken = broken

    async def write(self, data: bytes) -> None:
        if self._broken:
            raise RuntimeError
        self.pcm += data

    async def aclose(self) -> None:
        self.closed = True


class Local:
    """The twin in the room."""

    def __init__(self) -> None:
        self.methods: dict[str, Callable[[Any], str]] = {}
        self.streams: list[Writer] = []
        self.called: list[str] = []
        self.broken = False

    def register_rpc_method(self, name: str, take: Callable[[Any], str]) -> None:
        self.methods[name] = take

    async def stream_bytes(self, **about: Any) -> Writer:
        assert about["destination_identities"] == ["avatar"]
        assert about["attributes"] == {"sample_rate": "24000", "num_channels": "1"}
        self.streams.append(Writer(self.broken))
        return self.streams[-1]

    async def perform_rpc(self, **about: Any) -> str:
        if self.broken:
            raise RuntimeError
        self.called.append(about["method"])
        return "ok"

    def call(self, method: str, payload: str = "{}", whose: str = "avatar") -> str:
        return self.methods[method](SimpleNamespace(caller_identity=whose, payload=payload))


class Own:
    """The twin's own track."""

    def __init__(self) -> None:
        self.said: list[tuple[TurnId, int]] = []
        self.from_ms = 0.0

    def add(self, turn: TurnId, pcm: bytes) -> None:
        self.said.append((turn, round(len(pcm) * 1000 / len(SECOND))))

    def hush(self) -> None:
        self.said.clear()

    def go_on(self, turn: TurnId, from_ms: float) -> None:
        self.from_ms = from_ms

    async def play(self) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None: ...


class Scene:
    """A puppet in a room; `invite` is what comes of inviting its avatar."""

    identity = "avatar"

    def __init__(self, fails: AvatarError | None = None) -> None:
        self.fails = fails
        self.local = Local()
        self.own = Own()
        self.dismissed = 0
        self.heard: list[tuple[TurnId, int]] = []
        self.takes: dict[str, Callable[..., None]] = {}
        room = SimpleNamespace(local_participant=self.local, remote_participants={}, on=self._on)
        own = cast(Mouth, self.own)
        self.puppet = Puppet(cast(rtc.Room, room), self, own, self._heard, LoopClock())

    def _on(self, event: str, take: Callable[..., None]) -> None:
        self.takes[event] = take

    def _heard(self, turn: TurnId, ms: float) -> None:
        self.heard.append((turn, round(ms)))

    async def invite(self) -> None:
        if self.fails:
            raise self.fails

    async def dismiss(self) -> None:
        self.dismissed += 1

    def shows(self) -> None:
        self.takes["track_published"](PICTURE, AVATAR)

    def leaves(self) -> None:
        self.takes["participant_disconnected"](AVATAR)

    async def say(self, turn: TurnId, seconds: int = 1) -> None:
        for _ in range(seconds * 10):
            self.puppet.add(turn, SECOND[: len(SECOND) // 10])
            await asyncio.sleep(0.1)


def play(work: Callable[[Scene], Awaitable[None]], scene_of: Callable[[], Scene] = Scene) -> Scene:
    """Runs a scene to its end."""

    async def run() -> Scene:
        scene = scene_of()
        playing = asyncio.create_task(scene.puppet.play())
        await asyncio.sleep(0.01)
        await work(scene)
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)
        await scene.puppet.close()
        return scene

    return virtually(run())


def test_an_avatar_that_never_comes_is_sent_away() -> None:
    """The twin's own track speaks all the while, and from then on."""

    async def work(scene: Scene) -> None:
        await scene.say(ONE)
        await asyncio.sleep(JOIN_S)
        assert scene.puppet.presence is Presence.GONE
        scene.shows()
        await scene.say(TWO)

    scene = play(work)
    assert {turn for turn, _ in scene.own.said} == {ONE, TWO}
    assert (scene.local.streams, scene.dismissed > 0) == ([], True)


def test_an_avatar_takes_over_between_turns() -> None:
    """A turn has one voice; each turn is a stream that ends with it."""

    async def work(scene: Scene) -> None:
        await scene.say(ONE)
        scene.shows()
        await scene.say(ONE)
        scene.puppet.end()
        await scene.say(TWO)
        scene.puppet.end()
        await asyncio.sleep(0.1)
        assert scene.puppet.presence is Presence.HERE

    scene = play(work)
    assert {turn for turn, _ in scene.own.said} == {ONE}
    [stream] = scene.local.streams
    assert (stream.pcm, stream.closed) == (SECOND, True)


def test_what_an_avatar_says_of_its_playback_moves_the_heard_cursor() -> None:
    """From when it has begun, and to where it has ended."""

    async def work(scene: Scene) -> None:
        scene.shows()
        await asyncio.sleep(0)
        await scene.say(ONE)
        assert scene.local.call(STARTED) == "ok"
        await scene.say(ONE, 2)
        assert scene.heard[-1][0] == ONE
        assert scene.heard[-1][1] == pytest.approx(2_000 - TRANSIT_MS, abs=200)
        scene.puppet.end()
        assert scene.local.call(FINISHED, json.dumps({"playback_position": 2.5})) == "ok"

    assert play(work).heard[-1] == (ONE, 2_500)


def test_an_avatar_that_tells_nothing_is_believed_to_lag() -> None:
    """By half a second, until the end of a turn has shown by how much."""

    async def work(scene: Scene) -> None:
        scene.shows()
        await asyncio.sleep(0)
        await scene.say(ONE, 2)
        assert scene.heard[-1][1] == pytest.approx(2_000 - LAG_MS - TRANSIT_MS, abs=200)
        scene.puppet.end()
        await asyncio.sleep(1)
        scene.local.call(FINISHED, json.dumps({"playback_position": 2.0}))
        await scene.say(TWO, 2)
        assert scene.heard[-1][1] == pytest.approx(1_000 - TRANSIT_MS, abs=200)

    play(work)


@pytest.mark.parametrize(
    ("method", "payload", "whose"),
    [
        (STARTED, "", "fan"),
        (FINISHED, '{"playback_position": 1}', "fan"),
        (FINISHED, "", "avatar"),
        (FINISHED, "[]", "avatar"),
        (FINISHED, '{"playback_position": NaN}', "avatar"),
        (FINISHED, '{"playback_position": -1}', "avatar"),
        (FINISHED, '{"playback_position": "1e999"}', "avatar"),
        (FINISHED, "[" * 100_000, "avatar"),
    ],
)
def test_nobody_else_and_nothing_else_moves_it(method: str, payload: str, whose: str) -> None:
    """A fan who calls as an avatar would, and an avatar that says nothing, are turned away."""

    async def work(scene: Scene) -> None:
        scene.shows()
        await asyncio.sleep(0)
        await scene.say(ONE)
        before = list(scene.heard)
        assert scene.local.call(method, payload, whose) == "reject"
        assert scene.heard == before

    play(work)


def test_what_waits_is_thrown_away_at_the_avatar_too() -> None:
    """Its stream ends; the next turn is another."""

    async def work(scene: Scene) -> None:
        scene.shows()
        await asyncio.sleep(0)
        await scene.say(ONE)
        scene.puppet.hush()
        await asyncio.sleep(0.1)
        assert scene.local.called == [CLEAR]
        assert scene.local.streams[0].closed
        await scene.say(TWO)
        assert len(scene.local.streams) == 2
        before = list(scene.heard)
        cut = {"playback_position": 0.3, "interrupted": True}
        assert scene.local.call(FINISHED, json.dumps(cut)) == "ok"
        assert scene.heard == before

    play(work)


@pytest.mark.parametrize("how", ["leaves", "breaks", "may not be shown"])
def test_what_an_avatar_had_not_said_is_said_by_the_twin(how: str) -> None:
    """From where it had come to; all that follows, too."""

    async def work(scene: Scene) -> None:
        scene.shows()
        await asyncio.sleep(0)
        await scene.say(ONE)
        scene.local.call(STARTED)
        await scene.say(ONE)
        match how:
            case "leaves":
                scene.leaves()
            case "breaks":
                scene.local.streams[0]._broken = True  # pyright: ignore[reportPrivateUsage]
            case _:
                scene.puppet.leave()
        await scene.say(ONE)
        assert scene.puppet.presence is Presence.GONE
        assert scene.own.from_ms == pytest.approx(1_000 - TRANSIT_MS, abs=150)
        assert scene.own.from_ms + sum(ms for _, ms in scene.own.said) == pytest.approx(3_000, abs=2)

    assert play(work).dismissed > 0


def test_an_avatar_that_does_not_fall_silent_is_gone() -> None:
    """A fan who interrupts hears no more of it than they must."""

    async def work(scene: Scene) -> None:
        scene.shows()
        await asyncio.sleep(0)
        await scene.say(ONE)
        scene.local.broken = True
        scene.puppet.hush()
        await asyncio.sleep(0.1)
        assert scene.puppet.presence is Presence.GONE

    assert play(work).own.said == []
