"""A language model behind the whole server that fails in every way it can."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.client import Fan, Reply, talking
from tests.end_to_end.kept import turns
from tests.models.adapters.chat_server import Answer, ChatServer, Then, chat_server
from tests.server import Server

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUESTIONS = {"en": "What is the offside rule?", "es": "¿Qué es el fuera de juego?"}
SORRY = {
    "en": re.compile(
        r"(misplaced a technical pass|virtual wire got crossed|technical problem stopped)[^.]*\.$"
    ),
    "es": re.compile(r"(fallado un pase técnico|cruzado un cable virtual|cortado por un problema)[^.]*\.$"),
}
GOOD = Answer(("Nobody may wait ", "behind the last defender. "))
FAULTS = {
    "429": Answer(status=429),
    "500": Answer(status=500),
    "401": Answer(status=401),
    "garbage": Answer(raw=b"<html>It works!</html>"),
    "garbled events": Answer(raw=b'data: {"choices": [{"delta": 7}]}\n\ndata: nonsense\n\n'),
    "nothing": Answer(),
    "torn down at once": Answer(then=Then.RESET),
    "dies in mid-sentence": Answer(("Nobody may wait ", "behind the"), then=Then.RESET),
    "ends in mid-sentence": Answer(("Nobody may wait ", "behind the"), then=Then.END),
    "slow to its first token": Answer(then=Then.HANG),
    "hangs in mid-sentence": Answer(("Nobody may wait ", "behind the"), then=Then.HANG),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model() -> AsyncIterator[ChatServer]:
    async with chat_server(GOOD) as model:
        yield model


@pytest.fixture(scope="module")
def served(demo_data: Path, model: ChatServer) -> Iterator[Server]:
    running = Server(demo_data, {"GEMELO_LLM_URL": model.url, "GEMELO_LLM_MODEL": "m"}).start()
    yield running
    running.stop()


async def apology(served: Server, fan: Fan, language: str) -> Reply:
    """Asks, and makes sure that the fan gets a short line in their language and the store knows."""
    reply = await fan.ask(QUESTIONS[language])
    assert reply.status == "failed"
    assert SORRY[language].search(reply.text), reply.text
    assert reply.data["sentences"][-1]["label"] == "house"
    return reply


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_failing_mind_is_apologised_for(
    served: Server, model: ChatServer, fault: str, language: str
) -> None:
    """The fan gets an in-character line, the turn is kept as failed, and the next one works."""
    async with talking(served, language=language) as fan:
        model.answers[:] = [FAULTS[fault]]
        await apology(served, fan, language)
        model.answers[:] = [GOOD]
        reply = await fan.ask(QUESTIONS[language])
        assert reply.status == "done"
        assert "behind the last defender." in reply.text
    kept = await turns(served.data, fan.ready["session"])
    assert [(turn["status"], turn["error"]) for turn in kept] == [("failed", "mind"), ("done", "")]


async def test_a_failing_mind_is_apologised_for_by_voice(served: Server, model: ChatServer) -> None:
    """The line is spoken too."""
    model.answers[:] = [FAULTS["dies in mid-sentence"]]
    async with talking(served, language="en", voice=True) as fan:
        reply = await apology(served, fan, "en")
        await fan.got("bot-started-speaking", turn=reply.turn)
        await fan.tell("interrupt")
    model.answers[:] = [GOOD]


async def test_one_fan_s_failure_is_nobody_else_s(served: Server, model: ChatServer) -> None:
    """While one reply hangs, another fan is answered."""
    model.answers[:] = [Answer(("Nobody may wait behind the last defender, ", "and nobody "), then=Then.HANG)]
    async with talking(served, language="en") as unlucky, talking(served, language="es") as lucky:
        await unlucky.send("send-text", {"content": QUESTIONS["en"]})
        turn = (await unlucky.got("bot-llm-started"))["data"]["turn"]
        await unlucky.until(lambda _: "Nobody may" in unlucky.text(turn))
        model.answers[:] = [GOOD]
        assert (await lucky.ask(QUESTIONS["es"])).status == "done"
        assert (await unlucky.reply(1)).status == "failed"


async def test_half_characters_of_a_mind_harm_nothing(served: Server, model: ChatServer) -> None:
    """A model that cuts a character in two pieces is read on, by voice as well."""
    model.answers[:] = [Answer(("Goal \ud83d", "\ude00 behind the last defender. "))]
    async with talking(served, language="en", voice=True) as fan:
        assert (await fan.ask(QUESTIONS["en"])).status == "done"
        await fan.tell("interrupt")
    model.answers[:] = [GOOD]


async def test_a_mind_that_is_down_is_apologised_for(own_demo: Path) -> None:
    """Nobody listens where the model should be: the server starts, and says so to each fan nicely."""
    async with chat_server(GOOD) as gone:
        url = gone.url
    running = Server(own_demo, {"GEMELO_LLM_URL": url, "GEMELO_LLM_MODEL": "m"}).start()
    try:
        async with talking(running, language="es") as fan:
            await apology(running, fan, "es")
            await apology(running, fan, "es")
    finally:
        running.stop()
