"""Tests for one socket, in virtual time."""

from __future__ import annotations

import asyncio
import json
import tracemalloc
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray
from starlette.websockets import WebSocket

from gemelo.admin.api.metrics import PrometheusMeters
from gemelo.benchmarks.scripted import ScriptedEars
from gemelo.context.records import TurnStatus
from gemelo.engine.session import Fan
from gemelo.models.adapters.local_ear import LocalEars
from gemelo.models.seams import Ears
from gemelo.models.vocabulary import Signal, TurnSignal
from gemelo.pipelines.direct import DIRECT
from gemelo.pipelines.line import MAX_QUEUED, SEND_S
from gemelo.pipelines.talk import READY_S, Talk
from tests.fakes import EN, World
from tests.virtual import virtually

SECOND = bytes(32_000)


class Socket:
    """A WebSocket in memory. `stalled` makes it take nothing more."""

    def __init__(self) -> None:
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.sent: list[dict[str, Any]] = []
        self.audio = 0
        self.closed: list[int] = []
        self.takes = asyncio.Event()
        self.takes.set()
        self.scope: dict[str, Any] = {}

    def say(self, frame: str | bytes) -> None:
        kind = "bytes" if isinstance(frame, bytes) else "text"
        self.inbox.put_nowait({"type": "websocket.receive", kind: frame})

    def greet(self, *, voice: bool = False, **about: Any) -> None:
        self.tell("client-ready", voice=voice, **about)

    def tell(self, type: str, **data: Any) -> None:
        self.say(json.dumps({"type": type, "data": data}))

    def vanish(self) -> None:
        self.inbox.put_nowait({"type": "websocket.disconnect", "code": 1006})

    async def receive(self) -> dict[str, Any]:
        return await self.inbox.get()

    async def send_text(self, text: str) -> None:
        await self.takes.wait()
        self.sent.append(json.loads(text))

    async def send_bytes(self, data: bytes) -> None:
        await self.takes.wait()
        self.audio += len(data)

    async def close(self, code: int) -> None:
        await self.takes.wait()
        self.closed.append(code)
        self.vanish()

    def of(self, type: str) -> list[dict[str, Any]]:
        return [frame for frame in self.sent if frame["type"] == type]


class DirectSocket(Socket):
    """One whose server offers the short way. `blocked` lets nothing be sent on it."""

    def __init__(self) -> None:
        super().__init__()
        self.scope["extensions"] = {DIRECT: {"socket": self}}
        self.blocked = False
        self.at_once = 0

    def hand_over(self, take: Callable[[str | bytes], bool]) -> None:
        self.take = take

    def send_now(self, data: str | bytes) -> bool:
        if self.blocked:
            return False
        self.at_once += 1
        if isinstance(data, str):
            self.sent.append(json.loads(data))
        else:
            self.audio += len(data)
        return True


class Scene:
    """A talk over a socket in memory."""

    def __init__(self, ears: Ears | None = None, socket: Socket | None = None) -> None:
        self.socket = socket or Socket()
        self.world = World()
        self.moved = asyncio.Event()
        stage = self.world.stage()
        stage = replace(stage, ears=ears) if ears else stage
        self.talk = Talk(cast(WebSocket, self.socket), Fan("s1", EN), stage, PrometheusMeters(), "resume-me")
        self.serving = asyncio.create_task(self.talk.serve(self.moved))

    async def over(self) -> None:
        """Waits for the end of the talk and hangs up as its server does."""
        if code := await self.serving:
            await self.talk.hang_up(code)


def scene(
    play: Callable[[Scene], Awaitable[None]], ears: Ears | None = None, kind: type[Socket] = Socket
) -> Scene:
    """Plays a scene to its end, which is the end of the talk."""

    async def main() -> Scene:
        scene = Scene(ears, kind())
        await play(scene)
        await scene.over()
        return scene

    return virtually(main())


def now() -> float:
    return asyncio.get_running_loop().time()


def test_a_client_that_never_says_it_is_ready_is_let_go() -> None:
    """After a while the socket is told what was missing, and closed with 4400."""

    async def play(scene: Scene) -> None:
        await scene.serving
        assert now() == READY_S

    played = scene(play)
    assert [frame["data"]["code"] for frame in played.socket.of("error")] == ["bad_message"]
    assert played.socket.closed == [4400]


def test_a_reader_that_stalls_is_dropped_and_what_it_heard_is_kept() -> None:
    """Once nothing has been taken for `SEND_S`, the reply is cut and the talk is over."""

    async def play(scene: Scene) -> None:
        scene.world.mind.text *= 3
        scene.socket.greet(voice=True)
        scene.socket.tell("send-text", content="hello")
        await asyncio.sleep(2)
        scene.socket.takes.clear()
        stalled = now()
        await scene.serving
        assert now() <= stalled + SEND_S + 1

    [outcome] = scene(play).world.records.outcomes.values()
    assert outcome.status is TurnStatus.CUT
    assert outcome.reply.startswith(outcome.heard)
    assert outcome.heard


def test_a_reader_that_lets_too_much_pile_up_is_dropped_at_once() -> None:
    """The queue of a slow reader is bounded."""

    async def play(scene: Scene) -> None:
        scene.socket.greet()
        scene.socket.takes.clear()
        for _ in range(MAX_QUEUED + 100):
            scene.socket.tell("client-message", t="interrupt")
        await scene.serving
        assert now() < SEND_S

    assert scene(play).socket.sent == []


def test_audio_faster_than_speech_is_dropped_and_said_once_a_second() -> None:
    """Ten seconds may come at once; the rest never reaches the ear, and later speech does again."""

    async def play(scene: Scene) -> None:
        scene.socket.greet()
        for _ in range(60):
            scene.socket.say(SECOND)
        await asyncio.sleep(0.5)
        assert scene.world.ears.heard_bytes <= 11 * len(SECOND)
        assert [frame["data"]["code"] for frame in scene.socket.of("error")] == ["too_many"]
        await asyncio.sleep(5)
        before = scene.world.ears.heard_bytes
        scene.socket.say(SECOND)
        await asyncio.sleep(0.1)
        assert scene.world.ears.heard_bytes == before + len(SECOND)
        scene.socket.vanish()

    scene(play)


def test_audio_at_the_pace_of_speech_is_all_heard() -> None:
    """A sound card that runs a little fast, and a stall of five seconds, lose nothing."""

    async def play(scene: Scene) -> None:
        scene.socket.greet()
        for _ in range(120):
            await asyncio.sleep(0.95)
            scene.socket.say(SECOND)
        await asyncio.sleep(5)
        for _ in range(5):
            scene.socket.say(SECOND)
        await asyncio.sleep(0.1)
        assert scene.world.ears.heard_bytes == 125 * len(SECOND)
        assert not scene.socket.of("error")
        scene.socket.vanish()

    scene(play)


def test_a_session_that_goes_on_elsewhere_leaves_this_socket() -> None:
    """The old socket is closed with 4409, and what was being said is cut and kept."""

    async def play(scene: Scene) -> None:
        scene.socket.greet(voice=True)
        scene.socket.tell("send-text", content="hello")
        await asyncio.sleep(2)
        scene.moved.set()

    played = scene(play)
    assert played.socket.closed == [4409]
    assert [outcome.status for outcome in played.world.records.outcomes.values()] == [TurnStatus.CUT]


def test_a_session_that_goes_on_elsewhere_does_not_wait_for_a_dead_socket() -> None:
    """Its place is free at once, although the old network takes nothing any more."""

    async def play(scene: Scene) -> None:
        scene.socket.greet(voice=True)
        scene.socket.tell("send-text", content="hello")
        await asyncio.sleep(2)
        scene.socket.takes.clear()
        await asyncio.sleep(1)
        moved = now()
        scene.moved.set()
        assert await scene.serving == 4409
        assert now() == moved

    scene(play)


@pytest.mark.parametrize(("cut", "status"), [(True, TurnStatus.CUT), (False, TurnStatus.DONE)])
def test_a_session_that_the_house_ends_is_told_and_closed(cut: bool, status: TurnStatus) -> None:
    """The notice is the last frame, and the socket closes with 4410 and not before."""

    async def play(scene: Scene) -> None:
        scene.socket.greet(voice=True)
        scene.socket.tell("send-text", content="hello")
        await asyncio.sleep(1)
        await scene.talk.finish("talent_stopped", cut=cut)

    played = scene(play)
    assert played.socket.closed == [4410]
    last = played.socket.sent[-1]["data"]
    assert (last["t"], last["d"]["code"]) == ("notice", "talent_stopped")
    assert [outcome.status for outcome in played.world.records.outcomes.values()] == [status]


def test_a_socket_that_has_not_said_hello_is_ended_like_any() -> None:
    """Who has yet to say client-ready is told all the same."""

    async def play(scene: Scene) -> None:
        await scene.talk.finish("talent_stopped", cut=True)

    played = scene(play)
    assert played.socket.closed == [4410]
    assert [frame["data"]["t"] for frame in played.socket.sent] == ["notice"]


@pytest.mark.parametrize("greeted", [True, False])
def test_rules_that_change_are_those_of_the_next_turn(greeted: bool) -> None:
    """Whether or not the session has begun, the next turn is stored under the new policy."""

    async def play(scene: Scene) -> None:
        stage = scene.world.stage()
        stricter = replace(stage, context=replace(stage.context, prefix="You are Tess, and mild."))
        if greeted:
            scene.socket.greet()
            await asyncio.sleep(0.1)
        scene.talk.restage(stricter)
        if not greeted:
            scene.socket.greet()
        scene.socket.tell("send-text", content="hello")
        await asyncio.sleep(5)
        [turn] = scene.world.records.turns.values()
        assert turn.policy == stricter.context.hash
        scene.socket.vanish()

    scene(play)


def test_a_server_that_goes_down_finishes_the_reply() -> None:
    """Leaving waits until the reply is heard to its end, then says goodbye with 1001."""

    async def play(scene: Scene) -> None:
        scene.socket.greet(voice=True)
        scene.socket.tell("send-text", content="hello")
        await asyncio.sleep(1)
        await scene.talk.leave()

    played = scene(play)
    assert played.socket.closed == [1001]
    assert len(played.socket.of("bot-stopped-speaking")) == 1
    assert [outcome.status for outcome in played.world.records.outcomes.values()] == [TurnStatus.DONE]


def test_a_fault_in_a_session_closes_its_socket(caplog: pytest.LogCaptureFixture) -> None:
    """A bug ends one talk with 1011; the log says where it was raised, not what was said."""

    async def play(scene: Scene) -> None:
        scene.socket.greet()
        scene.socket.inbox.put_nowait({"type": "websocket.receive", "secret words": ""})
        await scene.serving

    assert scene(play).socket.closed == [1011]
    assert "KeyError at " in caplog.text
    assert "secret words" not in caplog.text


class Quiet:
    """Hears that nobody speaks, and judges nothing."""

    def open(self, heard: Callable[[float], None]) -> Quiet:
        self.heard = heard
        return self

    def hear(self, window: NDArray[np.int16]) -> None:
        self.heard(0.01)

    def close(self) -> None: ...

    async def finished(self, pcm: NDArray[np.int16]) -> float:
        raise AssertionError("nobody has said anything")


def test_an_hour_of_silence_is_no_turn_and_takes_no_memory() -> None:
    """An open microphone in an empty room costs what it costs after a minute."""
    grown: list[int] = []

    async def play(scene: Scene) -> None:
        scene.socket.greet()
        tracemalloc.start()
        for second in range(3600):
            scene.socket.say(SECOND)
            await asyncio.sleep(1)
            if second in (60, 3599):
                grown.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        scene.socket.vanish()

    quiet = Quiet()
    played = scene(play, LocalEars(quiet, quiet))
    assert played.world.records.turns == {}
    assert not played.socket.of("user-started-speaking")
    assert grown[1] - grown[0] < 100_000


def test_audio_is_heard_the_short_way_where_there_is_one() -> None:
    """A frame reaches the ear in the call that brings it; what is no audio is left to the long way."""

    async def play(scene: Scene) -> None:
        assert isinstance(scene.socket, DirectSocket)
        scene.socket.greet()
        await asyncio.sleep(0.1)
        assert scene.socket.take(SECOND)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert scene.world.ears.heard_bytes == len(SECOND)
        assert not scene.socket.take(b"odd")
        assert not scene.socket.take(b"")
        scene.socket.vanish()

    scene(play, kind=DirectSocket)


def test_reports_take_the_short_way_and_other_messages_do_not() -> None:
    """What a page says of its playback is taken as it comes; what may have to be answered is not."""

    async def play(scene: Scene) -> None:
        assert isinstance(scene.socket, DirectSocket)
        scene.socket.greet(voice=True)
        scene.socket.tell("send-text", content="hello")
        await asyncio.sleep(1)
        [started] = scene.socket.of("bot-started-speaking")

        def report(**d: object) -> str:
            return json.dumps({"type": "client-message", "data": {"t": "playback", "d": d}})

        assert scene.socket.take(report(turn=started["data"]["turn"], ms=0))
        assert not scene.socket.take(report(turn=7, ms=0))
        assert not scene.socket.take("no JSON")
        assert not scene.socket.take(json.dumps({"type": "send-text", "data": {"content": "hi"}}))
        await asyncio.sleep(1)
        scene.socket.tell("client-message", t="interrupt", d={})
        await asyncio.sleep(1)
        scene.socket.vanish()

    [turn] = scene(play, kind=DirectSocket).world.records.outcomes.values()
    assert turn.heard != turn.reply


def test_a_message_that_is_refused_leaves_the_voice_on() -> None:
    """It was to be answered in writing; the turn that is spoken next sounds."""

    async def play(scene: Scene) -> None:
        scene.socket.greet(voice=True)
        scene.socket.tell("send-text", content="", options={"audio_response": False})
        scene.socket.tell("send-text", content=7, options={"audio_response": False})
        scene.socket.tell("client-message", t="mic", d={"on": True})
        await asyncio.sleep(1)
        emit = scene.world.ears.emit
        assert emit
        emit(TurnSignal(Signal.START))
        emit(TurnSignal(Signal.END, "hello there"))
        await asyncio.sleep(5)
        scene.socket.vanish()

    played = scene(play)
    assert len(played.socket.of("error")) == 2
    assert played.socket.of("bot-started-speaking")


def test_audio_faster_than_speech_is_refused_the_short_way() -> None:
    """The rate is that of the long way, which tells the client."""

    async def play(scene: Scene) -> None:
        assert isinstance(scene.socket, DirectSocket)
        scene.socket.greet()
        await asyncio.sleep(0.1)
        taken = [scene.socket.take(SECOND) for _ in range(20)]
        assert taken == [True] * 10 + [False] * 10
        scene.socket.vanish()

    scene(play, kind=DirectSocket)


def test_replies_leave_at_once_and_in_order() -> None:
    """While the socket takes what is sent nothing is queued; what had to wait goes before the rest."""

    async def play(scene: Scene) -> None:
        assert isinstance(scene.socket, DirectSocket)
        scene.socket.greet(voice=True)
        scene.socket.tell("send-text", content="hello")
        await asyncio.sleep(1)
        at_once, sent = scene.socket.at_once, len(scene.socket.sent)
        assert at_once >= sent > 3
        scene.socket.takes.clear()
        scene.socket.blocked = True
        await asyncio.sleep(1)
        assert (scene.socket.at_once, len(scene.socket.sent)) == (at_once, sent)
        scene.socket.blocked = False
        await asyncio.sleep(1)
        assert scene.socket.at_once == at_once
        scene.socket.takes.set()
        await asyncio.sleep(20)
        assert scene.socket.at_once > at_once
        scene.socket.vanish()

    played = scene(play, kind=DirectSocket)
    [timed] = [f for f in played.socket.of("server-message") if f["data"]["t"] == "timeline"]
    words = [frame["data"]["from_ms"] for frame in played.socket.of("bot-tts-text")]
    assert words == sorted(words)
    assert timed["data"]["d"]["done"]


def test_an_ear_that_breaks_on_the_short_way_ends_its_talk_alone() -> None:
    """A fault in the program is logged, and the socket is closed with 1011."""

    class Deaf(ScriptedEars):
        def hear(self, pcm: bytes) -> None:
            raise RuntimeError("a fault")

    async def play(scene: Scene) -> None:
        assert isinstance(scene.socket, DirectSocket)
        scene.socket.greet()
        scene.socket.tell("client-message", t="mic", d={"on": True})
        await asyncio.sleep(0.1)
        assert scene.socket.take(SECOND)

    assert scene(play, Deaf(), DirectSocket).socket.closed == [1011]
