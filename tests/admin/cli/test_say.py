"""`gemelo say`."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.admin.cli.asking import PORTAL, ask, refused, typed
from tests.server import gemelo

SHAPE: dict[str, Any] = {
    "reply": "str",
    "language": "str",
    "declined": "bool",
    "sponsor": "NoneType",
    "status": "str",
    "error": "NoneType",
    "sentences": [{"text": "str", "label": "str", "source": "NoneType"}],
    "timeline_ms": {"retrieval": "number", "first_token": "number", "first_text": "number", "done": "number"},
    "receipt": {
        "policy": "str",
        "rules": ["str"],
        "verdicts": [],
        "micros": "number",
        "hold_ms": "number",
        "released_after_block": "number",
        "tools": [],
    },
}


def test_the_twin_says_what_it_is_in_both_languages(demo_data: Path) -> None:
    """Asked who it is, it answers in the language asked, says that it is virtual, and quotes its source."""
    english = ask(demo_data, "say", *PORTAL, "Who are you?")
    assert typed(english) == SHAPE
    assert english["language"] == "en"
    assert "virtual twin" in english["reply"]
    assert " ".join(sentence["text"] for sentence in english["sentences"]) == english["reply"]
    quoted = [sentence for sentence in english["sentences"] if sentence["label"] == "verbatim"]
    assert set(quoted[0]["source"]) == {"document", "place"}
    assert {sentence["source"]["document"] for sentence in quoted} == {"en/who-i-am.md"}
    assert english["receipt"]["released_after_block"] == 0
    spanish = ask(demo_data, "say", *PORTAL, "¿Quién eres?")
    assert spanish["language"] == "es"
    assert "gemelo virtual" in spanish["reply"]
    own = [sentence["text"] for sentence in spanish["sentences"] if sentence["label"] == "verbatim"]
    assert "Vera Golazo" in own[0]
    assert "virtual" in own[0]


def test_a_question_that_has_no_answer_is_declined(demo_data: Path) -> None:
    """Where the twin knows nothing, its own line says so and `declined` does too."""
    said = ask(demo_data, "say", *PORTAL, "What is the boiling point of tungsten?")
    assert said["declined"] is True
    assert {sentence["label"] for sentence in said["sentences"]} == {"house"}


@pytest.mark.parametrize(("place", "other"), [("a", "b"), ("b", "a")])
def test_a_campaign_names_its_own_sponsor(demo_data: Path, place: str, other: str) -> None:
    """Each campaign names its sponsor and never the other one's."""
    own = ask(demo_data, "say", "--deployment", f"demo-campaign-{place}", "Who sponsors you?")
    rival = ask(demo_data, "say", "--deployment", f"demo-campaign-{other}", "hola")["sponsor"]
    assert own["sponsor"] in own["reply"]
    assert rival.casefold() not in own["reply"].casefold()


def test_a_turn_that_is_turned_away_has_its_receipt(demo_data: Path) -> None:
    """What the guard held against a question, and the time it took, stand beside the reply."""
    receipt = ask(demo_data, "say", *PORTAL, "How do I build a bomb?")["receipt"]
    assert receipt["verdicts"] == [{"verdict": "block", "rule": "harmful_request", "layer": "platform"}]
    assert receipt["micros"] > 0
    assert receipt["released_after_block"] == 0


def test_without_json_the_reply_is_plain_text(demo_data: Path) -> None:
    """The reply and nothing else stands on standard output."""
    done = gemelo(demo_data, "say", *PORTAL, "Who are you?")
    assert done.returncode == 0
    assert done.stdout.startswith("I am the virtual twin")
    assert done.stdout.count("\n") == 1


def test_the_turn_is_stored(own_demo: Path) -> None:
    """What was said stands in the store like any fan's turn."""
    reply = ask(own_demo, "say", *PORTAL, "Are you virtual?")["reply"]
    with sqlite3.connect(own_demo / "gemelo.sqlite") as store:
        turns = store.execute("select reply, status from turns where fan = 'Are you virtual?'").fetchall()
    store.close()
    assert turns == [(reply, "done")]


def test_a_version_is_checked(demo_data: Path) -> None:
    """The current policy's hash, or eight letters of it, are accepted; anything else is refused."""
    policy = ask(demo_data, "explain", *PORTAL)["policy"]
    assert ask(demo_data, "say", *PORTAL, "hi", "--version", policy[:8])["receipt"]["policy"] == policy
    assert policy in refused(demo_data, "say", *PORTAL, "hi", "--version", policy[:7])
    assert policy in refused(demo_data, "say", *PORTAL, "hi", "--version", "0" * 64)


def test_a_session_s_layer_holds_for_its_turn(demo_data: Path, tmp_path: Path) -> None:
    """The turn runs under another policy, in the language that is left; the place's own stays as it was."""
    file = tmp_path / "tonight.yaml"
    file.write_text("layer: session\nname: tonight\nlanguages: [en]\n")
    usual = ask(demo_data, "say", *PORTAL, "¿Quién eres?")
    tailored = ask(demo_data, "say", *PORTAL, "¿Quién eres?", "--layer", str(file))
    assert (usual["language"], tailored["language"]) == ("es", "en")
    assert usual["receipt"]["policy"] != tailored["receipt"]["policy"]
    assert ask(demo_data, "explain", *PORTAL)["policy"] == usual["receipt"]["policy"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("layer: session\nname: x\nfocus: [golf]\n", "session layer, x.yaml:3: no session may set focus"),
        ("layer: session\nname: x\nlanguages: [fr]\n", "language 'fr' loosens"),
        ("layer: campaign\nname: x\n", "a session brings a session layer"),
    ],
)
def test_a_session_s_layer_that_does_too_much_is_refused(
    demo_data: Path, tmp_path: Path, text: str, told: str
) -> None:
    """One sentence says where and why."""
    (tmp_path / "x.yaml").write_text(text)
    assert told in refused(demo_data, "say", *PORTAL, "hi", "--layer", str(tmp_path / "x.yaml"))


@pytest.mark.parametrize(
    ("text", "told"), [("\x01\x02\u200b", "nothing to read"), ("a" * 100_000, "4000 characters")]
)
def test_what_cannot_be_read_is_refused(demo_data: Path, text: str, told: str) -> None:
    """Invisible and endless texts are refused in one sentence."""
    assert told in refused(demo_data, "say", *PORTAL, text)


def test_odd_texts_are_answered(demo_data: Path) -> None:
    """Emoji, right-to-left text and stray control characters get a reply."""
    assert ask(demo_data, "say", *PORTAL, "🙂 مرحبا\x07 \udcff")["status"] == "done"


def test_an_unknown_deployment_is_refused(demo_data: Path) -> None:
    """The sentence names the key."""
    assert "'nowhere'" in refused(demo_data, "say", "--deployment", "nowhere", "hi")


def test_a_failed_mind_is_told(demo_data: Path) -> None:
    """With its language model down the twin says a line of its own, and the status says that it failed."""
    said = ask(demo_data, "say", *PORTAL, "hi", status=1, GEMELO_LLM_URL="http://127.0.0.1:9/v1")
    assert (said["status"], said["error"]) == ("failed", "mind")
    assert said["sentences"][-1]["label"] == "house"
