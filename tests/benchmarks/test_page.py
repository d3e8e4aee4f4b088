"""The page: what was found is on it, as text and as pictures, and nothing else gets in."""

from __future__ import annotations

import re
from base64 import b64decode
from xml.etree import ElementTree

import pytest

from gemelo.benchmarks.notes import notes
from gemelo.benchmarks.page import page, stages
from gemelo.benchmarks.records import Record, machine
from gemelo.benchmarks.rows import Curve, Finding, Trace, amount, share, times
from gemelo.benchmarks.targets import TARGETS

HOSTILE = "<script>alert('x')</script>&\""
FINDINGS: tuple[Finding, ...] = (
    times("voice_to_voice", "en", [float(ms) for ms in range(300, 500)], "A-silence"),
    times("voice_to_voice", "en", [float(ms) for ms in range(400, 600)], "A-silence", "pipecat"),
    times("guard_cpu", "en", [1.0, 2.0], "A-silence"),
    share("wasted_tokens", "en", [True, False], "A-silence"),
    amount("rss", "MB", 512.25),
    Curve("gemelo", "smart-turn", "voice_to_voice_p95", "sessions", "ms", ((1, 400), (64, 440)), knee=64),
    Trace("gemelo", "A-silence", {"end_of_turn": 150.0, "first_audio": 390.0}),
)


def _page(*findings: Finding, suite: str = "latency") -> str:
    return page([Record.of(suite, {"turns": 200}, findings, machine())])


def _pictures(html: str) -> list[str]:
    found = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', html)
    return [b64decode(svg).decode() for svg in found]


def test_every_figure_is_on_the_page() -> None:
    """Rows, targets, settings and the machine stand there as text."""
    html = _page(*FINDINGS)
    for text in ("guard_cpu", "512.2", "A-silence, p50", "not measured", "turns", "usable_cores"):
        assert text in html


def test_distributions_curves_and_turns_are_drawn() -> None:
    """Each picture is well-formed, says what it shows, and has its figures as a table."""
    html = _page(*FINDINGS)
    pictures = _pictures(html)
    assert len(pictures) == 3
    for svg in pictures:
        assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert html.count('alt="') == html.count("As a table</summary>") == 3
    assert "Medians: gemelo A-silence en 399.5; pipecat A-silence en 499.5." in html
    assert "Knees: gemelo smart-turn 64." in html


def test_an_older_record_without_a_machine_has_a_page_too() -> None:
    """What it does not say is left out."""
    assert "512.2" in page([Record("size", {}, {}, (amount("rss", "MB", 512.25),))])


def test_other_engines_stand_beside_this_one() -> None:
    """A suite of several engines has a table of them; of one engine, none."""
    assert '<th scope="col" class="number">pipecat</th>' in _page(*FINDINGS)
    assert "Beside others" not in _page(amount("rss", "MB", 1))


def test_the_page_needs_no_network() -> None:
    """Nothing on it, pictures included, is fetched from elsewhere."""
    html = _page(*FINDINGS)
    for source in (html, *_pictures(html)):
        assert not re.search(
            r"""(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?//""", re.sub(r"xmlns\S*", "", source)
        )
        assert "@import" not in source


def test_hostile_names_stay_text() -> None:
    """A figure's names come from files: none of them becomes markup, in the page or in a picture."""
    samples = [1.0, 2.0, 3.0, 4.0, 5.0]
    html = _page(
        times("voice_to_voice", HOSTILE, samples, HOSTILE, HOSTILE),
        amount(HOSTILE, HOSTILE, 1.0),
        Curve(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, ((1, 2),)),
        Trace(HOSTILE, HOSTILE, {HOSTILE: 1.0}),
        suite=HOSTILE,
    )
    for source in (html, *_pictures(html)):
        assert "<script" not in source
    assert len(_pictures(html)) == 3


@pytest.mark.parametrize("name", ["$", "$x^$", "_", "$a_b$"])
def test_names_are_no_formulas(name: str) -> None:
    """A plot takes names as they are."""
    html = _page(times("voice_to_voice", "", [1.0] * 5, name), Trace(name, name, {name: 1.0}))
    assert all(name.replace("_", " ") in svg or name in svg for svg in _pictures(html))


def test_pictures_follow_the_theme() -> None:
    """Colours are variables with a value for dark pages."""
    for svg in _pictures(_page(*FINDINGS)):
        assert "prefers-color-scheme:dark" in svg
        assert not re.search(r"(?:fill|stroke): #", svg)


def test_stages_are_in_the_order_in_which_they_happen() -> None:
    """By their medians; a stage that some turns lack counts those that have it."""
    traces = [Trace("g", "", {"late": 20.0, "early": 1.0}), Trace("g", "", {"late": 40.0})]
    assert [(name, median) for name, median, *_ in stages(traces)] == [("early", 1.0), ("late", 30.0)]


def test_a_note_is_about_a_target() -> None:
    """Every heading in the notes is the title of a target of that suite, so that it is found."""
    for suite in {target.suite for target in TARGETS}:
        titles = {target.title for target in TARGETS if target.suite == suite}
        assert set(notes(suite)) <= titles
