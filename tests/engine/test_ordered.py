"""Found passages are read in the order of a reranker, which may be a vendor's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from gemelo.context.knowledge.reranked import DEPTH, Order
from gemelo.models.errors import RerankerError
from gemelo.models.vocabulary import Findings, Language, Passage, Source
from tests.fakes import WordGuard, World
from tests.virtual import virtually


@dataclass
class Shelf:
    """Finds as many passages as it may; `most` keeps what it was asked for."""

    most: list[int] = field(default_factory=list[int])

    async def search(
        self, query: str, language: Language, k: int = 5, before: Sequence[str] = ()
    ) -> Findings:
        self.most.append(k)
        found = tuple(Passage(str(n), f"Match {n} was fine.", Source("a.md")) for n in range(k))
        return Findings(found, declined=False)


@dataclass
class Vendor:
    """A reranker that likes later texts better; or fails."""

    fails: bool = False
    asked: list[str] = field(default_factory=list[str])

    async def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        self.asked.append(query)
        if self.fails:
            raise RerankerError("down")
        return [float(number) for number in range(len(texts))]


def talk(question: str, vendor: Vendor | None, guard: WordGuard | None = None) -> tuple[list[str], Shelf]:
    """Which passages the mind read, and where they are from."""

    async def main() -> tuple[list[str], Shelf]:
        world, shelf = World(guard=guard or WordGuard()), Shelf()
        stage = replace(world.stage(), knowledge=shelf, order=Order(vendor) if vendor else None)
        session = world.session(spoken=False, stage=stage)
        session.say(question)
        await session.drain()
        await session.close()
        return [passage.id for call in world.mind.calls for passage in call.findings.passages], shelf

    return virtually(main())


def test_a_question_that_is_answered_is_read_in_the_order_of_the_reranker() -> None:
    """Of many passages that were found, the best few."""
    vendor = Vendor()
    read, shelf = talk("Who won?", vendor)
    assert read == ["19", "18", "17", "16", "15"]
    assert (shelf.most, vendor.asked) == ([DEPTH], ["Who won?"])


@pytest.mark.parametrize("guard", [WordGuard(despair="die"), WordGuard(forbidden="die")])
def test_what_the_guard_turns_away_reaches_no_reranker(guard: WordGuard) -> None:
    """A cry for help leaves this process for nobody."""
    vendor = Vendor()
    assert talk("I want to die", vendor, guard)[0] == []
    assert vendor.asked == []


def test_without_a_reranker_or_its_answer_the_first_order_stands() -> None:
    """The reply reads the best few as they were found."""
    for vendor in (None, Vendor(fails=True)):
        assert talk("Who won?", vendor)[0] == ["0", "1", "2", "3", "4"]
