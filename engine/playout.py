"""Pacing a twin's voice and knowing what of it was heard; pure, the clock is an argument.

Speech comes faster than it is heard. `due` hands out whole frames so that at most `lead_ms` of audio
is ahead of the fan's ears, and the *heard-cursor* says which word they have reached: by the client's
own reports where it gives them, else by the clock.

    add ──▶ [ queue ] ──due(now)──▶ frames (<= lead_ms ahead) ──▶ client ──heard(ms)──▶ cursor
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum, auto

from gemelo.models.vocabulary import BYTES_PER_SAMPLE, FRAME_MS, OUT_RATE, Speech, SpokenWord, Viseme

FRAME_BYTES = OUT_RATE * FRAME_MS // 1000 * BYTES_PER_SAMPLE
_BYTES_PER_MS = OUT_RATE * BYTES_PER_SAMPLE / 1000
_ROOMY_MS = 200
"""A lead from which frames go out together: fewer wake-ups and messages, and no fan can tell."""
_TOGETHER = 4
_ROUNDING_MS = 0.5
"""Clocks are floats: an alarm may ring this much early."""


class Playing(Enum):
    STOPPED = auto()
    PLAYING = auto()
    PAUSED = auto()


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of audio with the words and mouth shapes that set in during it.

    Word indices are into the whole reply; times are ms from the reply's first sample.
    """

    pcm: bytes
    words: tuple[SpokenWord, ...] = ()
    visemes: tuple[Viseme, ...] = ()


class Playout:
    """The voice of one reply.

    Args:
        lead_ms: how much audio may be sent ahead of the playhead. Up to 300 where the client can
            drop what it was sent, at most 60 where it cannot.
    """

    def __init__(self, lead_ms: float = 300) -> None:
        self._lead_ms = lead_ms
        self._together = _TOGETHER if lead_ms >= _ROOMY_MS else 1
        self.state = Playing.STOPPED
        self._queue: deque[bytes] = deque()
        self._queued_bytes = 0
        self._tail = b""
        self._words: list[SpokenWord] = []
        self._visemes: list[Viseme] = []
        self._announced = [0, 0]
        self._added_ms = 0.0
        self._utterance = (-1, 0.0)
        self._sent_ms = 0.0
        self._base_ms = 0.0
        self._since: float | None = None
        self._lag_ms = 0.0
        self._complete = False

    @property
    def sounded(self) -> bool:
        """Whether any audio was sent."""
        return self._sent_ms > 0

    @property
    def queued_ms(self) -> float:
        """Audio that was added but not yet handed out."""
        return (self._queued_bytes + len(self._tail)) / _BYTES_PER_MS

    def add(self, speech: Speech, text_base: int) -> None:
        """Queues speech. `text_base` is where its utterance begins in the reply's text."""
        if text_base != self._utterance[0]:
            self._utterance = (text_base, self._added_ms)
        base_ms = self._utterance[1]
        self._words += (
            SpokenWord(w.start + text_base, w.end + text_base, w.from_ms + base_ms, w.to_ms + base_ms)
            for w in speech.words
        )
        self._visemes += (Viseme(v.at_ms + base_ms, v.shape) for v in speech.visemes)
        self._added_ms += len(speech.pcm) / _BYTES_PER_MS
        pcm = self._tail + speech.pcm
        whole = len(pcm) - len(pcm) % FRAME_BYTES
        for start in range(0, whole, FRAME_BYTES):
            self._queue.append(pcm[start : start + FRAME_BYTES])
        self._queued_bytes += whole
        self._tail = pcm[whole:]

    def complete(self) -> None:
        """Nothing more will be added; the last frame is filled up with silence."""
        self._complete = True
        if self._tail:
            self._queue.append(self._tail.ljust(FRAME_BYTES, b"\0"))
            self._queued_bytes += FRAME_BYTES
            self._tail = b""

    def due(self, now: float) -> list[Frame]:
        """Takes out the frames that should be sent by `now` (s)."""
        if self.state is Playing.PAUSED or not self._queue:
            return []
        if self._since is None or self._elapsed_ms(now) > self._sent_ms:
            self._base_ms, self._since = self._sent_ms, now  # first frame, or the voice had run dry
        self.state = Playing.PLAYING
        frames: list[Frame] = []
        while (
            self._queue and self._sent_ms + FRAME_MS - self._elapsed_ms(now) <= self._lead_ms + _ROUNDING_MS
        ):
            pcm = self._queue.popleft()
            self._queued_bytes -= FRAME_BYTES
            self._sent_ms += FRAME_MS
            frames.append(Frame(pcm, *self._setting_in()))
        return frames

    def next_due(self, now: float) -> float | None:
        """When to ask `due` and `finished` again, or None while only `add` can change them."""
        if self.state is not Playing.PLAYING or self._since is None:
            return None
        if self._queue:
            next_ms = FRAME_MS * min(self._together, len(self._queue))
            return self._since + (self._sent_ms + next_ms - self._lead_ms - self._base_ms) / 1000
        if not self._complete or self.finished(now):
            return None
        return self._since + (self._sent_ms - self._base_ms) / 1000

    def finished(self, now: float) -> bool:
        """Whether everything that was or will be added has been heard."""
        if not self._complete or self._queue or self.state is Playing.PAUSED:
            return False
        return self._elapsed_ms(now) >= self._sent_ms - _ROUNDING_MS

    def pause(self, now: float) -> bool:
        """Hands out nothing more until `resume`. Returns whether something was sounding."""
        if self.state is Playing.PAUSED:
            return False
        self._base_ms, self._since = self._elapsed_ms(now), None
        self.state = Playing.PAUSED
        return self.sounded

    def resume(self, now: float) -> bool:
        """Goes on where `pause` stopped. Returns whether something had been sounding."""
        if self.state is not Playing.PAUSED:
            return False
        self.state = Playing.PLAYING if self.sounded else Playing.STOPPED
        self._since = now if self.sounded else None
        return self.sounded

    def stop(self) -> None:
        """Drops what was not handed out yet."""
        self._queue.clear()
        self._tail, self._queued_bytes = b"", 0
        self.state = Playing.STOPPED

    def report(self, played_ms: float, now: float) -> None:
        """Notes the client's own account of how much it has played: how far it lags behind the clock."""
        if 0 <= played_ms <= self._sent_ms:
            self._lag_ms = max(0.0, self._elapsed_ms(now) - played_ms)

    def heard_upto(self, now: float) -> int:
        """Index into the reply's text just past the last word that the fan has heard."""
        heard_ms = min(self._elapsed_ms(now) - self._lag_ms, self._sent_ms)
        upto = 0
        for word in self._words:
            if word.to_ms > heard_ms:
                break
            upto = word.end
        return upto

    def _elapsed_ms(self, now: float) -> float:
        """Ms for which a client that plays at once would have been playing by `now`."""
        return self._base_ms + ((now - self._since) * 1000 if self._since is not None else 0.0)

    def _setting_in(self) -> tuple[tuple[SpokenWord, ...], tuple[Viseme, ...]]:
        word, mouth = self._announced
        while word < len(self._words) and self._words[word].from_ms < self._sent_ms:
            word += 1
        while mouth < len(self._visemes) and self._visemes[mouth].at_ms < self._sent_ms:
            mouth += 1
        words = tuple(self._words[self._announced[0] : word])
        visemes = tuple(self._visemes[self._announced[1] : mouth])
        self._announced = [word, mouth]
        return words, visemes
