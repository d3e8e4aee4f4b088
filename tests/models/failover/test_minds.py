from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace

import pytest

from gemelo.benchmarks.scripted import ScriptedMind
from gemelo.models.clock import LoopClock
from gemelo.models.errors import MindError
from gemelo.models.failover.line import Line, Provider
from gemelo.models.failover.minds import FailoverMind
from gemelo.models.seams import LanguageModel
from gemelo.models.vocabulary import Findings, Label, Language, Prompt, ToolCall, ToolSpec, Written
from tests.virtual import virtually

PROMPT = Prompt("You are Leo.", (), Findings(), "How do I press?", Language("en"), note="Be short.")
DOWN = MindError("down: scripted")
LATER = MindError("busy: scripted", retry_s=30)


def answered(*minds: LanguageModel, times: int = 1) -> list[Written | ToolCall]:
    """What is answered the last of so many times."""

    async def main() -> list[Written | ToolCall]:
        clock = LoopClock()
        mind = FailoverMind(Line([Provider(str(n), mind) for n, mind in enumerate(minds)], clock), clock)
        for _ in range(times - 1):
            await anext(mind.reply(PROMPT))
        return [piece async for piece in mind.reply(PROMPT)]

    return virtually(main())


def text(pieces: list[Written | ToolCall]) -> str:
    return "".join(piece.text for piece in pieces if isinstance(piece, Written))


def test_a_mind_that_is_down_is_passed_over_with_the_same_prompt() -> None:
    """Nothing had been said, so the next begins afresh."""
    second = ScriptedMind("Press high.")
    assert text(answered(ScriptedMind(error=DOWN), second)) == "Press high."
    assert list(second.calls) == [PROMPT]


def test_a_mind_that_breaks_off_is_followed_at_the_next_clause() -> None:
    """The next is told what was said, as a quotation, and that it goes on; the break is heard as one."""
    first = ScriptedMind("Press high and win it", error=DOWN, fails_after=3)
    second = ScriptedMind("Then rest.")
    pieces = answered(first, second)
    assert text(pieces) == "Press high a… Then rest."
    assert Written("… ", Label.HOUSE) in pieces
    (asked,) = second.calls
    assert asked.note.startswith("Be short.\n")
    assert '"Press high a"' in asked.note


def test_a_whole_sentence_needs_no_break() -> None:
    """Between two sentences nothing is added."""
    whole = ScriptedMind("Press it.   And", error=DOWN, fails_after=3)
    assert text(answered(whole, ScriptedMind("Rest."))) == "Press it.   Rest."


def test_a_sentence_that_ends_without_its_space_is_given_one() -> None:
    """Two sentences do not run together."""
    whole = ScriptedMind("Rest it. And", error=DOWN, fails_after=2)
    assert text(answered(whole, ScriptedMind("Then press."))) == "Rest it. Then press."


def test_who_says_later_is_not_asked_before() -> None:
    """503 with retry-after is admission: the next turn does not knock there."""
    first, second = ScriptedMind(error=LATER), ScriptedMind("Press high.")
    answered(first, second, times=2)
    assert (len(first.calls), len(second.calls)) == (1, 2)


def test_where_all_fail_the_last_says_why() -> None:
    """The reply says its line for that."""
    with pytest.raises(MindError, match="busy: scripted"):
        answered(ScriptedMind(error=DOWN), ScriptedMind(error=LATER))


@dataclass
class Calling:
    """Asks for a tool and breaks off."""

    asked: list[Prompt] = field(default_factory=list[Prompt])

    async def reply(self, prompt: Prompt) -> AsyncGenerator[Written | ToolCall, None]:
        self.asked.append(prompt)
        yield ToolCall("shop", "{}")
        raise DOWN

    async def warm(self, prefix: str, tenant: str, tools: tuple[ToolSpec, ...] = ()) -> None:
        self.asked.append(PROMPT)


def test_a_mind_that_has_asked_for_a_tool_is_not_replaced() -> None:
    """The same tool would be asked for twice."""
    second = ScriptedMind()
    with pytest.raises(MindError):
        answered(Calling(), second)
    assert list(second.calls) == []


def test_the_mind_that_is_asked_first_is_warmed() -> None:
    """The others answer cold, which is rare."""
    first, second = Calling(), Calling()

    async def main() -> None:
        providers: list[Provider[LanguageModel]] = [Provider("1", first), Provider("2", second)]
        clock = LoopClock()
        await FailoverMind(Line(providers, clock), clock).warm("You are Leo.", "leo")

    virtually(main())
    assert (len(first.asked), len(second.asked)) == (1, 0)


def test_only_who_has_somebody_behind_is_hurried() -> None:
    """The last is given the time that its own adapter gives."""
    first, second = ScriptedMind(error=DOWN), ScriptedMind("Press high.")
    answered(first, second)
    assert [mind.calls[0].patience_s for mind in (first, second)] == [0.4, None]


def test_who_rests_hurries_nobody() -> None:
    """A dead mind behind a slow one must not cost the answer of both."""
    first, second = ScriptedMind("Press high."), ScriptedMind(error=DOWN)

    async def main() -> None:
        clock = LoopClock()
        providers: list[Provider[LanguageModel]] = [Provider("1", first), Provider("2", second)]
        line = Line(providers, clock)
        mind = FailoverMind(line, clock)
        line.failed(providers[1], LATER)
        await anext(mind.reply(PROMPT))
        await asyncio.sleep(31)
        await anext(mind.reply(PROMPT))

    virtually(main())
    assert [asked.patience_s for asked in first.calls] == [None, 0.4]


class Overdue(Calling):
    """Is given up for its silence."""

    async def reply(self, prompt: Prompt) -> AsyncGenerator[Written | ToolCall, None]:
        await asyncio.sleep(prompt.patience_s or 3)
        raise MindError("slow: scripted")
        yield Written("")


def test_who_is_given_up_as_slow_is_no_faster_than_who_answers_for_it() -> None:
    """It is charged with all of the wait: its patience alone would put it first again."""
    found = replace(PROMPT, findings=Findings(declined=False))

    async def main() -> list[float | None]:
        clock = LoopClock()
        providers: list[Provider[LanguageModel]] = [
            Provider("1", Overdue()),
            Provider("2", ScriptedMind("Press high.", first_token_s=0.6)),
        ]
        await anext(FailoverMind(Line(providers, clock), clock).reply(found))
        return [one.pace.p50_ms for one in providers]

    assert virtually(main()) == [pytest.approx(1000, abs=1), pytest.approx(600, abs=1)]
