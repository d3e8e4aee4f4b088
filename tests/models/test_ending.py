from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gemelo.models.ending import EndingParameters, Pause

P = EndingParameters()
SILENCES = st.lists(st.floats(0, 3000), min_size=1, max_size=60).map(sorted)


@given(SILENCES)
def test_the_detector_is_asked_once_and_never_at_the_first_silence(silences: list[float]) -> None:
    """Asking again would only lower the bar, asking at once would take breath for an end."""
    pause = Pause(P)
    asked = [silent for silent in silences if pause.asks(silent)]
    assert asked == [silent for silent in silences if silent >= P.probe_ms][:1]


@given(SILENCES, st.none() | st.floats(0, 1))
def test_a_pause_that_is_over_stays_over(silences: list[float], answer: float | None) -> None:
    """Whatever the detector said, silence alone never makes a pause less of an end."""
    pause = Pause(P)
    if answer is not None:
        pause.judged(answer)
    ends = [pause.is_end(silent) for silent in silences]
    assert ends == sorted(ends)
    assert pause.is_end(P.unfinished_timeout_ms)


def test_a_yes_ends_at_once_and_a_clear_no_gives_longer() -> None:
    """The answer is worth more than the silence, and doubt is worth the ordinary time-out."""
    ends = {0.9: P.probe_ms, 0.3: P.timeout_ms, 0.02: P.unfinished_timeout_ms}
    for answer, silent in ends.items():
        pause = Pause(P)
        pause.judged(answer)
        assert pause.is_end(silent)
        assert answer > P.finished or not pause.is_end(silent - 1)
