"""LiveKit's own client in a page: a fan and a twin in a room of a real LiveKit server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

from gemelo.models.vocabulary import OUT_RATE
from tests.browser.conftest import HERE, Launch
from tests.browser.fan import PATIENCE_MS
from tests.browser.speech import record, render, silence
from tests.clients.programs import LIVEKIT, SNIPPETS, bundled
from tests.livekit_server import LiveKitServer, working
from tests.server import Server

TAP = (HERE / "tap.js").read_text()
LATER = "No wait, please stop, I would like to ask you about something else entirely."
TWIN = "twin-gemelo"
ASK = '{"deployment": "demo-portal", "language": "en"}'
Load = Callable[..., Page]


@pytest.fixture(scope="module")
def worker(livekit: LiveKitServer, demo_data: Path) -> Iterator[Server]:
    with working(livekit, demo_data) as running:
        yield running


@pytest.fixture
def load(worker: Server, livekit: LiveKitServer, launch: Launch) -> Load:
    """Opens a page that has a program in it, and a back end that gives out tokens for one room."""

    def loaded(program: Path, room: str, microphone: Path | None = None) -> Page:
        page = launch(microphone).new_context(bypass_csp=True).new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.add_init_script(TAP)
        given = {"url": livekit.url, "token": livekit.token(room, "fan", ASK)}

        def token(route: Route) -> None:
            route.fulfill(json=given)

        page.route("**/token", token)
        page.goto(f"{worker.url}/healthz")
        page.add_script_tag(content=bundled(program), type="module")
        return page

    return loaded


def join(page: Page, *, mic: bool) -> None:
    page.wait_for_function("() => 'client' in window")
    script = "async mic => { const { url, token } = await (await fetch('/token')).json();"
    page.evaluate(script + " await client.join(url, token, mic); }", mic)
    page.wait_for_function("() => client.states.includes('listening')")


def test_livekits_client_types(load: Load) -> None:
    """Text on lk.chat is answered in captions and aloud."""
    page = load(LIVEKIT, "page-typed")
    join(page, mic=False)
    page.evaluate("client.say('Who are you?')")
    page.wait_for_function("() => client.of('bot-llm-stopped').length === 1")
    page.wait_for_function("samples => loudSamples() > samples", arg=OUT_RATE)
    (caption,) = page.evaluate("client.captions")
    assert "virtual twin" in caption["text"]
    assert caption["identity"] == TWIN


def test_livekits_client_talks_and_interrupts(load: Load, tmp_path: Path) -> None:
    """The question is heard over WebRTC and answered aloud; talking over the answer silences it."""
    words = render("What is the offside rule?"), silence(5), render(LATER)
    page = load(LIVEKIT, "page-spoken", record(tmp_path / "over.wav", silence(3), *words, silence(60)))
    join(page, mic=True)
    page.wait_for_function("samples => loudSamples() > samples", arg=OUT_RATE)
    turn = page.evaluate("client.of('bot-llm-started')[0].turn")
    page.wait_for_function("turn => client.ended(turn).length === 2", arg=turn)
    page.wait_for_function("samples => silentSamples() > samples", arg=OUT_RATE // 4)
    whole, cut = page.evaluate("turn => client.ended(turn)", turn)
    assert cut["text"]
    assert len(cut["text"]) < len(whole["text"])
    heard = page.evaluate("client.by('fan').filter(one => one.about['lk.transcription_final'] === 'true')")
    assert heard[0]["text"]
    assert page.evaluate("client.states").index("thinking") < page.evaluate("client.states").index("speaking")


def test_the_program_of_the_docs_is_answered(load: Load, tmp_path: Path) -> None:
    """A fan who speaks reads and hears the twin, with the page's own back end giving out the token.

    The page opens its microphone before the twin is there: who is not heard asks again.
    """
    asked = render("What is the offside rule?")
    spoken = record(tmp_path / "docs.wav", silence(4), asked, silence(12), asked, silence(60))
    page = load(SNIPPETS / "livekit.js", "page-docs", spoken)
    page.wait_for_function("() => document.title === 'speaking'")
    page.wait_for_function("() => document.body.innerText.includes('virtual')")
    assert page.evaluate("document.querySelector('audio').paused") is False
