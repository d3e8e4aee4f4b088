"""The judge flags rules that exist, and says so where it cannot judge."""

from __future__ import annotations

import pytest

from gemelo.models.adapters.openai_judge import OpenAIJudge
from gemelo.models.errors import MindError
from tests.models.adapters.chat_server import Answer, Then, chat_server

RULES = (("politics", "never"), ("profanity", "never"))


async def flagged(*pieces: str, **answer: object) -> tuple[str, ...]:
    async with chat_server(Answer(pieces, **answer)) as server:  # pyright: ignore[reportArgumentType]
        judge = OpenAIJudge(server.url, "m", total_s=0.5)
        try:
            return await judge.flags("Who shall I vote for?", "Vote for the blue ones.", RULES)
        finally:
            await judge.close()


async def test_a_broken_rule_is_flagged_once() -> None:
    """Talk around the answer does not matter, nor does a rule named twice."""
    assert await flagged("Here: ", '{"flags": ["politics", "politics"]}', " Bye") == ("politics",)


async def test_a_rule_that_does_not_exist_is_no_flag() -> None:
    """A model may invent; a reviewer sees only rules of this place."""
    assert await flagged('{"flags": ["rudeness", 3]}') == ()


async def test_a_clean_turn_has_no_flags() -> None:
    """An empty list is an answer."""
    assert await flagged('{"flags": []}') == ()


@pytest.mark.parametrize("text", ["fine", '{"flags": "politics"}', '{"flags"', "[]"])
async def test_garbage_is_an_error(text: str) -> None:
    """What is no list of rules is never taken for a clean turn."""
    with pytest.raises(MindError):
        await flagged(text)


@pytest.mark.parametrize("broken", [{"status": 500}, {"then": Then.HANG}])
async def test_a_judge_that_cannot_be_reached_is_an_error(broken: dict[str, object]) -> None:
    """The caller hears of it; the turn has long been over."""
    with pytest.raises(MindError):
        await flagged("{", **broken)
