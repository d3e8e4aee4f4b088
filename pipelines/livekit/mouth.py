"""The twin's voice as a track of a room, and how much of it has been heard."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from livekit import rtc

from gemelo.models.vocabulary import BYTES_PER_SAMPLE, OUT_RATE, TurnId

LEAD_MS = 60
"""What is handed on ahead of the playhead: of that, nothing can be held back while the fan says "mhm"."""
TRANSIT_MS = 100
"""From here to the fan's ear, assumed: a room does not tell. Network, jitter buffer and sound card."""
_QUEUE_MS = 400
"""What the track itself may hold. More than the lead, so that handing on never waits for it."""
_REPORT_MS = 100
_MS = OUT_RATE * BYTES_PER_SAMPLE / 1000
"""Bytes in a millisecond."""


class Mouth:
    """Plays one frame after the other.

    Args:
        heard: is told a turn, and the ms of it that have reached the fan, every `_REPORT_MS`.
    """

    def __init__(self, heard: Callable[[TurnId, float], None]) -> None:
        self._heard = heard
        self._source = rtc.AudioSource(OUT_RATE, 1, _QUEUE_MS)
        self._frames: deque[tuple[TurnId, bytes]] = deque()
        self._some = asyncio.Event()
        self._turn = TurnId("")
        self._sent_ms = self._told_ms = 0.0
        self.track = rtc.LocalAudioTrack.create_audio_track("twin", self._source)

    def add(self, turn: TurnId, pcm: bytes) -> None:
        self._frames.append((turn, pcm))
        self._some.set()

    def end(self) -> None:
        """The turn has been said to its end: a track needs no telling."""

    def go_on(self, turn: TurnId, from_ms: float) -> None:
        """What is added of a turn from now on comes after so much of it that was heard elsewhere."""
        self._turn, self._sent_ms, self._told_ms = turn, from_ms, from_ms

    def hush(self) -> None:
        """Throws away what is not heard yet."""
        self._frames.clear()
        self._source.clear_queue()

    async def play(self) -> None:
        """Hands frames on until it is cancelled."""
        while True:
            while not self._frames:
                self._some.clear()
                await self._some.wait()
            turn, pcm = self._frames.popleft()
            if turn != self._turn:
                self._turn, self._sent_ms, self._told_ms = turn, 0.0, 0.0
            samples = len(pcm) // BYTES_PER_SAMPLE
            await self._source.capture_frame(rtc.AudioFrame(pcm, OUT_RATE, 1, samples))
            self._sent_ms += len(pcm) / _MS
            self._tell()

    async def close(self) -> None:
        await self._source.aclose()

    def _tell(self) -> None:
        heard_ms = self._sent_ms - self._source.queued_duration * 1000 - TRANSIT_MS
        if heard_ms >= self._told_ms + _REPORT_MS or not self._told_ms:
            self._told_ms = max(heard_ms, 1.0)
            self._heard(self._turn, max(heard_ms, 0.0))
