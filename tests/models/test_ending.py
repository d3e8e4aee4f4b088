from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gemelo.models.completeness import Completeness
from gemelo.models.ending import EndingParameters, Pause, patience_ms

P = EndingParameters()
WORDS = st.sampled_from(Completeness)
ANSWERS = st.none() | st.floats(0, 1)
SILENCES = st.lists(st.floats(0, 3000), min_size=1, max_size=60).map(sorted)


@given(SILENCES)
def test_the_detector_is_asked_once_and_never_at_the_first_silence(silences: list[float]) -> None:
    """Asking again would only lower the bar, asking at once would take breath for an end."""
    pause = Pause(P)
    asked = [silent for silent in silences if pause.asks(silent, Completeness.DOUBTFUL)]
    assert asked == [silent for silent in silences if silent >= P.probe_ms][:1]


@given(SILENCES)
def test_the_detector_is_not_asked_what_the_words_say(silences: list[float]) -> None:
    """Where the words leave no doubt a model need not run; where they come to leave some it is asked yet."""
    pause = Pause(P)
    for silent in silences:
        assert not pause.asks(silent, Completeness.UNFINISHED)
        assert not pause.asks(silent, Completeness.FINISHED)
    assert pause.asks(P.probe_ms, Completeness.FRAGMENT)


@given(SILENCES, ANSWERS, WORDS)
def test_a_pause_that_is_over_stays_over(
    silences: list[float], answer: float | None, words: Completeness
) -> None:
    """Whatever else is known, silence alone never makes a pause less of an end, and in time it is one."""
    pause = Pause(P)
    if answer is not None:
        pause.judged(answer)
    ends = [pause.is_end(silent, words) for silent in silences]
    assert ends == sorted(ends)
    assert pause.is_end(P.unfinished_ms, words)


@given(st.floats(0, 1), st.floats(0, 1), WORDS)
def test_a_surer_detector_never_waits_longer(one: float, other: float, words: Completeness) -> None:
    """More silence is asked for only where an end is less likely."""
    less, more = sorted((one, other))
    assert patience_ms(P, more, words) <= patience_ms(P, less, words)


@given(ANSWERS)
def test_words_that_want_more_wait_longer(answer: float | None) -> None:
    """An open clause waits longest, a word or two longer than a sentence, a complete answer least."""
    order = (Completeness.FINISHED, Completeness.DOUBTFUL, Completeness.FRAGMENT, Completeness.UNFINISHED)
    patience = [patience_ms(P, answer, words) for words in order]
    assert patience == sorted(patience)
    assert patience[0] < P.timeout_ms < patience[-1]


@given(ANSWERS, WORDS)
def test_no_pause_ends_before_the_detector_could_be_asked(answer: float | None, words: Completeness) -> None:
    """Patience has bounds on both sides."""
    assert P.probe_ms <= patience_ms(P, answer, words) <= P.unfinished_ms


def test_a_sure_yes_ends_at_once_and_a_no_waits_for_the_time_out() -> None:
    """The detector's certainty is worth more than silence."""
    assert patience_ms(P, 0.999, Completeness.DOUBTFUL) == P.probe_ms
    assert patience_ms(P, 0.01, Completeness.DOUBTFUL) == P.timeout_ms
    assert patience_ms(P, None, Completeness.DOUBTFUL) == P.timeout_ms
