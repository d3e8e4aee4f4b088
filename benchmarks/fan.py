"""A fan made of recordings: a microphone at real pace, an outlet that notes when what came, and clips.

Times are seconds of the event loop's clock; clips are int16 at `IN_RATE`.
"""

from __future__ import annotations

import asyncio
import json
import wave
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import soxr  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from gemelo.engine.events import Audio, Event
from gemelo.models.errors import BadDocument
from gemelo.models.seams import TextToSpeech
from gemelo.models.vocabulary import FRAME_MS, IN_RATE, OUT_RATE, Language

Clip = NDArray[np.int16]
E = TypeVar("E")

FRAME_S = FRAME_MS / 1000
_FRAME = IN_RATE * FRAME_MS // 1000
BLOCK = IN_RATE // 100
_FLOOR_PERCENTILE = 10
_ABOVE_FLOOR = 3.0
_LOUDEST_FLOOR = 0.03
"""Of the clip's loudest block (-30 dB): a clip cut at its first and last sound shows no floor."""
_SILENT = 32.0
"""Below -60 dBFS is silence whatever the floor."""
_AUDIBLE = 32
"""A sample of the twin's voice that can be heard, -60 dBFS."""


class Microphone:
    """Sends 20 ms frames on an absolute clock, silence where nobody speaks. Run it as a task.

    Args:
        hear: takes each frame as s16le.
    """

    def __init__(self, hear: Callable[[bytes], None]) -> None:
        self._hear = hear
        self._start = asyncio.get_running_loop().time()
        self._sent = 0
        self._clip: Clip = np.zeros(0, np.int16)

    def play(self, clip: Clip) -> float:
        """Speaks a clip from the next frame on; says when its first sample sounds (s).

        A frame is sent when it is full: its first sample is 20 ms old.
        """
        self._clip = clip
        return self._start + self._sent * FRAME_S

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._start + (self._sent + 1) * FRAME_S - loop.time())
            self._sent += 1
            frame, self._clip = self._clip[:_FRAME], self._clip[_FRAME:]
            self._hear(frame.tobytes().ljust(2 * _FRAME, b"\0"))


@dataclass
class Notes:
    """An `Outlet` that notes every event and when it came."""

    events: list[tuple[float, Event]] = field(default_factory=list[tuple[float, Event]])
    _new: asyncio.Event = field(default_factory=asyncio.Event)

    def send(self, event: Event) -> None:
        self.events.append((asyncio.get_running_loop().time(), event))
        self._new.set()

    async def first(self, kind: type[E], since: float, within: float) -> tuple[float, E] | None:
        """The first event of a kind that came after `since`; waits at most `within` s for it."""
        try:
            async with asyncio.timeout(within):
                while True:
                    for at, event in self.events:
                        if at >= since and isinstance(event, kind):
                            return at, event
                    self._new.clear()
                    await self._new.wait()
        except TimeoutError:
            return None

    async def first_sound(self, since: float, within: float) -> float | None:
        """When the first audible sample after `since` sounds at a client that plays at once."""
        if (found := await self.first(Audio, since, within)) is None:
            return None
        begun = found[0]
        silent = 0
        while True:
            pcm = b"".join(event.pcm for at, event in self.events if at >= begun and isinstance(event, Audio))
            heard = np.flatnonzero(np.abs(np.frombuffer(pcm, "<i2").astype(np.int32)) >= _AUDIBLE)
            if len(heard):
                return begun + int(heard[0]) / OUT_RATE
            if len(pcm) == silent:
                return None
            silent = len(pcm)
            await asyncio.sleep(0.3)


def sound_bounds(clip: Clip) -> tuple[int, int]:
    """First sample, and one past the last, above the clip's own noise floor (blocks of 10 ms)."""
    loud = loud_blocks(clip)
    return (int(loud[0]) * BLOCK, (int(loud[-1]) + 1) * BLOCK) if len(loud) else (0, 0)


def loud_blocks(clip: Clip) -> NDArray[np.intp]:
    """Which blocks of 10 ms are above the clip's own noise floor, in order."""
    loudness = block_loudness(clip)
    floor = float(np.percentile(loudness, _FLOOR_PERCENTILE))
    bar = max(_SILENT, min(_ABOVE_FLOOR * floor, _LOUDEST_FLOOR * float(loudness.max())))
    return np.flatnonzero(loudness > bar)


def block_loudness(clip: Clip) -> NDArray[np.float64]:
    """Root mean square of each block of 10 ms (blocks,)."""
    whole = len(clip) // BLOCK * BLOCK
    blocks = clip[:whole].reshape(-1, BLOCK).astype(np.float64)
    return np.sqrt((blocks**2).mean(axis=1))


async def spoken_by(voice: TextToSpeech, text: str, language: Language) -> Clip:
    """Speaks a text with a voice, as the twin does: int16 at `OUT_RATE`."""

    async def whole() -> AsyncIterator[str]:
        yield text

    pcm = b"".join([speech.pcm async for speech in voice.speak(whole(), language)])
    return np.frombuffer(pcm, "<i2")


async def render(voice: TextToSpeech, text: str, language: Language) -> Clip:
    """Speaks a text with a voice, for a fan who is to say it."""
    sound = (await spoken_by(voice, text, language)).astype(np.float32)
    return np.clip(soxr.resample(sound, OUT_RATE, IN_RATE), -32768, 32767).astype(np.int16)


def recorded(folder: Path, *, complete: bool = False) -> list[Clip]:
    """The English clips of a folder with a `manifest.jsonl`; with `complete`, whole turns only.

    Raises:
        BadDocument: the folder is not of this format.
    """
    with expecting("16 kHz mono WAV files", folder):
        return [
            read(folder / line["file"]) for line in _english(folder) if not complete or line["turn_complete"]
        ]


def transcribed(folder: Path, *, complete: bool | None = None) -> list[tuple[Clip, str]]:
    """The English clips of a folder with a `manifest.jsonl`, each with what is said in it.

    Args:
        complete: only whole turns, or only those that were cut, as far as their words are known; None: all.

    Raises:
        BadDocument: the folder is not of this format.
    """
    with expecting("16 kHz mono WAV files and their texts", folder):
        return [
            (read(folder / line["file"]), str(line["text"]))
            for line in _english(folder)
            if complete is None or (line.get("text") and line.get("turn_complete", True) is complete)
        ]


@contextmanager
def expecting(what: str, folder: Path) -> Generator[None]:
    """Turns what a folder of another format raises into `BadDocument`, which says what was expected."""
    try:
        yield
    except (OSError, ValueError, KeyError, wave.Error, EOFError) as error:
        raise BadDocument(f"no manifest.jsonl with {what} in {folder}") from error


def _english(folder: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines()]
    return [line for line in lines if line.get("lang", "en") == "en"]


def read(path: Path) -> Clip:
    """A 16 kHz mono WAV file.

    Raises:
        ValueError, wave.Error, EOFError: it is none.
    """
    with wave.open(str(path)) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (IN_RATE, 1, 2):
            raise ValueError(path.name)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")
