"""Tests for RTVI as pipecat's own clients speak it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gemelo.engine.events import (
    Audio,
    Event,
    FanHeard,
    FanStarted,
    ReplyText,
    SpeakingFlushed,
    SpeakingStarted,
    SpeakingStopped,
    WordSpoken,
)
from gemelo.models.errors import BadAudio, BadMessage
from gemelo.models.vocabulary import Language, TurnId
from gemelo.pipelines import pipecat_frames as frames
from gemelo.pipelines.dialect import Message
from gemelo.pipelines.pipecat_frames import AudioFrame
from gemelo.pipelines.rtvi_client import PipecatClient

TURN = TurnId("t1")


def client() -> PipecatClient:
    return PipecatClient(lambda: 0.0)


def told(*events: Event) -> list[dict[str, Any]]:
    """The messages for events, without their label."""
    one = client()
    found = [frames.read(frame) for event in events for frame in one.tell(event)]
    messages = [json.loads(text) for text in found if isinstance(text, str)]
    assert {message.pop("label") for message in messages} == {"rtvi-ai"}
    return messages


def test_what_the_fan_said_carries_its_time() -> None:
    """The client's own transcript has text, final, timestamp and user_id."""
    (message,) = told(FanHeard("hello", True, Language("en")))
    assert message["data"].pop("timestamp") == "1970-01-01T00:00:00.000+00:00"
    assert message["data"] == {"text": "hello", "final": True, "user_id": "", "language": "en"}


def test_text_is_told_as_the_models_and_as_the_bots() -> None:
    """Each piece is a segment of `bot-output`, numbered."""
    messages = told(ReplyText(TURN, "I am "), ReplyText(TURN, "a twin."))
    assert [message["type"] for message in messages] == ["bot-llm-text", "bot-output"] * 2
    assert [message["data"]["segment_id"] for message in messages[1::2]] == [1, 2]


def test_speech_is_framed_by_both_of_its_names() -> None:
    """A client may follow the voice or the bot."""
    kinds = told(SpeakingStarted(TURN), WordSpoken(TURN, "I", 0, 90), SpeakingStopped(TURN), FanStarted())
    assert [message["type"] for message in kinds] == [
        "bot-tts-started",
        "bot-started-speaking",
        "bot-tts-text",
        "bot-tts-stopped",
        "bot-stopped-speaking",
        "user-started-speaking",
    ]


def test_audio_names_its_rate() -> None:
    """24 kHz, mono."""
    (frame,) = client().tell(Audio(TURN, b"\1\0"))
    assert frames.read(frame) == AudioFrame(b"\1\0", 24_000, 1)


def test_what_only_our_page_knows_goes_on_as_it_is() -> None:
    """A cut is told with what remains of the reply."""
    (message,) = told(SpeakingFlushed(TURN, "I am"))
    assert message["data"] == {"t": "flush", "d": {"turn": "t1", "heard": "I am"}}


def test_a_request_of_the_clients_is_answered_under_its_id() -> None:
    """Other messages are not: the client waits for nothing."""
    one = client()
    (frame,) = one.taken(Message("client-message/voice", {"on": True}, "a1"))
    answer = json.loads(str(frames.read(frame)))
    assert (answer["type"], answer["id"], answer["data"]["t"]) == ("server-response", "a1", "voice")
    assert list(one.taken(Message("send-text", {}, "a2"))) == []


def test_what_is_refused_is_said_to_who_asked() -> None:
    """Under the id of the message, or to everybody where it had none or all is over."""
    one, error = client(), BadMessage("no")
    kinds = [
        json.loads(str(frames.read(frame)))["type"]
        for frame in (
            one.refused(error, fatal=False, id="a1"),
            one.refused(error, fatal=False),
            one.refused(error, fatal=True, id="a1"),
        )
    ]
    assert kinds == ["error-response", "error", "error"]


def test_audio_of_another_rate_is_refused() -> None:
    """It says which rate is taken."""
    assert client().read(frames.audio(b"\1\0", 16_000)) == b"\1\0"
    with pytest.raises(BadAudio, match="16000"):
        client().read(frames.audio(b"\1\0", 8_000))


def test_text_frames_are_refused() -> None:
    """This client sends none."""
    with pytest.raises(BadMessage, match="binary"):
        client().read("{}")
