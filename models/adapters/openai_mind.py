"""What a mind of OpenAI's making is asked and answers, whichever road its words come by."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from gemelo.models.adapters.openai_prompt import messages
from gemelo.models.errors import MindError
from gemelo.models.tool_calls import Calls
from gemelo.models.vocabulary import Label, Prompt, Source, ToolCall, Written


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one answer, as the server counted them; `cached` of the `prompt` were not computed.

    Where it was left before it had counted them they are estimated: a token for each piece that came, and for
    so many characters of the prompt as the last answer that was counted had to one.
    """

    prompt: int
    cached: int
    written: int


@dataclass(frozen=True, slots=True)
class MindSettings:
    """Which model answers, and how long it may take (all `_s` in seconds).

    Attributes:
        key: sent as the bearer token; local servers take any.
        answers_unfounded: ask the model also where the search declined; otherwise the house's own
            line is the answer and no call is made.
        vllm: send vLLM's own fields: `cache_salt` (the tenant) and `priority` (lower is earlier; one more
            for what is begun on a guess).
    """

    url: str
    model: str
    key: str = field(default="none", repr=False)
    max_tokens: int = 300
    temperature: float = 0.4
    connect_s: float = 1.0
    first_token_s: float = 3.0
    between_tokens_s: float = 2.0
    total_s: float = 30.0
    answers_unfounded: bool = False
    vllm: bool = False
    priority: int = 0


class Answer(Protocol):
    """One streamed answer."""

    @property
    def calls(self) -> Calls: ...

    @property
    def usage(self) -> Usage | None:
        """What it has taken, as far as the server has told."""
        ...

    @property
    def pieces(self) -> int:
        """How many have come."""
        ...

    async def next(self, due: float) -> str | None:
        """The next piece of text, by `due` on the loop's clock, empty for a piece of a call; None at the end.

        Raises:
            MindError: it broke off, or is none.
        """
        ...

    async def close(self) -> None:
        """Leaves it; a server that was still writing stops."""
        ...


def counted(prompt: object, cached: object, written: object) -> Usage | None:
    """Tokens as a server told them; None where that is no count."""
    numbers = [one if isinstance(one, int) and one >= 0 else None for one in (prompt, cached or 0, written)]
    read, known, said = numbers
    return None if read is None or known is None or said is None else Usage(read, known, said)


Open = Callable[[Prompt, float], Awaitable[Answer]]
"""`open(prompt, due)` asks; what is not answered by `due` on the loop's clock is a `MindError`."""


def unused(_: Usage) -> None:
    """Where nobody counts."""


class Tally:
    """Counts what the answers of one server took, ended or left.

    Args:
        used: is told once an answer.
    """

    def __init__(self, used: Callable[[Usage], None]) -> None:
        self._used = used
        self._a_token = 4.0
        """Characters of a prompt."""

    def count(self, prompt: Prompt, answer: Answer) -> None:
        chars = sum(len(str(message.get("content") or "")) for message in messages(prompt))
        usage = answer.usage or Usage(round(chars / self._a_token), 0, answer.pieces)
        if answer.usage and usage.prompt:
            self._a_token = max(1.0, chars / usage.prompt)
        self._used(usage)


async def replied(
    prompt: Prompt, settings: MindSettings, open: Open, tally: Tally
) -> AsyncGenerator[Written | ToolCall, None]:
    """See `LanguageModel.reply`. The message of a `MindError` begins with one of these codes:

    down (not reached), busy (429, 503), refused (other 4xx), broken (other 5xx, or an error in
    the stream), slow (a token was overdue), died (the stream broke off), garbage.

    Where the search declined, a model that has tools is asked which of them it wants, and not what it
    makes of the question: its words count once a tool has answered.
    """
    unfounded = prompt.findings.declined and not prompt.rounds and not settings.answers_unfounded
    if unfounded and not prompt.tools:
        for piece in prompt.instead:
            yield piece
        return
    label, source = _labelled(prompt)
    now = asyncio.get_running_loop().time
    end = now() + settings.total_s
    due = now() + (prompt.patience_s or settings.first_token_s)
    answer = await open(prompt, due)
    refused = False
    try:
        while (text := await answer.next(min(due, end))) is not None:
            if text and not unfounded:
                yield Written(text, label, source)
            due = now() + settings.between_tokens_s
    except MindError:
        refused = not answer.pieces  # it has cost nothing
        raise
    finally:
        if answer.usage or not refused:
            tally.count(prompt, answer)
        await answer.close()
    calls = answer.calls.whole()
    if unfounded and not calls:
        for piece in prompt.instead:
            yield piece
    for call in calls:
        yield call


def _labelled(prompt: Prompt) -> tuple[Label, Source | None]:
    """Where a fan is told that words come from: the last tool that answered, else the best passage."""
    if answered := [step.name for one in prompt.rounds for step in one.steps if step.answered]:
        return Label.PARAPHRASE, Source(answered[-1])
    best = next(iter(prompt.findings.passages), None)
    sponsored = best is not None and best.label is Label.SPONSORED
    return Label.SPONSORED if sponsored else Label.PARAPHRASE, best.source if best else None
