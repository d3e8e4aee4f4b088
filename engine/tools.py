"""Tools in a reply: run once the turn is committed, and not before.

    mind ──ToolCall──▶ [ gate: the turn is stored ] ──▶ run, in time ──▶ screened ──▶ mind, once more

A draft that wants a tool waits at its gate. A fan who interrupts cancels what runs; what was written by
then stays, under a key of the turn and the call.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Coroutine, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any, TypeVar, cast

from gemelo.context.records import ToolUse, ToolVerdict
from gemelo.context.tools.errands import Answer, Errand, failed
from gemelo.engine.draft import Draft
from gemelo.engine.stage import Stage
from gemelo.models.errors import MindError
from gemelo.models.vocabulary import Label, Prompt, Round, ToolCall, ToolStep, Written

log = logging.getLogger(__name__)

T = TypeVar("T")

MAX_RESULT = 8_000
"""Characters of JSON that a mind is given of one result."""
_UNKNOWN = "unknown"
"""Stands in receipts for a name that a mind made up: it may hold anything."""


async def conversed(prompt: Prompt, stage: Stage, out: Draft) -> AsyncGenerator[Written, None]:
    """A mind's words; where it wants tools they are run, and it goes on with what they say.

    Where they take long the fan hears an opener of the persona; if it has none, nothing.

    Raises:
        ServiceError: the mind failed, or wants tools without end.
    """
    while True:
        may_call = len(out.uses) < stage.limits.tool_calls
        prompt = replace(prompt, rounds=out.rounds, may_call=may_call, guess=not out.decided)
        out.calls += 1
        said, calls = "", list[ToolCall]()
        async with aclosing(stage.mind.reply(prompt)) as pieces:
            async for piece in pieces:
                out.mark("first_token")
                out.tokens += 1
                if isinstance(piece, ToolCall):
                    calls.append(piece)
                    continue
                said += piece.text
                yield piece
        if not calls:
            return
        if not prompt.may_call:
            raise MindError("garbage: the language model wants tools without end")
        await out.committed()
        async with _running(_all(calls, stage, out)) as running:
            if line := await _meanwhile(running, stage, out):
                yield Written(_apart(said) + line, Label.HOUSE)
                said += _apart(said) + line
            answers = await running
        steps = tuple(_step(call, answer) for call, answer in zip(calls, answers, strict=True))
        out.rounds += (Round(said, steps),)
        if any(answer.verdict is ToolVerdict.DONE for answer in answers):
            out.declined = False
        line = next((answer.say for answer in answers if answer.say), "")
        if line or _apart(said):
            yield Written(_apart(said) + line, Label.HOUSE)
        if line:
            return


@asynccontextmanager
async def _running(work: Coroutine[Any, Any, T]) -> AsyncGenerator[asyncio.Task[T]]:
    """Work beside what is said meanwhile; it ends with it."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _meanwhile(running: asyncio.Task[Any], stage: Stage, out: Draft) -> str:
    """What to say where tools take long, once a turn."""
    openers = stage.context.persona.openers.of(out.ask.language)
    if not openers or out.rounds:
        return ""
    await asyncio.wait([running], timeout=stage.limits.tool_patience_s)
    return "" if running.done() else openers[out.ask.number % len(openers)]


async def _all(calls: Sequence[ToolCall], stage: Stage, out: Draft) -> list[Answer]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_run(call, stage, out)) for call in calls]
    return [task.result() for task in tasks]


async def _run(call: ToolCall, stage: Stage, out: Draft) -> Answer:
    """Runs one call and keeps account of it."""
    known = any(spec.name == call.name for spec in stage.tools.specs)
    name = call.name if known else _UNKNOWN
    began = stage.clock.now()
    number = out.tool_began(name)
    answer = await _answer(call, number, stage, out)
    ms = round((stage.clock.now() - began) * 1e3, 1)
    out.tool_ended(number, ToolUse(name, answer.verdict, ms))
    return answer


async def _answer(call: ToolCall, number: int, stage: Stage, out: Draft) -> Answer:
    """What a tool says, if it says it in time and it gives no orders."""
    if number >= stage.limits.tool_calls:
        return failed(ToolVerdict.TOO_MANY, "no more tools in this turn: answer with what you have")
    ask, turn = out.ask, out.record
    assert turn is not None, "a turn was committed that has no record"
    errand = Errand(
        key=f"{turn.session}/{turn.client_id or turn.id}/{number}",
        session=turn.session,
        language=ask.language,
        question=ask.question,
        talk=ask.history,
        contact=ask.contact,
        held=ask.held,
    )
    try:
        async with asyncio.timeout(stage.limits.tool_s):
            answer = await stage.tools.run(call.name, call.arguments, errand)
            return await _screened(answer, stage)
    except TimeoutError:
        return failed(ToolVerdict.SLOW, "the tool took too long")
    except Exception as error:
        log.warning("a tool failed: %s", type(error).__name__)
        return failed(ToolVerdict.FAILED, "the tool failed")


async def _screened(answer: Answer, stage: Stage) -> Answer:
    """Keeps from the mind what is too long, and what gives it orders: a result is somebody else's text."""
    if len(_json(answer.result)) > MAX_RESULT:
        return failed(ToolVerdict.FAILED, "the tool answered too much: ask for less")
    texts = list(_texts(answer.result))

    def planted() -> bool:
        return any(stage.guard.planted(text) for text in (*texts, "\n".join(texts)))

    if await stage.off_loop(planted):
        return failed(ToolVerdict.PLANTED, "the tool answered something that may not be used")
    return answer


def _texts(value: object) -> Iterator[str]:
    """Every text in a result, the names of its fields among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in cast("Mapping[str, object]", value).items():
            yield name
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in cast("Sequence[object]", value):
            yield from _texts(inner)


def _step(call: ToolCall, answer: Answer) -> ToolStep:
    """A call and its result as a mind is told of them; what was no JSON is not given back to it."""
    try:
        given: Any = json.loads(call.arguments)
    except (ValueError, RecursionError):
        given = None
    told = _json(cast("dict[str, Any]", given)) if isinstance(given, dict) else "{}"
    return ToolStep(call.name, told, _json(answer.result), answer.verdict is ToolVerdict.DONE)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _apart(said: str) -> str:
    return " " if said and not said[-1].isspace() else ""
