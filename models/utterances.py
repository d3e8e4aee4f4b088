"""Where somebody speaks in a recording: its stretches between pauses, short enough for a recogniser; pure.

Live, a model tells voice from noise within milliseconds. Here all of the recording is known, so how loud
it is against its own quiet parts is enough: what is cut off at a pause loses no word.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gemelo.models.vocabulary import IN_RATE

FRAME = IN_RATE // 50
"""Samples of 20 ms, the grain of all that is decided here."""
LONGEST_S = 15
"""Of a stretch; one that goes on is cut where it is quietest."""
_PAUSE = 30
"""Frames of silence that end a stretch."""
_SHORTEST = 10
_EDGE = 10
"""Frames kept before and after: the breath of a word's ends."""
_LOUDER = 3.0
"""Times as loud as the quiet parts is voice."""
_HEARD = 60.0
"""Root mean square below which nothing is heard, of 32,768."""
_MANY = 10_000


def utterances(pcm: NDArray[np.int16]) -> Iterator[tuple[int, int]]:
    """The first and the last sample of each stretch in which something is said, in order.

    Args:
        pcm: mono at `IN_RATE`.
    """
    loud = _loudness(pcm)
    if not len(loud):
        return
    voiced = np.flatnonzero(loud > max(_LOUDER * float(np.percentile(loud, 10)), _HEARD))
    if not len(voiced):
        return
    breaks = np.flatnonzero(np.diff(voiced) > _PAUSE)
    starts = voiced[np.concatenate([[0], breaks + 1])]
    ends = voiced[np.concatenate([breaks, [len(voiced) - 1]])] + 1
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if end - start >= _SHORTEST:
            edges = [*_cuts(loud, max(start - _EDGE, 0), min(end + _EDGE, len(loud)))]
            yield from ((first * FRAME, last * FRAME) for first, last in pairwise(edges))


def _loudness(pcm: NDArray[np.int16]) -> NDArray[np.float32]:
    """Root mean square of each whole frame; some at a time, for an hour of floats is much."""
    frames = pcm[: len(pcm) // FRAME * FRAME].reshape(-1, FRAME)
    some = (frames[at : at + _MANY].astype(np.float32) for at in range(0, len(frames), _MANY))
    return np.sqrt(np.concatenate([np.zeros(0, np.float32), *(np.square(one).mean(axis=1) for one in some)]))


def _cuts(loud: NDArray[np.float32], start: int, end: int) -> Iterator[int]:
    """The edges of the pieces of one stretch."""
    longest = LONGEST_S * IN_RATE // FRAME
    yield start
    while end - start > longest:
        first = start + longest // 2
        start = first + int(np.argmin(loud[first : start + longest]))
        yield start
    yield end
