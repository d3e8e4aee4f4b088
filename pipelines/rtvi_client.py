"""RTVI as pipecat's own clients speak it: one table out, one table in, over that of `rtvi`. Pure.

    FanStarted ─▶ user-started-speaking       SpeakingStarted ─▶ bot-tts-started, bot-started-speaking
    FanHeard ───▶ user-transcription          Audio ───────────▶ audio at 24 kHz
    ReplyStarted ▶ bot-llm-started            WordSpoken ──────▶ bot-tts-text
    ReplyText ──▶ bot-llm-text, bot-output    SpeakingStopped ─▶ bot-tts-stopped, bot-stopped-speaking
    ReplyEnded ─▶ bot-llm-stopped             what only our page knows ─▶ server-message, as it has it

Everything travels in pipecat's protobuf frames. docs/rtvi.md says what a client may send.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from gemelo.engine.events import (
    Audio,
    Event,
    FanHeard,
    ReplyText,
    SpeakingStarted,
    SpeakingStopped,
    WordSpoken,
)
from gemelo.models.errors import BadAudio, BadMessage, GemeloError
from gemelo.models.vocabulary import IN_RATE, OUT_RATE
from gemelo.pipelines import pipecat_frames as frames
from gemelo.pipelines import rtvi
from gemelo.pipelines.dialect import Message


class PipecatClient:
    """The `Dialect` of one client. Its player cannot be made to drop what it has: little is sent ahead.

    Args:
        now: s since 1970 UTC; transcripts carry it.
    """

    version = "2.1.0"
    lead_ms = 60.0

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._segments = itertools.count(1)

    def tell(self, event: Event) -> Iterator[bytes]:
        match event:
            case Audio(_, pcm):
                yield frames.audio(pcm, OUT_RATE)
            case FanHeard(text, final, language):
                at = datetime.fromtimestamp(self._now(), UTC).isoformat(timespec="milliseconds")
                said = {"text": text, "final": final, "timestamp": at, "user_id": "", "language": language}
                yield self.frame("user-transcription", said)
            case ReplyText(turn, text):
                yield self.frame("bot-llm-text", {"text": text, "turn": turn})
                kind = {"aggregated_by": "clause", "segment_id": next(self._segments), "spoken_status": "new"}
                yield self.frame("bot-output", {"text": text} | kind)
            case SpeakingStarted(turn):
                yield self.frame("bot-tts-started", {"turn": turn})
                yield self.frame("bot-started-speaking", {"turn": turn})
            case WordSpoken(turn, text, _, _):
                yield self.frame("bot-tts-text", {"text": text, "turn": turn})
            case SpeakingStopped(turn):
                yield self.frame("bot-tts-stopped", {"turn": turn})
                yield self.frame("bot-stopped-speaking", {"turn": turn})
            case _:
                told = rtvi.encode(event)
                assert isinstance(told, str), "audio was translated above"
                yield frames.message(told)

    def frame(self, type: str, data: dict[str, Any], id: str | None = None) -> bytes:
        return frames.message(rtvi.frame(type, data, id))

    def taken(self, message: Message) -> Iterator[bytes]:
        """A client may wait for the answer to a message of its own kind."""
        kind, _, t = message.type.partition("/")
        if kind == "client-message" and message.id:
            yield self.frame("server-response", {"t": t, "d": {}}, message.id)

    def refused(self, error: GemeloError, *, fatal: bool, id: str | None = None) -> bytes:
        told = {"error": str(error), "message": str(error), "code": error.code, "fatal": fatal}
        return self.frame("error-response" if id and not fatal else "error", told, id)

    def read(self, received: str | bytes) -> Message | bytes:
        if isinstance(received, str):
            raise BadMessage("frames are binary here: pipecat.Frame, protobuf")
        found = frames.read(received)
        if isinstance(found, str):
            return rtvi.decode(found)
        if (found.rate, found.channels) != (IN_RATE, 1):
            raise BadAudio(
                f"audio is s16le mono at {IN_RATE} Hz here, not {found.channels} x {found.rate} Hz"
            )
        return found.pcm
