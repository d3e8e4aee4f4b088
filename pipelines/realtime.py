"""`/v1/realtime`: one WebSocket of OpenAI's Realtime protocol is one session (docs/openai.md)."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import time
from collections import deque
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import replace
from typing import Any, cast

import numpy as np
import soxr  # pyright: ignore[reportMissingTypeStubs]
from starlette.websockets import WebSocket, WebSocketDisconnect

from gemelo.engine.redaction import masked
from gemelo.engine.session import Fan, Session
from gemelo.engine.stage import Stage
from gemelo.models.errors import UsageError
from gemelo.models.text import MAX_CHARS
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, IN_RATE, OUT_RATE, ToolSpec
from gemelo.pipelines.client_tools import Call, ClientTools
from gemelo.pipelines.line import Bucket, Line
from gemelo.pipelines.meters import Meters
from gemelo.pipelines.openai_fields import functions
from gemelo.pipelines.openai_realtime import BadEvent, Ledger
from gemelo.pipelines.push_to_talk import PushToTalk

MAX_AUDIO_S = 10
"""Audio in one `append`."""
MAX_ITEM = 20_000
"""Characters of JSON."""
EVENTS_A_SECOND = 200
BROKEN_IN_A_ROW = 10
_SECOND = OUT_RATE * BYTES_PER_SAMPLE
"""Bytes; what comes in has the rate of what goes out."""
_BURST_S = 60
"""Who pushes a button to talk may send all that was said at once."""
_PIECE = IN_RATE // 10 * BYTES_PER_SAMPLE
"""Bytes handed to an ear at a time: 100 ms."""
_HURRY = 4
"""So much faster than it was spoken an ear still follows."""
_TOO_FAST = "rate_limit_exceeded"
_PCM = {"type": "audio/pcm", "rate": OUT_RATE}


class Realtime(Line):
    """Serves one accepted WebSocket until either side ends it.

    Instructions and voices of a client change nothing: they stay out of what `session.updated` tells. Its
    functions may be called where a layer has them.
    """

    def __init__(self, socket: WebSocket, fan: Fan, stage: Stage, meters: Meters) -> None:
        self._ledger = Ledger()
        self._ears = PushToTalk(stage.ears)
        self._tools = ClientTools(stage, self._call)
        stage = replace(stage, ears=self._ears, tools=self._tools)
        super().__init__(socket, fan, stage, meters, self._ledger.tell)
        self._events = Bucket(stage.clock, EVENTS_A_SECOND, EVENTS_A_SECOND)
        self._audio = Bucket(stage.clock, 1.1 * _SECOND, _BURST_S * _SECOND)
        self._resampler = soxr.ResampleStream(OUT_RATE, IN_RATE, 1, dtype="int16")
        self._heard: deque[bytes | None] = deque()
        self._is_feeding = False
        self._language = fan.language
        self._typed: dict[str, str] = {}
        self._offered: frozenset[str] = frozenset()
        self._may_call = True
        self._called: set[str] = set()
        self._outputs = 0
        self._broken = 0

    def restage(self, stage: Stage) -> None:
        self._tools.use(stage)
        super().restage(replace(stage, ears=self._ears, tools=self._tools))

    async def _read(self) -> None:
        try:
            session = self._session = Session(self._fan, self._stage, self._wire, spoken=True)
            self._tell("session.created", session=self._about())
            while self._broken < BROKEN_IN_A_ROW:
                self._accept(session, await self._receive())
            await self._wire.flush()
            await self.hang_up(4400)
        except WebSocketDisconnect:
            return
        finally:
            self._heard.clear()

    def _accept(self, session: Session, received: MutableMapping[str, Any]) -> None:
        """Takes one event, or answers what is wrong with it."""
        id = None
        try:
            event = _event(received.get("text"))
            id = _text(event, "event_id", missing="")[:64] or None
            if not self._events.take():
                raise BadEvent("events come too fast: send this one again later", code=_TOO_FAST)
            self._take(session, event)
            self._broken = 0
        except UsageError as error:
            self._broken += error.code != _TOO_FAST  # a client in a hurry is no broken one
            self._wire.put(self._ledger.refusal(error, id))

    def _take(self, session: Session, event: Mapping[str, Any]) -> None:
        kind = _text(event, "type")
        takes: dict[str, Callable[[], None]] = {
            "session.update": lambda: self._update(session, _object(event, "session")),
            "input_audio_buffer.append": lambda: self._hear(session, _text(event, "audio")),
            "input_audio_buffer.commit": lambda: self._commit(session),
            "input_audio_buffer.clear": lambda: self._clear(session),
            "conversation.item.create": lambda: self._create(_object(event, "item")),
            "conversation.item.retrieve": lambda: self._put(self._ledger.retrieved(_text(event, "item_id"))),
            "conversation.item.delete": lambda: self._delete(_text(event, "item_id")),
            "conversation.item.truncate": lambda: self._truncate(session, event),
            "response.create": lambda: self._respond(session, event),
            "response.cancel": lambda: self._cancel(session),
        }
        take = takes.get(kind)
        if take is None:
            raise BadEvent(f"type: there is no event {kind[:64]!r} here", "type", "unknown_event")
        take()

    # -- the session's shape ------------------------------------------------------------------------

    def _update(self, session: Session, wanted: Mapping[str, Any]) -> None:
        """Takes what a client may choose: whether replies are spoken, and who ends turns."""
        audio = _object(wanted, "audio", "session.audio", missing={})
        for side in ("input", "output"):
            part = _object(audio, side, f"session.audio.{side}", missing={})
            _check_format(part.get("format"), f"session.audio.{side}.format")
        heard = _object(audio, "input", "session.audio.input", missing={})
        if "turn_detection" in heard:
            self._ears.is_held = _is_held(heard["turn_detection"])
        spoken = _object(heard, "transcription", "session.audio.input.transcription", missing={}).get(
            "language"
        )
        for language in self._stage.context.languages:
            if language == spoken:
                self._language = language
                session.use_language(language)
        if wanted.get("tool_choice") not in (None, "auto", "none"):
            raise BadEvent('session.tool_choice is "auto" or "none"', "session.tool_choice")
        if wanted.get("tools") is not None:
            self._offered = functions(wanted["tools"], "session.tools", nested=False)
        self._may_call = wanted.get("tool_choice", "auto" if self._may_call else "none") != "none"
        self._tools.offered = self._offered if self._may_call else frozenset()
        if "output_modalities" in wanted:
            self._ledger.is_spoken = _is_spoken(wanted["output_modalities"], "session.output_modalities")
            session.speak(self._ledger.is_spoken)
        self._tell("session.updated", session=self._about())

    def _about(self) -> dict[str, Any]:
        detection = {"type": "server_vad", "create_response": True, "interrupt_response": True}
        heard = {
            "format": _PCM,
            "transcription": {"language": self._language},
            "noise_reduction": None,
            "turn_detection": None if self._ears.is_held else detection,
        }
        return {
            "type": "realtime",
            "object": "realtime.session",
            "id": f"sess_{self._fan.session}",
            "model": self._stage.context.deployment,
            "output_modalities": ["audio" if self._ledger.is_spoken else "text"],
            "instructions": "",
            "tools": [_function(spec) for spec in self._tools.shared],
            "tool_choice": "auto" if self._may_call else "none",
            "max_output_tokens": "inf",
            "audio": {"input": heard, "output": {"format": _PCM, "voice": "twin", "speed": 1.0}},
            "expires_at": int(time.time()) + 24 * 3600,
        }

    # -- what the fan says --------------------------------------------------------------------------

    def _hear(self, session: Session, audio: str) -> None:
        try:
            pcm = base64.b64decode(audio, validate=True)
        except (binascii.Error, ValueError):
            raise BadEvent("audio is not base64", "audio") from None
        if len(pcm) % BYTES_PER_SAMPLE or len(pcm) > MAX_AUDIO_S * _SECOND:
            what = f"audio is s16le mono at {OUT_RATE} Hz: whole samples, at most {MAX_AUDIO_S} s at once"
            raise BadEvent(what, "audio")
        if not self._audio.take(len(pcm)):
            raise BadEvent("audio comes faster than it is spoken", "audio", _TOO_FAST)
        self._ledger.received_ms += 1000 * len(pcm) / _SECOND
        chunk = cast("Any", self._resampler).resample_chunk(np.frombuffer(pcm, "<i2"))
        heard = chunk.astype("<i2").tobytes()
        self._pass_on(session, *(heard[at : at + _PIECE] for at in range(0, len(heard), _PIECE)))

    def _commit(self, session: Session) -> None:
        if not self._ears.is_held:
            raise BadEvent("server turn detection is on: the turn ends by itself", "type", "invalid_state")
        self._pass_on(session, None)

    def _pass_on(self, session: Session, *heard: bytes | None) -> None:
        self._heard.extend(heard)
        if not self._is_feeding:
            self._is_feeding = True
            self._chores.spawn(self._feed(session))

    async def _feed(self, session: Session) -> None:
        """Hands what was heard to the ear, and where the button was let go.

        Recognisers are told that a voice set in when its sound is a little past: what comes all at once is
        spread out.
        """
        try:
            while self._heard:
                piece = self._heard.popleft()
                if piece is None:
                    self._ears.release()
                else:
                    session.hear(piece)
                    await asyncio.sleep(len(piece) / BYTES_PER_SAMPLE / IN_RATE / _HURRY)
        finally:
            self._is_feeding = False

    def _clear(self, session: Session) -> None:
        """Forgets what was not committed."""
        while self._heard and self._heard[-1] is not None:
            self._heard.pop()
        session.close_ear()
        session.open_ear()
        self._tell("input_audio_buffer.cleared")

    def _create(self, item: Mapping[str, Any]) -> None:
        """A user's text waits for `response.create`, an output goes to who waits for it; the rest is told."""
        kind = _text(item, "type", "item.type")
        known = {name: item[name] for name in _ITEM if item.get(name) is not None}
        if len(json.dumps(known)) > MAX_ITEM:
            raise BadEvent(f"item: at most {MAX_ITEM} characters of JSON", "item")
        text = ""
        if kind == "message" and item.get("role") == "user":
            text = _written(item.get("content"))
            if sum(map(len, (*self._typed.values(), text))) > MAX_CHARS:
                raise BadEvent(f"at most {MAX_CHARS} characters wait for response.create", "item.content")
        elif kind not in ("message", "function_call", "function_call_output"):
            raise BadEvent(f"item.type: a twin takes no {kind[:64]!r}", "item.type")
        call = _text(item, "call_id", "item.call_id") if kind == "function_call_output" else ""
        output = _text(item, "output", "item.output") if call else ""
        if call and call not in self._called:
            raise BadEvent(f"item.call_id: there is no call {call[:64]!r} here", "item.call_id")
        told = self._ledger.added({name: self._masked(value) for name, value in known.items()})
        if text:
            self._typed[json.loads(told[0])["item"]["id"]] = text
        self._put(*told)
        if call:
            self._outputs += 1
            self._tools.answer(call, output)

    def _call(self, call: Call) -> None:
        """The twin wants a function of the client's run."""
        self._called.add(call.id)
        self._put(*self._ledger.called(call))

    def _masked(self, value: Any) -> Any:
        """What a client wrote, as it may be told again: the fan's own words name nobody here either."""
        if isinstance(value, str):
            return masked(self._stage.guard, value)
        if isinstance(value, dict):
            return {key: self._masked(part) for key, part in cast("dict[str, Any]", value).items()}
        if isinstance(value, list):
            return [self._masked(part) for part in cast("list[Any]", value)]
        return value

    def _delete(self, item: str) -> None:
        told = self._ledger.deleted(item)
        self._typed.pop(item, None)
        self._put(told)

    def _respond(self, session: Session, event: Mapping[str, Any]) -> None:
        if self._outputs and not self._typed:
            self._outputs -= 1
            return  # with the output of its function the twin goes on by itself
        if self._ledger.is_answering:
            what = "a response is under way: wait for response.done, or cancel it"
            raise BadEvent(what, None, "conversation_already_has_active_response")
        where = "response.output_modalities"
        wanted = _object(event, "response", missing={}).get("output_modalities")
        if wanted is not None and _is_spoken(wanted, where) is not self._ledger.is_spoken:
            raise BadEvent(f"{where}: choose it for the session, by session.update", where)
        text, self._typed = "\n".join(self._typed.values()), {}
        if text:
            session.say(text)
        elif not self._ears.is_held:  # a turn that was let go is answered by itself
            raise BadEvent("there is nothing to answer: create a user's item first", None, "invalid_state")

    def _truncate(self, session: Session, event: Mapping[str, Any]) -> None:
        """The client has stopped playing: what was heard by then remains."""
        item, ms = _text(event, "item_id"), _number(event, "audio_end_ms")
        told = self._ledger.truncated(item, _number(event, "content_index"), ms)
        turn, before_ms = self._ledger.answering(item)
        if turn:
            session.played(turn, before_ms + ms)
            session.interrupt()
        self._put(told)

    def _cancel(self, session: Session) -> None:
        if not self._ledger.is_answering:
            raise BadEvent("there is no response to cancel", None, "response_cancel_not_active")
        session.interrupt()

    def _tell(self, kind: str, **data: Any) -> None:
        self._put(self._ledger.frame(kind, **data))

    def _put(self, *frames: str) -> None:
        for one in frames:
            self._wire.put(one)


_ITEM = ("id", "type", "role", "content", "name", "call_id", "arguments", "output")


def _function(spec: ToolSpec) -> dict[str, Any]:
    """As it is told: what a layer says of a function is for the model alone."""
    return {"type": "function", "name": spec.name, "parameters": {"type": "object"}}


def _event(text: object) -> dict[str, Any]:
    if not isinstance(text, str):
        raise BadEvent("an event is text: a JSON object with a type", None, "invalid_json")
    try:
        event: object = json.loads(text)
    except (ValueError, RecursionError):
        raise BadEvent("an event is a JSON object with a type", None, "invalid_json") from None
    if not isinstance(event, dict):
        raise BadEvent("an event is a JSON object with a type", None, "invalid_json")
    return cast("dict[str, Any]", event)


def _object(
    owner: Mapping[str, Any], name: str, where: str = "", missing: dict[str, Any] | None = None
) -> dict[str, Any]:
    value = owner.get(name)
    if value is None and missing is not None:
        return missing
    if not isinstance(value, dict):
        raise BadEvent(f"{where or name} must be an object", where or name)
    return cast("dict[str, Any]", value)


def _text(owner: Mapping[str, Any], name: str, where: str = "", missing: str | None = None) -> str:
    value = owner.get(name, missing)
    if not isinstance(value, str):
        raise BadEvent(f"{where or name} must be a text", where or name)
    return value


def _number(owner: Mapping[str, Any], name: str) -> int:
    value = owner.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadEvent(f"{name} must be a whole number", name)
    return value


def _written(content: object) -> str:
    """The text of a user's item."""
    parts: list[str] = []
    listed = cast("list[object]", content) if isinstance(content, list) else [None]
    for at, part in enumerate(listed):
        given = cast("dict[str, Any]", part) if isinstance(part, dict) else {}
        text = given.get("text")
        if given.get("type") != "input_text" or not isinstance(text, str):
            where = f"item.content[{at}]"
            raise BadEvent(f"{where}: a twin reads input_text; audio goes to input_audio_buffer", where)
        parts.append(text)
    return "\n".join(parts)


def _check_format(format: object, where: str) -> None:
    given = cast("dict[str, Any]", format) if isinstance(format, dict) else {}
    if format is not None and (given.get("type"), given.get("rate", OUT_RATE)) != ("audio/pcm", OUT_RATE):
        raise BadEvent(f"{where}: audio is audio/pcm at {OUT_RATE} Hz here, both ways", where)


def _is_held(detection: object) -> bool:
    """Whether the client ends turns itself."""
    where = "session.audio.input.turn_detection"
    if detection is None:
        return True
    given = cast("dict[str, Any]", detection) if isinstance(detection, dict) else {}
    if given.get("type") not in ("server_vad", "semantic_vad"):
        raise BadEvent(f"{where}.type is server_vad, semantic_vad, or all of it null", f"{where}.type")
    for name in ("create_response", "interrupt_response"):
        if given.get(name, True) is not True:
            raise BadEvent(f"{where}.{name} can only be true here", f"{where}.{name}")
    return False


def _is_spoken(modalities: object, where: str) -> bool:
    if modalities not in (["audio"], ["text"]):
        raise BadEvent(f'{where} is ["audio"] or ["text"]', where)
    return modalities == ["audio"]
