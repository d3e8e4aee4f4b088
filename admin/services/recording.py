"""What a conversation sounded like: when the twin's frames were heard, and how long the fan waited. Pure.

Times are seconds from the recording's first sample; samples are int16 at `OUT_RATE`.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gemelo.models.vocabulary import OUT_RATE

Samples = NDArray[np.int16]

WINDOW = OUT_RATE // 100
"""Samples over which loudness is told: 10 ms."""
_PAUSE = 10
"""Windows of silence that part one turn from the next."""
_UNNOTICED = 30
"""Windows after which an ear would have noticed a voice: what goes on for longer is noise."""
_VOICE_PERCENTILE = 95
_SOFTEST_DB, _LOUDEST_DB = -30.0, -14.0
"""Where the noise floor may end, below the loud windows of a voice: softer is breath, louder is speech."""


@dataclass(frozen=True, slots=True)
class _Piece:
    turn: str
    samples: Samples
    start: int = 0

    @property
    def end(self) -> int:
        return self.start + len(self.samples)


class Speaker:
    """Plays a twin's frames as a page does: in order, from their arrival, unless told to pause or flush."""

    def __init__(self) -> None:
        self._played: list[_Piece] = []
        self._held: deque[_Piece] = deque()
        self._paused = False

    def add(self, turn: str, pcm: bytes, at: float) -> None:
        """Takes a frame that arrived at `at` (s): s16le mono at `OUT_RATE`."""
        piece = _Piece(turn, np.frombuffer(pcm, "<i2"))
        if self._paused:
            self._held.append(piece)
        else:
            self._place(piece, at)

    def pause(self, at: float) -> None:
        """Falls silent at once and keeps what was not played."""
        if not self._paused:
            self._paused = True
            self._held.extend(self._take_back(at))

    def resume(self, at: float) -> None:
        """Goes on where `pause` stopped."""
        self._paused = False
        while self._held:
            self._place(self._held.popleft(), at)

    def flush(self, at: float) -> None:
        """Falls silent at once and forgets what was not played."""
        self._take_back(at)
        self._held.clear()
        self._paused = False

    def played_ms(self, turn: str, at: float) -> float:
        """How much of a turn's audio had been heard by `at`."""
        now = _samples(at)
        heard = (max(0, min(piece.end, now) - piece.start) for piece in self._played if piece.turn == turn)
        return sum(heard) * 1000 / OUT_RATE

    def span(self, turn: str) -> tuple[int, int] | None:
        """From the first to past the last sample of a turn; None where none of it was played."""
        own = [piece for piece in self._played if piece.turn == turn]
        return (own[0].start, own[-1].end) if own else None

    def track(self) -> Samples:
        """All that was heard, silence where nothing was."""
        track = np.zeros(self._played[-1].end if self._played else 0, np.int16)
        for piece in self._played:
            track[piece.start : piece.end] = piece.samples
        return track

    def _place(self, piece: _Piece, at: float) -> None:
        free = self._played[-1].end if self._played else 0
        self._played.append(_Piece(piece.turn, piece.samples, max(_samples(at), free)))

    def _take_back(self, at: float) -> list[_Piece]:
        """Removes what would be heard after `at`."""
        now = _samples(at)
        ahead: list[_Piece] = []
        while self._played and self._played[-1].end > now:
            piece = self._played.pop()
            heard = max(0, now - piece.start)
            if heard:
                self._played.append(_Piece(piece.turn, piece.samples[:heard], piece.start))
            ahead.insert(0, _Piece(piece.turn, piece.samples[heard:]))
        return ahead


def speech_end(fan: Samples, begin: int, decided: int) -> int | None:
    """The true end of a fan's turn: just past its last sample above the noise floor.

    The floor is that of the turn itself: the loudness that parts its windows best into soft and loud
    ones (Otsu, IEEE Trans. SMC 9, 1979). A voice that had just set in again when the turn was decided
    belongs to the next one.

    Args:
        fan: the fan's side of the recording.
        begin: sample at which the twin's turn before this one was decided.
        decided: sample at which this turn was.

    Returns:
        An index into `fan`, or None where the fan made no sound.
    """
    goes_on = decided < len(fan)
    decided = min(decided, len(fan))
    whole = (decided - begin) // WINDOW * WINDOW
    if whole <= 0:
        return None
    windows = fan[decided - whole : decided].reshape(-1, WINDOW).astype(np.float64)
    loudness = 20 * np.log10(np.sqrt((windows**2).mean(axis=1)) + 1)
    voiced = np.nonzero(loudness > _floor(loudness[loudness > 0]))[0]
    if not len(voiced):
        return None
    last = int(voiced[-1])
    if goes_on and last == len(windows) - 1:
        pauses = np.nonzero(np.diff(voiced) > _PAUSE)[0]
        if len(pauses) and last - voiced[pauses[-1] + 1] < _UNNOTICED:
            last = int(voiced[pauses[-1]])
    return decided - whole + (last + 1) * WINDOW


def first_sound(twin: Samples, span: tuple[int, int]) -> int | None:
    """Index of the first sample of `twin` above zero within a span."""
    sounding = np.nonzero(twin[span[0] : span[1]])[0]
    return span[0] + int(sounding[0]) if len(sounding) else None


def _floor(loudness: NDArray[np.float64]) -> float:
    """Where noise ends and voice begins (dB), among the windows that are not digital silence."""
    if not len(loudness):
        return 0.0
    ordered = np.sort(loudness)
    count, total = np.arange(1, len(ordered)), np.cumsum(ordered)[:-1]
    softer, louder = total / count, (ordered.sum() - total) / (len(ordered) - count)
    apart = count * (len(ordered) - count) * (louder - softer) ** 2
    best = int(apart.argmax()) if len(apart) else 0
    voice = float(np.percentile(ordered, _VOICE_PERCENTILE))
    return float(np.clip(ordered[best], voice + _SOFTEST_DB, voice + _LOUDEST_DB))


def _samples(at: float) -> int:
    return round(at * OUT_RATE)
