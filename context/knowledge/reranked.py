"""A better order of what was found: a reranker reads the best passages beside the question.

search ──▶ the best `DEPTH` ──▶ reranker ──▶ the first k
                            └─ late or down: the first order stands
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter_ns

from gemelo.context.knowledge.choose import long_numbers
from gemelo.context.knowledge.followups import Leaning, lean
from gemelo.context.knowledge.scope import EVERYTHING, Scope
from gemelo.context.knowledge.seam import Knowledge
from gemelo.models.errors import RerankerError
from gemelo.models.seams import Reranker
from gemelo.models.vocabulary import Findings, Language, Passage

log = logging.getLogger(__name__)

DEPTH = 20
"""Passages that a reranker reads."""
LONGEST_S = 0.15
"""After which the first order stands: about what a fan does not notice."""


class Order:
    """The order of a reranker, for the best `DEPTH` of what was found.

    Whether anything answers is decided before, by scores that are calibrated for it: a question that is
    declined costs no call. Nor does one that leans on earlier ones, which alone says nothing.

    Args:
        longest_s: time that the reranker has (s).
    """

    def __init__(self, reranker: Reranker, longest_s: float = LONGEST_S) -> None:
        self._reranker = reranker
        self._longest_s = longest_s

    async def of(
        self, found: Findings, query: str, language: Language, k: int = 5, before: Sequence[str] = ()
    ) -> Findings:
        """The first k in its order. The query leaves this process: judge first what a fan asks."""
        begun = perf_counter_ns()
        leans = bool(before) and lean(query, language) is not Leaning.NONE
        if not (found.declined or leans or len(found.passages) < 2):
            found = replace(found, passages=await self._ordered(query, found.passages))
        micros = (perf_counter_ns() - begun) // 1000
        return replace(found, passages=found.passages[:k], micros=found.micros + micros)

    async def _ordered(self, query: str, passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
        """The passages by what the reranker makes of them; as they were where it does not say in time."""
        texts = [" ".join(filter(None, (passage.source.place, passage.text))) for passage in passages]
        try:
            async with asyncio.timeout(self._longest_s):
                scores = await self._reranker.rerank(query, texts)
        except Exception as error:  # only ours is sure to quote nothing that was said
            why = str(error) if isinstance(error, RerankerError) else type(error).__name__
            log.warning("found passages stay in their first order: %s", why)
            return passages
        lacks = [not long_numbers(query) <= long_numbers(text) for text in texts]
        order = sorted(range(len(passages)), key=lambda at: (lacks[at], -scores[at]))
        return tuple(passages[at] for at in order)


class Reranked:
    """A `Knowledge` in the order of a reranker, for queries that need no judgement first."""

    def __init__(self, found: Knowledge, order: Order) -> None:
        self._found = found
        self._order = order

    async def search(
        self,
        query: str,
        language: Language,
        k: int = 5,
        before: Sequence[str] = (),
        within: Scope = EVERYTHING,
    ) -> Findings:
        """See `Knowledge.search`."""
        found = await self._found.search(query, language, max(k, DEPTH), before, within)
        return await self._order.of(found, query, language, k, before)
