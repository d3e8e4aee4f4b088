"""How far figures are from what must be reached."""

from __future__ import annotations

from gemelo.benchmarks.rows import Row, amount, share, times
from gemelo.benchmarks.targets import TARGETS, Judgement, judged


def _stands(*rows: Row) -> dict[tuple[str, str], Judgement]:
    return {(of.metric, of.profile): of for of in judged("density", rows)}


def test_a_figure_meets_goal_must_or_neither() -> None:
    """What misses says by how much: the bound that must be reached first, then the goal."""
    for value, met, short_by in ((1.5, "missed", 0.5), (0.9, "must", 0.3), (0.6, "goal", 0.0)):
        found = _stands(amount("mb_per_session", "MB", value))["mb_per_session", ""]
        assert (found.met, found.short_by) == (met, short_by)


def test_more_is_better_where_it_says_so() -> None:
    """Sessions a core holds are bounded from below."""
    found = _stands(amount("sessions_per_core", "sessions", 120, "smart-turn"))
    assert found["sessions_per_core", "smart-turn"].met == "must"
    assert found["sessions_per_core", "provider"].met == "unmeasured"


def test_a_peer_meets_nothing() -> None:
    """Only this engine's rows are judged."""
    found = _stands(amount("mb_per_session", "MB", 0.1, engine="pipecat"))
    assert found["mb_per_session", ""].measured is None


def test_the_first_row_of_a_name_counts() -> None:
    """A suite answers the whole before its parts."""
    found = _stands(amount("mb_per_session", "MB", 0.9), amount("mb_per_session", "MB", 2))
    assert found["mb_per_session", ""].measured == 0.9


def test_every_line_has_a_title_of_its_own() -> None:
    """Notes are found by title."""
    assert len({(target.suite, target.title) for target in TARGETS}) == len(TARGETS)


def test_what_the_product_weighs_is_judged() -> None:
    """Memory of all processes and the base install have bounds of their own."""
    found = {
        of.metric: of.met
        for of in judged("size", [amount("rss", "MB", 401), amount("base_install", "MB", 300)])
    }
    assert found == {"rss": "missed", "base_install": "goal"}


def test_a_typed_turn_is_judged_by_its_own_mind() -> None:
    """The verbatim mind's row has no profile; over an upstream other bounds hold."""
    found = {of.title: of.met for of in judged("text", [times("first_text", "", [20.0] * 100)])}
    assert found["typed turn, verbatim mind, p50"] == "missed"
    assert found["F. typed turn over an upstream, SSE, p50"] == "unmeasured"


def test_each_language_has_its_own_standing() -> None:
    """A goal that names a language is met by the row of that language alone."""
    rows = [
        share("blocked", "en", [True, *[False] * 99], "natural"),
        share("blocked", "es", [False] * 100, "natural"),
    ]
    found = {of.title: (of.met, of.short_by) for of in judged("guard", rows)}
    assert found["natural sentences blocked, en"] == ("missed", 0.008)
    assert found["natural sentences blocked, es"] == ("goal", 0.0)


def test_both_suites_of_the_guard_are_told_its_times() -> None:
    """The longer one measures them as well."""
    for suite in ("guard", "guard-speed"):
        found = {of.title: of for of in judged(suite, [amount("compile", "ms", 21, "policy")])}
        assert "five layers with 500 rules compiled" in found
