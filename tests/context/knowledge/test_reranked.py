"""What a reranker may change of what was found, and what it may not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from gemelo.context.knowledge.reranked import DEPTH, Order, Reranked
from gemelo.context.knowledge.scope import EVERYTHING, Scope
from gemelo.models.errors import RerankerError
from gemelo.models.vocabulary import Findings, Language, Passage, Source
from tests.virtual import virtually

EN = Language("en")
TEXTS = ("The cup of 1998.", "Rain is wet.", "The long ball wins.")


@dataclass
class Found:
    """Knowledge that finds `TEXTS`, in this order."""

    declined: bool = False
    texts: Sequence[str] = TEXTS
    k: int = 0

    async def search(
        self,
        query: str,
        language: Language,
        k: int = 5,
        before: Sequence[str] = (),
        within: Scope = EVERYTHING,
    ) -> Findings:
        self.k = k
        passages = tuple(Passage(str(n), text, Source("a.md")) for n, text in enumerate(self.texts))
        return Findings(passages, self.declined)


@dataclass
class Reader:
    """A reranker that likes later texts better, after a while."""

    takes_s: float = 0.0
    error: Exception | None = None
    asked: list[str] = field(default_factory=list[str])

    async def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        self.asked.append(query)
        await asyncio.sleep(self.takes_s)
        if self.error:
            raise self.error
        return [float(number) for number in range(len(texts))]


def order(found: Found, reader: Reader, query: str = "who wins?", before: Sequence[str] = ()) -> str:
    async def main() -> str:
        passages = (await Reranked(found, Order(reader, 0.1)).search(query, EN, 2, before)).passages
        return "".join(passage.id for passage in passages)

    return virtually(main())


def test_the_reranker_s_order_is_told() -> None:
    """Of more passages than were asked for, the best of its order."""
    found = Found()
    assert order(found, Reader()) == "21"
    assert found.k == DEPTH


def test_a_reranker_that_is_late_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """The first order stands, and the log says why."""
    assert order(Found(), Reader(takes_s=0.2)) == "01"
    assert caplog.messages == ["found passages stay in their first order: TimeoutError"]


@pytest.mark.parametrize("error", [RerankerError("the reranker answered 500"), OverflowError("who wins?")])
def test_a_reranker_that_fails_changes_nothing(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """Nor is the search failed, nor what was asked in the log."""
    assert order(Found(), Reader(error=error)) == "01"
    assert "who wins" not in caplog.text


def test_no_year_stands_for_another() -> None:
    """A passage with the year that was asked for stays before those without, however they are liked."""
    assert order(Found(), Reader(), "the cup of 1998?") == "02"


def test_what_has_no_answer_is_not_read_again() -> None:
    """Nor what says nothing without the question before it."""
    reader = Reader()
    assert order(Found(declined=True), reader) == "01"
    assert order(Found(), reader, "and why?", before=("who wins?",)) == "01"
    assert order(Found(texts=TEXTS[:1]), reader) == "0"
    assert reader.asked == []
