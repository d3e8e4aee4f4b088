"""`Reader` on a worker process (see `worker`), which is replaced when a document breaks it."""

from __future__ import annotations

import asyncio
import importlib.util
import json
from dataclasses import dataclass

from gemelo.models.adapters.framing import Frame
from gemelo.models.adapters.reading import worker
from gemelo.models.adapters.reading.worker import ABOUT, DONE, PART, READ, READERS, SOUND, UNREADABLE
from gemelo.models.adapters.worker import Worker
from gemelo.models.errors import BadDocument
from gemelo.models.vocabulary import Notation, Part

LONGEST_S = 30.0
"""After which a document is given up."""
_DOCUMENTS = 200
"""Read by one process: what a library leaves behind must not add up."""
_NEEDS = {
    ".pdf": "pypdfium2",
    **dict.fromkeys((".html", ".htm", ".xhtml", ".epub"), "trafilatura"),
    ".docx": "mammoth",
    ".odt": "odfdo",
    **dict.fromkeys((".srt", ".vtt"), "webvtt"),
}


@dataclass(frozen=True, slots=True)
class Sound:
    """What is heard in a recording: s16le mono at `IN_RATE`, and what it says of its language (ISO 639-1)
    and date, either empty where it does not."""

    pcm: bytearray
    language: str
    dated: str


class DocumentReader:
    """Reads one document at a time. `close` when done."""

    def __init__(self, longest_s: float = LONGEST_S) -> None:
        self._longest_s = longest_s
        self._one = asyncio.Lock()
        self._worker: Worker | None = None
        self._read = 0
        self._taken: list[Frame] = []
        self._sound = bytearray()
        self._outcome: asyncio.Future[str] | None = None

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers that run now."""
        return [self._worker.pid] if self._worker else []

    def reads(self, suffix: str) -> bool:
        """See `Reader.reads`: text always, other formats where `gemelo[documents]` is installed."""
        needed = _NEEDS.get(suffix)
        return suffix in READERS and (needed is None or importlib.util.find_spec(needed) is not None)

    async def read(self, suffix: str, data: bytes) -> tuple[Part, ...]:
        """See `Reader.read`."""
        if not self.reads(suffix):
            raise BadDocument(f"format not supported: {suffix or 'no file extension'}")
        frames, _ = await self._answered(suffix, data)
        return tuple(map(_part, frames))

    async def sound(self, suffix: str, data: bytes) -> Sound:
        """The sound of a recording or a film.

        Raises:
            BadDocument: it cannot be read, is too long, or holds none.
        """
        [about], pcm = await self._answered(suffix, data)
        said = json.loads(about.payload)
        return Sound(pcm, said["language"], said["dated"])

    async def _answered(self, suffix: str, data: bytes) -> tuple[list[Frame], bytearray]:
        """What the process makes of one document: its frames, and its sound in one piece.

        Raises:
            BadDocument: it cannot be read.
        """
        async with self._one:
            try:
                why = await self._ask(suffix, data)
            except TimeoutError:
                await self.close()
                why = f"it takes more than {self._longest_s:.0f} s to read"
            except BaseException:  # what is under way must not be taken for the next document's
                await self.close()
                raise
            frames, sound = self._taken, self._sound
            self._forget()
        if why:
            raise BadDocument(why)
        return frames, sound

    def _forget(self) -> None:
        self._taken, self._sound = [], bytearray()

    async def close(self) -> None:
        """Ends the process."""
        worker, self._worker = self._worker, None
        if worker:
            await worker.stop()

    async def _ask(self, suffix: str, data: bytes) -> str:
        """Has a document read into `_taken`; returns why it could not be, or nothing.

        Raises:
            OSError: no process can be started.
        """
        if self._read >= _DOCUMENTS:
            await self.close()
        if self._worker is None:
            self._read = 0
            self._worker = await Worker.start(worker.__name__, self._received, self._ended)
        self._read += 1
        self._forget()
        self._outcome = asyncio.get_running_loop().create_future()
        self._worker.send(Frame(READ, 0, suffix.encode() + b"\0" + data))
        async with asyncio.timeout(self._longest_s):
            return await self._outcome

    def _received(self, frame: Frame) -> None:
        if frame.kind == SOUND:
            self._sound += frame.payload
        elif frame.kind in (PART, ABOUT):
            self._taken.append(frame)
        elif frame.kind == DONE:
            self._decide("")
        elif frame.kind == UNREADABLE:
            self._decide(frame.payload.decode())

    def _ended(self, status: int) -> None:
        self._worker = None
        self._decide("the file breaks what reads it: it is damaged, or made to do harm")

    def _decide(self, why: str) -> None:
        if self._outcome and not self._outcome.done():
            self._outcome.set_result(why)


def _part(frame: Frame) -> Part:
    part = json.loads(frame.payload)
    return Part(part["text"], Notation(part["notation"]), part["place"], part["dated"])
