"""OpenAI's chat completions: what a request asks of a twin, and what a reply looks like there.

    request ─▶ `read` ─▶ Asked (place, the fan's words, what was said before)
    ReplyText ─▶ `Cutter` (stop, length) ─▶ `Completion.piece` | `Completion.whole`

A deployment is a model. Nothing that a client sends is policy: `system` and `developer` messages are dropped,
what it says the twin said before serves only to find the session in which that was said, and `tool` messages
are what its functions came to where the last answer called for them, and dropped elsewhere. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, cast

from gemelo.context.guard.figures import contact
from gemelo.pipelines.client_tools import Call
from gemelo.pipelines.openai_fields import BadField as BadRequest
from gemelo.pipelines.openai_fields import functions

MAX_MESSAGES = 1_000
_TOKEN = re.compile(r"\w+|[^\w\s]")
_OF_NO_EFFECT = frozenset(
    "frequency_penalty metadata moderation prediction presence_penalty prompt_cache_key "
    "prompt_cache_retention reasoning_effort safety_identifier seed service_tier store temperature top_p "
    "user verbosity".split()
)
"""Hints about sampling, cost and accounts, which a twin decides for itself."""
_ONLY: Mapping[str, tuple[object, ...]] = {
    "n": (1,),
    "logprobs": (False,),
    "top_logprobs": (0,),
    "logit_bias": ({},),
    "modalities": (["text"],),
    "response_format": ({"type": "text"},),
    "tool_choice": ("none", "auto"),
}
"""Parameters of which a twin knows one way only."""
_READ = frozenset({"model", "messages", "stream", "stream_options", "stop", "max_tokens"}) | {
    "max_completion_tokens",
    "parallel_tool_calls",
    "tools",
}
_ROLES = ("system", "developer", "user", "assistant", "tool", "function")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request comes to.

    Attributes:
        model: key of a deployment.
        text: what the fan says now.
        before: (role, text) of the fan and the twin, oldest first, as the client remembers it.
        stop: the reply ends before any of these.
        most: tokens of the reply, as `tokens` counts; None: as it comes.
        tells_usage: whether a stream ends with what it took.
        offered: names of the functions that the client would run.
        one_call: whether it runs one at a time.
        results: (id, text) of what functions came to that were called in the answer to `text`.
        begun: what the client says it was told of that answer; it counts, and is believed nowhere.
    """

    model: str
    text: str
    before: tuple[tuple[str, str], ...] = ()
    stop: tuple[str, ...] = ()
    most: int | None = None
    is_stream: bool = False
    tells_usage: bool = False
    offered: frozenset[str] = frozenset()
    one_call: bool = False
    results: tuple[tuple[str, str], ...] = ()
    begun: str = ""

    @property
    def contact(self) -> str:
        """The last address or number that the fan gave before this message; empty where none."""
        given = (contact(text) for role, text in reversed(self.before) if role == "user")
        return next(filter(None, given), "")

    def conversation(self, holder: str, *, answered: str | None = None) -> str:
        """The name of the conversation before this message, or with it and its answer.

        The answer is what the twin was heard to say, never what a client says it said: under words of its
        choice it could lay its own session in another's way.
        Others may have said the same under the same key: it tells what was said, not who said it.
        """
        said = list(self.before)
        if answered is not None:
            said += [("user", self.text), ("assistant", answered.strip())]
        return sha256(json.dumps([self.model, holder, said]).encode()).hexdigest()

    def question(self, holder: str) -> str:
        """The name of the conversation up to what is being answered."""
        said = [*self.before, ("user", self.text)]
        return sha256(json.dumps([self.model, holder, said]).encode()).hexdigest()


def read(body: object) -> Asked:
    """What a request asks.

    Raises:
        BadRequest: something in it is wrong or not served; names it.
    """
    fields = _object(body, "the body", "")
    _check_parameters(fields)
    model = fields.get("model")
    if not isinstance(model, str) or not model:
        raise BadRequest("model is missing: name a deployment, as GET /v1/models lists them", "model")
    before, text, begun, results = _said(fields.get("messages"))
    options = fields.get("stream_options")
    options = _object({} if options is None else options, "stream_options", "stream_options")
    return Asked(
        model,
        text,
        before,
        _stop(fields.get("stop")),
        _most(fields),
        _flag(fields, "stream"),
        _flag(options, "include_usage", "stream_options.include_usage"),
        _offered(fields),
        fields.get("parallel_tool_calls") is False,
        results,
        begun,
    )


def tokens(text: str) -> int:
    """Words and signs: what is counted where no model's own tokens are known."""
    return sum(1 for _ in _TOKEN.finditer(text))


class Cutter:
    """Ends a reply where the client wants it to end. Pure.

    Attributes:
        text: what has been let out.
        reason: `finish_reason` so far.
    """

    def __init__(self, stop: Sequence[str], most: int | None) -> None:
        self._stop = stop
        self._most = most
        self._held = ""
        self.text = ""
        self.reason = "stop"
        self.is_over = False

    def feed(self, piece: str) -> str:
        """What of the text so far may leave; the beginning of a stop sequence waits."""
        if self.is_over:
            return ""
        self._held += piece
        found = [(at + len(stop), at) for stop in self._stop if (at := self._held.find(stop)) >= 0]
        if found:
            self.is_over = True
            return self._let_out(min(found)[1])  # whose last character came first, however text is cut
        return self._let_out(len(self._held) - self._begun())

    def finish(self) -> str:
        """All that waited: no stop sequence will come of it."""
        return "" if self.is_over else self._let_out(len(self._held))

    def _begun(self) -> int:
        """How many of the last characters may be the beginning of a stop sequence."""
        ends = (
            size
            for stop in self._stop
            for size in range(min(len(stop) - 1, len(self._held)), 0, -1)
            if self._held.endswith(stop[:size])
        )
        return max(ends, default=0)

    def _let_out(self, count: int) -> str:
        piece, self._held = self._held[:count], self._held[count:]
        if self._most is not None:
            whole = [found.end() for found in _TOKEN.finditer(self.text + piece)]
            if len(whole) > self._most:
                piece = piece[: max(0, whole[self._most - 1] - len(self.text))]
                self.is_over, self.reason = True, "length"
        self.text += piece
        return piece


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer in OpenAI's shape. `created` in seconds since 1970 UTC."""

    id: str
    created: int
    asked: Asked
    policy: str

    def piece(self, delta: Mapping[str, Any], reason: str | None = None) -> dict[str, Any]:
        """One chunk of a stream."""
        choice = {"index": 0, "delta": dict(delta), "logprobs": None, "finish_reason": reason}
        usage = {"usage": None} if self.asked.tells_usage else {}
        return {**self._head("chat.completion.chunk"), "choices": [choice], **usage}

    def calling(self, calls: Sequence[Call]) -> dict[str, Any]:
        """The chunk of a stream that tells which functions the client is to run."""
        return self.piece({"tool_calls": [{"index": at, **_called(one)} for at, one in enumerate(calls)]})

    def used(self, text: str, calls: Sequence[Call] = ()) -> dict[str, Any]:
        """The last chunk of a stream whose client wants to know what it took."""
        return {**self._head("chat.completion.chunk"), "choices": [], "usage": self._usage(text, calls)}

    def whole(self, text: str, reason: str, calls: Sequence[Call] = ()) -> dict[str, Any]:
        """The answer to a request that does not stream."""
        message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None, "annotations": []}
        if calls:
            message |= {"content": text or None, "tool_calls": [_called(one) for one in calls]}
        choice: dict[str, Any] = {"index": 0, "message": message, "logprobs": None, "finish_reason": reason}
        return {**self._head("chat.completion"), "choices": [choice], "usage": self._usage(text, calls)}

    def _head(self, kind: str) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": self.asked.model,
            "system_fingerprint": f"policy_{self.policy[:16]}",
        }

    def _usage(self, text: str, calls: Sequence[Call]) -> dict[str, int]:
        asked = self.asked
        sent = (asked.text, asked.begun, *(text for _, text in (*asked.before, *asked.results)))
        said, told = sum(map(tokens, sent)), sum(map(tokens, (text, *(one.arguments for one in calls))))
        return {"prompt_tokens": said, "completion_tokens": told, "total_tokens": said + told}


def _called(call: Call) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.id, "type": "function", "function": function}


def model(key: str, created: int) -> dict[str, Any]:
    """A deployment as an entry of `/v1/models`."""
    return {"id": key, "object": "model", "created": created, "owned_by": "gemelo"}


def refusal(message: str, code: str, kind: str, param: str | None = None) -> dict[str, Any]:
    """The body of an answer that is an error."""
    told = {"message": message, "type": kind, "param": param or None, "code": code}
    text = json.dumps({"error": told}, ensure_ascii=False)
    return json.loads(text.encode("utf-8", "replace"))  # half a surrogate pair may stand in a name


def event(document: Mapping[str, Any] | None) -> bytes:
    """One server-sent event; None is the last one."""
    data = "[DONE]" if document is None else json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return f"data: {data}\n\n".encode("utf-8", "replace")


def _check_parameters(fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        if value is None or name in _READ or name in _OF_NO_EFFECT:
            continue
        if name not in _ONLY:
            raise BadRequest(f"{name} is not supported here: leave it out", name, "unsupported_parameter")
        if value not in _ONLY[name]:
            known = " or ".join(json.dumps(one) for one in _ONLY[name])
            raise BadRequest(f"{name} can only be {known} here", name, "unsupported_value")


def _offered(fields: Mapping[str, Any]) -> frozenset[str]:
    """The functions that may be called: what a client says of them is checked, and is for no mind."""
    _flag(fields, "parallel_tool_calls")
    tools = fields.get("tools")
    offered = functions(tools, nested=True) if tools is not None else frozenset[str]()
    return frozenset() if fields.get("tool_choice") == "none" else offered


_Said = tuple[tuple[tuple[str, str], ...], str, str, tuple[tuple[str, str], ...]]


def _said(messages: object) -> _Said:
    """What was said before the fan's last words, these, how the answer began, and results of its calls.

    Messages of one speaker in a row are one.
    """
    listed = _list(messages, "messages")
    if not 0 < len(listed) <= MAX_MESSAGES:
        raise BadRequest(f"messages holds 1 to {MAX_MESSAGES} messages", "messages")
    said, results = list[tuple[str, str]](), list[tuple[object, str, str]]()
    for at, message in enumerate(listed):
        where = f"messages[{at}]"
        given = _object(message, where, where)
        role = given.get("role")
        if role not in _ROLES:
            raise BadRequest(f"{where}.role is one of {', '.join(_ROLES)}", f"{where}.role")
        text = _text(given.get("content"), f"{where}.content")
        if role == "tool":
            results.append((given.get("tool_call_id"), text, f"{where}.tool_call_id"))
        if role not in ("user", "assistant"):
            continue
        results.clear()  # others have been taken in
        if role == "assistant" and not text:
            continue
        if said and said[-1][0] == role:
            said[-1] = (role, f"{said[-1][1]}\n{text}")
        else:
            said.append((role, text))
    begun = said.pop()[1] if results and said and said[-1][0] == "assistant" else ""
    if not said or said[-1][0] != "user":
        raise BadRequest("the last message must be a user's: there is nothing to answer", "messages")
    return tuple(said[:-1]), said[-1][1], begun, _results(results)


def _results(results: Sequence[tuple[object, str, str]]) -> tuple[tuple[str, str], ...]:
    """What functions came to, by the ids of their calls."""
    found: dict[str, str] = {}
    for id, text, where in results:
        if not isinstance(id, str) or not id or id in found:
            raise BadRequest(f"{where} is the id of a call, and no two have the same", where)
        found[id] = text
    return tuple(found.items())


def _text(content: object, where: str) -> str:
    if content is None or isinstance(content, str):
        return (content or "").strip()
    parts: list[str] = []
    for at, part in enumerate(_list(content, where)):
        given = _object(part, f"{where}[{at}]", where)
        text = given.get("text") if given.get("type") in ("text", "refusal") else None
        if not isinstance(text, str):
            raise BadRequest(f"{where}[{at}]: a twin reads text only", f"{where}[{at}]", "unsupported_value")
        parts.append(text)
    return "\n".join(parts).strip()


def _stop(stop: object) -> tuple[str, ...]:
    listed = [stop] if isinstance(stop, str) else _list(stop if stop is not None else [], "stop")
    found = tuple(one for one in listed if isinstance(one, str) and 0 < len(one) <= 256)
    if len(found) != len(listed) or len(found) > 4:
        raise BadRequest("stop is up to four texts of 1 to 256 characters", "stop")
    return found


def _most(fields: Mapping[str, Any]) -> int | None:
    for name in ("max_completion_tokens", "max_tokens"):
        most = fields.get(name)
        if most is not None:
            if not isinstance(most, int) or isinstance(most, bool) or most < 1:
                raise BadRequest(f"{name} is a whole number above 0", name)
            return most
    return None


def _flag(fields: Mapping[str, Any], name: str, where: str = "") -> bool:
    value = fields.get(name)
    if value is not None and not isinstance(value, bool):
        raise BadRequest(f"{where or name} is true or false", where or name)
    return bool(value)


def _object(value: object, what: str, param: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadRequest(f"{what} must be a JSON object", param)
    return cast("dict[str, Any]", value)


def _list(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise BadRequest(f"{where} must be a list", where)
    return cast("list[object]", value)
