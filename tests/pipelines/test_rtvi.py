"""Tests for RTVI's vocabulary as JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.records import Drafting, Sentence, Timeline, ToolUse, ToolVerdict, TurnStatus
from gemelo.engine.events import (
    Audio,
    BrandHidden,
    Event,
    FanHeard,
    FanStarted,
    FanStopped,
    MouthMoved,
    Notice,
    ReplyEnded,
    ReplyStarted,
    ReplyText,
    Restaged,
    SpeakingFlushed,
    SpeakingPaused,
    SpeakingResumed,
    SpeakingStarted,
    SpeakingStopped,
    ToolEnded,
    ToolStarted,
    TurnTimed,
    WordSpoken,
)
from gemelo.models.errors import BadMessage, Busy
from gemelo.models.vocabulary import Label, Language, Source, TurnId, Viseme
from gemelo.pipelines.rtvi import Message, decode, encode, error_frame, field

T = TurnId("t1")
SENTENCE = Sentence("It is…", Label.VERBATIM, Source("rules.md", "Offside"))
LABELLED = {"text": "It is…", "label": "verbatim", "source": {"document": "rules.md", "place": "Offside"}}


def server(t: str, **d: Any) -> tuple[str, dict[str, Any]]:
    return "server-message", {"t": t, "d": d}


@pytest.mark.parametrize(
    ("event", "type", "data"),
    [
        (FanStarted(), "user-started-speaking", None),
        (FanStopped(), "user-stopped-speaking", None),
        (
            FanHeard("¿qué?", True, Language("es")),
            "user-transcription",
            {"text": "¿qué?", "final": True, "language": "es"},
        ),
        (ReplyStarted(T), "bot-llm-started", {"turn": "t1"}),
        (ReplyText(T, "Hi "), "bot-llm-text", {"turn": "t1", "text": "Hi "}),
        (
            ToolStarted(T, 0, "courses"),
            "llm-function-call-in-progress",
            {"turn": "t1", "tool_call_id": "t1-0", "function_name": "courses"},
        ),
        (
            ToolEnded(T, 1, ToolUse("courses", ToolVerdict.CANCELLED)),
            "llm-function-call-stopped",
            {
                **{"turn": "t1", "tool_call_id": "t1-1", "function_name": "courses"},
                **{"cancelled": True, "verdict": "cancelled", "ms": 0.0},
            },
        ),
        (
            ReplyEnded(T, TurnStatus.DONE, (SENTENCE,), True),
            "bot-llm-stopped",
            {"turn": "t1", "status": "done", "sentences": [LABELLED], "declined": True},
        ),
        (SpeakingStarted(T), "bot-started-speaking", {"turn": "t1"}),
        (SpeakingStopped(T), "bot-stopped-speaking", {"turn": "t1"}),
        (
            WordSpoken(T, "Hi", 0, 120.5),
            "bot-tts-text",
            {"turn": "t1", "text": "Hi", "from_ms": 0, "to_ms": 120.5},
        ),
        (MouthMoved(T, (Viseme(3, "aa"),)), *server("visemes", turn="t1", items=[[3, "aa"]])),
        (SpeakingPaused(T), *server("pause", turn="t1")),
        (SpeakingResumed(T), *server("resume", turn="t1")),
        (SpeakingFlushed(T, "Hi"), *server("flush", turn="t1", heard="Hi")),
        (BrandHidden(), *server("unbranded")),
        (Restaged("abc"), *server("policy", policy="abc", sponsor=None)),
        (
            Restaged("abc", "Sol", ((Language("en"), "Sponsored by Sol."),)),
            *server("policy", policy="abc", sponsor={"brand": "Sol", "line": {"en": "Sponsored by Sol."}}),
        ),
        (Notice("no_ear", "Type to me."), *server("notice", code="no_ear", text="Type to me.")),
    ],
)
def test_an_event_becomes_the_frame_of_the_protocol(
    event: Event, type: str, data: dict[str, Any] | None
) -> None:
    """Each event has one frame, laid down in docs/protocol.md."""
    message = json.loads(encode(event))
    assert message == {"label": "rtvi-ai", "type": type} | ({"data": data} if data else {})


def test_audio_stays_bytes() -> None:
    """A voice's samples go out as they are."""
    assert encode(Audio(T, b"\1\2")) == b"\1\2"


def test_a_reply_names_the_message_behind_it() -> None:
    """The client's own id comes back with the turn that answers it."""
    assert json.loads(encode(ReplyStarted(T, "m1")))["id"] == "m1"


def test_a_timeline_holds_each_stage() -> None:
    """Stages that were not reached are null, and what the drafts cost stands beside them."""
    data = json.loads(
        encode(TurnTimed(T, Timeline(first_text=3.5), Drafting(promoted=1, dropped=2, calls=3)))
    )["data"]
    assert data["t"] == "timeline"
    assert (data["d"]["turn"], data["d"]["first_text"], data["d"]["first_audio"]) == ("t1", 3.5, None)
    assert (data["d"]["drafts"]["dropped"], data["d"]["drafts"]["calls"]) == (2, 3)


def test_a_busy_house_says_when_to_come_back() -> None:
    """The error of a full house carries the seconds to wait."""
    assert json.loads(error_frame(Busy("full", 5), fatal=True))["data"]["retry_s"] == 5


def test_a_client_message_is_unwrapped() -> None:
    """Its `t` becomes part of the type and its `d` the data."""
    text = '{"type": "client-message", "id": "1", "data": {"t": "mic", "d": {"on": true}}}'
    assert decode(text) == Message("client-message/mic", {"on": True}, "1")


def test_data_may_be_left_out() -> None:
    """A message without data has none."""
    assert decode('{"type": "disconnect-bot"}') == Message("disconnect-bot", {})


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_json_does_not_know_is_no_json(number: str) -> None:
    """Python's reader takes these; the standard has no such numbers."""
    with pytest.raises(BadMessage):
        decode(f'{{"type": "x", "data": {{"ms": {number}}}}}')


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(st.characters(exclude_categories=())),
    lambda parts: (
        st.lists(parts)
        | st.dictionaries(st.sampled_from(["label", "type", "id", "data", "t", "d", "content"]), parts)
    ),
)


@given(st.text() | JSON.map(json.dumps))
def test_whatever_comes_is_a_message_or_refused(text: str) -> None:
    """No input raises anything but `BadMessage`, nor does reading a field; what passes can be sent."""
    try:
        message = decode(text)
        value = field(message, "content", str, int, float)
    except BadMessage as error:
        error_frame(error, fatal=False).encode()
    else:
        assert not isinstance(value, str) or value.encode() is not None
        assert message.id is None or message.id.encode()
