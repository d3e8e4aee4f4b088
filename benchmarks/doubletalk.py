"""The fan's microphone beside the twin's loudspeaker: what pauses the twin that should not, and what should.

The product's own echo gate, voice activity model and endpointing, one after the other and without an event
loop, so that an hour of talk takes minutes. The twin speaks without end; its voice comes back 20 dB quieter,
after a client's buffer or through a recorded room. Where a voice is noticed the twin stops, as it would, and
goes on when the ear has found that nobody spoke.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import soxr  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from gemelo.benchmarks.fan import Clip, read
from gemelo.benchmarks.intervals import clustered
from gemelo.benchmarks.rows import Row, amount, share, times
from gemelo.engine.echo import EchoGate
from gemelo.models.adapters.silero import WINDOW, SileroVoiceDetector
from gemelo.models.endpointing import Endpointer
from gemelo.models.vocabulary import FRAME_MS, IN_RATE, OUT_RATE, Language, Signal, TurnSignal

TWIN_SAYS = (
    "Thank you for asking. I grew up in a small town by the sea and played on the beach every single day "
    "with my brothers. When I was twelve a coach saw me and asked my mother whether I would like to train "
    "with his team. We had no car, so I took the bus for two hours each way. What I remember best is the "
    "smell of the grass in the evening, and how nobody wanted to go home. I still train every morning, and "
    "on Sundays I cook for everybody who comes by. "
)
ECHO_DB = -20.0
DELAYS_MS = (60, 160)
"""Of a client's buffer and the air."""
PASSES = 3
"""Times that each interruption is tried, at different places of what the twin says."""
_FRAME = IN_RATE * FRAME_MS // 1000
_OUT_FRAME = OUT_RATE * FRAME_MS // 1000
_FRAMES_A_S = 1000 // FRAME_MS
_SETTLED_S = 6
_BETWEEN_S = 1.5
_AFTER_S = 0.3
_HISS = 3.0
"""Loudness of the microphone itself, of 32768."""


@dataclass(frozen=True, slots=True)
class Interruption:
    """What the fan says over the twin, from the first sample of the voice on."""

    source: str
    clip: Clip


@dataclass(frozen=True, slots=True)
class Room:
    """How the twin comes back: after `delay_ms`, through `response` (unit energy; empty: straight)."""

    gain_db: float = ECHO_DB
    delay_ms: int = DELAYS_MS[0]
    response: NDArray[np.float64] = field(default_factory=lambda: np.ones(1))


_NO_ECHO = Room(gain_db=-200)


class Echo:
    """What comes back of a twin, frame by frame: a room rings on when the twin stops."""

    def __init__(self, twin: Clip, room: Room) -> None:
        heard = soxr.resample(twin.astype(np.float32), OUT_RATE, IN_RATE)
        frames = len(twin) // _OUT_FRAME
        self._frames = np.resize(heard, (frames, _FRAME)) * 10 ** (room.gain_db / 20)
        delay = room.delay_ms * IN_RATE // 1000
        self._size = 1 << (delay + len(room.response) + _FRAME).bit_length()
        self._response = np.fft.rfft(np.concatenate((np.zeros(delay), room.response)), self._size)
        self._to_come = np.zeros(self._size)

    def play(self, place: int) -> None:
        """The loudspeaker plays the frame of the twin's sound at this place."""
        sound = np.fft.rfft(self._frames[place], self._size)
        self._to_come += np.fft.irfft(sound * self._response, self._size)

    def next(self) -> NDArray[np.float64]:
        """The next 20 ms at the microphone."""
        heard = self._to_come[:_FRAME].copy()
        self._to_come = np.concatenate((self._to_come[_FRAME:], np.zeros(_FRAME)))
        return heard


class Talking:
    """A twin that talks without end, and an ear that listens to a fan in the same room.

    Args:
        twin: at `OUT_RATE`, whole frames.
        gated: whether the echo gate is on.
    """

    def __init__(self, vad: SileroVoiceDetector, twin: Clip, room: Room, *, gated: bool = True) -> None:
        self._vad = vad
        self._voice = vad.open(lambda probability: None)
        self._ear = Endpointer(Language("en"), recogniser=False)
        self._gate = EchoGate() if gated else None
        self._twin = twin.reshape(-1, _OUT_FRAME)
        self._echo = Echo(twin, room)
        self._chance = np.random.default_rng(4)
        self._said = 0
        self.is_paused = False
        self._window = np.zeros(0, np.int16)
        self.now = 0.0

    def hear(self, fan: NDArray[np.float64]) -> bool:
        """Takes 20 ms of the fan; says whether the twin paused on them."""
        if not self.is_paused:
            place = self._said % len(self._twin)
            self._echo.play(place)
            if self._gate:
                self._gate.played(self._twin[place].astype("<i2").tobytes(), self.now)
            self._said += 1
        recorded = self._echo.next() + fan + _HISS * self._chance.standard_normal(_FRAME)
        self.now += 1 / _FRAMES_A_S
        pcm = np.clip(recorded, -32768, 32767).astype("<i2")
        if self._gate:
            pcm = np.frombuffer(self._gate.hear(pcm.tobytes(), self.now), "<i2")
        self._window = np.concatenate((self._window, pcm))
        return self._listen()

    def close(self) -> None:
        self._voice.close()

    def _listen(self) -> bool:
        began = False
        while len(self._window) >= WINDOW:
            window, self._window = self._window[:WINDOW], self._window[WINDOW:]
            (probability,) = self._vad.probabilities([self._voice.slot], window[None])
            for output in self._ear.window(probability, 1000 * self.now):
                if isinstance(output, TurnSignal) and output.kind is Signal.START:
                    began = self.is_paused = True
                    if self._gate:
                        self._gate.stopped(self.now)
                elif isinstance(output, TurnSignal) and output.kind is Signal.END:
                    self.is_paused = False
        return began


def measure(
    vad: SileroVoiceDetector,
    twin: Clip,
    noise: Path | None,
    fans: Sequence[Interruption],
    seconds: int = 120,
) -> Iterator[Row]:
    """The rows of barge-in that need no clock.

    Args:
        twin: at `OUT_RATE`.
        noise: folder of noises and room responses (`rir*.wav`), where there is one.
        fans: recorded or rendered interruptions.
        seconds: that each noise, and the silence in each room, lasts.
    """
    twin = twin[: len(twin) // _OUT_FRAME * _OUT_FRAME]
    rooms = [Room(delay_ms=delay) for delay in DELAYS_MS]
    noises: list[Clip] = []
    if noise is not None and noise.is_dir():
        rooms += [Room(response=_response(read(path))) for path in sorted(noise.glob("rir*.wav"))]
        noises = [read(path) for path in sorted(noise.glob("*noise*.wav"))]
    silence = np.zeros(seconds * IN_RATE, np.int16)
    yield _per_minute(vad, twin, rooms, [silence], "echo")
    yield _per_minute(vad, twin, rooms[:1], [silence], "echo, no gate", gated=False)
    if noises:
        long = [np.resize(clip, seconds * IN_RATE) for clip in noises]
        yield _per_minute(vad, twin, [_NO_ECHO], long, "noise")
        yield _per_minute(vad, twin, rooms[:1], long, "noise over echo")
        yield _per_minute(vad, twin, [_NO_ECHO], long, "noise, no gate", gated=False)
    yield from _interrupted(vad, twin, rooms, fans, "echo")
    yield from _interrupted(vad, twin, [_NO_ECHO], fans, "no echo")
    yield from _interrupted(vad, twin, [_NO_ECHO], fans, "no echo, no gate", gated=False)


def _per_minute(
    vad: SileroVoiceDetector,
    twin: Clip,
    rooms: Sequence[Room],
    noises: Sequence[Clip],
    profile: str,
    *,
    gated: bool = True,
) -> Row:
    pauses, seconds = 0, 0.0
    for room in rooms:
        for noise in noises:
            talking = Talking(vad, twin, room, gated=gated)
            frames = noise[: len(noise) // _FRAME * _FRAME].reshape(-1, _FRAME).astype(np.float64)
            pauses += sum(talking.hear(frame) for frame in frames)
            seconds += len(frames) / _FRAMES_A_S
            talking.close()
    return replace(
        amount("false_pauses_per_min", "1/min", 60 * pauses / seconds, profile), n=round(seconds / 60)
    )


def _interrupted(
    vad: SileroVoiceDetector,
    twin: Clip,
    rooms: Sequence[Room],
    fans: Sequence[Interruption],
    profile: str,
    *,
    gated: bool = True,
) -> Iterator[Row]:
    """One long talk a pass; a pause before the voice, or none until it ends, is one missed."""
    missed: list[tuple[bool, str]] = []
    after: list[float] = []
    for number in range(PASSES):
        talking = Talking(vad, twin, rooms[number % len(rooms)], gated=gated)
        _wait(talking, _SETTLED_S)
        for fan in fans:
            _wait(talking, _BETWEEN_S + number * 0.37)
            late = (number * 111 + len(missed) * 37) % _FRAME  # off the grid of frames and windows
            found = _over(talking, np.concatenate((np.zeros(late), fan.clip.astype(np.float64))))
            missed.append((found is None, fan.source))
            after += [found - 1000 * late / IN_RATE] if found is not None else []
        talking.close()
    hits, sources = [hit for hit, _ in missed], [source for _, source in missed]
    yield share("double_talk_missed", "en", hits, profile, interval=clustered(hits, sources))
    if after:
        yield times("onset_to_pause", "en", after, profile)


def _wait(talking: Talking, seconds: float) -> None:
    for _ in range(int(seconds * _FRAMES_A_S)):
        talking.hear(np.zeros(_FRAME))


def _over(talking: Talking, fan: NDArray[np.float64]) -> float | None:
    """Ms from the first sample to the pause; None where there is none. Ends when the ear has let go."""
    begun, found = talking.now, None
    for frame in fan[: len(fan) // _FRAME * _FRAME].reshape(-1, _FRAME):
        if talking.hear(frame) and found is None:
            found = 1000 * (talking.now - begun)
    _wait(talking, _AFTER_S)
    while talking.is_paused:
        talking.hear(np.zeros(_FRAME))
    return found


def _response(clip: Clip) -> NDArray[np.float64]:
    response = clip.astype(np.float64)
    return response / np.sqrt(np.square(response).sum())
