"""The embedded voice: espeak-ng in worker processes, Spanish and English, with words and visemes."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

from gemelo.models.adapters import espeak_worker
from gemelo.models.adapters.espeak_speech import ClauseSpeech, pause
from gemelo.models.adapters.espeak_worker import ABORT, DONE, EVENTS, FAILED, SPEAK
from gemelo.models.adapters.framing import Frame
from gemelo.models.adapters.worker import Worker
from gemelo.models.clauses import as_clauses
from gemelo.models.errors import VoiceError
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, OUT_RATE, Language, Speech

log = logging.getLogger(__name__)

VOICES: Mapping[Language, str] = {Language("es"): "es", Language("en"): "en-us"}
MAX_CLAUSE = 300
"""Characters after which a clause without punctuation is cut: it bounds what is synthesised ahead."""
_BYTES_PER_MS = OUT_RATE * BYTES_PER_SAMPLE / 1000


class EspeakVoice:
    """`TextToSpeech` on espeak-ng.

    A session has one clause at a time in synthesis, and the next is asked for when the one before
    has been taken: requests of several sessions take turns, and nobody holds more audio than that
    of one clause. Abandoning the iteration aborts the clause.

    Args:
        voices: espeak-ng's voice for each language.
        workers: processes; one speaks about a hundred times faster than real time.
    """

    def __init__(self, voices: Mapping[Language, str] = VOICES, workers: int = 1) -> None:
        self._voices = voices
        self._lines = [_Line() for _ in range(workers)]

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers that run now."""
        return [line.pid for line in self._lines if line.pid is not None]

    async def start(self) -> None:
        """Starts the workers now, so that the first clause does not wait for them (about 50 ms).

        Raises:
            VoiceError: a process could not be started.
        """
        for line in self._lines:
            await line.start()

    async def close(self) -> None:
        for line in self._lines:
            await line.close()

    async def speak(self, text: AsyncIterator[str], language: Language) -> AsyncGenerator[Speech, None]:
        """Speaks text as it comes; see `TextToSpeech.speak`.

        Raises:
            VoiceError: no voice for the language, or the worker died under this clause.
        """
        voice = self._voices.get(language)
        if voice is None:
            raise VoiceError(f"There is no espeak voice for the language {language!r}.")
        at_ms, said, before = 0.0, 0, ""
        async for clause in as_clauses(text, MAX_CLAUSE):
            if not clause.strip():
                said += len(clause)
                yield Speech(b"", said)
                continue
            if before:
                silence = pause(before, said, at_ms)
                at_ms += len(silence.pcm) / _BYTES_PER_MS
                yield silence
            speech = ClauseSpeech(clause, said, at_ms)
            async with aclosing(self._synthesise(voice, clause, speech)) as pieces:
                async for piece in pieces:
                    yield piece
            at_ms, said, before = speech.end_ms, said + len(clause), clause

    async def _synthesise(
        self, voice: str, clause: str, speech: ClauseSpeech
    ) -> AsyncGenerator[Speech, None]:
        line = min(self._lines, key=lambda line: line.load)
        async with aclosing(line.say(voice, clause)) as frames:
            async for frame in frames:
                if frame.kind == EVENTS:
                    speech.events(json.loads(frame.payload))
                elif piece := speech.audio(frame.payload):
                    yield piece
        yield speech.finish()


@dataclass(slots=True)
class _Job:
    request: Frame
    frames: asyncio.Queue[Frame] = field(default_factory=asyncio.Queue[Frame])
    abandoned: bool = False


class _Line:
    """One worker process and the clauses that it has been given, in the order it takes them."""

    def __init__(self) -> None:
        self._worker: Worker | None = None
        self._starting = asyncio.Lock()
        self._jobs: dict[int, _Job] = {}
        self._last = 0
        self._recovery: asyncio.Task[None] | None = None

    @property
    def load(self) -> int:
        return len(self._jobs)

    @property
    def pid(self) -> int | None:
        return self._worker.pid if self._worker else None

    async def start(self) -> Worker:
        async with self._starting:
            if self._worker is None:
                try:
                    self._worker = await Worker.start(espeak_worker.__name__, self._received, self._ended)
                except OSError as error:
                    raise VoiceError("The espeak-ng process could not be started.") from error
            return self._worker

    async def close(self) -> None:
        if self._recovery:
            self._recovery.cancel()
        worker, self._worker = self._worker, None
        if worker:
            await worker.close()
        self._fail_all()

    async def say(self, voice: str, text: str) -> AsyncGenerator[Frame, None]:
        """Yields the EVENTS and AUDIO frames of one clause."""
        worker = await self.start()
        self._last += 1
        number = self._last
        request = Frame(SPEAK, number, json.dumps({"voice": voice, "text": text}).encode())
        job = self._jobs[number] = _Job(request)
        worker.send(request)
        try:
            while (frame := await job.frames.get()).kind != DONE:
                if frame.kind == FAILED:
                    raise VoiceError(frame.payload.decode())
                yield frame
        finally:
            job.abandoned = True
            if number in self._jobs and self._worker:
                self._worker.send(Frame(ABORT, number))

    def _received(self, frame: Frame) -> None:
        job = self._jobs.get(frame.stream)
        if frame.kind == DONE:
            self._jobs.pop(frame.stream, None)
        if job and not job.abandoned:
            job.frames.put_nowait(frame)

    def _ended(self, status: int) -> None:
        """The first job was in the worker's hands when it died; the others were only waiting."""
        log.warning("the espeak-ng process ended with status %s", status)
        self._worker = None
        if self._jobs:
            number = next(iter(self._jobs))
            self._fail(self._jobs.pop(number))
        self._jobs = {number: job for number, job in self._jobs.items() if not job.abandoned}
        if self._jobs:
            self._recovery = asyncio.create_task(self._resend())

    async def _resend(self) -> None:
        waiting = tuple(self._jobs.values())
        try:
            worker = await self.start()
        except VoiceError:
            self._fail_all()
            return
        for job in waiting:
            worker.send(job.request)

    def _fail_all(self) -> None:
        for job in self._jobs.values():
            self._fail(job)
        self._jobs.clear()

    @staticmethod
    def _fail(job: _Job) -> None:
        job.frames.put_nowait(Frame(FAILED, job.request.stream, b"The espeak-ng process died."))
