"""The embedded recogniser: pocketsphinx in a worker process. English only, about every second word
right on free speech: a demo ear, to be announced as one."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
from collections.abc import Callable
from enum import Enum

from gemelo.models.adapters import pocketsphinx_worker
from gemelo.models.adapters.framing import Frame
from gemelo.models.adapters.pocketsphinx_worker import AUDIO, BEGIN, FINAL, FORGET, SETTLE
from gemelo.models.adapters.worker import Worker
from gemelo.models.errors import EarError
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, IN_RATE, Language, Transcript

log = logging.getLogger(__name__)

ENGLISH = Language("en")
_PRE_ROLL = IN_RATE * BYTES_PER_SAMPLE * 300 // 1000
"""Bytes of audio from before `begin` that belong to the utterance: 300 ms."""

Emit = Callable[[Transcript], None]


class PocketsphinxRecogniser:
    """`SpeechToText` on pocketsphinx; one process for all streams, started with the first.

    When the process dies, utterances in it end with the words heard so far, and the next utterance
    starts a new one: sessions go on.
    """

    def __init__(self) -> None:
        self._installed = importlib.util.find_spec("pocketsphinx") is not None
        self._worker: Worker | None = None
        self._starting = asyncio.Lock()
        self._restart: asyncio.Task[None] | None = None
        self._unsent: list[Frame] = []
        self._streams: dict[int, _Stream] = {}
        self._last = 0

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers that run now."""
        return [self._worker.pid] if self._worker else []

    def hears(self, language: Language) -> bool:
        return self._installed and language == ENGLISH

    async def start(self) -> None:
        """Starts the process now (it is ready after about 0.4 s; audio waits for it).

        Raises:
            EarError: it could not be started.
        """
        async with self._starting:
            if self._worker is None:
                try:
                    self._worker = await Worker.start(
                        pocketsphinx_worker.__name__, self._received, self._ended
                    )
                except OSError as error:
                    raise EarError("The pocketsphinx process could not be started.") from error
                unsent, self._unsent = self._unsent, []
                for frame in unsent:
                    self._worker.send(frame)

    async def open(self, language: Language, emit: Emit) -> _Stream:
        """See `SpeechToText.open`.

        Raises:
            EarError: the language is not English, or the process could not be started.
        """
        if not self.hears(language):
            raise EarError(f"pocketsphinx does not hear the language {language!r}.")
        await self.start()
        self._last += 1
        stream = self._streams[self._last] = _Stream(self, self._last, emit)
        return stream

    async def close(self) -> None:
        if self._restart:
            self._restart.cancel()
        worker, self._worker = self._worker, None
        if worker:
            await worker.close()

    def send(self, frame: Frame) -> None:
        """Sends a stream's frame, or keeps it until the process that it starts is there."""
        if self._worker:
            self._worker.send(frame, may_drop=frame.kind == AUDIO)
            return
        self._unsent.append(frame)
        if self._restart is None or self._restart.done():
            self._restart = asyncio.create_task(self._start_again())

    def forget(self, number: int) -> None:
        del self._streams[number]
        if self._worker:
            self._worker.send(Frame(FORGET, number))

    async def _start_again(self) -> None:
        try:
            await self.start()
        except EarError as error:
            self._fail(error)

    def _received(self, frame: Frame) -> None:
        stream = self._streams.get(frame.stream)
        if stream:
            stream.recognised(frame.payload.decode(), final=frame.kind == FINAL)

    def _ended(self, status: int) -> None:
        self._worker = None
        self._fail(EarError(f"The pocketsphinx process ended with status {status}."))

    def _fail(self, error: EarError) -> None:
        log.warning("%s Utterances in it end with the words heard so far.", error)
        self._unsent.clear()
        for stream in tuple(self._streams.values()):
            stream.lost()


class _Phase(Enum):
    WAITING = "waiting"
    LISTENING = "listening"
    LOST = "lost"
    """The process died in mid-utterance."""


class _Stream:
    """One fan's stream; see `SpeechStream`."""

    def __init__(self, recogniser: PocketsphinxRecogniser, number: int, emit: Emit) -> None:
        self._recogniser = recogniser
        self._number = number
        self._emit = emit
        self._phase = _Phase.WAITING
        self._before = bytearray()
        self._heard = ""
        self._owed = 0

    def hear(self, pcm: bytes) -> None:
        if self._phase is _Phase.LISTENING:
            self._recogniser.send(Frame(AUDIO, self._number, pcm))
        else:
            self._before += pcm
            del self._before[:-_PRE_ROLL]

    def begin(self) -> None:
        self._phase = _Phase.LISTENING
        self._recogniser.send(Frame(BEGIN, self._number))
        self._recogniser.send(Frame(AUDIO, self._number, bytes(self._before)))
        self._before.clear()

    def settle(self) -> None:
        if self._phase is _Phase.LISTENING:
            self._owed += 1
            self._recogniser.send(Frame(SETTLE, self._number))
        elif self._phase is _Phase.LOST:
            self.recognised(self._heard, final=True)
        self._phase = _Phase.WAITING

    async def close(self) -> None:
        self._recogniser.forget(self._number)

    def recognised(self, text: str, *, final: bool) -> None:
        """Hands words on. The listener's failure must not reach the other streams."""
        self._heard = "" if final else text
        self._owed -= final and self._owed > 0
        try:
            self._emit(Transcript(text, final))
        except Exception as error:  # its message may quote what a fan said
            log.error("a listener of the recogniser failed: %s", type(error).__name__)

    def lost(self) -> None:
        """The process is gone, and with it what this stream had in it."""
        while self._owed:
            self.recognised(self._heard, final=True)
        if self._phase is _Phase.LISTENING:
            self._phase = _Phase.LOST
