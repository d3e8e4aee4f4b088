"""A page that talks over WebRTC to a twin in a pipeline of pipecat's: the program of docs/pipecat.md."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from gemelo.models.vocabulary import OUT_RATE
from tests.browser.conftest import HERE, Launch
from tests.browser.fan import PATIENCE_MS
from tests.browser.speech import record, render, silence
from tests.clients.programs import SMALL_WEBRTC, SNIPPETS, bundled
from tests.server import Server

TAP = (HERE / "tap.js").read_text()
LATER = "No wait, please stop, I would like to ask you about something else entirely."
Load = Callable[..., Page]


@pytest.fixture
def load(pipelines: Server, launch: Launch) -> Load:
    """Opens a page of the program's origin that has a client in it."""

    def loaded(program: Path, microphone: Path | None = None) -> Page:
        page = launch(microphone).new_context().new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.add_init_script(TAP)
        page.goto(f"{pipelines.url}/api/offer")
        page.add_script_tag(content=bundled(program), type="module")
        return page

    return loaded


def begin(page: Page, url: str, *, mic: bool) -> None:
    page.wait_for_function("() => 'client' in window")
    page.evaluate("args => client.begin(...args)", [url, mic])


def test_pipecats_client_types_to_a_pipeline(pipelines: Server, load: Load) -> None:
    """What it writes is answered in text and aloud; it is told who is here, and what was wrong."""
    page = load(SMALL_WEBRTC)
    begin(page, pipelines.url, mic=False)
    page.evaluate("client.say('Who are you?')")
    page.wait_for_function("() => client.of('onBotLlmStopped').length === 1")
    page.wait_for_function("samples => loudSamples() > samples", arg=OUT_RATE // 2)
    told = "".join(one["text"] for one in page.evaluate("client.of('onBotLlmText')"))
    shown = "".join(one["text"] for one in page.evaluate("client.of('onBotOutput')"))
    assert "virtual twin" in told
    assert shown == told
    [ready] = page.evaluate("client.messages('bot-ready')")
    assert ready["d"]["badge"]["en"].startswith("AI twin of ")
    page.evaluate("client.say('Hello?', { run_immediately: false })")
    page.wait_for_function("() => client.of('onError').length === 1")
    assert page.evaluate("client.ask('interrupt', {})") == {}
    assert "speaks" in page.evaluate("client.ask('language', { language: 'xx' })")["error"]
    assert "answers every message" in page.evaluate("client.of('onError')[0].data.error")


def test_pipecats_client_talks_to_a_pipeline_and_interrupts(
    pipelines: Server, load: Load, tmp_path: Path
) -> None:
    """The question is heard over WebRTC and answered aloud; talking over the answer silences it."""
    words = render("What is the offside rule?"), silence(5), render(LATER)
    page = load(SMALL_WEBRTC, record(tmp_path / "over.wav", silence(2), *words, silence(60)))
    begin(page, pipelines.url, mic=True)
    page.wait_for_function("samples => loudSamples() > samples", arg=OUT_RATE // 2)
    page.wait_for_function("() => client.messages('flush').length === 1")
    page.wait_for_function("samples => silentSamples() > samples", arg=OUT_RATE // 4)
    page.wait_for_function("() => client.of('onBotLlmStarted').length === 2")
    flushed = page.evaluate("client.messages('flush')[0].d")
    kinds = page.evaluate("client.told.map(([kind]) => kind)")
    said = "".join(one["text"] for one in page.evaluate("client.of('onBotLlmText')"))
    spoken = "".join(one["text"] for one in page.evaluate("client.of('onBotTtsText')"))
    heard = [one["text"] for one in page.evaluate("client.of('onUserTranscript')") if one["final"]]
    assert flushed["heard"]
    assert said.startswith(flushed["heard"])
    assert spoken.startswith(flushed["heard"])
    assert len(heard) == 2
    assert kinds.index("onUserStartedSpeaking") < kinds.index("onBotStartedSpeaking")
    assert kinds.index("onBotStartedSpeaking") < kinds.index("onBotStoppedSpeaking")
    assert page.evaluate("client.of('onError')") == []


def test_the_page_of_the_docs_is_answered(load: Load) -> None:
    """It shows who the twin is."""
    page = load(SNIPPETS / "small_webrtc.js")
    page.wait_for_function("() => document.body.innerText.includes('virtual')")
