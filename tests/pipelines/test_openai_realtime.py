"""Tests for OpenAI's Realtime vocabulary: every event is one that the official client knows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter

from gemelo.context.records import Drafting, Timeline, TurnStatus
from gemelo.engine.events import (
    Audio,
    Event,
    FanHeard,
    FanStarted,
    FanStopped,
    Notice,
    ReplyEnded,
    ReplyStarted,
    ReplyText,
    SpeakingFlushed,
    SpeakingStarted,
    SpeakingStopped,
    TurnTimed,
)
from gemelo.models.vocabulary import Language, TurnId
from gemelo.pipelines.client_tools import Call
from gemelo.pipelines.openai_realtime import MAX_ITEMS, BadEvent, Ledger

KNOWN: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)
TURN = TurnId("t1")
BEGUN: tuple[Event, ...] = (ReplyStarted(TURN), ReplyText(TURN, "Hello "), ReplyText(TURN, "there."))
SOUND = bytes(4800)
"""100 ms."""


def timed() -> TurnTimed:
    return TurnTimed(TURN, Timeline(), Drafting())


def told(ledger: Ledger, *events: Event) -> list[dict[str, Any]]:
    """What a client gets; each is validated by the official client's own model."""
    frames = [json.loads(frame) for event in events for frame in ledger.tell(event)]
    for frame in frames:
        KNOWN.validate_python(frame)
    return frames


def kinds(frames: list[dict[str, Any]]) -> list[str]:
    return [frame["type"] for frame in frames]


def test_a_spoken_turn_becomes_an_item_with_its_words() -> None:
    """Only the final words are told: interims are taken back and deltas cannot be."""
    en = Language("en")
    frames = told(
        Ledger(), FanStarted(), FanHeard("hi", False, en), FanHeard("hi there", True, en), FanStopped()
    )
    assert kinds(frames) == [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "conversation.item.input_audio_transcription.delta",
        "conversation.item.input_audio_transcription.completed",
    ]
    assert {frame["item_id"] for frame in frames if "item_id" in frame} == {frames[0]["item_id"]}


def test_a_written_reply_ends_with_its_turn() -> None:
    """All that was begun is ended, and the response holds the whole text."""
    ledger = Ledger(is_spoken=False)
    frames = told(ledger, *BEGUN, ReplyEnded(TURN, TurnStatus.DONE, ()), timed())
    response = frames[-1]["response"]
    assert kinds(frames)[-1] == "response.done"
    assert (response["status"], response["output"][0]["content"][0]["text"]) == ("completed", "Hello there.")
    assert not ledger.is_answering


def test_a_spoken_reply_ends_when_it_has_been_heard() -> None:
    """The text is long complete by then."""
    ledger = Ledger()
    frames = told(
        ledger, *BEGUN, SpeakingStarted(TURN), ReplyEnded(TURN, TurnStatus.DONE, ()), Audio(TURN, SOUND)
    )
    assert "response.done" not in kinds(frames)
    frames = told(ledger, SpeakingStopped(TURN), timed())
    assert frames[-1]["response"]["status"] == "completed"
    assert frames[-1]["response"]["output"][0]["content"][0]["transcript"] == "Hello there."


@pytest.mark.parametrize("is_texted", [True, False])
def test_a_reply_that_was_cut_keeps_what_was_heard(is_texted: bool) -> None:
    """Whether or not all of it had been written."""
    ledger = Ledger()
    ended = [ReplyEnded(TURN, TurnStatus.DONE, ())] if is_texted else []
    cut = [] if is_texted else [ReplyEnded(TURN, TurnStatus.CUT, ())]
    told(ledger, *BEGUN, SpeakingStarted(TURN), Audio(TURN, SOUND), *ended)
    frames = told(ledger, timed(), *cut, SpeakingFlushed(TURN, "Hello"), SpeakingStopped(TURN))
    response = frames[-1]["response"]
    assert (response["status"], response["output"][0]["status"]) == ("cancelled", "incomplete")
    assert response["output"][0]["content"][0]["transcript"] == "Hello"


def test_a_reply_that_was_cut_before_a_sound_ends_too() -> None:
    """Nothing waits for a voice that never came."""
    ledger = Ledger()
    cut = ReplyEnded(TURN, TurnStatus.CUT, ())
    frames = told(ledger, *BEGUN, timed(), cut, SpeakingFlushed(TURN, ""))
    assert frames[-1]["response"]["status"] == "cancelled"
    assert not ledger.is_answering


def test_a_notice_is_an_error_that_ends_nothing() -> None:
    """The protocol has no other word for it."""
    (frame,) = told(Ledger(), Notice("no_ear", "I cannot hear this language."))
    assert frame["error"]["code"] == "no_ear"


def test_no_more_is_truncated_than_was_sent() -> None:
    """100 ms were sent: the client may have heard all or part of them."""
    ledger = Ledger()
    told(ledger, *BEGUN, SpeakingStarted(TURN), Audio(TURN, SOUND))
    KNOWN.validate_python(json.loads(ledger.truncated("item_t1", 0, 100)))
    for item, ms in (("item_t1", 101), ("item_t1", -1), ("item_t2", 0)):
        with pytest.raises(BadEvent):
            ledger.truncated(item, 0, ms)


def test_items_can_be_asked_for_and_taken_out() -> None:
    """Those of the client too; only the last ones are kept."""
    ledger = Ledger()
    for number in range(MAX_ITEMS + 1):
        for frame in ledger.added({"id": f"i{number}", "type": "message", "role": "user", "content": []}):
            KNOWN.validate_python(json.loads(frame))
    assert json.loads(ledger.retrieved("i5"))["item"]["id"] == "i5"
    KNOWN.validate_python(json.loads(ledger.deleted("i5")))
    for gone in ("i0", "i5"):
        with pytest.raises(BadEvent):
            ledger.retrieved(gone)


@pytest.mark.parametrize("id", ["", "i" * 65, 7, [], "known"])
def test_an_item_has_an_id_of_its_own(id: Any) -> None:
    """Not another's, and nothing that is no id."""
    ledger = Ledger()
    ledger.added({"id": "known", "type": "message", "role": "user", "content": []})
    with pytest.raises(BadEvent):
        ledger.added({"id": id, "type": "message", "role": "user", "content": []})


def test_half_a_surrogate_pair_is_told_as_text() -> None:
    """A client may send one in JSON; no socket can carry it."""
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "\ud800"}]}
    for frame in Ledger().added(item):
        assert frame.encode()


def test_a_reply_that_failed_is_told_as_one() -> None:
    """Its apology was heard, but it is no completed answer."""
    frames = told(Ledger(is_spoken=False), *BEGUN, ReplyEnded(TURN, TurnStatus.FAILED, ()), timed())
    assert frames[-1]["response"]["status"] == "failed"


CALL = Call("call_1", "show", '{"page": "news"}')


def called(ledger: Ledger) -> list[dict[str, Any]]:
    frames = [json.loads(frame) for frame in ledger.called(CALL)]
    for frame in frames:
        KNOWN.validate_python(frame)
    return frames


def test_a_call_ends_its_response_and_another_one_goes_on() -> None:
    """The first holds what was said and the call, the second only what follows."""
    ledger = Ledger(is_spoken=False)
    told(ledger, *BEGUN)
    first = called(ledger)[-1]["response"]
    assert [item["type"] for item in first["output"]] == ["message", "function_call"]
    assert (first["status"], first["output"][1]["arguments"]) == ("completed", CALL.arguments)
    assert not ledger.is_answering
    frames = told(ledger, ReplyText(TURN, " More."), ReplyEnded(TURN, TurnStatus.DONE, ()), timed())
    second = frames[-1]["response"]
    assert frames[0]["type"] == "response.created"
    assert second["id"] != first["id"]
    assert [item["content"][0]["text"] for item in second["output"]] == [" More."]


def test_what_sounds_on_after_a_call_counts_from_there() -> None:
    """The client tells how much of the second item it has played; the turn has played more."""
    ledger = Ledger()
    told(ledger, *BEGUN, SpeakingStarted(TURN), Audio(TURN, SOUND))
    called(ledger)
    item = told(ledger, Audio(TURN, SOUND))[-1]["item_id"]
    assert ledger.answering(item) == ("t1", 100)
    told(ledger, ReplyText(TURN, " More to say."))
    cut = ReplyEnded(TURN, TurnStatus.CUT, ())
    frames = told(ledger, timed(), cut, SpeakingFlushed(TURN, "Hello there. More"), SpeakingStopped(TURN))
    assert frames[-1]["response"]["output"][0]["content"][0]["transcript"] == " More"


def test_calls_without_a_word_are_responses_of_their_own() -> None:
    """One after the other; a turn that ends there leaves nothing open."""
    ledger = Ledger()
    told(ledger, ReplyStarted(TURN))
    for _ in range(2):
        assert [item["type"] for item in called(ledger)[-1]["response"]["output"]] == ["function_call"]
    assert told(ledger, timed(), ReplyEnded(TURN, TurnStatus.CUT, ()), SpeakingFlushed(TURN, "")) == []
    assert not ledger.is_answering
