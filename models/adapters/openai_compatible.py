"""A mind behind any server that speaks OpenAI's chat completions: vLLM, llama.cpp, a vendor.

Extras for vLLM: https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from typing import Any

from openai import (
    APIConnectionError,
    APIError,
    APIStatusError,
    APITimeoutError,
    AsyncOpenAI,
    AsyncStream,
    Timeout,
)
from openai.types.chat import ChatCompletionMessageParam

from gemelo.models.adapters.openai_mind import Answer, MindSettings, Tally, Usage, counted, replied, unused
from gemelo.models.adapters.openai_prompt import UNHEARD, messages, told
from gemelo.models.adapters.sockets import REFUSED_S
from gemelo.models.errors import MindError
from gemelo.models.tool_calls import Calls
from gemelo.models.vocabulary import Prompt, ToolCall, ToolSpec, Written

_BACK_OFF_S = 0.1
_KEY_REFUSED = (401, 403)
_PROMPT_REFUSED = (400, 413, 422)
_GARBLED = (ValueError, TypeError, AttributeError, KeyError)
"""What reading a stream of garbage raises."""

_Chunk = dict[str, Any]
"""One event of a stream, as JSON: https://platform.openai.com/docs/api-reference/chat-streaming."""

_log = logging.getLogger(__name__)


class OpenAICompatible:
    """`LanguageModel` over chat completions. `used` is told the tokens of each answer, ended or left."""

    def __init__(self, settings: MindSettings, used: Callable[[Usage], None] = unused) -> None:
        self._settings = settings
        self._tally = Tally(used)
        self._client = AsyncOpenAI(
            base_url=settings.url,
            api_key=settings.key,
            max_retries=0,
            timeout=Timeout(settings.total_s, connect=settings.connect_s),
        )

    def reply(self, prompt: Prompt) -> AsyncGenerator[Written | ToolCall, None]:
        """See `LanguageModel.reply` and `replied`."""
        return replied(prompt, self._settings, self._open, self._tally)

    async def warm(self, prefix: str, tenant: str, tools: tuple[ToolSpec, ...] = ()) -> None:
        """See `LanguageModel.warm`. A failure is logged only: the next reply will tell it."""
        asked: list[ChatCompletionMessageParam] = [
            {"role": "system", "content": prefix},
            {"role": "user", "content": UNHEARD},
        ]
        try:
            await self._client.chat.completions.create(
                model=self._settings.model,
                messages=asked,
                max_tokens=1,
                extra_body=told(tools, may_call=True) | self._extras(tenant),
            )
        except APIError as error:
            _log.warning("the language model could not be warmed: %s", _failure(error))

    async def close(self) -> None:
        """Closes the connections that are kept for the next reply."""
        await self._client.close()

    async def _open(self, prompt: Prompt, due: float) -> Answer:
        """Asks, and once more where the server may just have been busy and nobody else is left."""
        try:
            async with asyncio.timeout_at(due):
                try:
                    return _Answer(await self._ask(prompt))
                except APIError as error:
                    wait_s = _back_off_s(error)
                    if (
                        prompt.patience_s is not None
                        or wait_s is None
                        or asyncio.get_running_loop().time() + wait_s >= due
                    ):
                        raise
                await asyncio.sleep(wait_s)
                return _Answer(await self._ask(prompt))
        except TimeoutError:
            raise MindError("slow: the language model did not answer in time") from None
        except APIError as error:
            raise _failure(error) from None

    async def _ask(self, prompt: Prompt) -> AsyncStream[_Chunk]:
        """The SDK's own request below its typed methods: those build an object of every token (0.1 ms)."""
        body = {
            "model": self._settings.model,
            "messages": messages(prompt),
            "max_tokens": self._settings.max_tokens,
            "temperature": self._settings.temperature,
            "stream": True,
            "stream_options": {"include_usage": True} | self._often,
            **told(prompt.tools, may_call=prompt.may_call),
            **self._extras(prompt.tenant, guess=prompt.guess),
        }
        return await self._client.post(
            "/chat/completions", body=body, cast_to=_Chunk, stream=True, stream_cls=AsyncStream[_Chunk]
        )

    @property
    def _often(self) -> dict[str, Any]:
        """vLLM counts in every piece, so that an answer that is left was counted too."""
        return {"continuous_usage_stats": True} if self._settings.vllm else {}

    def _extras(self, tenant: str, *, guess: bool = False) -> dict[str, Any]:
        if not self._settings.vllm:
            return {}
        salt = {"cache_salt": tenant} if tenant else {}
        return {"priority": self._settings.priority + guess} | salt


class _Answer:
    """One streamed answer, piece by piece."""

    def __init__(self, stream: AsyncStream[_Chunk]) -> None:
        self._stream = stream
        self.usage: Usage | None = None
        self.pieces = 0
        self._begun = False
        self._finished = False
        self.calls = Calls()

    async def next(self, due: float) -> str | None:
        """The next piece of text, by `due` on the loop's clock, empty for a piece of a call; None at the end.

        What goes wrong after the model has said that it is finished (only usage and the end of the
        body come then) takes nothing away from the answer.
        """
        try:
            async with asyncio.timeout_at(due):
                while (text := self._take(await anext(self._stream))) is None:
                    pass
        except (StopAsyncIteration, TimeoutError, APIError, *_GARBLED) as error:
            if self._finished and self._begun:
                return None
            raise self._broke(error) from None
        self._begun = True
        return text

    async def close(self) -> None:
        """Hangs up; a server that was still generating stops."""
        await self._stream.close()

    def _take(self, chunk: _Chunk) -> str | None:
        """The text of a chunk, empty where it has a piece of a call; None where it has neither."""
        if chunk.get("usage"):
            self.usage = _usage(chunk["usage"])
        choices: list[_Chunk] = chunk.get("choices") or []
        self._finished = self._finished or any(choice.get("finish_reason") for choice in choices)
        deltas: list[_Chunk] = [choice["delta"] for choice in choices]
        called = [piece for delta in deltas for piece in delta.get("tool_calls") or ()]
        self.calls.take(called)
        text = "".join(delta.get("content") or "" for delta in deltas)
        self.pieces += bool(text or called)
        text = text.encode("utf-8", "ignore").decode()  # half a surrogate pair is no character
        return text or ("" if called else None)

    def _broke(self, error: Exception) -> MindError:
        if isinstance(error, TimeoutError):
            return MindError("slow: a token of the language model was overdue")
        if self._finished:
            return MindError("garbage: the language model answered nothing")
        if isinstance(error, StopAsyncIteration | APIConnectionError):
            return MindError("died: the language model broke off")
        if isinstance(error, APIError):
            return _failure(error)
        return MindError("garbage: the language model sent what is no answer")


def _usage(usage: _Chunk) -> Usage | None:
    details: _Chunk = usage.get("prompt_tokens_details") or {}
    return counted(usage.get("prompt_tokens"), details.get("cached_tokens"), usage.get("completion_tokens"))


def _back_off_s(error: APIError) -> float | None:
    """Seconds after which asking again may help; None where it will not."""
    if isinstance(error, APIConnectionError):
        return _BACK_OFF_S
    if not isinstance(error, APIStatusError) or error.status_code not in (429, 503):
        return None
    return max(_BACK_OFF_S, _retry_after_s(error) or 0.0)


def _retry_after_s(error: APIStatusError) -> float | None:
    try:
        return max(0.0, float(error.response.headers["retry-after"]))
    except (KeyError, ValueError):
        return None


def _failure(error: APIError) -> MindError:
    """Says what went wrong without the server's text, which may repeat what the fan said."""
    if isinstance(error, APITimeoutError):
        return MindError("slow: the language model did not answer in time")
    if isinstance(error, APIConnectionError):
        return MindError("down: the language model cannot be reached")
    if not isinstance(error, APIStatusError):
        return MindError("broken: the language model reported an error")
    status = error.status_code
    code = "busy" if status in (429, 503) else "broken" if status >= 500 else "refused"
    retry_s = REFUSED_S if status in _KEY_REFUSED else _retry_after_s(error)
    said = f"{code}: the language model answered {status}"
    return MindError(said, retry_s=retry_s, of_asked=status in _PROMPT_REFUSED)
