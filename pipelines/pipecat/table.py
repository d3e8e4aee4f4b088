"""What a session tells, in frames of pipecat's; and what a pipeline's frames ask of a session. Pure.

    FanStarted ──────▶ UserStartedSpeakingFrame        InputAudioRawFrame ─────▶ Hear
    FanStopped ──────▶ UserStoppedSpeakingFrame        TranscriptionFrame ─────▶ Recognised
    FanHeard ────────▶ TranscriptionFrame, upstream    InputTextRawFrame ──────▶ Say
    ReplyStarted ────▶ LLMFullResponseStartFrame       LLMMessagesAppendFrame ─▶ Say
    ReplyText ───────▶ LLMTextFrame                    LLMConfigureOutputFrame ▶ Configure
    ReplyEnded ──────▶ LLMFullResponseEndFrame         InterruptionFrame ──────▶ Interrupt
    SpeakingStarted ─▶ TTSStartedFrame
    Audio ───────────▶ Voice, a TTSAudioRawFrame       RTVIClientMessageFrame ─▶ Stop, Speak, Use
    WordSpoken ──────▶ TTSTextFrame
    SpeakingFlushed ─▶ InterruptionFrame
    SpeakingStopped ─▶ TTSStoppedFrame
    what only our page knows ─▶ RTVIServerMessageFrame, as docs/protocol.md has it

Text carries `skip_tts`: a twin speaks in the voice that its talent agreed to, and in no other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from pipecat.frames.frames import (
    AggregatedTextFrame,
    Frame,
    InputAudioRawFrame,
    InputTextRawFrame,
    InterimTranscriptionFrame,
    InterruptionFrame,
    LLMConfigureOutputFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMMessagesAppendFrame,
    LLMTextFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    TTSTextFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.processors.frameworks.rtvi.frames import RTVIClientMessageFrame, RTVIServerMessageFrame
from pipecat.transcriptions.language import Language as Tongue
from pipecat.utils.text.base_text_aggregator import TextType

from gemelo.engine.events import (
    Audio,
    Event,
    FanHeard,
    FanStarted,
    FanStopped,
    MouthMoved,
    ReplyEnded,
    ReplyStarted,
    ReplyText,
    SpeakingFlushed,
    SpeakingStarted,
    SpeakingStopped,
    WordSpoken,
)
from gemelo.models.errors import BadAudio, BadMessage
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, OUT_RATE, Language, Transcript
from gemelo.pipelines.rtvi import Message, encode, field, object_of

MAX_S = 2
"""The longest frame of sound that is heard."""
MIN_RATE, MAX_RATE = 8_000, 192_000
"""Hz."""
MAX_CHANNELS = 8
_AROUND = re.compile(r"\W*")
"""What stands between a word and the next."""


class Voice(TTSAudioRawFrame):
    """The twin's voice: a transport cuts it into pieces of its own, and they are of this class as well."""


@dataclass(frozen=True, slots=True)
class Push:
    """A frame goes on its way, down the pipeline or `up`."""

    frame: Frame
    up: bool = False


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A frame of this kind goes both ways."""

    kind: type[Frame]


@dataclass(frozen=True, slots=True)
class Hush:
    """What waits to be heard is thrown away, in the transport too."""


Step = Push | Broadcast | Hush


class Table:
    """Translates the events of one session; knows how far a reply is spoken, to tell its words as written.

    Args:
        now: the time of day (ISO 8601); transcriptions carry it.
    """

    def __init__(self, now: Callable[[], str]) -> None:
        self._now = now
        self._written = ""
        self._spoken = 0

    def translate(self, event: Event) -> tuple[Step, ...]:
        """What is pushed about one event, in order."""
        match event:
            case FanStarted():
                return (Broadcast(UserStartedSpeakingFrame),)
            case FanStopped():
                return (Broadcast(UserStoppedSpeakingFrame),)
            case FanHeard(text, final, language):
                kind = TranscriptionFrame if final else InterimTranscriptionFrame
                return (Push(kind(text, "", self._now(), tongue(language)), up=True),)
            case ReplyStarted():
                self._written, self._spoken = "", 0
                return (Push(LLMFullResponseStartFrame()), told(event))
            case ReplyText(_, text):
                self._written += text
                return (Push(_shown(LLMTextFrame(text))), Push(_shown(_piece(text))))
            case ReplyEnded():
                return (Push(LLMFullResponseEndFrame()), told(event))
            case SpeakingStarted(turn):
                return (Push(TTSStartedFrame(context_id=turn)),)
            case Audio(turn, pcm):
                return (Push(Voice(pcm, OUT_RATE, 1, context_id=turn)),)
            case WordSpoken(turn, text, _, _):
                return (Push(self._word(turn, text)),)
            case SpeakingFlushed():
                return (Hush(), told(event))
            case SpeakingStopped(turn):
                return (Push(TTSStoppedFrame(context_id=turn)),)
            case MouthMoved():
                return ()
            case _:
                return (told(event),)

    def _word(self, turn: str, text: str) -> TTSTextFrame:
        """A word with what stands around it, so that all words together are what was written."""
        at = self._written.find(text, self._spoken)
        words = text + " "
        if at >= 0 and (around := _AROUND.match(self._written, at + len(text))):
            words, self._spoken = self._written[self._spoken : around.end()], around.end()
        frame = TTSTextFrame(words, TextType.WORD, context_id=turn)
        frame.includes_inter_frame_spaces = True
        return frame


def tongue(language: Language) -> Tongue | None:
    """A language as pipecat names it, where it does."""
    try:
        return Tongue(language)
    except ValueError:
        return None


def told(event: Event) -> Push:
    """An event that pipecat has no frame for."""
    frame = json.loads(encode(event))
    if frame["type"] == "server-message":
        return Push(RTVIServerMessageFrame(data=frame["data"]))
    return message(frame["type"], frame.get("data", {}))


def message(t: str, d: dict[str, Any]) -> Push:
    """What a page is told as RTVI's `server-message`."""
    return Push(RTVIServerMessageFrame(data={"t": t, "d": d}))


def _piece(text: str) -> AggregatedTextFrame:
    """What makes RTVI's `bot-output` of a text: of a kind that is neither a word nor a token."""
    return AggregatedTextFrame(text, "clause")


def _shown(frame: LLMTextFrame | AggregatedTextFrame) -> LLMTextFrame | AggregatedTextFrame:
    """Text to be read; what is spoken of it goes into a pipeline's context word by word."""
    frame.skip_tts, frame.append_to_context, frame.includes_inter_frame_spaces = True, False, True
    return frame


@dataclass(frozen=True, slots=True)
class Hear:
    """s16le at any rate (Hz), channels interleaved."""

    pcm: bytes
    rate: int
    channels: int


@dataclass(frozen=True, slots=True)
class Recognised:
    """Words from the pipeline's own recogniser."""

    transcript: Transcript


@dataclass(frozen=True, slots=True)
class Say:
    """The fan wrote something."""

    text: str


@dataclass(frozen=True, slots=True)
class Configure:
    """Whoever holds the pipeline wants the turns to come spoken, or only written."""

    spoken: bool


@dataclass(frozen=True, slots=True)
class Speak:
    """The fan turned the voice on or off for the turns to come."""

    on: bool


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Whoever holds the pipeline wants the twin to be silent."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The fan pressed stop; the pipeline knows nothing of it yet."""


@dataclass(frozen=True, slots=True)
class Use:
    """The fan chose a language."""

    language: str


Call = Hear | Recognised | Say | Configure | Speak | Interrupt | Stop | Use


def asked(frame: Frame) -> Call | None:
    """What a frame asks of a session; None: nothing.

    Raises:
        BadAudio, BadMessage: it is none that a session takes; the sentence says what it takes.
    """
    match frame:
        case InputAudioRawFrame():
            return _sound(frame)
        case TranscriptionFrame(text=text):
            return Recognised(Transcript(text, final=True))
        case InterimTranscriptionFrame(text=text):
            return Recognised(Transcript(text, final=False))
        case InputTextRawFrame(text=text):
            return Say(text)
        case LLMMessagesAppendFrame(messages=messages, run_llm=run):
            if run is False:
                raise BadMessage("run_llm (run_immediately) can only be true: a twin answers every message")
            return Say(_from_fan(messages))
        case LLMConfigureOutputFrame(skip_tts=skip):
            return Configure(not skip)
        case InterruptionFrame():
            return Interrupt()
        case RTVIClientMessageFrame(type=t, data=d):
            return _of_page(t, d)
        case _:
            return None


def _of_page(t: str, d: Any) -> Call | None:
    """What a page asks by a `client-message` of docs/protocol.md; other kinds are for other processors."""
    message = Message(t, object_of(d) or {})
    match t:
        case "interrupt":
            return Stop()
        case "voice":
            return Speak(field(message, "on", bool))
        case "language":
            return Use(field(message, "language", str))
        case _:
            return None


def _sound(frame: InputAudioRawFrame) -> Hear | None:
    rate, channels, size = frame.sample_rate, frame.num_channels, len(frame.audio)
    if not (MIN_RATE <= rate <= MAX_RATE and 1 <= channels <= MAX_CHANNELS):
        raise BadAudio(
            f"sound has {MIN_RATE} to {MAX_RATE} Hz and at most {MAX_CHANNELS} channels, "
            f"not {channels} x {rate} Hz: set audio_in_sample_rate and audio_in_channels"
        )
    whole = BYTES_PER_SAMPLE * channels
    if size % whole or size > MAX_S * rate * whole:
        raise BadAudio(f"a frame of sound is s16le in whole samples, at most {MAX_S} s of it")
    return Hear(frame.audio, rate, channels) if size else None


def _from_fan(messages: list[Any]) -> str:
    """What of appended messages a fan said. Instructions are no fan's words: a twin's are its layers."""
    said = [_text(known) for one in messages if (known := object_of(one)) and known.get("role") == "user"]
    if not said:
        raise BadMessage('a twin takes what its fan says ("role": "user"); its instructions are its layers')
    return "\n".join(said)


def _text(said: dict[str, Any]) -> str:
    content = said.get("content")
    parts = cast("list[Any]", content) if isinstance(content, list) else [{"text": content}]
    texts = [(object_of(part) or {}).get("text") for part in parts]
    if not all(isinstance(text, str) for text in texts):
        raise BadMessage("a twin reads text alone: leave out what else a message holds")
    return " ".join(cast("list[str]", texts))
