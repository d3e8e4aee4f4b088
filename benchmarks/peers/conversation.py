"""One fan and one engine: what an adapter gets, what it gives, and the fan's side of it. Neutral."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from gemelo.benchmarks.peers.playback import Playback
from gemelo.benchmarks.peers.services import Mind, Recogniser, Voice
from gemelo.benchmarks.peers.speech import IN_RATE, Clip, Utterance

FRAME_S = 0.020
_FRAME = round(IN_RATE * FRAME_S)
_FLOOR = 2
"""Loudest sample of a microphone in a silent room."""


@dataclass
class Texts:
    """Text on its way to the fan's screen, and when each piece came (s)."""

    pieces: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])

    def write(self, text: str) -> None:
        self.pieces.append((asyncio.get_running_loop().time(), text))


@dataclass(frozen=True, slots=True)
class Services:
    """What stands behind and around an engine in one conversation.

    Attributes:
        spoken: whether it is a spoken conversation; otherwise text comes in and goes out.
    """

    recogniser: Recogniser
    mind: Mind
    voice: Voice
    playback: Playback
    texts: Texts
    spoken: bool = True


class Engine(Protocol):
    """One conversation with an engine under test; its adapter connects it with the services."""

    async def start(self) -> None: ...

    async def hear(self, pcm: bytes) -> None:
        """Takes 20 ms of the fan's microphone: s16le mono at `IN_RATE`."""
        ...

    async def say(self, text: str) -> None:
        """Takes a typed message."""
        ...

    async def stop(self) -> None: ...


class Microphone:
    """Sends 20 ms frames on an absolute clock, a silent room where nobody speaks.

    Attributes:
        begins: when its first frame begins (s).
        late: how much too late each frame was sent (s): the event loop was busy.
    """

    def __init__(self, engine: Engine, begins: float = 0.0) -> None:
        self.late: list[float] = []
        self.begins = asyncio.get_running_loop().time() + begins
        self._engine = engine
        self._sent = 0
        self._speech: Iterator[bytes] = iter(())
        noise = np.random.default_rng(1).integers(-_FLOOR, _FLOOR + 1, _FRAME)
        self._room = noise.astype("<i2").tobytes()

    def play(self, clip: Clip) -> float:
        """Speaks a clip from the next frame on; says when its first sample sounds (s)."""
        self._speech = _frames(clip)
        return self.begins + self._sent * FRAME_S

    async def run(self) -> None:
        """A frame is sent when it is full: its first sample is 20 ms old."""
        loop = asyncio.get_running_loop()
        while True:
            due = self.begins + (self._sent + 1) * FRAME_S
            await asyncio.sleep(max(0.0, due - loop.time()))
            self.late.append(loop.time() - due)
            self._sent += 1
            await self._engine.hear(next(self._speech, self._room))


def _frames(clip: Clip) -> Iterator[bytes]:
    for start in range(0, len(clip), _FRAME):
        yield clip[start : start + _FRAME].tobytes().ljust(2 * _FRAME, b"\0")


@dataclass(frozen=True, slots=True)
class Said:
    """The fan has said (or is saying) an utterance whose first sample sounded at `begun` (s)."""

    utterance: Utterance
    begun: float

    @property
    def onset(self) -> float:
        return self.begun + self.utterance.stretches[0].from_ms / 1000

    @property
    def ended(self) -> float:
        """When the last sound of it ends."""
        return self.begun + self.utterance.stretches[-1].to_ms / 1000


@dataclass(frozen=True, slots=True)
class Conversation:
    """A running conversation."""

    services: Services
    engine: Engine
    microphone: Microphone
    sending: asyncio.Task[None]
    """The microphone's."""

    def speak(self, utterance: Utterance, seed: int) -> Said:
        """Says an utterance into microphone and recogniser."""
        begun = self.microphone.play(utterance.clip)
        self.services.recogniser.hear(utterance.stretches, begun, seed)
        return Said(utterance, begun)
