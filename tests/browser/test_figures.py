"""The page of `gemelo bench` in a browser: on a phone, in both themes, without a network."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from gemelo.benchmarks.page import page
from gemelo.benchmarks.records import Record, machine
from tests.benchmarks.test_page import FINDINGS
from tests.browser.conftest import Launch
from tests.browser.fan import Fan
from tests.browser.test_accessibility import findings


@pytest.fixture
def figures(launch: Launch, tmp_path: Path) -> Page:
    """A page with every kind of finding, as a phone shows it that has no network."""
    file = tmp_path / "index.html"
    file.write_text(page([Record.of("latency", {"turns": 200}, FINDINGS, machine())]), "utf-8")
    context = launch().new_context(viewport={"width": 360, "height": 740}, offline=True)
    shown = context.new_page()
    shown.goto(file.as_uri())
    return shown


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(figures: Page, scheme: str) -> None:
    """With every table open, in both themes."""
    figures.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    figures.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    assert findings(Fan(figures)) == []


def test_it_fits_a_phone(figures: Page) -> None:
    """Only tables scroll sideways, never the page; pictures are as wide as their column and not blank."""
    assert figures.evaluate("document.documentElement.scrollWidth") == 360
    widths = figures.evaluate("[...document.images].map((one) => one.complete && one.clientWidth)")
    assert len(widths) == 3
    assert all(280 <= width <= 360 for width in widths)
