from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.server import Server

QUESTIONS = {
    "es": ("¿Quién eres?", "gemelo virtual", "¿Qué es el fuera de juego?", "fuera de juego"),
    "en": ("Who are you?", "virtual twin", "What is offside?", "offside"),
}


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_whole_conversation_needs_no_mouse(server: Server, visit: Visit, language: str) -> None:
    """A fan who only has a keyboard asks, reads, asks again and is answered in their language."""
    first, virtual, second, topic = QUESTIONS[language]
    fan = visit(f"{server.url}/portal", language)
    fan.tab_to("input")
    fan.type(first)
    expect(fan.replies.nth(0)).to_contain_text(virtual)
    fan.type(second)
    expect(fan.replies.nth(1)).to_contain_text(topic)
    assert fan.words.all_text_contents() == [first, second]
    assert fan.twin.locator(".talk").get_attribute("lang") == language


def test_escape_stops_the_twin(server: Server, visit: Visit) -> None:
    """Escape silences the twin, and the caption ends where the fan stopped listening."""
    fan = visit(f"{server.url}/portal")
    fan.tab_to("input")
    fan.type("What is offside?")
    fan.wait_until_spoken(20)
    said = "".join(data["text"] for data in fan.socket.of("bot-llm-text"))
    fan.page.keyboard.press("Escape")
    fan.wait_for_state("ready")
    expect(fan.replies).to_have_text(re.compile("…$"))
    heard = fan.reply(0).removesuffix("…")
    assert heard
    assert said.startswith(heard)
    assert len(heard) < len(said)
    assert fan.focused() == "input"


def test_every_control_is_reached_in_reading_order(server: Server, visit: Visit) -> None:
    """Tab goes through the controls in the order in which they are seen."""
    fan = visit(f"{server.url}/portal")
    fan.tab_to("input")
    order: list[str] = []
    for _ in range(7):
        order.append(fan.focused())
        fan.page.keyboard.press("Tab")
    assert order == ["input", "send", "mic", "voice", "stop", "remember", "select"]


def test_the_voice_is_muted_by_the_space_bar(server: Server, visit: Visit) -> None:
    """A fan who mutes the twin gets the reply as text and no sound."""
    fan = visit(f"{server.url}/portal")
    fan.tab_to("voice")
    fan.page.keyboard.press("Space")
    expect(fan.twin.get_by_role("button", name="Voice")).to_have_attribute("aria-pressed", "false")
    fan.wait_for_state("ready")
    fan.ask("Who are you?")
    assert fan.reply(0)
    assert fan.socket.audio == []


def test_the_language_is_chosen_by_keyboard(server: Server, visit: Visit) -> None:
    """The widget and the page around it change their language together."""
    fan = visit(f"{server.url}/campaign-a", "en")
    fan.twin.get_by_role("combobox").focus()
    fan.page.keyboard.press("ArrowUp")
    expect(fan.twin.locator(".badge")).to_have_text("Gemelo de IA de Vera Golazo")
    expect(fan.twin.locator(".sponsor")).to_have_text(re.compile("Patrocinado por Brisalta"))
    assert fan.page.locator("html").get_attribute("lang") == "es"


@pytest.mark.parametrize(
    ("page", "brand", "other"),
    [("campaign-a", "Brisalta", "Kortaza"), ("campaign-b", "Kortaza", "Brisalta")],
)
def test_a_campaign_names_its_sponsor_and_no_other(
    server: Server, visit: Visit, page: str, brand: str, other: str
) -> None:
    """Page and widget both show who pays, before and during the conversation; the rival is nowhere."""
    fan = visit(f"{server.url}/{page}")
    fan.mute()
    fan.ask("Who are you?")
    fan.reply(0)
    expect(fan.page.locator(".bar .sponsor").filter(visible=True)).to_have_text(f"Sponsored by {brand}")
    expect(fan.twin.locator(".sponsor")).to_have_text(re.compile(f"Sponsored by {brand}"))
    expect(fan.twin.locator(".badge")).to_be_visible()
    assert other not in fan.page.content() + fan.twin.inner_text()


def test_a_page_hides_its_sponsor_from_a_fan_in_crisis(server: Server, visit: Visit) -> None:
    """Page and widget show the help and no brand, then and after the session is taken up again."""
    fan = visit(f"{server.url}/campaign-a")
    fan.mute()
    expect(fan.twin.locator(".sponsor")).to_be_visible()
    fan.ask("I want to die")
    assert "findahelpline" in fan.reply(0)
    expect(fan.twin.locator(".sponsor")).to_be_hidden()
    expect(fan.page.locator(".bar, .hero, .facts, footer").filter(visible=True)).to_have_count(0)
    expect(fan.twin.get_by_role("textbox")).to_be_visible()
