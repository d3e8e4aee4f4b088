"""The services behind every engine: a recogniser, a mind and a voice that follow the timed script. Neutral.

Each engine's adapter puts its own public base classes around these three. A voice's samples carry the
number of the mind's call that they speak, so that what is heard can be read from what is played.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field

from gemelo.benchmarks.peers.speech import OUT_RATE
from gemelo.benchmarks.transcripts import (
    FIRST_SOUND_MS,
    FIRST_TOKEN_MS,
    SYNTHESIS_SPEED,
    TOKEN_MS,
    Line,
    Stretch,
    plain,
    predicting,
    reply,
    tokens,
)

_CHUNK_MS = 100.0
"""A voice sends chunks of at most this length."""
_LOUD = 1000
_LOUDER = 8
"""Every sample of call k's sound is `_LOUD + _LOUDER * k`."""
_CALLS = 3000


class Recogniser:
    """Hears what the fan is about to say, and says it to `listener` when the script has it said.

    Args:
        predicts: whether it predicts the ends of turns.
    """

    def __init__(self, *, predicts: bool) -> None:
        self.listener: Callable[[Line], None] = _nobody
        self.predicts = predicts

    def hear(self, stretches: Sequence[Stretch], begun: float, seed: int) -> None:
        """Takes an utterance whose first sample sounds at `begun` (s on the loop's clock)."""
        loop = asyncio.get_running_loop()
        for line in predicting(stretches, seed) if self.predicts else plain(stretches, seed):
            loop.call_at(begun + line.at_ms / 1000, self._say, line)

    def _say(self, line: Line) -> None:
        self.listener(line)


def _nobody(line: Line) -> None:
    """Nobody listens yet."""


@dataclass
class Call:
    """One call of the mind: what it was asked, when (s), and how many tokens it wrote."""

    number: int
    at: float
    asked: str
    tokens: int = 0


@dataclass
class Mind:
    """Answers every call with a reply drawn by `seed`, token by token."""

    seed: int = 0
    calls: list[Call] = field(default_factory=list[Call])

    async def answer(self, asked: str) -> AsyncGenerator[str, None]:
        """Streams one reply to what the fan said last."""
        loop = asyncio.get_running_loop()
        call = Call(len(self.calls) + 1, loop.time(), asked)
        self.calls.append(call)
        for index, token in enumerate(tokens(reply(self.seed + call.number))):
            due = call.at + (FIRST_TOKEN_MS + index * TOKEN_MS) / 1000
            await asyncio.sleep(max(0.0, due - loop.time()))
            call.tokens += 1
            yield token


@dataclass(frozen=True, slots=True)
class Sound:
    """A chunk of speech: s16le mono at `OUT_RATE`, voicing nothing past index `upto` of the text fed."""

    pcm: bytes
    upto: int


class Voice:
    """Speaks what a mind has written.

    Args:
        ms_per_char: length of a character's sound; must be more than `TOKEN_MS / TOKEN_CHARS`, or it
            runs dry.
    """

    def __init__(self, mind: Mind, ms_per_char: float) -> None:
        self.ms_per_char = ms_per_char
        self._mind = mind

    def speak(self) -> Synthesis:
        """Begins an utterance: it speaks the reply that is the mind's latest when the first text comes."""
        return Synthesis(self._mind, self.ms_per_char)


class Synthesis:
    """One reply being spoken: text is fed as it comes, a token or a sentence at a time.

    Sound is ready `FIRST_SOUND_MS` after its text was fed, and at `SYNTHESIS_SPEED` times real time.
    """

    def __init__(self, mind: Mind, ms_per_char: float) -> None:
        self._mind = mind
        self._ms_per_char = ms_per_char
        self._sample = b""
        self._fed: asyncio.Queue[tuple[float, int] | None] = asyncio.Queue()

    def feed(self, text: str) -> None:
        self._sample = self._sample or sample_of(len(self._mind.calls)).to_bytes(2, "little", signed=True)
        self._fed.put_nowait((asyncio.get_running_loop().time(), len(text)))

    def end(self) -> None:
        """No more text will come."""
        self._fed.put_nowait(None)

    async def chunks(self) -> AsyncGenerator[Sound, None]:
        """Gives the sound as it becomes ready, until `end`."""
        loop = asyncio.get_running_loop()
        ready, upto = 0.0, 0
        while (fed := await self._fed.get()) is not None:
            at, chars = fed
            ready, upto = max(ready, at + FIRST_SOUND_MS / 1000), upto + chars
            left_ms = chars * self._ms_per_char
            while left_ms > 0:
                take_ms = min(_CHUNK_MS, left_ms)
                left_ms -= take_ms
                await asyncio.sleep(max(0.0, ready - loop.time()))
                ready = max(ready, loop.time()) + take_ms / SYNTHESIS_SPEED / 1000
                yield Sound(self._sample * round(take_ms * OUT_RATE / 1000), upto)


def sample_of(call: int) -> int:
    """The sample that a call's sound consists of."""
    return _LOUD + _LOUDER * (call % _CALLS)


def call_of(sample: int) -> int:
    """The call that a sample belongs to."""
    return (sample - _LOUD) // _LOUDER
