"""A model puts questions that lean on earlier ones; a search is made with what it says."""

from __future__ import annotations

import json

import pytest

from gemelo.models.adapters.openai_restater import OpenAIRestater
from gemelo.models.errors import MindError
from gemelo.models.vocabulary import Exchange, Language
from tests.models.adapters.chat_server import Answer, ChatServer, Then, chat_server

HISTORY = tuple(Exchange(f"question {n}", f"answer {n}") for n in range(6))


async def restated(server: ChatServer) -> str:
    restater = OpenAIRestater(server.url, "m", total_s=0.5)
    try:
        return await restater.restate("and why?", HISTORY, Language("en"))
    finally:
        await restater.close()


async def test_a_question_is_put_anew() -> None:
    """One line of the answer is the question; what the model adds below it is left out."""
    async with chat_server(Answer(("Why was the club ", "founded?\nI hope this helps"))) as server:
        assert await restated(server) == "Why was the club founded?"


async def test_what_was_said_lately_is_material() -> None:
    """The talk goes as JSON in the fan's own message, the last exchanges alone."""
    async with chat_server(Answer(("Why?",))) as server:
        await restated(server)
    said = json.loads(server.asked[0]["messages"][-1]["content"])
    assert said["question"] == "and why?"
    assert [one["fan"] for one in said["lately"]] == [f"question {n}" for n in range(2, 6)]


@pytest.mark.parametrize("answer", [Answer(("  \n",)), Answer(status=500), Answer(("Wh",), Then.HANG)])
async def test_no_answer_is_an_error(answer: Answer) -> None:
    """The caller goes on with the question as it was asked."""
    async with chat_server(answer) as server:
        with pytest.raises(MindError):
            await restated(server)
