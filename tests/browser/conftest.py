"""A real Chromium, its microphone a file, and a fan's hands and eyes on the page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.browser.fan import Fan

HERE = Path(__file__).parent
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
)

Launch = Callable[..., Browser]
Visit = Callable[..., Fan]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium. Without one the browser tests are skipped, except in CI."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("GEMELO_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path:
        return path
    message = "Chromium is missing: install it (apt-get install chromium) or name it in GEMELO_CHROMIUM"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture
def launch(playwright: Playwright, chromium: str) -> Iterator[Launch]:
    """Starts a browser; given a WAV file (48 kHz, mono), that is what its microphone hears, once."""
    browsers: list[Browser] = []

    def start(microphone: Path | None = None) -> Browser:
        ear = [f"--use-file-for-fake-audio-capture={microphone}%noloop"] if microphone else []
        browsers.append(playwright.chromium.launch(executable_path=chromium, args=[*QUIET, *ear]))
        return browsers[-1]

    yield start
    for browser in browsers:
        browser.close()


@pytest.fixture
def visit(launch: Launch) -> Iterator[Visit]:
    """Opens a page of a server in a language, and gives it to a fan. Faults of the page fail the test."""
    faults: list[str] = []
    browser: list[Browser] = []

    def open_page(
        url: str, language: str = "en", *, microphone: Path | None = None, scripts: tuple[str, ...] = ()
    ) -> Fan:
        if not browser:
            browser.append(launch(microphone))
        page: Page = browser[0].new_context(locale=language).new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        for script in scripts:
            page.add_init_script(script)
        fan = Fan(page)
        page.goto(url)
        fan.wait_for_state("idle", "connecting", "ready", "busy", "reconnecting")
        return fan

    yield open_page
    assert not faults
