"""Many fans at once, in three places and two languages."""

from __future__ import annotations

import asyncio

import pytest

from tests.client import PATIENCE_S, fetch, talking
from tests.server import Server

PLACES = ("demo-portal", "demo-campaign-a", "demo-campaign-b")
QUESTIONS = {
    "en": ("What is the offside rule?", "How do I warm up before a match?", "Tell me a joke"),
    "es": ("¿Qué es el fuera de juego?", "¿Cómo caliento antes de un partido?", "Cuéntame un chiste"),
}


async def conversation(server: Server, place: str, language: str, name: str) -> list[str]:
    """The replies to all questions, each asked with an id of its own."""
    replies: list[str] = []
    async with talking(server, place, language=language) as fan:
        for number, question in enumerate(QUESTIONS[language]):
            reply = await fan.ask(question, f"{name}-{number}")
            assert reply.status == "done"
            replies.append(reply.text)
        started = [frame["id"] for frame in fan.of("bot-llm-started")]
        assert started == [f"{name}-{number}" for number in range(len(replies))]
        assert all(frame["data"]["turn"] in fan.turns for frame in fan.of("bot-llm-text"))
    return replies


async def test_thirty_fans_at_once_get_their_own_replies(server: Server) -> None:
    """Three deployments are live at once: each fan gets what a fan alone in the house gets, there."""
    kinds = [(place, language) for place in PLACES for language in QUESTIONS]
    alone = {kind: await conversation(server, *kind, "alone") for kind in kinds}
    assert len({tuple(replies) for replies in alone.values()}) == len(kinds)
    crowd = [(kind, f"{kind[0]}-{kind[1]}-{number}") for number in range(5) for kind in kinds]
    together = await asyncio.gather(*(conversation(server, *kind, name) for kind, name in crowd))
    for (kind, _), replies in zip(crowd, together, strict=True):
        assert replies == alone[kind]
    async with asyncio.timeout(PATIENCE_S):  # a session ends a moment after its fan has gone
        while "gemelo_sessions 0.0" not in (await fetch(server, "/metrics")).text:
            pass


@pytest.mark.parametrize("place", PLACES)
async def test_no_word_of_a_talk_is_in_logs_or_metrics(server: Server, place: str) -> None:
    """Neither what a fan said nor what the twin said, nor a token, stands where operators look."""
    words = f"xylophone-{place} quetzalcoatl"
    async with talking(server, place, language="es", voice=True) as fan:
        reply = await fan.ask(f"{words}, ¿qué es el fuera de juego?", "quetzal-id")
        await fan.got("bot-tts-text", 2)
        await fan.tell("interrupt")
        await fan.tell("transcript", text=words, final=True)
        await fan.got("user-transcription")
        await fan.send(words)
        await fan.error("bad_message")
        await fan.raw(f"{{{words}")
        await fan.error("bad_message", 2)
        async with talking(server, place, resume=fan.ready["resume"]):
            pass
    operators = "".join(server.log) + (await fetch(server, "/metrics")).text
    assert "gemelo_turns_total" in operators
    for secret in (words, "quetzal", fan.ready["resume"], fan.ready["session"], "token=", reply.turn):
        assert secret not in operators
    for sentence in reply.data["sentences"]:
        assert sentence["text"] not in operators
