"""Questions that lean on earlier ones and find nothing are restated by a model, where there is one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from gemelo.context.records import TurnOutcome
from gemelo.models.errors import MindError
from gemelo.models.vocabulary import Exchange, Findings, Language, Passage, Source
from tests.fakes import WordGuard, World
from tests.virtual import virtually

CLUB = Passage("p", "Two sisters founded it.", Source("club.md"))


@dataclass
class Shelf:
    """Finds the club, and only by its name."""

    asked: list[str] = field(default_factory=list[str])

    async def search(
        self, query: str, language: Language, k: int = 5, before: Sequence[str] = ()
    ) -> Findings:
        self.asked.append(query)
        return Findings((CLUB,), declined="club" not in query)


@dataclass
class Restater:
    """Knows what is meant, after `wait_s`; or fails."""

    wait_s: float = 0.0
    fails: bool = False
    asked: list[str] = field(default_factory=list[str])

    async def restate(self, question: str, history: Sequence[Exchange], language: Language) -> str:
        self.asked.append(question)
        await asyncio.sleep(self.wait_s)
        if self.fails:
            raise MindError("down")
        return "Why was the club founded?"


def talk(question: str, restater: Restater, guard: WordGuard | None = None) -> tuple[TurnOutcome, Shelf]:
    async def main() -> tuple[TurnOutcome, Shelf]:
        world, shelf = World(guard=guard or WordGuard()), Shelf()
        stage = replace(world.stage(), knowledge=shelf, restater=restater)
        session = world.session(spoken=False, stage=stage)
        session.say(question)
        await session.drain()
        await session.close()
        [outcome] = world.records.outcomes.values()
        return outcome, shelf

    return virtually(main())


def test_a_leaning_question_that_finds_nothing_is_restated() -> None:
    """The search is made again with the model's words, and answered."""
    outcome, shelf = talk("and why?", Restater())
    assert shelf.asked == ["and why?", "Why was the club founded?"]
    assert not outcome.declined


def test_a_question_that_stands_alone_asks_no_model() -> None:
    """Neither one that is answered nor one that names what it is about."""
    for question in ("Who founded the club?", "Who won the last general election?"):
        restater = Restater()
        _, shelf = talk(question, restater)
        assert restater.asked == []
        assert shelf.asked == [question]


def test_a_model_that_fails_or_is_slow_changes_nothing() -> None:
    """The question is declined as it was asked."""
    for restater in (Restater(fails=True), Restater(wait_s=60)):
        outcome, shelf = talk("and why?", restater)
        assert outcome.declined
        assert shelf.asked == ["and why?"]


def test_what_the_guard_turns_away_reaches_no_model() -> None:
    """Restating waits for the judgement of the question."""
    restater = Restater()
    talk("and why?", restater, WordGuard(despair="why"))
    assert restater.asked == []
