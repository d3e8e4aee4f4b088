from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import HERE, Visit
from tests.browser.fan import TWIN, Fan
from tests.browser.test_voice import RECOGNISER, wait_for_sound
from tests.server import Server

TAP = (HERE / "tap.js").read_text()


def listen(fan: Fan) -> None:
    fan.twin.get_by_role("button", name="Micrófono").click()
    fan.page.wait_for_function("() => window.recogniser")
    fan.wait_for_state("listening")


def test_a_mere_aha_leaves_nothing_to_think_about(server: Server, visit: Visit) -> None:
    """The twin goes on after the fan's "ajá", and afterwards listens again instead of thinking for ever."""
    fan = visit(f"{server.url}/portal", "es", scripts=(TAP, RECOGNISER))
    listen(fan)
    fan.page.evaluate("recogniser.say('quién eres', true)")
    wait_for_sound(fan, 0.5)
    fan.page.evaluate("recogniser.say('ajá', true)")
    expect(fan.words.nth(1)).to_have_text("ajá")
    expect(fan.words.nth(1)).not_to_have_attribute("data-open", "")
    fan.wait_for_state("speaking")
    fan.wait_for_state("listening")
    assert len(fan.socket.messages("resume")) == 1
    assert not fan.socket.messages("flush")


def test_a_voice_that_was_off_when_the_microphone_was_opened_can_be_turned_on(
    server: Server, visit: Visit
) -> None:
    """Muted, microphone on, not muted any more: the reply sounds."""
    fan = visit(f"{server.url}/portal", "es", scripts=(TAP, RECOGNISER))
    fan.mute()
    listen(fan)
    fan.twin.locator(".voice").click()
    fan.page.evaluate("recogniser.say('quién eres', true)")
    wait_for_sound(fan, 0.5)


def test_a_twin_that_is_moved_in_the_page_sounds_again(server: Server, visit: Visit) -> None:
    """An element that was taken out and put back begins anew, sound included."""
    fan = visit(f"{server.url}/portal", scripts=(TAP,))
    fan.ask("Who are you?")
    wait_for_sound(fan, 0.5)
    fan.page.evaluate(f"() => {{ const twin = {TWIN}; twin.parentNode.append(twin); }}")
    fan.page.evaluate("tapped.length = 0")
    fan.ask("What is offside?")
    wait_for_sound(fan, 0.5)
