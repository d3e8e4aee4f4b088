from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.fan import PATIENCE_MS, Fan
from tests.browser.test_accessibility import findings
from tests.server import Server


@pytest.fixture
def own(own_demo: Path) -> Iterator[Server]:
    running = Server(own_demo).start()
    yield running
    running.stop()


def agree(fan: Fan) -> None:
    """The fan presses the button by the keyboard, having said something."""
    fan.tab_to("input")
    fan.type("Who are you?")
    fan.reply(0)
    fan.tab_to("remember")
    fan.page.keyboard.press("Enter")
    expect(fan.twin.locator(".remember")).to_have_attribute("aria-pressed", "true")


def account(fan: Fan) -> Page:
    """The page that the link leads to."""
    with fan.page.expect_popup() as opened:
        fan.twin.get_by_role("link", name="What do you know of me?").press("Enter")
    opened.value.set_default_timeout(PATIENCE_MS)
    return opened.value


def test_a_fan_is_remembered_looks_and_is_forgotten(own: Server, visit: Visit) -> None:
    """By the keyboard alone: agrees, reads all that is kept, erases it, and is a stranger again."""
    fan = visit(f"{own.url}/portal")
    expect(fan.twin.locator("a")).to_be_hidden()
    agree(fan)
    fan.ask("My name is Zoltan. What is offside?")
    fan.reply(1)
    fan.page.reload()
    expect(fan.twin.locator(".remember")).to_have_attribute("aria-pressed", "true")
    page = account(fan)
    expect(page.get_by_role("status")).to_have_text("This is all there is.")
    expect(page.locator("#facts li")).to_have_text(["My name is Zoltan"])
    expect(page.locator("#talks")).to_contain_text("What is offside?")
    assert "#" not in page.url
    looked = Fan.__new__(Fan)
    looked.page = page
    assert findings(looked) == []
    page.get_by_role("button", name="Erase everything").press("Enter")
    page.get_by_role("button", name="Yes, erase everything").press("Enter")
    expect(page.get_by_role("status")).to_have_text("Erased. Nothing is kept of you here any more.")
    fan.page.reload()
    expect(fan.twin.locator(".remember")).to_have_attribute("aria-pressed", "false")
    expect(fan.twin.locator("a")).to_be_hidden()


def test_a_fan_takes_it_back(own: Server, visit: Visit) -> None:
    """The same button again: the token is gone from the page, and the link with it."""
    fan = visit(f"{own.url}/portal")
    agree(fan)
    fan.page.keyboard.press("Enter")
    expect(fan.twin.locator(".remember")).to_have_attribute("aria-pressed", "false")
    expect(fan.twin.locator("a")).to_be_hidden()
    assert fan.page.evaluate("Object.keys(localStorage)") == []


def test_a_brand_s_page_does_not_ask(server: Server, visit: Visit) -> None:
    """Where no layer keeps facts there is no button."""
    fan = visit(f"{server.url}/campaign-a")
    fan.wait_for_state("idle")
    expect(fan.twin.locator(".remember")).to_be_hidden()


def test_a_page_without_storage_still_talks(server: Server, visit: Visit) -> None:
    """Who is denied it is remembered for as long as the page is open, and nothing breaks."""
    denied = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException(); } })"
    fan = visit(f"{server.url}/portal", scripts=(denied,))
    agree(fan)
    expect(fan.twin.locator("a")).to_be_visible()


@pytest.mark.parametrize("token", ["", "#made-up"])
def test_a_link_that_is_of_no_use_says_so(server: Server, visit: Visit, token: str) -> None:
    """In the reader's language, and nothing else is shown."""
    fan = visit(f"{server.url}/portal")
    fan.page.goto(f"{server.url}/v1/me/page?lang=es{token}")
    expect(fan.page.get_by_role("status")).to_have_text(
        "Este enlace ya no sirve: ábrelo otra vez desde el gemelo."
    )
    expect(fan.page.locator("#kept")).to_be_hidden()
