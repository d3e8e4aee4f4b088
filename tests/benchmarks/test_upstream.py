"""An upstream on loopback, asked by the product's own minds."""

from __future__ import annotations

import pytest

from gemelo.benchmarks.transcripts import REPLIES
from gemelo.benchmarks.upstream import upstream
from gemelo.models.adapters.openai_compatible import OpenAICompatible
from gemelo.models.adapters.openai_mind import MindSettings
from gemelo.models.adapters.openai_socket import OpenAISocket
from gemelo.models.vocabulary import Findings, Language, Prompt, Written


@pytest.mark.parametrize(("kind", "scheme"), [(OpenAICompatible, "http"), (OpenAISocket, "ws")])
async def test_an_upstream_answers_and_says_when_its_first_clause_was_written(
    kind: type[OpenAICompatible] | type[OpenAISocket], scheme: str
) -> None:
    """Its reply is one of the script's; warming it asks nothing; each question has a time of its own."""
    async with upstream() as served:
        mind = kind(MindSettings(served.url.replace("http", scheme), "scripted"))
        await mind.warm("prefix", "tenant")
        prompt = Prompt("prefix", (), Findings(declined=False), "who are you", Language("en"))
        told = [
            "".join([piece.text async for piece in mind.reply(prompt) if isinstance(piece, Written)])
            for _ in range(2)
        ]
        await mind.close()
        assert set(told) <= set(REPLIES)
        assert len(served.answered) == 2
        assert all(answered.clause >= answered.came for answered in served.answered)
