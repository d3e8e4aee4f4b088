"""Fans by timetable, and what a page would play."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.benchmarks.crowd import Asked, Manners, Page, Speech, timetable
from gemelo.benchmarks.marked import MARK, read_mark
from gemelo.models.vocabulary import OUT_RATE
from tests.benchmarks.recordings import chime

MANNERS = Manners(answer_s=6.0, think_s=1.0, least_think_s=0.5)
FRAME = OUT_RATE // 50


def sound(samples: int, value: int = 1000) -> bytes:
    return np.full(samples, value, "<i2").tobytes()


@given(st.lists(st.floats(0.5, 5), min_size=1, max_size=5), st.integers())
def test_a_fan_asks_when_the_answer_has_been_heard(lengths: list[float], seed: int) -> None:
    """Between two questions lie the first one's length, its answer and some thought, drawn in advance."""
    asked = timetable(lengths, MANNERS, random.Random(seed), 100)
    for (at, clip), (later, _) in pairwise(asked):
        assert later - at >= lengths[clip] + MANNERS.answer_s + MANNERS.least_think_s
    assert asked == timetable(lengths, MANNERS, random.Random(seed), 100)


def test_the_first_answer_is_heard_out() -> None:
    """It opens with the disclosure; whoever stops the twin in it is told it again, at once."""
    hurried = Manners(answer_s=1.0, think_s=0.0, cut_s=0.4, first_answer_s=6.0)
    (first, _), (second, _), (third, _) = timetable([2.0], hurried, random.Random(1), 60)[:3]
    assert second - first == 2.0 + 6.0 + hurried.least_think_s
    assert third - second == 2.0 + 1.0 + hurried.least_think_s


def test_fans_who_come_together_do_not_ask_together() -> None:
    """First questions are spread over a round, and thought takes what it is said to take on average."""
    chance = random.Random(1)
    plans = [timetable([2.0], MANNERS, chance, 3600) for _ in range(50)]
    firsts = [plan[0][0] for plan in plans]
    assert max(firsts) - min(firsts) > 6
    gaps = [later - at for plan in plans for (at, _), (later, _) in pairwise(plan)]
    assert abs(sum(gaps) / len(gaps) - 9.5) < 0.1


def test_a_question_is_sent_frame_by_frame_behind_its_mark() -> None:
    """The first frame tells the question's number and where its speech lies; all frames are whole."""
    speech = Speech.of(chime(430))
    frames = speech.frames(1234)[::-1]
    mark = read_mark(frames[0])
    assert mark is not None
    assert mark.number == 1234
    assert mark.end_ms == round(1000 * speech.end_s)
    assert {len(frame) for frame in frames} == {2 * MARK}
    assert b"".join(frames[1:]).startswith(speech.clip.tobytes())


def test_the_wait_ends_with_the_first_sample_that_can_be_heard() -> None:
    """Silence in front of the answer counts as waiting; later frames change nothing."""
    page = Page()
    page.begin("t")
    assert page.play(sound(FRAME, 0), 1.0) is None
    assert page.play(sound(240, 5) + sound(240), 1.001) == 1.0 + 0.020 + 0.010
    assert page.play(sound(FRAME), 1.002) is None


def test_a_page_plays_one_frame_after_the_other() -> None:
    """What comes in a burst is played in order; a gap is heard as one; a flush ends what was queued."""
    page = Page()
    page.begin("t")
    for _ in range(10):
        page.play(sound(FRAME), 1.0)
    assert page.played_ms(1.1) == pytest.approx(100)
    assert page.played_ms(1.3) is None
    page.flush(1.1)
    page.begin("u")
    assert page.play(sound(FRAME), 1.12) == 1.12


def test_an_answer_before_the_end_is_told_by_its_sign() -> None:
    """A wait is counted from the end of speech; none is none."""
    assert Asked(0, 10.0).wait_ms is None
    assert Asked(0, 10.0, heard=9.5).wait_ms == -500
