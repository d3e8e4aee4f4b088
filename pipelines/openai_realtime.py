"""OpenAI's Realtime vocabulary (GA names): what a session does, as the events of that protocol. Pure.

    FanStarted ─▶ speech_started           ReplyStarted ─▶ response.created, output_item.added, …part.added
    FanStopped ─▶ speech_stopped,          ReplyText ───▶ …output_audio_transcript.delta | output_text.delta
                  committed, item, words   Audio ───────▶ …output_audio.delta
                                           the turn's end ▶ the `.done`s of all that was begun, response.done

A turn is a response and its one item; where it asks the client to run a function, that ends the response, and
what follows is another one. `Ledger` knows which are open, and the items that may be asked for.
`realtime` does the I/O.
"""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gemelo.context.records import TurnStatus
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
from gemelo.models.errors import GemeloError, UsageError
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, OUT_RATE
from gemelo.pipelines.client_tools import Call
from gemelo.pipelines.openai_fields import BadField as BadEvent

MAX_ID = 64
MAX_ITEMS = 200
"""Items that can still be asked for."""
_A_MS = OUT_RATE * BYTES_PER_SAMPLE // 1000
"""Bytes of audio."""

Item = dict[str, Any]


@dataclass(slots=True)
class _Response:
    """A reply under way, or its part after so many calls of the client's functions.

    Attributes:
        said: what was written before this part.
        said_ms: audio of the turn that was sent before this part.
        is_open: whether its item was begun.
    """

    turn: str
    is_spoken: bool
    part: int = 0
    said: str = ""
    said_ms: int = 0
    is_open: bool = False
    text: str = ""
    status: TurnStatus | None = None
    audio: int = 0
    is_sounding: bool = False
    heard: str | None = None
    """What remains of a reply that was cut."""

    @property
    def name(self) -> str:
        return f"{self.turn}_{self.part}" if self.part else self.turn

    @property
    def item(self) -> str:
        return f"item_{self.name}"

    @property
    def sent_ms(self) -> int:
        """Audio of the turn that was sent by now."""
        return self.said_ms + self.audio // _A_MS

    def rest(self) -> _Response:
        """What follows in the same turn."""
        said = self.said + self.text
        rest = _Response(self.turn, self.is_spoken, self.part + 1, said, self.sent_ms)
        rest.is_sounding = self.is_sounding
        return rest

    @property
    def place(self) -> dict[str, Any]:
        return {
            "response_id": f"resp_{self.name}",
            "item_id": self.item,
            "output_index": 0,
            "content_index": 0,
        }


@dataclass(slots=True)
class Ledger:
    """The conversation as the client has been told of it.

    Attributes:
        is_spoken: whether replies to come are spoken.
        received_ms: audio that the client has sent.
    """

    is_spoken: bool = True
    received_ms: float = 0.0
    _items: dict[str, Item] = field(default_factory=dict[str, Item])
    _lengths: dict[str, int] = field(default_factory=dict[str, int])
    _last: str | None = None
    _said: str = ""
    _saying: str = ""
    _response: _Response | None = None
    _rest: _Response | None = None
    """What may follow on the calls of a client's functions."""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    # -- what the session does ----------------------------------------------------------------------

    def tell(self, event: Event) -> list[str]:
        """The protocol's events for one of the session."""
        return [self.frame(kind, **data) for kind, data in self._told(event)]

    def _told(self, event: Event) -> Iterator[tuple[str, dict[str, Any]]]:
        match event:
            case FanStarted():
                self._saying = f"item_fan{next(self._numbers)}"
                yield (
                    "input_audio_buffer.speech_started",
                    {"audio_start_ms": round(self.received_ms), "item_id": self._saying},
                )
            case FanHeard(text, True, _):
                self._said = text
            case FanStopped():
                yield from self._fan_stopped()
            case ReplyStarted(turn, _):
                yield from self._begin(_Response(turn, self.is_spoken))
            case ReplyText() | Audio() if self._rest:
                yield from self._begin(self._rest)
                yield from self._told(event)
            case ReplyEnded() | SpeakingStopped() | TurnTimed() if self._rest:
                self._rest = None  # nothing has followed
            case Notice(code, text):
                yield "error", {"error": _error(text, "server_error", code)}
            case _:
                if self._response:
                    yield from self._reply(self._response, event)

    def _fan_stopped(self) -> Iterator[tuple[str, dict[str, Any]]]:
        item = self._saying or f"item_fan{next(self._numbers)}"
        text, self._said, self._saying = self._said, "", ""
        yield "input_audio_buffer.speech_stopped", {"audio_end_ms": round(self.received_ms), "item_id": item}
        yield "input_audio_buffer.committed", {"previous_item_id": self._last, "item_id": item}
        content = [{"type": "input_audio", "transcript": text or None}]
        yield from self._add(_message(item, "user", "completed", content))
        if text:
            words = {"item_id": item, "content_index": 0}
            kind = "conversation.item.input_audio_transcription"
            yield f"{kind}.delta", {**words, "delta": text}
            yield (
                f"{kind}.completed",
                {**words, "transcript": text, "usage": {"type": "duration", "seconds": 0}},
            )

    def _begin(self, response: _Response) -> Iterator[tuple[str, dict[str, Any]]]:
        self._response, self._rest = response, None
        yield "response.created", {"response": _response(response, "in_progress", [])}

    def _open(self, response: _Response) -> Iterator[tuple[str, dict[str, Any]]]:
        """The item of a reply, when its first piece comes."""
        if response.is_open:
            return
        response.is_open = True
        item = _message(response.item, "assistant", "in_progress", [])
        place = response.place
        yield "response.output_item.added", {**_of(place, "response_id", "output_index"), "item": item}
        yield "conversation.item.added", {"previous_item_id": self._last, "item": item}
        part = {"type": "audio", "transcript": ""} if response.is_spoken else {"type": "text", "text": ""}
        yield "response.content_part.added", {**place, "part": part}

    def _reply(self, response: _Response, event: Event) -> Iterator[tuple[str, dict[str, Any]]]:
        match event:
            case ReplyText(_, text):
                yield from self._open(response)
                response.text += text
                kind = "output_audio_transcript" if response.is_spoken else "output_text"
                yield f"response.{kind}.delta", {**response.place, "delta": text}
            case Audio(_, pcm):
                yield from self._open(response)
                response.audio += len(pcm)
                self._lengths[response.item] = response.audio // _A_MS
                delta = base64.b64encode(pcm).decode()
                yield "response.output_audio.delta", {**response.place, "delta": delta}
            case SpeakingStarted():
                response.is_sounding = True
            case ReplyEnded(_, status, _, _):
                response.status = status
            case SpeakingFlushed(_, heard):
                response.heard = heard
                if not response.is_sounding:
                    yield from self._finish(response)
            case SpeakingStopped():
                yield from self._finish(response)
            case TurnTimed() if response.status is not None and not response.is_sounding:
                yield from self._finish(response)
            case _:
                return

    def _finish(self, response: _Response) -> Iterator[tuple[str, dict[str, Any]]]:
        self._response = None
        text = response.text if response.heard is None else response.heard[len(response.said) :]
        is_cut = response.status is TurnStatus.CUT or text.strip() != response.text.strip()
        items: list[Item] = []
        yield from self._end_item(response, text, items, is_cut=is_cut)
        status = "failed" if response.status is TurnStatus.FAILED else "completed"
        yield "response.done", {"response": _response(response, "cancelled" if is_cut else status, items)}

    def _end_item(
        self, response: _Response, text: str, items: list[Item], *, is_cut: bool
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """The ends of all that was begun of an item, which is added to `items`."""
        if not response.is_open:
            return
        place = response.place
        if response.is_spoken:
            yield "response.output_audio.done", place
            yield "response.output_audio_transcript.done", {**place, "transcript": response.text}
            part: dict[str, Any] = {"type": "audio", "transcript": response.text}
            content: dict[str, Any] = {"type": "output_audio", "transcript": text}
        else:
            yield "response.output_text.done", {**place, "text": response.text}
            part, content = {"type": "text", "text": response.text}, {"type": "output_text", "text": text}
        yield "response.content_part.done", {**place, "part": part}
        item = _message(response.item, "assistant", "incomplete" if is_cut else "completed", [content])
        yield "response.output_item.done", {**_of(place, "response_id", "output_index"), "item": item}
        yield "conversation.item.done", {"previous_item_id": self._last, "item": item}
        self._keep(item)
        items.append(item)

    # -- what the twin asks -------------------------------------------------------------------------

    def called(self, call: Call) -> list[str]:
        """The twin wants a function of the client's run: that ends the response."""
        return [self.frame(kind, **data) for kind, data in self._called(call)]

    def _called(self, call: Call) -> Iterator[tuple[str, dict[str, Any]]]:
        if self._response is None and self._rest:
            yield from self._begin(self._rest)
        response = self._response
        assert response is not None, "a function is called within a turn"
        items: list[Item] = []
        yield from self._end_item(response, response.text, items, is_cut=False)
        item = f"item_{call.id}"
        function = {"id": item, "object": "realtime.item", "type": "function_call", "call_id": call.id}
        function |= {"name": call.name, "status": "in_progress", "arguments": ""}
        place = {"response_id": response.place["response_id"], "output_index": len(items)}
        yield "response.output_item.added", {**place, "item": function}
        yield "conversation.item.added", {"previous_item_id": self._last, "item": function}
        asked = {**place, "item_id": item, "call_id": call.id}
        yield "response.function_call_arguments.delta", {**asked, "delta": call.arguments}
        told = {"name": call.name, "arguments": call.arguments}
        yield "response.function_call_arguments.done", {**asked, **told}
        function = {**function, "status": "completed", "arguments": call.arguments}
        yield "response.output_item.done", {**place, "item": function}
        yield "conversation.item.done", {"previous_item_id": self._last, "item": function}
        self._keep(function)
        self._response, self._rest = None, response.rest()
        yield "response.done", {"response": _response(response, "completed", [*items, function])}

    # -- what the client asks -----------------------------------------------------------------------

    @property
    def is_answering(self) -> bool:
        return self._response is not None

    def answering(self, item: str) -> tuple[str, int]:
        """The turn that this item is of, where that is under way, else empty; ms of it that came before."""
        response = self._response
        return (response.turn, response.said_ms) if response and response.item == item else ("", 0)

    def added(self, item: Item) -> list[str]:
        """A client's own item.

        Raises:
            BadEvent: its id is none, or stands for another item.
        """
        id = item.get("id", "item")
        if not isinstance(id, str) or not 0 < len(id) <= MAX_ID or id in self._items:
            raise BadEvent(f"item.id is a text of 1 to {MAX_ID} characters that no item has", "item.id")
        item = {"id": f"item_{next(self._numbers)}", **item, "object": "realtime.item", "status": "completed"}
        return [self.frame(kind, **data) for kind, data in self._add(item)]

    def truncated(self, item: str, content_index: int, audio_end_ms: int) -> str:
        """The client says how much of a spoken reply was heard.

        Raises:
            BadEvent: there is no such reply, or it is not that long.
        """
        length = self._lengths.get(item)
        if length is None:
            raise BadEvent(f"item_id: {item[:64]!r} is no spoken reply of this session", "item_id")
        if not 0 <= audio_end_ms <= length:
            raise BadEvent(f"audio_end_ms: {length} ms were sent, not {audio_end_ms}", "audio_end_ms")
        told = {"item_id": item, "content_index": content_index, "audio_end_ms": audio_end_ms}
        return self.frame("conversation.item.truncated", **told)

    def retrieved(self, item: str) -> str:
        """Raises `BadEvent`: there is no such item, or no longer."""
        return self.frame("conversation.item.retrieved", item=self._known(item))

    def deleted(self, item: str) -> str:
        """Takes an item out of what can be asked for; what was said stays said."""
        self._known(item)
        del self._items[item]
        return self.frame("conversation.item.deleted", item_id=item)

    def frame(self, kind: str, **data: Any) -> str:
        """One event as text."""
        event = {"type": kind, "event_id": f"event_{next(self._numbers)}", **data}
        text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace").decode()  # a client may echo half a surrogate pair to itself

    def refusal(self, error: GemeloError, event_id: str | None = None) -> str:
        """Says what is wrong with a client's event, or that there is no session for it."""
        param = error.param if isinstance(error, BadEvent) else None
        kind = "invalid_request_error" if isinstance(error, UsageError) else "server_error"
        return self.frame("error", error=_error(str(error), kind, error.code, param, event_id))

    def _known(self, item: str) -> Item:
        if item not in self._items:
            raise BadEvent(f"item_id: there is no item {item[:64]!r} here", "item_id", "item_not_found")
        return self._items[item]

    def _add(self, item: Item) -> Iterator[tuple[str, dict[str, Any]]]:
        for kind in ("conversation.item.added", "conversation.item.done"):
            yield kind, {"previous_item_id": self._last, "item": item}
        self._keep(item)

    def _keep(self, item: Item) -> None:
        self._last = item["id"]
        self._items[item["id"]] = item
        while len(self._items) > MAX_ITEMS:
            oldest = next(iter(self._items))
            del self._items[oldest]
            self._lengths.pop(oldest, None)


def _error(
    message: str, kind: str, code: str, param: str | None = None, event_id: str | None = None
) -> dict[str, Any]:
    return {"type": kind, "code": code, "message": message, "param": param, "event_id": event_id}


def _message(id: str, role: str, status: str, content: list[dict[str, Any]]) -> Item:
    return {
        "id": id,
        "object": "realtime.item",
        "type": "message",
        "role": role,
        "status": status,
        "content": content,
    }


def _response(response: _Response, status: str, output: list[Item]) -> dict[str, Any]:
    ended = {
        "completed": {"type": "completed"},
        "cancelled": {"type": "cancelled", "reason": "turn_detected"},
    }
    return {
        "object": "realtime.response",
        "id": f"resp_{response.name}",
        "status": status,
        "status_details": ended.get(status),
        "output": output,
        "output_modalities": ["audio" if response.is_spoken else "text"],
        "max_output_tokens": "inf",
        "usage": None,
        "metadata": None,
    }


def _of(place: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: place[name] for name in names}
