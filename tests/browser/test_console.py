"""The console in a real Chromium: by keyboard, on a phone, and as axe-core sees it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.admin.api.admin.served import Served, served
from tests.browser.conftest import Launch

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 360, "height": 740}
Enter = Callable[..., Page]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("console"), furnished=True) as running:
        yield running


@pytest.fixture
def enter(world: Served, launch: Launch) -> Iterator[Enter]:
    """Opens the console, signed in. A fault of the page or a refused script fails."""
    faults: list[str] = []

    def sign_in(who: str = "marta", **settings: Any) -> Page:
        page: Page = launch().new_context(**settings).new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
        page.goto(f"{world.url}/console/")
        page.get_by_label("API key").fill(world.world.keys[who])
        page.get_by_label("API key").press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Your (twins|campaigns)"))
        return page

    yield sign_in
    assert not faults


def findings(page: Page) -> list[dict[str, Any]]:
    """What axe-core has against a page. Put in past the page's content policy."""
    debugger = page.context.new_cdp_session(page)
    debugger.send("Runtime.evaluate", {"expression": AXE.read_text()})  # pyright: ignore[reportUnknownMemberType]
    return page.evaluate(
        """() => axe.run().then(({ violations }) =>
          violations.map(({ id, nodes }) => ({ id, where: nodes.map((node) => node.failureSummary) })))"""
    )


def spills(page: Page) -> int:
    """How many pixels a page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def hangs_out(page: Page) -> list[str]:
    """Cards that are wider than the page's column."""
    return page.evaluate(
        """() => [...document.querySelectorAll('main .card, main .rows')]
          .filter((one) => one.getBoundingClientRect().right > innerWidth - 8).map((one) => one.className)"""
    )


def add_line(page: Page, line: str) -> None:
    """Publishes a layer with one more line at its end."""
    page.get_by_role("textbox", name="Guardrails").press("Control+End")
    page.keyboard.type(f"{line}\n")
    page.get_by_role("textbox", name="Why for the history").fill("x")
    page.get_by_role("button", name="Publish for every fan").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(enter: Enter, world: Served, scheme: str) -> None:
    """On the first page, at a campaign, in the editor, after a try, where something is wrong or was published
    meanwhile, and on the way in."""
    page = enter(color_scheme=scheme)
    assert findings(page) == []
    page.goto(f"{world.url}/console/campaigns/kortaza-with-trina")
    for summary in page.locator("summary").all():
        summary.click()
    assert findings(page) == []
    page.goto(f"{world.url}/console/twins/trina")
    assert findings(page) == []
    colleague = enter("manu")
    colleague.goto(f"{world.url}/console/twins/trina")
    add_line(colleague, f"# by a colleague, {scheme}")
    expect(colleague.get_by_role("status")).to_contain_text("is live")
    add_line(page, "# mine")
    expect(page.get_by_role("checkbox")).not_to_be_checked()
    assert findings(page) == []
    page.goto(f"{world.url}/console/twins/trina")
    page.get_by_label("A fan asks").fill("Who are you?")
    page.get_by_role("button", name="Try").click()
    expect(page.get_by_text("Verdicts")).to_be_visible()
    assert findings(page) == []
    page.get_by_role("textbox", name="Guardrails").fill("layer: talent\nname: [")
    page.get_by_role("textbox", name="Why for the history").fill("x")
    page.get_by_role("button", name="Publish for every fan").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert findings(page) == []
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert findings(page) == []


def test_a_rule_is_published_without_a_mouse(enter: Enter, world: Served) -> None:
    """From the first page to the new version in the history, by keyboard alone."""
    page = enter()
    page.get_by_role("link", name="Rules of Trina Sol everywhere").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rules of Trina Sol")
    page.get_by_role("textbox", name="Guardrails").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("# written by hand\n")
    page.get_by_role("textbox", name="Why for the history").focus()
    page.keyboard.type("a remark")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("is live.")
    expect(page.locator(".history > li").first).to_contain_text("a remark")
    page.get_by_text("What changed").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".diff .add").first).to_have_text("+# written by hand")


def test_a_campaign_is_approved_without_a_mouse(enter: Enter, world: Served) -> None:
    """From the first page to the turned key, by keyboard alone, on a phone."""
    page = enter("bruno", viewport=PHONE)
    page.get_by_role("link", name="Kortaza with Trina Sol").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kortaza with Trina Sol")
    page.get_by_role("textbox", name="Why for the log").first.focus()
    page.keyboard.type("read and agreed")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The brand's key is turned.")
    assert spills(page) <= 0


def test_enter_in_the_question_tries_and_publishes_nothing(enter: Enter, world: Served) -> None:
    """The form's first button is the harmless one."""
    page = enter()
    page.goto(f"{world.url}/console/deployments/trina-summer")
    version = page.locator("input[name=version]").first.input_value()
    page.get_by_label("A fan asks").fill("Who are you?")
    page.get_by_label("A fan asks").press("Enter")
    expect(page.get_by_text("Verdicts")).to_be_visible()
    assert page.locator("input[name=version]").first.input_value() == version


def test_it_fits_a_phone(enter: Enter, world: Served) -> None:
    """No page is wider than the window, however long the lines of a layer are."""
    page = enter(viewport=PHONE)
    assert spills(page) <= 0
    for path in ("twins/trina", "deployments/trina-summer", "campaigns/kortaza-with-trina"):
        page.goto(f"{world.url}/console/{path}")
        assert spills(page) <= 0
        assert hangs_out(page) == []
        for summary in page.locator("summary").all():
            summary.click()
        assert spills(page) <= 0


def test_line_numbers_stand_beside_their_lines(enter: Enter, world: Served) -> None:
    """The numbers' column and the text have the same height and line height."""
    page = enter()
    page.goto(f"{world.url}/console/twins/trina")
    heights = page.evaluate(
        """() => ['.numbered pre', '.numbered textarea'].map((which) => {
             const style = getComputedStyle(document.querySelector(which));
             return [style.lineHeight, style.paddingTop, style.fontSize];
           })"""
    )
    assert heights[0] == heights[1]
