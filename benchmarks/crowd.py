"""A crowd of fans on real sockets: each plays WAV at real pace, asks by its own timetable, and listens.

Open loop: when a fan asks is drawn before the first question, from how long an answer takes to speak and
how long people think. A server that answers late is asked all the same, and every wait counts from when
the fan meant to have finished speaking, so no pause of either side hides another (no coordinated
omission). Voice-to-voice is told from samples: the first audible one that a page would play.

One pacer serves all fans (slots of 2 ms; each fan has its own place within the 20 ms of a frame), and the
sockets are picows', which take a tenth of the server's time a frame: the client must not be the
bottleneck. Its own lag is measured and reported.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from picows import (
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    ws_connect,  # pyright: ignore[reportUnknownVariableType]
)

from gemelo.benchmarks.fan import FRAME_S, Clip, sound_bounds
from gemelo.benchmarks.lag import Times
from gemelo.benchmarks.marked import MARK, Mark, marked
from gemelo.benchmarks.serving import admitted
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, IN_RATE, OUT_RATE

SLOTS = 10
"""Places within a frame's 20 ms."""
REPORT_FRAMES = 10
"""A page reports what it has played every 200 ms."""
_SILENCE = bytes(MARK * BYTES_PER_SAMPLE)
_FRAME_BYTES = len(_SILENCE)
_AUDIBLE = 32
"""-60 dBFS."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How fans talk (s).

    Attributes:
        answer_s: how long the twin's answer takes to hear, from the end of the question.
        think_s: mean of the exponential pause after that.
        least_think_s: added to it.
        cut_s: the fan presses stop so long after the first sound; None hears it all.
        first_answer_s: `answer_s` of the first answer, which no fan cuts: it opens with the disclosure, and a
            twin that was stopped in it opens with it again, at once and without a mind.
    """

    answer_s: float
    think_s: float = 1.0
    least_think_s: float = 0.5
    cut_s: float | None = None
    first_answer_s: float = 0.0

    def hears_s(self, answers: int) -> float:
        """How long the next answer is heard, after so many."""
        return self.answer_s if answers else max(self.answer_s, self.first_answer_s)


def timetable(
    lengths_s: Sequence[float], manners: Manners, chance: random.Random, until_s: float
) -> list[tuple[float, int]]:
    """When a fan asks what: seconds from the fan's first frame and indices of clips, drawn in advance.

    The first question comes at a random point of one round, so that fans who arrive together do not
    ask together.
    """
    asked: list[tuple[float, int]] = []
    mean_s = sum(lengths_s) / len(lengths_s) + manners.answer_s + manners.least_think_s + manners.think_s
    at = chance.uniform(0, mean_s)
    while at < until_s:
        clip = chance.randrange(len(lengths_s))
        asked.append((at, clip))
        at += lengths_s[clip] + manners.hears_s(len(asked) - 1) + manners.least_think_s
        at += chance.expovariate(1 / manners.think_s) if manners.think_s else 0.0
    return asked


@dataclass(frozen=True, slots=True)
class Speech:
    """A clip ready to be sent, a mark in front of it."""

    clip: Clip
    begin_s: float
    end_s: float

    @classmethod
    def of(cls, clip: Clip) -> Speech:
        begin, end = sound_bounds(clip)
        return cls(clip, begin / IN_RATE, end / IN_RATE)

    @property
    def length_s(self) -> float:
        return (len(self.clip) + MARK) / IN_RATE

    def frames(self, number: int) -> list[bytes]:
        """The frames of the question `number`, as they are sent, last first."""
        mark = Mark(number, round(self.begin_s * 1000), round(self.end_s * 1000))
        pcm = marked(self.clip, mark).tobytes()
        cut = range(0, len(pcm), _FRAME_BYTES)
        return [pcm[at : at + _FRAME_BYTES].ljust(_FRAME_BYTES, b"\0") for at in cut][::-1]


@dataclass(slots=True)
class Asked:
    """One question: which clip, when its speech ended, its number, when the answer was first heard (s)."""

    clip: int
    end: float
    number: int = 0
    heard: float | None = None

    @property
    def wait_ms(self) -> float | None:
        return None if self.heard is None else 1000 * (self.heard - self.end)


class Page:
    """What a page would play of the frames that come: at once, in order, each turn from its first sample."""

    def __init__(self) -> None:
        self.turn = ""
        self._fresh = False
        self._turn_s = 0.0
        self._playhead = 0.0

    def begin(self, turn: str) -> None:
        """The twin begins to speak."""
        self.turn, self._fresh, self._turn_s = turn, True, 0.0

    def flush(self, at: float) -> None:
        """Nothing that is queued will be played."""
        self._playhead = at

    def play(self, pcm: bytes, at: float) -> float | None:
        """Takes audio; says when the turn's first audible sample sounds, where it is in here (s)."""
        starts = max(at, self._playhead)
        length = len(pcm) / BYTES_PER_SAMPLE / OUT_RATE
        self._playhead = starts + length
        self._turn_s += length
        if not self._fresh:
            return None
        heard = np.flatnonzero(np.abs(np.frombuffer(pcm, "<i2").astype(np.int32)) >= _AUDIBLE)
        if not len(heard):
            return None
        self._fresh = False
        return starts + int(heard[0]) / OUT_RATE

    def played_ms(self, at: float) -> float | None:
        """How much of the turn has been played; None while nothing sounds."""
        left = self._playhead - at
        return 1000 * (self._turn_s - left) if left > 0 else None


TYPED = -1
"""In a timetable, in place of a clip: the fan types."""


class Fan(WSListener):
    """One fan on one socket; `tick` is called once a frame.

    Attributes:
        asked: what was asked aloud so far, and what came of it.
        typed: the ids of what was typed, and when.
        session, resume: of `bot-ready`, once it has come.
        gone: whether the socket was closed.
    """

    def __init__(
        self, speeches: Sequence[Speech], timetable: list[tuple[float, int]], manners: Manners, serial: int
    ) -> None:
        self._speeches = speeches
        self._due = timetable[::-1]
        self._manners = manners
        self._numbers = serial * 1000
        self._page = Page()
        self._frames: list[bytes] = []
        self._sent = 0
        self._start = 0.0
        self._stop_at = math.inf
        self._transport: WSTransport | None = None
        self._awaited: Asked | None = None
        self.asked: list[Asked] = []
        self.typed: list[tuple[str, float]] = []
        self.session = self.resume = ""
        self.gone = False

    def begin(self, at: float) -> None:
        """The microphone opens: its first sample sounds at `at`."""
        self._start = at

    def tick(self, now: float) -> None:
        """Sends the frame that has become full, and what a page reports."""
        assert self._transport is not None
        if not self._frames and self._due and self._due[-1][0] <= self._sent * FRAME_S:
            self._ask(self._due.pop()[1])
        frame = self._frames.pop() if self._frames else _SILENCE
        self._transport.send(WSMsgType.BINARY, frame)
        self._sent += 1
        if self._sent % REPORT_FRAMES == 0 and (ms := self._page.played_ms(now)) is not None:
            self._tell("playback", {"turn": self._page.turn, "ms": round(ms)})
        if now >= self._stop_at:
            self._stop_at = math.inf
            self._tell("interrupt", {})

    def hang_up(self) -> None:
        if self._transport:
            self._transport.disconnect()

    def read(self, on: bool) -> None:
        """Stops reading what the server sends, or goes on."""
        assert self._transport is not None
        below = self._transport.underlying_transport
        (below.resume_reading if on else below.pause_reading)()

    # -- the socket -------------------------------------------------------------------------------

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        self._send({"type": "client-ready", "id": "r", "data": {"version": "1", "voice": True}})

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        now = asyncio.get_running_loop().time()
        if frame.msg_type is WSMsgType.BINARY:
            heard = self._page.play(frame.get_payload_as_bytes(), now)
            if heard is not None:
                self._hear(heard)
        elif frame.msg_type is WSMsgType.TEXT:
            self._read(frame.get_payload_as_bytes(), now)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.gone = True

    def _read(self, text: bytes, now: float) -> None:
        if b'"bot-started-speaking"' in text:
            self._page.begin(json.loads(text)["data"]["turn"])
        elif b'"t":"flush"' in text:
            self._page.flush(now)
        elif b'"bot-ready"' in text:
            about = json.loads(text)["data"]
            self.session, self.resume = about["session"], about["resume"]

    def _hear(self, at: float) -> None:
        if self._awaited:
            self._awaited.heard, self._awaited = at, None
            if self._manners.cut_s is not None and len(self.asked) > 1:
                self._stop_at = at + self._manners.cut_s

    def _ask(self, clip: int) -> None:
        self._numbers += 1
        at = self._start + (self._sent + 1) * FRAME_S
        if clip == TYPED:
            id = f"typed-{self._numbers}"
            self._send({"type": "send-text", "id": id, "data": {"content": "Why do fans sing?"}})
            self.typed.append((id, at))
            self._awaited = None
            return
        speech = self._speeches[clip]
        self._frames = speech.frames(self._numbers)
        self._awaited = Asked(clip, at + speech.end_s, self._numbers)
        self.asked.append(self._awaited)

    def _tell(self, t: str, d: dict[str, object]) -> None:
        self._send({"type": "client-message", "data": {"t": t, "d": d}})

    def _send(self, message: dict[str, object]) -> None:
        assert self._transport is not None
        text = json.dumps({"label": "rtvi-ai", **message})
        self._transport.send(WSMsgType.TEXT, text.encode())


class Crowd:
    """Fans, and the one clock that moves them. `run` is a task; fans come and go while it runs.

    Attributes:
        fans: who is here.
        lengths_s: of the clips.
        lag: how late this client's own pacer was (ms).
    """

    def __init__(self, port: int, speeches: Sequence[Speech], seed: int = 1) -> None:
        self._port = port
        self._speeches = speeches
        self._chance = random.Random(seed)
        self._places: list[list[Fan]] = [[] for _ in range(SLOTS)]
        self._serial = 0
        self.fans: list[Fan] = []
        self.lengths_s = [speech.length_s for speech in speeches]
        self.lag = Times()

    async def grow(self, count: int, manners: Manners, until_s: float) -> None:
        """Lets fans in until there are `count`, each with a timetable for `until_s`."""
        while len(self.fans) < count:
            await self.enter(timetable(self.lengths_s, manners, self._chance, until_s), manners)

    async def enter(self, plan: list[tuple[float, int]], manners: Manners, resume: str = "") -> Fan:
        """Lets one fan in, who may have been here before."""
        self._serial += 1
        fan = Fan(self._speeches, plan, manners, self._serial)
        token = await asyncio.to_thread(admitted, self._port, "en", resume)
        await ws_connect(partial(_itself, fan), f"ws://127.0.0.1:{self._port}/v1/talk?token={token}")
        fan.begin(asyncio.get_running_loop().time())
        self.fans.append(fan)
        min(self._places, key=len).append(fan)
        return fan

    def leave(self, fan: Fan) -> None:
        """One fan goes, without a word."""
        self.fans.remove(fan)
        next(place for place in self._places if fan in place).remove(fan)
        fan.hang_up()

    def shrink(self, count: int) -> None:
        """Sends fans away until there are `count`."""
        while len(self.fans) > count:
            self.leave(self.fans[-1])

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            for place in self._places:
                due += FRAME_S / SLOTS
                await asyncio.sleep(max(0.0, due - loop.time()))
                now = loop.time()
                self.lag.add(1000 * (now - due))
                for fan in place:
                    if not fan.gone:
                        fan.tick(now)

    def waits(self, since: float, until: float) -> Waits:
        """What became of the questions whose speech ended between two times; a fan's first is not counted."""
        return waits(self.fans, since, until)


def waits(fans: Iterable[Fan], since: float, until: float) -> Waits:
    """See `Crowd.waits`."""
    asked = [a for fan in fans for a in fan.asked[1:] if since <= a.end < until]
    waited = [(a.clip, a.wait_ms) for a in asked if a.wait_ms is not None and a.wait_ms >= 0]
    early = sum(a.wait_ms is not None and a.wait_ms < 0 for a in asked)
    return Waits(tuple(waited), len(asked), early)


def _itself(fan: Fan) -> WSListener:
    return fan


@dataclass(frozen=True, slots=True)
class Waits:
    """Voice-to-voice (clip, ms) of the questions answered, of so many asked; `early` before their end."""

    waited: tuple[tuple[int, float], ...]
    asked: int
    early: int

    @property
    def ms(self) -> list[float]:
        return [ms for _, ms in self.waited]
