from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.server import Server


def test_a_server_restart_keeps_the_conversation(own_demo: Path, visit: Visit) -> None:
    """The page comes back by itself, shows what was said, and the twin still knows that it was said."""
    first = Server(own_demo).start()
    fan = visit(f"{first.url}/portal")
    fan.mute()
    fan.ask("Who are you?")
    introduced = fan.reply(0)
    first.stop()
    fan.wait_for_state("reconnecting")
    fan.ask("What is offside?")
    again = Server(own_demo, port=first.port).start()
    try:
        second = fan.reply(1)
        assert fan.words.all_text_contents() == ["Who are you?", "What is offside?"]
        assert fan.reply(0) == introduced
        disclosure = re.split(r"(?<=[.!?])\s", introduced)[0]
        assert disclosure not in second
        sessions = {data["session"] for data in fan.socket.of("bot-ready")}
        assert len(fan.socket.of("bot-ready")) == 2
        assert len(sessions) == 1
    finally:
        again.stop()


def test_a_full_house_says_when_to_come_back_and_lets_the_fan_in_later(own_demo: Path, visit: Visit) -> None:
    """Past the last slot a fan reads when the next try is due, and is let in once somebody has left."""
    full = Server(own_demo, {"GEMELO_SLOTS": "1"}).start()
    try:
        inside = visit(f"{full.url}/portal")
        inside.twin.get_by_role("textbox").focus()
        inside.wait_for_state("ready")
        outside = visit(f"{full.url}/portal", "es")
        outside.wait_for_state("busy")
        expect(outside.twin.locator(".status")).to_have_text(re.compile(r"reintenta en \d+ s"))
        inside.page.close()
        outside.wait_for_state("ready")
        outside.mute()
        outside.ask("¿Quién eres?")
        assert outside.reply(0)
    finally:
        full.stop()


def test_a_twin_that_does_not_exist_is_a_plain_sentence(server: Server, visit: Visit) -> None:
    """A wrong deployment key is told in words, and nothing is tried again."""
    fan = visit(f"{server.url}/portal")
    fan.page.evaluate(
        """() => {
          const twin = document.createElement('gemelo-twin');
          twin.setAttribute('deployment', 'nobody');
          twin.setAttribute('language', 'en');
          document.querySelector('gemelo-twin').replaceWith(twin);
        }"""
    )
    fan.wait_for_state("refused")
    expect(fan.twin.locator(".notice")).to_contain_text("does not exist")
