"""Typed turns over an upstream mind: what the product adds between a fan's question and the first text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from websockets.asyncio.client import ClientConnection

from gemelo.benchmarks.rows import Row, times
from gemelo.benchmarks.serving import first_text_ms, scripted, socket
from gemelo.benchmarks.upstream import Upstream, upstream

_WARM = 6
PROFILES = {"sse": ("http", "on"), "sse-no-guard": ("http", "off"), "websocket": ("ws", "on")}
"""How the mind is reached and whether the guard is on, by profile."""


async def measure(questions: Sequence[tuple[str, str]], demo: Path | None = None) -> list[Row]:
    """Asks every question (language, text) with the guard and without; the first few are not counted.

    Args:
        demo: see `scripted`.

    Raises:
        ServerFailed: the server did not start, or answered with an error.
    """
    rows: list[Row] = []
    async with upstream() as mind:
        for profile, (scheme, guard) in PROFILES.items():
            url = mind.url.replace("http", scheme)
            settings = {"GEMELO_LLM_URL": url, "GEMELO_LLM_MODEL": "scripted"}
            async with scripted("--guard", guard, demo=demo, **settings) as server:
                async with socket(server.port, voice=False) as connection:
                    added = await _ask(connection, mind, questions)
            rows += [times("first_text", "", added, profile)] if added else []
    return rows


async def _ask(
    connection: ClientConnection, mind: Upstream, questions: Sequence[tuple[str, str]]
) -> list[float]:
    """Ms that the product added to each turn for which the mind was asked: it answers no others."""
    added: list[float] = []
    for number, (_, text) in enumerate((*questions[:_WARM], *questions)):
        before = len(mind.answered)
        taken = await first_text_ms(connection, text, str(number))
        if number >= _WARM and len(mind.answered) == before + 1:
            added.append(taken - 1000 * mind.answered[-1].took_s)
    return added
