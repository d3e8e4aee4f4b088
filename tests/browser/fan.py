"""What a fan sees and does on a page with a twin, and what an observer hears at the socket."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page, WebSocket, expect

TWIN = "document.querySelector('gemelo-twin')"
PATIENCE_MS = 30_000


@dataclass
class Socket:
    """All that came over the page's sockets, in order."""

    frames: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    audio: list[bytes] = field(default_factory=list[bytes])
    sent: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def watch(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._received)
        socket.on("framesent", self._sent)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [frame.get("data") or {} for frame in self.frames if frame["type"] == kind]

    def messages(self, t: str) -> list[dict[str, Any]]:
        return [data["d"] for data in self.of("server-message") if data["t"] == t]

    def _received(self, payload: str | bytes) -> None:
        if isinstance(payload, bytes):
            self.audio.append(payload)
        else:
            self.frames.append(json.loads(payload))

    def _sent(self, payload: str | bytes) -> None:
        if isinstance(payload, str):
            self.sent.append(json.loads(payload))


class Fan:
    """A fan in front of one page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.socket = Socket()
        page.set_default_timeout(PATIENCE_MS)
        page.on("websocket", self.socket.watch)
        self.twin = page.locator("gemelo-twin")
        self.replies: Locator = self.twin.locator("li.twin")
        self.words: Locator = self.twin.locator("li.fan")

    @property
    def state(self) -> str:
        return self.page.evaluate(f"{TWIN}.state")

    def wait_for_state(self, *states: str) -> None:
        self.page.wait_for_function(f"states => states.includes({TWIN}.state)", arg=list(states))

    def mute(self) -> None:
        """Wants the replies to come as text only."""
        self.twin.locator(".voice").click()
        expect(self.twin.locator(".voice")).to_have_attribute("aria-pressed", "false")
        self.wait_for_state("ready")

    def type(self, text: str) -> None:
        """Types a message and sends it by the keyboard; the focus is in the text field already."""
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def ask(self, text: str) -> None:
        self.twin.get_by_role("textbox").focus()
        self.type(text)

    def reply(self, number: int) -> str:
        """The text of a finished reply, from 0."""
        item = self.replies.nth(number)
        expect(item).to_be_visible(timeout=PATIENCE_MS)
        expect(item).not_to_have_attribute("data-open", "", timeout=PATIENCE_MS)
        return " ".join(item.locator("p").all_text_contents())

    def wait_until_spoken(self, characters: int) -> None:
        """Waits until the word that is marked as sounding stands so far into its paragraph, or further."""
        self.page.wait_for_function(
            """characters => [...CSS.highlights.get('gemelo-word') ?? []]
                .some((range) => range.startOffset >= characters)""",
            arg=characters,
        )

    def focused(self) -> str:
        """Class or tag of the element that has the focus, inside the widget or out of it."""
        return self.page.evaluate(
            """() => {
              let at = document.activeElement;
              while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
              return at.className || at.tagName.toLowerCase();
            }"""
        )

    def tab_to(self, name: str) -> None:
        """Presses Tab until the named element has the focus."""
        for _ in range(25):
            if self.focused() == name:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {name}")
