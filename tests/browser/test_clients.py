"""Other people's clients in a page, unmodified."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from gemelo.models.vocabulary import OUT_RATE
from tests.browser.conftest import HERE, Launch
from tests.browser.fan import PATIENCE_MS
from tests.browser.speech import record, render, silence
from tests.clients.programs import AGENTS, PIPECAT, SNIPPETS, bundled, here, question, realtime
from tests.clients.test_agents_realtime import check_spoken, check_typed
from tests.server import Server

TAP = (HERE / "tap.js").read_text()
LATER = "I would like to ask you about something else entirely, please listen to me."
Load = Callable[..., Page]


@pytest.fixture
def load(server: Server, launch: Launch) -> Load:
    """Opens a page of the server's origin that has a client in it."""

    def loaded(program: Path, microphone: Path | None = None) -> Page:
        page = launch(microphone).new_context(bypass_csp=True).new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.add_init_script(TAP)
        page.goto(f"{server.url}/healthz")
        page.add_script_tag(content=bundled(program), type="module")
        page.wait_for_function("() => 'client' in window")
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


def begun(page: Page, url: str, *, mic: bool) -> Any:
    """What the client was told when the twin was ready."""
    wanted = {"deployment": "demo-portal", "language": "en"}
    return page.evaluate("args => client.begin(...args)", [url, mic, wanted])


def test_pipecats_client_types(server: Server, load: Load) -> None:
    """By text, and a message of a kind of ours is answered; what a twin cannot do is refused and named."""
    page = load(PIPECAT)
    ready = begun(page, server.url, mic=False)
    assert ready["version"] == "2.1.0"
    page.evaluate("client.say('Who are you?', { audio_response: false })")
    page.wait_for_function("() => client.of('onBotLlmStopped').length === 1")
    told = "".join(one["text"] for one in page.evaluate("client.of('onBotLlmText')"))
    shown = "".join(one["text"] for one in page.evaluate("client.of('onBotOutput')"))
    assert "virtual" in told
    assert shown == told
    assert page.evaluate("client.of('onBotStartedSpeaking')") == []
    assert page.evaluate("client.ask('voice', { on: false })") == {}
    assert "unknown message" in page.evaluate("client.ask('no such')")["error"]
    page.evaluate("client.say('Hello?', { run_immediately: false })")
    page.wait_for_function("() => client.of('onMessageError').length === 2")
    assert page.evaluate("client.of('onError')") == []


def test_pipecats_client_talks_and_interrupts(server: Server, load: Load, tmp_path: Path) -> None:
    """By voice: the question is heard and answered aloud, and talking over the answer silences it."""
    words = render("What is the offside rule?"), silence(4), render(LATER)
    page = load(PIPECAT, record(tmp_path / "over.wav", silence(1), *words, silence(60)))
    begun(page, server.url, mic=True)
    page.wait_for_function("samples => loudSamples() > samples", arg=OUT_RATE // 2)
    page.wait_for_function("() => client.messages('flush').length === 1")
    page.wait_for_function("samples => silentSamples() > samples", arg=OUT_RATE // 4)
    page.wait_for_function("() => client.of('onBotLlmStarted').length === 2")
    flushed = page.evaluate("client.messages('flush')[0].d")
    said = [
        one["text"] for one in page.evaluate("client.of('onBotLlmText')") if one["turn"] == flushed["turn"]
    ]
    heard = [one["text"] for one in page.evaluate("client.of('onUserTranscript')") if one["final"]]
    kinds = page.evaluate("client.told.map(([kind]) => kind)")
    assert flushed["heard"]
    assert len(flushed["heard"]) < len("".join(said))
    assert len(heard) == 2
    assert kinds.index("onUserStartedSpeaking") < kinds.index("onBotStartedSpeaking")
    assert kinds.index("onBotStartedSpeaking") < kinds.index("onBotStoppedSpeaking")
    assert page.evaluate("client.of('onError')") == []


def test_pipecats_client_is_told_why_it_may_not_come_in(server: Server, load: Load) -> None:
    """A place that does not exist is refused in words that the client shows."""
    page = load(PIPECAT)
    refused = page.evaluate(
        "args => client.begin(...args).catch(error => error.message)",
        [server.url, False, {"deployment": "no-such"}],
    )
    assert "no-such" in refused


def test_the_program_of_the_docs_for_pipecat_is_answered(server: Server, load: Load, tmp_path: Path) -> None:
    """It shows who the twin is."""
    page = load(here(SNIPPETS / "pipecat.js", server.url, tmp_path))
    page.wait_for_function("() => document.body.innerText.includes('virtual')")
