"""Other people's clients in a page, unmodified."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Launch
from tests.clients.programs import AGENTS, bundled, question, realtime
from tests.clients.test_agents_realtime import check_spoken, check_typed
from tests.server import Server

Load = Callable[..., Page]


@pytest.fixture
def load(server: Server, launch: Launch) -> Load:
    """Opens a page of the server's origin that has a client in it."""

    def loaded(program: Path, microphone: Path | None = None) -> Page:
        page = launch(microphone).new_context(bypass_csp=True).new_page()
        page.goto(f"{server.url}/healthz")
        page.add_script_tag(content=bundled(program))
        return page

    return loaded


def test_agents_realtime_types(server: Server, load: Load) -> None:
    """Text in, text out."""
    page = load(AGENTS)
    told: Any = page.evaluate("args => client.typed(...args)", [realtime(server.url), "Who are you?"])
    check_typed(told)


def test_agents_realtime_talks_and_interrupts(server: Server, load: Load) -> None:
    """Audio in, audio out, and over one another."""
    page = load(AGENTS)
    check_spoken(page.evaluate("args => client.spoken(...args)", [realtime(server.url), question()]))
