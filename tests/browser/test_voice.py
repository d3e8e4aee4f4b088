from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from playwright.sync_api import expect

from gemelo.models.vocabulary import OUT_RATE
from tests.browser.conftest import HERE, Visit
from tests.browser.fan import Fan
from tests.browser.speech import Samples, likeness, record, render, samples, silence
from tests.server import Server

TAP = (HERE / "tap.js").read_text()
RECOGNISER = """
window.SpeechRecognition = class {
  start() { window.recogniser = this; }
  abort() {}
  say(transcript, isFinal) {
    this.onresult({ resultIndex: 0, results: [Object.assign([{ transcript }], { isFinal })] });
  }
};
"""
REFUSAL = """
navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("", "NotAllowedError"); };
"""
LOUD = 0.01
PIECE = OUT_RATE // 2


def heard(fan: Fan) -> Samples:
    """What came out of the page's loudspeaker, from the first sample that sounds."""
    out = np.asarray(fan.page.evaluate("tapped.flat()"), dtype=np.float32)
    loud = np.flatnonzero(np.abs(out) > LOUD)
    return out[loud[0] : loud[-1]] if len(loud) else out[:0]


def wait_for_sound(fan: Fan, seconds: float) -> None:
    """Waits until so much sound has come out of the loudspeaker."""
    fan.page.wait_for_function("samples => loudSamples() > samples", arg=seconds * OUT_RATE)


def test_a_spoken_question_is_answered_aloud(server: Server, visit: Visit, tmp_path: Path) -> None:
    """What leaves the loudspeaker is the reply that the server rendered, and both sides are captioned."""
    question = record(tmp_path / "question.wav", silence(1), render("What is the offside rule?"), silence(60))
    fan = visit(f"{server.url}/portal", microphone=question, scripts=(TAP,))
    fan.twin.get_by_role("button", name="Microphone").click()
    wait_for_sound(fan, 3)
    sounded, rendered = heard(fan), samples(b"".join(fan.socket.audio))
    pieces = [sounded[at : at + PIECE] for at in range(0, len(sounded) - PIECE, PIECE)]
    alike = [likeness(piece, rendered) for piece in pieces if np.abs(piece).max() > LOUD]
    assert len(alike) >= 4
    assert sorted(alike)[1] > 0.95, alike  # a loaded machine may drop one block of sound
    expect(fan.words).not_to_have_text("")
    expect(fan.replies).to_contain_text("virtual twin")
    assert fan.socket.of("user-transcription")[-1]["text"] == fan.words.inner_text()


def test_talking_over_the_twin_silences_it(server: Server, visit: Visit, tmp_path: Path) -> None:
    """The fan sets in again while the twin speaks: the loudspeaker goes quiet and the caption is cut."""
    question = render("What is the offside rule?")
    interruption = render("No wait, please stop, I would like to ask you about something else entirely.")
    file = record(tmp_path / "over.wav", silence(1), question, silence(4), interruption, silence(60))
    fan = visit(f"{server.url}/portal", microphone=file, scripts=(TAP,))
    fan.twin.get_by_role("button", name="Microphone").click()
    wait_for_sound(fan, 1)
    expect(fan.replies.first).to_have_text(re.compile("…$"), timeout=30_000)
    fan.page.wait_for_function("samples => silentSamples() > samples", arg=OUT_RATE // 2)
    flushed = fan.socket.messages("flush")[0]
    first = flushed["turn"]
    said = "".join(data["text"] for data in fan.socket.of("bot-llm-text") if data["turn"] == first)
    assert flushed["heard"]
    assert len(flushed["heard"]) < len(said)
    assert fan.reply(0).split() == f"{flushed['heard'].strip()}…".split()


def test_the_browsers_own_recogniser_serves_spanish(server: Server, visit: Visit) -> None:
    """Where the server has no ear the page says so, and what the browser recognises is answered."""
    fan = visit(f"{server.url}/portal", "es", scripts=(TAP, RECOGNISER))
    expect(fan.twin.locator(".ear")).to_contain_text("no hay oído en español")
    fan.twin.get_by_role("button", name="Micrófono").click()
    fan.page.wait_for_function("() => window.recogniser")
    fan.page.evaluate("recogniser.say('qué es el', false)")
    expect(fan.words).to_have_text("qué es el")
    fan.page.evaluate("recogniser.say('qué es el fuera de juego', true)")
    expect(fan.replies).to_contain_text("fuera de juego")
    expect(fan.words).to_have_text("qué es el fuera de juego")
    wait_for_sound(fan, 0.5)


def test_a_refused_microphone_is_a_plain_sentence(server: Server, visit: Visit) -> None:
    """A fan who does not let the page listen reads what to do, and can type on."""
    deny = (
        "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError'); }"
    )
    fan = visit(f"{server.url}/portal", scripts=(deny,))
    fan.twin.get_by_role("button", name="Microphone").click()
    expect(fan.twin.locator(".notice")).to_contain_text("does not allow the microphone")
    expect(fan.twin.locator(".mic")).to_have_attribute("aria-pressed", "false")
