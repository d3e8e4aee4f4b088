from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Visit
from tests.browser.fan import Fan
from tests.server import Server

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


def findings(fan: Fan) -> list[dict[str, Any]]:
    """What axe-core has against the page as it stands. Put in past the page's content policy."""
    debugger = fan.page.context.new_cdp_session(fan.page)
    debugger.send("Runtime.evaluate", {"expression": AXE.read_text()})  # pyright: ignore[reportUnknownMemberType]
    return fan.page.evaluate(
        """() => axe.run().then(({ violations }) =>
          violations.map(({ id, nodes }) => ({ id, where: nodes.map((node) => node.failureSummary) })))"""
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", ["portal", "campaign-a", "campaign-b"])
def test_axe_finds_nothing(server: Server, visit: Visit, page: str, scheme: str) -> None:
    """Each page passes at rest, while the twin speaks, and after an interruption."""
    fan = visit(f"{server.url}/{page}")
    fan.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    assert findings(fan) == []
    fan.ask("What is offside?")
    fan.wait_for_state("speaking")
    assert findings(fan) == []
    fan.page.keyboard.press("Escape")
    fan.wait_for_state("ready")
    assert findings(fan) == []


def test_axe_can_find_something(server: Server, visit: Visit) -> None:
    """The check reaches into the widget: a button without a name is found there."""
    fan = visit(f"{server.url}/portal")
    fan.twin.locator(".send span").evaluate("span => span.remove()")
    assert [finding["id"] for finding in findings(fan)] == ["button-name"]


def test_screen_readers_hear_whole_sentences(server: Server, visit: Visit) -> None:
    """The live region gets finished sentences, never half of one, and together they are the reply."""
    fan = visit(f"{server.url}/portal")
    fan.mute()
    fan.page.evaluate(
        """() => {
          window.announced = [];
          const region = document.querySelector('gemelo-twin').shadowRoot.querySelector('[role=log]');
          new MutationObserver((changes) => {
            for (const { addedNodes } of changes) announced.push(...addedNodes);
          }).observe(region, { childList: true });
        }"""
    )
    fan.ask("What is offside?")
    reply = fan.reply(0)
    announced: list[str] = fan.page.evaluate("announced.map((node) => node.textContent)")
    assert all(sentence.rstrip('"”»’)]')[-1] in ".!?…" for sentence in announced), announced
    assert " ".join(announced).split() == reply.split()
    region = fan.twin.locator("[role=log]")
    assert region.get_attribute("aria-live") == "polite"


def test_no_motion_where_none_is_wanted(server: Server, visit: Visit) -> None:
    """With reduced motion the face neither blinks nor moves its mouth, and the status says who speaks."""
    fan = visit(f"{server.url}/portal")
    fan.page.emulate_media(reduced_motion="reduce")
    mouth = fan.twin.locator(".lip")
    shut = mouth.get_attribute("d")
    fan.page.evaluate(
        """() => {
          window.mouths = new Set();
          const lip = document.querySelector('gemelo-twin').shadowRoot.querySelector('.lip');
          new MutationObserver(() => mouths.add(lip.getAttribute('d'))).observe(lip, { attributes: true });
        }"""
    )
    fan.ask("What is offside?")
    fan.wait_until_spoken(20)
    assert set(fan.page.evaluate("[...mouths]")) <= {shut}
    animations = fan.twin.locator(".eye").evaluate("eye => eye.getAnimations().length")
    assert animations == 0
