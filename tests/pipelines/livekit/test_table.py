"""Tests for the translation table between a session and a LiveKit room, and for what dispatches ask."""

from __future__ import annotations

import json

import pytest

from gemelo.context.records import Drafting, Timeline, TurnStatus
from gemelo.engine.events import (
    Audio,
    BrandHidden,
    FanHeard,
    FanStarted,
    Notice,
    ReplyEnded,
    ReplyStarted,
    ReplyText,
    Restaged,
    SpeakingFlushed,
    SpeakingStarted,
    SpeakingStopped,
    TurnTimed,
    WordSpoken,
)
from gemelo.models.errors import BadMessage
from gemelo.models.vocabulary import Language, TurnId
from gemelo.pipelines.livekit.table import (
    MAX_METADATA,
    Caption,
    Close,
    Growth,
    Hush,
    Sound,
    Sponsor,
    State,
    Table,
    Told,
    Wish,
    noted,
    wished,
)

TURN = TurnId("t1")
EN = Language("en")


def test_a_reply_is_one_segment_that_grows_and_ends() -> None:
    """Its segment is its turn; the state follows it; its labels are told as everywhere."""
    table = Table(EN)
    ended = ReplyEnded(TURN, TurnStatus.DONE, ())
    started, *_ = table.translate(ReplyStarted(TURN))
    assert started == State("thinking")
    assert table.translate(ReplyText(TURN, "Hi.")) == (Growth(TURN, "Hi."),)
    assert table.translate(SpeakingStarted(TURN)) == (State("speaking"),)
    assert table.translate(Audio(TURN, b"\0\0")) == (Sound(TURN, b"\0\0"),)
    assert table.translate(WordSpoken(TURN, "Hi", 0, 100)) == ()
    close, told = table.translate(ended)
    assert close == Close(TURN)
    assert isinstance(told, Told)
    assert json.loads(told.frame)["type"] == "bot-llm-stopped"
    assert table.translate(SpeakingStopped(TURN)) == (State("listening"),)
    assert State("listening") in table.translate(TurnTimed(TURN, Timeline(), Drafting()))


def test_an_interruption_hushes_and_corrects_the_caption() -> None:
    """What was not heard is gone from both."""
    flushed = Table(EN).translate(SpeakingFlushed(TURN, "I am"))
    assert flushed == (Hush(), Close(TURN), Caption(TURN, "I am"), State("listening"))


def test_what_a_fan_says_is_a_segment_each_time_they_set_in() -> None:
    """Its captions replace one another until one is final."""
    table = Table(EN)
    told: list[Caption] = []
    for event in (
        FanStarted(),
        FanHeard("what", final=False, language=EN),
        FanHeard("what is it?", final=True, language=EN),
        FanStarted(),
        FanHeard("and", final=False, language=EN),
    ):
        told += [action for action in table.translate(event) if isinstance(action, Caption)]
    assert [caption.by_fan for caption in told] == [True] * 3
    assert [caption.final for caption in told] == [False, True, False]
    assert told[0].segment == told[1].segment != told[2].segment


def test_a_sponsor_stands_beside_the_name_as_long_as_it_may() -> None:
    """In the fan's language; no brand comes near a fan in a crisis."""
    table = Table(EN)
    told, shown = table.translate(Restaged("p", "Aqua", ((EN, "With Aqua."), (Language("es"), "Con Aqua."))))
    assert isinstance(told, Told)
    assert shown == Sponsor("With Aqua.")
    assert Sponsor("") in table.translate(Restaged("p"))
    assert Sponsor("") in table.translate(BrandHidden())


def test_a_notice_is_read_by_the_fan_too() -> None:
    """It is captioned, and told with its code."""
    caption, told = Table(EN).translate(Notice("store", "I could not keep it."))
    assert caption == Caption("notice-store", "I could not keep it.")
    assert isinstance(told, Told)


def test_a_dispatch_asks_by_json_or_by_a_key_alone() -> None:
    """The first metadata that say anything count: the job's, then the room's, then the worker's own."""
    assert wished("", " demo-portal ", "other") == Wish("demo-portal")
    asked = '{"deployment": "d", "language": "es", "territory": "ES", "voice": false, "x": 1}'
    assert wished(asked) == Wish("d", "es", territory="ES", voice=False)
    known = '{"deployment": "d", "resume": "r", "fan": "f", "identity": "fan-1"}'
    assert wished(known) == Wish("d", None, "r", "f", identity="fan-1")


@pytest.mark.parametrize(
    ("metadata", "what"),
    [
        ("", "names no deployment"),
        ("{", "no JSON object"),
        ("{}", '"deployment"'),
        ('{"deployment": ["d"]}', '"deployment"'),
        ('{"deployment": "d", "voice": 1}', '"voice"'),
        ('{"deployment": "d", "resume": 7}', "resume must be a text"),
        ('{"deployment": "d", "identity": 7}', "identity must be a text"),
        ('{"deployment": "d", "resume": "r"}', 'add the "identity"'),
        ('{"deployment": "d", "fan": "f"}', 'add the "identity"'),
        ("{" * 10_000, "no JSON object"),
        ("{" * (MAX_METADATA + 1), "longer"),
    ],
)
def test_metadata_that_ask_nothing_are_refused_with_what_to_write(metadata: str, what: str) -> None:
    """Whatever stands in them."""
    with pytest.raises(BadMessage, match=what):
        wished(metadata)


def test_who_goes_on_in_a_room_names_other_segments() -> None:
    """It counts from one again, and a page must not write over what was said before."""
    first, second = Table(EN, "a"), Table(EN, "b")
    told = [table.translate(FanHeard("Hi", True, EN))[0] for table in (first, second)]
    noticed = [table.translate(Notice("store", "Sorry."))[0] for table in (first, second)]
    segments = [one.segment for one in (*told, *noticed) if isinstance(one, Caption)]
    assert len(set(segments)) == 4


def test_a_note_of_another_version_is_read() -> None:
    """What a newer worker has added is left out; what an older one did not know is as nobody had said it."""
    assert noted({"deployment": "d", "voice": False, "mood": "merry"}) == Wish("d", voice=False)
    with pytest.raises(BadMessage, match="deployment"):
        noted({"mood": "merry"})
