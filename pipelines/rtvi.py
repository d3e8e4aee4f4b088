"""RTVI's vocabulary as JSON: one table out, one table in. Pure; `talk` does the I/O.

docs/protocol.md is the specification of these frames.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, NoReturn, cast

from gemelo.context.records import ToolVerdict
from gemelo.engine.events import (
    Agreed,
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
from gemelo.models.errors import BadMessage, Busy, GemeloError
from gemelo.pipelines.dialect import Message as Message

LABEL = "rtvi-ai"
VERSION = "1"
MAX_ID = 64


class Page:
    """The `Dialect` of docs/protocol.md: messages are text, audio is what is not."""

    version = VERSION
    lead_ms = None

    def tell(self, event: Event) -> tuple[str | bytes]:
        return (encode(event),)

    def frame(self, type: str, data: dict[str, Any], id: str | None = None) -> str:
        return frame(type, data, id)

    def taken(self, message: Message) -> tuple[()]:
        return ()

    def refused(self, error: GemeloError, *, fatal: bool, id: str | None = None) -> str:
        return error_frame(error, fatal=fatal, id=id)

    def read(self, received: str | bytes) -> Message | bytes:
        return received if isinstance(received, bytes) else decode(received)


def frame(type: str, data: dict[str, Any] | None = None, id: str | None = None) -> str:
    """One text frame to a client."""
    message: dict[str, Any] = {"label": LABEL, "type": type}
    if id is not None:
        message["id"] = id
    if data is not None:
        message["data"] = data
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def error_frame(error: GemeloError, *, fatal: bool, id: str | None = None) -> str:
    """Tells a client what is wrong; a busy house also says when to come back."""
    data = {"code": error.code, "message": str(error), "fatal": fatal}
    return frame("error", data | ({"retry_s": error.retry_s} if isinstance(error, Busy) else {}), id)


def _server(t: str, **d: Any) -> str:
    return frame("server-message", {"t": t, "d": d})


def encode(event: Event) -> str | bytes:
    """Translates one event of a session."""
    match event:
        case Audio(_, pcm):
            return pcm
        case FanStarted():
            return frame("user-started-speaking")
        case FanStopped():
            return frame("user-stopped-speaking")
        case FanHeard(text, final, language):
            return frame("user-transcription", {"text": text, "final": final, "language": language})
        case ReplyStarted(turn, client_id):
            return frame("bot-llm-started", {"turn": turn}, client_id)
        case ReplyText(turn, text):
            return frame("bot-llm-text", {"turn": turn, "text": text})
        case ReplyEnded(turn, status, sentences, declined):
            labelled = [asdict(sentence) for sentence in sentences]
            data = {"turn": turn, "status": status, "sentences": labelled, "declined": declined}
            return frame("bot-llm-stopped", data)
        case SpeakingStarted(turn):
            return frame("bot-started-speaking", {"turn": turn})
        case SpeakingStopped(turn):
            return frame("bot-stopped-speaking", {"turn": turn})
        case WordSpoken(turn, text, from_ms, to_ms):
            return frame("bot-tts-text", {"turn": turn, "text": text, "from_ms": from_ms, "to_ms": to_ms})
        case MouthMoved(turn, visemes):
            return _server("visemes", turn=turn, items=[[v.at_ms, v.shape] for v in visemes])
        case SpeakingPaused(turn):
            return _server("pause", turn=turn)
        case SpeakingResumed(turn):
            return _server("resume", turn=turn)
        case SpeakingFlushed(turn, heard):
            return _server("flush", turn=turn, heard=heard)
        case ToolStarted(turn, call, name):
            told = {"turn": turn, "tool_call_id": f"{turn}-{call}", "function_name": name}
            return frame("llm-function-call-in-progress", told)
        case ToolEnded(turn, call, use):
            told = {"turn": turn, "tool_call_id": f"{turn}-{call}", "function_name": use.name}
            over = {"cancelled": use.verdict is ToolVerdict.CANCELLED, "verdict": use.verdict, "ms": use.ms}
            return frame("llm-function-call-stopped", told | over)
        case TurnTimed(turn, timeline, drafting):
            return _server("timeline", turn=turn, **asdict(timeline), drafts=asdict(drafting))
        case BrandHidden():
            return _server("unbranded")
        case Restaged(policy, brand, lines):
            return _server(
                "policy", policy=policy, sponsor={"brand": brand, "line": dict(lines)} if brand else None
            )
        case Agreed(on, token, shared):
            return _server("remember", on=on, token=token, shared=dict(shared))
        case Notice(code, text):
            return _server("notice", code=code, text=text)


def decode(text: str) -> Message:
    """Reads one text frame of a client; a `client-message` is unwrapped to its `t` and `d`.

    Raises:
        BadMessage: it is not JSON (RFC 8259, so no NaN), not an RTVI message, or its parts have wrong
            types.
    """
    try:
        message = object_of(json.loads(text, parse_constant=_not_json))
    except (ValueError, RecursionError):
        raise BadMessage("this frame is not JSON") from None
    if message is None or message.get("label", LABEL) != LABEL:
        raise BadMessage('a frame is an object with "label": "rtvi-ai" and a "type"')
    kind, id = message.get("type"), message.get("id")
    if not isinstance(kind, str):
        raise BadMessage('a frame needs a "type"')
    if id is not None and not (isinstance(id, str) and 0 < len(id) <= MAX_ID and id.isprintable()):
        raise BadMessage(f'"id" is a string of 1 to {MAX_ID} printable characters')
    data = object_of(message.get("data"))
    if kind == "client-message" and data is not None:
        kind, data = f"client-message/{data.get('t')}", object_of(data.get("d"))
    if data is None:
        raise BadMessage('"data" is an object')
    return Message(kind, data, id)


def _not_json(constant: str) -> NoReturn:
    raise ValueError(constant)


def object_of(value: Any) -> dict[str, Any] | None:
    """A JSON object as it is, an absent one as empty, and None for anything else."""
    if value is None:
        return {}
    return cast(dict[str, Any], value) if isinstance(value, dict) else None


def field(message: Message, name: str, *kinds: type) -> Any:
    """One field of a message's data. Half a surrogate pair is no character and is left out.

    Raises:
        BadMessage: it is missing or of another type.
    """
    value = message.data.get(name)
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        expected = " or ".join(kind.__name__ for kind in kinds)
        raise BadMessage(f'{message.type[:MAX_ID]!r} needs "{name}" ({expected})')
    return value.encode("utf-8", "ignore").decode() if isinstance(value, str) else value
