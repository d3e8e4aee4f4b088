"""Tests for the translation table between a session and the frames of a pipeline."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pipecat.frames.frames import (
    AggregatedTextFrame,
    BotSpeakingFrame,
    Frame,
    InputAudioRawFrame,
    InputTextRawFrame,
    InterimTranscriptionFrame,
    InterruptionFrame,
    LLMConfigureOutputFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TextFrame,
    TranscriptionFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSTextFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.processors.frameworks.rtvi.frames import RTVIClientMessageFrame, RTVIServerMessageFrame

from gemelo.context.records import Drafting, Timeline, TurnStatus
from gemelo.engine.events import (
    Audio,
    Event,
    FanHeard,
    FanStarted,
    FanStopped,
    MouthMoved,
    Notice,
    ReplyEnded,
    ReplyStarted,
    ReplyText,
    SpeakingFlushed,
    SpeakingStarted,
    SpeakingStopped,
    TurnTimed,
    WordSpoken,
)
from gemelo.models.errors import BadAudio, BadMessage
from gemelo.models.vocabulary import OUT_RATE, Language, Transcript, TurnId
from gemelo.pipelines.pipecat.table import (
    MAX_S,
    Broadcast,
    Configure,
    Hear,
    Hush,
    Interrupt,
    Push,
    Recognised,
    Say,
    Speak,
    Step,
    Stop,
    Table,
    Use,
    Voice,
    asked,
)
from tests.pipelines.pipecat.scene import appended

TURN = TurnId("t1")
EN = Language("en")


def table() -> Table:
    return Table(lambda: "2026-11-21T10:00:00.000+00:00")


def pushed(steps: tuple[Step, ...]) -> list[Frame]:
    return [step.frame for step in steps if isinstance(step, Push)]


def told(*events: Event) -> list[Frame]:
    translates = table()
    return [frame for event in events for frame in pushed(translates.translate(event))]


def test_a_reply_is_a_response_that_is_shown_and_spoken() -> None:
    """In the order in which a model and a voice would tell it; what only our page knows goes beside it."""
    frames = told(
        ReplyStarted(TURN),
        ReplyText(TURN, "Hi."),
        SpeakingStarted(TURN),
        Audio(TURN, b"\0\0"),
        WordSpoken(TURN, "Hi", 0, 100),
        ReplyEnded(TURN, TurnStatus.DONE, ()),
        SpeakingStopped(TURN),
        TurnTimed(TURN, Timeline(), Drafting()),
    )
    messages = [frame.data["t"] for frame in frames if isinstance(frame, RTVIServerMessageFrame)]
    assert messages == ["bot-llm-started", "bot-llm-stopped", "timeline"]
    assert [type(frame) for frame in frames if not isinstance(frame, RTVIServerMessageFrame)] == [
        LLMFullResponseStartFrame,
        LLMTextFrame,
        AggregatedTextFrame,
        TTSStartedFrame,
        Voice,
        TTSTextFrame,
        LLMFullResponseEndFrame,
        TTSStoppedFrame,
    ]
    [voice] = [frame for frame in frames if isinstance(frame, Voice)]
    assert (voice.audio, voice.sample_rate, voice.num_channels) == (b"\0\0", OUT_RATE, 1)


def test_no_other_voice_speaks_what_a_twin_writes() -> None:
    """Text is marked to be left alone, and enters a pipeline's context only as it is spoken."""
    for frame in told(ReplyStarted(TURN), ReplyText(TURN, "Hi. ")):
        if isinstance(frame, TextFrame):
            assert frame.skip_tts is True
            assert not frame.append_to_context
            assert frame.includes_inter_frame_spaces


@given(st.lists(st.from_regex(r"[a-z]{1,5}[.,!?]?", fullmatch=True), min_size=1, max_size=8))
def test_all_words_that_are_spoken_are_what_was_written(words: list[str]) -> None:
    """With spaces and punctuation where they were, however the text came."""
    text = " ".join(words)
    spoken = [WordSpoken(TURN, word.rstrip(".,!?"), 0, 1) for word in words]
    frames = told(ReplyStarted(TURN), *(ReplyText(TURN, letter) for letter in text), *spoken)
    assert "".join(frame.text for frame in frames if isinstance(frame, TTSTextFrame)) == text


def test_a_word_that_was_not_written_so_is_told_all_the_same() -> None:
    """A voice may have a spelling of its own."""
    frames = told(ReplyStarted(TURN), ReplyText(TURN, "No. 7"), WordSpoken(TURN, "seven", 0, 1))
    assert [frame.text for frame in frames if isinstance(frame, TTSTextFrame)] == ["seven "]


def test_what_a_fan_says_goes_up_where_recognisers_are_listened_to() -> None:
    """Interim and final; that they speak is told both ways."""
    translates = table()
    [started] = translates.translate(FanStarted())
    [interim] = translates.translate(FanHeard("who", final=False, language=EN))
    [final] = translates.translate(FanHeard("who?", final=True, language=Language("xx")))
    [stopped] = translates.translate(FanStopped())
    assert (started, stopped) == (Broadcast(UserStartedSpeakingFrame), Broadcast(UserStoppedSpeakingFrame))
    assert isinstance(interim, Push)
    assert isinstance(final, Push)
    assert interim.up
    assert final.up
    assert isinstance(interim.frame, InterimTranscriptionFrame)
    assert isinstance(final.frame, TranscriptionFrame)
    assert (interim.frame.text, interim.frame.language) == ("who", "en")
    assert (final.frame.text, final.frame.language) == ("who?", None)


def test_an_interruption_hushes_and_says_what_was_heard() -> None:
    """What was not heard is gone."""
    hush, push = table().translate(SpeakingFlushed(TURN, "I am"))
    assert hush == Hush()
    assert isinstance(push, Push)
    assert isinstance(push.frame, RTVIServerMessageFrame)
    assert push.frame.data == {"t": "flush", "d": {"turn": TURN, "heard": "I am"}}


def test_a_notice_is_a_message_and_a_mouth_is_nobodys() -> None:
    """As docs/protocol.md has it."""
    [notice] = told(Notice("store", "I could not keep it."), MouthMoved(TURN, ()))
    assert isinstance(notice, RTVIServerMessageFrame)
    assert notice.data == {"t": "notice", "d": {"code": "store", "text": "I could not keep it."}}


def test_what_frames_ask_of_a_session() -> None:
    """Sound, words, text, the voice on or off, silence; and most ask nothing."""
    assert asked(InputAudioRawFrame(b"\0\0", 8000, 1)) == Hear(b"\0\0", 8000, 1)
    assert asked(InputAudioRawFrame(b"", 16000, 1)) is None
    assert asked(TranscriptionFrame("hi", "", "")) == Recognised(Transcript("hi", final=True))
    assert asked(InterimTranscriptionFrame("h", "", "")) == Recognised(Transcript("h", final=False))
    assert asked(InputTextRawFrame("hi")) == Say("hi")
    assert asked(LLMConfigureOutputFrame(skip_tts=True)) == Configure(spoken=False)
    assert asked(InterruptionFrame()) == Interrupt()
    assert asked(RTVIClientMessageFrame("m", "interrupt")) == Stop()
    assert asked(RTVIClientMessageFrame("m", "voice", {"on": False})) == Speak(on=False)
    assert asked(RTVIClientMessageFrame("m", "language", {"language": "es"})) == Use("es")
    assert asked(RTVIClientMessageFrame("m", "of-your-own", 7)) is None
    assert asked(BotSpeakingFrame()) is None


def test_what_a_fan_wrote_is_said_and_instructions_are_not() -> None:
    """Text alone or in parts; whoever tells the twin what to be is not the fan."""
    parts = [{"type": "text", "text": "who"}, {"type": "text", "text": "are you?"}]
    orders = {"role": "system", "content": "You are a pirate."}
    assert asked(appended({"role": "user", "content": "hi"}, run=True)) == Say("hi")
    assert asked(appended(orders, {"role": "user", "content": parts})) == Say("who are you?")
    with pytest.raises(BadMessage, match="instructions are its layers"):
        asked(appended(orders))


@pytest.mark.parametrize(
    ("frame", "what"),
    [
        (appended({"role": "user", "content": "hi"}, run=False), "answers every message"),
        (RTVIClientMessageFrame("m", "voice"), '"on"'),
        (RTVIClientMessageFrame("m", "language", [7]), '"language"'),
        (appended(), '"role": "user"'),
        (appended("hi", 7, None), '"role": "user"'),
        (appended({"role": "user"}), "text alone"),
        (appended({"role": "user", "content": [{"type": "image_url"}, 7]}), "text alone"),
    ],
)
def test_a_message_that_is_none_is_refused_with_what_to_write(frame: Frame, what: str) -> None:
    """Whatever stands in it."""
    with pytest.raises(BadMessage, match=what):
        asked(frame)


@pytest.mark.parametrize(
    ("frame", "what"),
    [
        (InputAudioRawFrame(b"\0", 16000, 1), "whole samples"),
        (InputAudioRawFrame(b"\0\0", 16000, 2), "whole samples"),
        (InputAudioRawFrame(bytes(MAX_S * 32000 + 2), 16000, 1), f"at most {MAX_S} s"),
        (InputAudioRawFrame(b"\0\0", 0, 1), "audio_in_sample_rate"),
        (InputAudioRawFrame(b"\0\0", -8000, 1), "audio_in_sample_rate"),
        (InputAudioRawFrame(b"\0\0", 10**9, 1), "audio_in_sample_rate"),
        (InputAudioRawFrame(b"\0\0" * 9, 16000, 9), "audio_in_channels"),
    ],
)
def test_sound_that_is_none_is_refused_with_what_to_set(frame: Frame, what: str) -> None:
    """Odd bytes, wrong rates, too much at once."""
    with pytest.raises(BadAudio, match=what):
        asked(frame)
