"""An ear that decides turns here: Silero, Smart Turn and, where there is one, any plain recogniser.

The words may come from another machine; when a turn is over is decided in `models.ending`.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from gemelo.models.endpointing import Endpointer, EndpointingParameters, Output, Probe, Request
from gemelo.models.errors import BadAudio, ServiceError
from gemelo.models.seams import SpeechStream, SpeechToText, TurnDetector, VoiceDetector
from gemelo.models.vocabulary import (
    BYTES_PER_SAMPLE,
    Language,
    Signal,
    Transcript,
    TurnSignal,
)

log = logging.getLogger(__name__)

WINDOW = 512
"""Samples of a voice activity window."""
KEPT = 250 * WINDOW
"""Samples kept for the turn detector: 8 s."""
_WINDOW_BYTES = WINDOW * BYTES_PER_SAMPLE
_LEAD = 12 * WINDOW
"""Samples before the voice's onset was noticed that belong to the turn."""

Emit = Callable[[TurnSignal], None]


class LocalEars:
    """`Ears` from local models.

    Args:
        detector: voice activity, shared.
        turns: judges whether a turn sounds finished, shared.
        recogniser: words, embedded or a vendor's, where it hears the language; otherwise (or with None)
            words come only from the fan's browser through `Ear.transcript`.
        parameters: thresholds of the endpointing where this recogniser hears; for words from a browser the
            defaults hold.
    """

    def __init__(
        self,
        detector: VoiceDetector,
        turns: TurnDetector,
        recogniser: SpeechToText | None = None,
        parameters: EndpointingParameters | None = None,
    ) -> None:
        self._detector = detector
        self._turns = turns
        self._recogniser = recogniser
        self._parameters = parameters

    def with_recogniser(self, recogniser: SpeechToText) -> LocalEars:
        """The same models, with words from elsewhere."""
        return LocalEars(self._detector, self._turns, recogniser)

    def hears(self, language: Language) -> bool:
        return self._recogniser is not None and self._recogniser.hears(language)

    async def open(self, language: Language, emit: Emit) -> LocalEar:
        """Opens an ear for one fan.

        Raises:
            EarError: the recogniser could not be started.
        """
        recogniser = self._recogniser if self.hears(language) else None
        parameters = self._parameters if recogniser else None
        endpointer = Endpointer(language, recogniser=recogniser is not None, parameters=parameters)
        ear = LocalEar(self._detector, self._turns, endpointer, emit)
        if recogniser:
            try:
                ear.attach(await recogniser.open(language, ear.recognised))
            except BaseException:
                await ear.close()
                raise
        return ear


class LocalEar:
    """One fan's ear; opened by `LocalEars`."""

    def __init__(
        self, detector: VoiceDetector, turns: TurnDetector, endpointer: Endpointer, emit: Emit
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._voice = detector.open(self._window)
        self._turns = turns
        self._endpointer = endpointer
        self._emit = emit
        self._stream: SpeechStream | None = None
        self._ring = _Ring()
        self._turn_from = 0
        self._outputs: deque[Output] = deque()
        self._is_applying = False
        self._timer: asyncio.TimerHandle | None = None
        self._probe: asyncio.Task[None] | None = None
        self._is_open = True

    def attach(self, stream: SpeechStream) -> None:
        """Gives the ear its recogniser, before the first audio."""
        self._stream = stream

    def hear(self, pcm: bytes) -> None:
        """See `Ear.hear`.

        Raises:
            BadAudio: the bytes are not whole samples.
        """
        if len(pcm) % BYTES_PER_SAMPLE:
            raise BadAudio("Audio must be whole 16-bit samples; an odd number of bytes came.")
        if not self._is_open:
            return
        if self._stream:
            self._stream.hear(pcm)
        for window in self._ring.write(pcm):
            self._voice.hear(window)

    def transcript(self, transcript: Transcript) -> None:
        """See `Ear.transcript`: what the fan's browser recognised."""
        if self._stream is None:
            self.recognised(transcript)

    def recognised(self, transcript: Transcript) -> None:
        """Takes the recogniser's words."""
        self._apply(self._endpointer.transcript(transcript, self._now()))

    async def close(self) -> None:
        self._is_open = False
        self._voice.close()
        if self._timer:
            self._timer.cancel()
        if self._probe:
            self._probe.cancel()
        if self._stream:
            await self._stream.close()

    def _now(self) -> float:
        return self._loop.time() * 1000

    def _window(self, probability: float) -> None:
        self._apply(self._endpointer.window(probability, self._now()))

    def _apply(self, outputs: Sequence[Output]) -> None:
        """Carries out the endpointer's outputs in order, also when one of them leads to more."""
        self._outputs.extend(outputs)
        if self._is_applying:
            return
        self._is_applying = True
        try:
            while self._outputs and self._is_open:
                self._carry_out(self._outputs.popleft())
        finally:
            self._is_applying = False
        self._arm()

    def _carry_out(self, output: Output) -> None:
        if isinstance(output, TurnSignal):
            if output.kind is Signal.START:
                self._turn_from = self._ring.total - _LEAD
            self._emit(output)
        elif isinstance(output, Probe):
            if self._probe:
                self._probe.cancel()
            clip = self._ring.last(self._ring.total - self._turn_from)
            self._probe = asyncio.create_task(self._judge(output.pause, clip))
        elif self._stream and output is Request.BEGIN:
            self._stream.begin()
        elif self._stream:
            self._stream.settle()

    async def _judge(self, pause: int, clip: NDArray[np.int16]) -> None:
        try:
            probability = await self._turns.finished(clip)
        except ServiceError as error:
            log.warning("the turn detector failed, silence decides: %s", error)
            return
        self._apply(self._endpointer.judged(pause, probability, self._now()))

    def _arm(self) -> None:
        """Keeps one timer no later than the deadline; one that comes too early sets itself anew."""
        deadline = self._endpointer.deadline
        if deadline is None or not self._is_open:
            return
        if self._timer is None or self._timer.when() > deadline / 1000:
            if self._timer:
                self._timer.cancel()
            self._timer = self._loop.call_at(deadline / 1000, self._ring_timer)

    def _ring_timer(self) -> None:
        self._timer = None
        self._apply(self._endpointer.tick(self._now()))


class _Ring:
    """The last 8 s of audio in int16, written a window at a time, so that none wraps.

    Attributes:
        total: samples of all windows so far.
    """

    def __init__(self) -> None:
        self._samples = np.zeros(KEPT, np.int16)
        self._rest = bytearray()
        self.total = 0

    def write(self, pcm: bytes) -> Iterator[NDArray[np.int16]]:
        """Takes s16le; yields each window that became full."""
        self._rest += pcm
        while len(self._rest) >= _WINDOW_BYTES:
            window = np.frombuffer(bytes(self._rest[:_WINDOW_BYTES]), "<i2")
            del self._rest[:_WINDOW_BYTES]
            at = self.total % KEPT
            self._samples[at : at + WINDOW] = window
            self.total += WINDOW
            yield window

    def last(self, count: int) -> NDArray[np.int16]:
        """A copy of the last `count` samples, or of all there are."""
        count = min(count, self.total, KEPT)
        return np.roll(self._samples, -(self.total % KEPT))[KEPT - count :]
