"""A mind over OpenAI's Responses API in WebSocket mode: no turn pays for a request or its handshake.

    idle sockets ──take──▶ response.create ──▶ its events ... response.completed ──▶ idle again
         ▲ one more is connected ahead              └── left in the middle: closed, which stops the model

One answer at a time on a socket: lanes (`stream_id`) are OpenAI's alone, while others serve this mode too.
https://developers.openai.com/api/docs/guides/websocket-mode
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from openai import AsyncOpenAI
from openai.resources.responses.responses import AsyncResponsesConnection
from openai.types.chat import ChatCompletionMessageParam
from openai.types.websocket_connection_options import WebSocketConnectionOptions

from gemelo.models.adapters.openai_mind import Answer, MindSettings, Tally, Usage, counted, replied, unused
from gemelo.models.adapters.openai_prompt import messages
from gemelo.models.adapters.sockets import answered, failure
from gemelo.models.errors import MindError
from gemelo.models.tool_calls import Calls
from gemelo.models.vocabulary import Prompt, ToolCall, ToolSpec, Written

KEPT_S = 50 * 60.0
"""A socket older than this is not used again: OpenAI closes them after an hour."""
MAX_IDLE = 16
"""Sockets that are kept for replies to come."""
_SOCKET = cast(
    "WebSocketConnectionOptions",
    {"compression": None, "ping_interval": 4, "ping_timeout": 4, "close_timeout": 1, "max_size": 2**22},
)
"""Handed through to the `websockets` library, which knows more options than the SDK names."""
_VENDOR = "the language model"
_GARBLED = (ValueError, TypeError, AttributeError, KeyError)
_BUSY = ("rate_limit_exceeded", "websocket_connection_limit_reached", "slow_down")
"""Codes of an error that has no status."""
_OF_ASKED = (
    "invalid_prompt",
    "invalid_request_error",
    "context_length_exceeded",
    "bio_policy",
    "misalignment_policy_violation",
)
"""The same, where what was asked is to blame: another vendor may take it, and this one is well."""

_Event = dict[str, Any]
"""As it came: the SDK would build an object of every token."""

_log = logging.getLogger(__name__)


class OpenAISocket:
    """`LanguageModel` over sockets. `used` is told the tokens of each answer, ended or left.

    Args:
        settings: `url` begins with wss:// or ws://. `vllm` means nothing here.
    """

    def __init__(self, settings: MindSettings, used: Callable[[Usage], None] = unused) -> None:
        self._settings = settings
        self._tally = Tally(used)
        self._client = AsyncOpenAI(
            base_url=settings.url.replace("ws", "http", 1),
            websocket_base_url=settings.url,
            api_key=settings.key,
            max_retries=0,
        )
        self._sockets = _Sockets(self._connect)

    def reply(self, prompt: Prompt) -> AsyncGenerator[Written | ToolCall, None]:
        """See `LanguageModel.reply` and `replied`."""
        return replied(prompt, self._settings, self._open, self._tally)

    async def warm(self, prefix: str, tenant: str, tools: tuple[ToolSpec, ...] = ()) -> None:
        """See `LanguageModel.warm`: a socket is open after it. A failure is logged only."""
        asked: _Event = self._asked(prefix, tenant, tools) | {"input": [], "generate": False}
        due = asyncio.get_running_loop().time() + self._settings.first_token_s
        try:
            answer = await self._ask(asked, due)
            try:
                await answer.ended(due)
            finally:
                await answer.close()
        except MindError as error:
            _log.warning("the language model could not be warmed: %s", error)

    async def close(self) -> None:
        """Closes the sockets that are kept for the next reply."""
        await self._sockets.close()
        await self._client.close()

    async def _connect(self) -> AsyncResponsesConnection:
        async with asyncio.timeout(self._settings.connect_s):
            return await self._client.responses.connect(websocket_connection_options=_SOCKET).enter()

    async def _open(self, prompt: Prompt, due: float) -> Answer:
        asked = self._asked(prompt.prefix, prompt.tenant, prompt.tools, may_call=prompt.may_call)
        return await self._ask(asked | {"input": list(items(messages(prompt)[1:]))}, due)

    async def _ask(self, asked: _Event, due: float) -> _Answer:
        message = json.dumps(asked)
        try:
            while True:
                async with asyncio.timeout_at(due):
                    socket = await self._sockets.send(message)
                if answer := await self._begun(socket, due):
                    return answer
        except Exception as error:  # the SDK, its library and the system raise their own
            raise failure(MindError, _VENDOR, error) from None

    async def _begun(self, socket: _Socket, due: float) -> _Answer | None:
        """An answer whose first event has come; None where a socket that was kept turns out to be dead."""
        answer = _Answer(socket, self._sockets)
        try:
            await answer.begin(due)
        except BaseException as error:
            self._sockets.drop(socket)
            if socket.used and isinstance(error, MindError) and str(error).startswith("died"):
                return None
            raise
        return answer

    def _asked(self, prefix: str, tenant: str, tools: Sequence[ToolSpec], *, may_call: bool = True) -> _Event:
        """What all requests of a twin begin with, most stable part first. Nothing is kept at the vendor's."""
        asked: _Event = {"type": "response.create", "model": self._settings.model, "store": False}
        asked |= {"instructions": prefix, "temperature": self._settings.temperature}
        asked |= {"max_output_tokens": self._settings.max_tokens}
        if tenant:
            asked["prompt_cache_key"] = tenant
        if tools:
            asked["tools"] = [
                {
                    "type": "function",
                    "name": one.name,
                    "description": one.description,
                    "parameters": one.parameters,
                    "strict": False,
                }
                for one in tools
            ]
        return asked if may_call or not tools else asked | {"tool_choice": "none"}


def items(asked: Sequence[ChatCompletionMessageParam]) -> Iterator[_Event]:
    """Chat messages as the Responses API takes them: calls and their results are items of their own."""
    for message in asked:
        if message["role"] == "tool":
            yield {
                "type": "function_call_output",
                "call_id": message["tool_call_id"],
                "output": message["content"],
            }
            continue
        if content := message.get("content"):
            yield {"type": "message", "role": message["role"], "content": content}
        calls: Iterable[Any] = message.get("tool_calls") or () if message["role"] == "assistant" else ()
        for call in calls:
            yield {"type": "function_call", "call_id": call["id"], **call["function"]}


@dataclass(frozen=True, slots=True)
class _Socket:
    connection: AsyncResponsesConnection
    since: float
    used: bool = False


class _Sockets:
    """Sockets that wait for a reply, and one more as soon as all are in use."""

    def __init__(self, connect: Callable[[], Coroutine[None, None, AsyncResponsesConnection]]) -> None:
        self._connect = connect
        self._idle: deque[_Socket] = deque()
        self._coming = self._over = False
        self._chores: set[asyncio.Task[None]] = set()

    async def send(self, message: str) -> _Socket:
        """The socket on which a message was sent; idle ones that were closed are found out by it."""
        while self._idle:
            socket = self._idle.pop()
            self._ahead()
            if _now() - socket.since > KEPT_S:
                self.drop(socket)
                continue
            try:
                return await self._sent(socket, message)
            except Exception as error:  # closed by the vendor, as they do
                _log.info("an idle socket was closed: %s", type(error).__name__)
        self._ahead()
        return await self._sent(_Socket(await self._connect(), _now()), message)

    def keep(self, socket: _Socket) -> None:
        """Takes back a socket on which an answer has ended; it is the next to be used."""
        self._store(replace(socket, used=True))

    def _store(self, socket: _Socket) -> None:
        if self._over or len(self._idle) >= MAX_IDLE:
            self.drop(socket)
        elif socket.used:
            self._idle.append(socket)
        else:
            self._idle.appendleft(socket)

    def drop(self, socket: _Socket) -> None:
        """Closes a socket without waiting for it."""
        self._spawn(_closed(socket.connection))

    async def close(self) -> None:
        self._over = True
        while self._idle:
            self.drop(self._idle.pop())
        while self._chores:  # a spare that comes only now is dropped, which is one more
            await asyncio.gather(*self._chores, return_exceptions=True)

    async def _sent(self, socket: _Socket, message: str) -> _Socket:
        try:
            await socket.connection.send_raw(message)
        except BaseException:
            self.drop(socket)
            raise
        return socket

    def _ahead(self) -> None:
        if not self._idle and not self._coming:
            self._coming = True
            self._spawn(self._spare())

    async def _spare(self) -> None:
        try:
            self._store(_Socket(await self._connect(), _now()))
        except Exception as error:  # who needs one will be told
            _log.info("no socket was connected ahead: %s", type(error).__name__)
        finally:
            self._coming = False

    def _spawn(self, chore: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(chore)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)


class _Answer:
    """One answer on a socket of its own, piece by piece."""

    def __init__(self, socket: _Socket, sockets: _Sockets) -> None:
        self._socket = socket
        self._sockets = sockets
        self.usage: Usage | None = None
        self.pieces = 0
        self._begun = False
        self._ended = False
        self._first: str | None = None
        self.calls = Calls()

    async def begin(self, due: float) -> None:
        """Waits for the first event: the vendor has taken the question."""
        self._first = await self._piece(due)

    async def next(self, due: float) -> str | None:
        """See `Answer.next`."""
        if self._first is not None:
            text, self._first, self._begun = self._first, None, True
            return text
        while not self._ended:
            if (text := await self._piece(due)) is not None:
                self._begun = True
                return text
        if not self._begun:
            raise MindError("garbage: the language model answered nothing")
        return None

    async def ended(self, due: float) -> None:
        """Waits for the end of what may have no text."""
        while not self._ended:
            await self._piece(due)

    async def close(self) -> None:
        """See `Answer.close`. A socket on which more may come is closed."""
        if self._ended:
            self._sockets.keep(self._socket)
        else:
            self._sockets.drop(self._socket)

    async def _piece(self, due: float) -> str | None:
        try:
            async with asyncio.timeout_at(due):
                event = json.loads(await self._socket.connection.recv_bytes())
            return self._take(event)
        except TimeoutError:
            raise MindError("slow: a token of the language model was overdue") from None
        except _GARBLED:
            raise MindError("garbage: the language model sent what is no answer") from None
        except Exception as error:
            raise failure(MindError, _VENDOR, error) from None

    def _take(self, event: _Event) -> str | None:
        """The text of an event, empty where it has a piece of a call; None where it has neither."""
        match event["type"]:
            case "response.output_text.delta":
                self.pieces += 1
                text: str = event["delta"]  # half a surrogate pair is no character
                return text.encode("utf-8", "ignore").decode() or None
            case "response.output_item.added" if event["item"]["type"] == "function_call":
                item = event["item"]
                self.calls.take([{"index": event["output_index"], "id": item["call_id"], "function": item}])
                return ""
            case "response.function_call_arguments.delta":
                self.pieces += 1
                self.calls.take([{"index": event["output_index"], "function": {"arguments": event["delta"]}}])
                return ""
            case "response.completed" | "response.incomplete":
                if usage := event["response"].get("usage"):
                    self.usage = _usage(usage)
                self._ended = True
            case "response.failed" | "error":
                raise _failed(event)
            case "response.refusal.delta":
                raise MindError("refused: the language model would not answer", of_asked=True)
            case _:
                pass
        return None


def _failed(event: _Event) -> MindError:
    """What an error says, without its text; it comes plain, wrapped, or as the answer that failed."""
    response: _Event = event.get("response") or {}
    error: _Event = event.get("error") or response.get("error") or event
    status = event.get("status") or event.get("status_code")
    if isinstance(status, int) and status >= 400:
        return answered(MindError, _VENDOR, status, of_asked=True)
    if error.get("code") in _BUSY:
        return MindError("busy: the language model has too much to do")
    if error.get("code") in _OF_ASKED:
        return MindError("refused: the language model takes no such question", of_asked=True)
    return MindError("broken: the language model reported an error")


def _usage(usage: _Event) -> Usage | None:
    details: _Event = usage.get("input_tokens_details") or {}
    return counted(usage.get("input_tokens"), details.get("cached_tokens"), usage.get("output_tokens"))


async def _closed(connection: AsyncResponsesConnection) -> None:
    try:
        await connection.close()
    except Exception as error:
        _log.info("a socket was not closed in order: %s", type(error).__name__)


def _now() -> float:
    return asyncio.get_running_loop().time()
