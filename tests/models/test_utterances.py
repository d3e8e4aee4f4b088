"""Where somebody speaks in a recording."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from gemelo.models.utterances import LONGEST_S, utterances
from gemelo.models.vocabulary import IN_RATE

Samples = NDArray[np.int16]
_dice = np.random.default_rng(1)


def noise(seconds: float, loud: float) -> Samples:
    return (_dice.standard_normal(int(seconds * IN_RATE)) * loud).astype(np.int16)


def times(pcm: Samples) -> list[tuple[float, float]]:
    return [(start / IN_RATE, end / IN_RATE) for start, end in utterances(pcm)]


@pytest.mark.parametrize("floor", [0, 20, 200])
def test_stretches_lie_between_pauses(floor: float) -> None:
    """However loud the room is; a breath is no pause, and words keep their edges."""
    said = noise(1, 4_000)
    room = [noise(seconds, floor) for seconds in (1, 0.3, 2, 1)]
    found = times(np.concatenate([room[0], said, room[1], said, room[2], said, room[3]]))
    assert found == [pytest.approx((0.8, 3.5), abs=0.05), pytest.approx((5.1, 6.5), abs=0.05)]


def test_who_never_pauses_is_cut_where_it_is_quietest() -> None:
    """No stretch is longer than a recogniser takes, and nothing between two pieces is lost."""
    said = np.concatenate(
        [noise(1, 4_000), noise(11, 4_000), noise(0.1, 1_500), noise(20, 4_000), noise(4, 5)]
    )
    found = times(said)
    assert all(end - start <= LONGEST_S for start, end in found)
    assert any(abs(end - 12.05) < 0.1 for _, end in found)
    assert [end for _, end in found[:-1]] == [start for start, _ in found[1:]]


@pytest.mark.parametrize("pcm", [noise(3, 0), noise(3, 15), noise(0, 0), noise(0.01, 4_000)])
def test_where_nobody_speaks_nothing_is_found(pcm: Samples) -> None:
    """Silence, a quiet room, no sample at all."""
    assert times(pcm) == []


def test_a_click_is_nothing_said() -> None:
    """What is shorter than a word."""
    assert times(np.concatenate([noise(1, 10), noise(0.05, 9_000), noise(1, 10)])) == []


def test_a_long_recording_is_looked_at_in_pieces() -> None:
    """The same stretches are found an hour in."""
    late = np.concatenate([np.zeros(3_600 * IN_RATE, np.int16), noise(1, 4_000), noise(1, 5)])
    assert times(late) == [pytest.approx((3_599.8, 3_601.2), abs=0.05)]
