"""Two sessions on one version of a policy share the start of their prompts, on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client import talking
from tests.models.adapters.test_openai_compatible_llm import SLOTS, idle, url
from tests.server import Server

__all__ = ["url"]
pytestmark = pytest.mark.llm


@pytest.fixture
def served(demo_data: Path, url: str) -> Iterator[Server]:
    running = Server(demo_data, {"GEMELO_LLM_URL": f"{url}/v1", "GEMELO_LLM_MODEL": "smollm2"}).start()
    yield running
    running.stop()


async def test_sessions_on_one_version_share_their_prefix(served: Server, url: str) -> None:
    """Once every slot has read the prefix, the next session's is taken from the cache, not computed."""
    warm: dict[str, float] = {}
    for _ in range(SLOTS + 1):
        async with talking(served, "demo-portal", language="en") as fan:
            await fan.ask("What is the offside rule?")
        warm = await idle(url)
    async with talking(served, "demo-portal", language="en") as fan:
        await fan.ask("What is a false nine?")
    now = await idle(url)
    computed = now["prompt_tokens_total"] - warm["prompt_tokens_total"]
    cached = now["prompt_tokens_cached_total"] - warm["prompt_tokens_cached_total"]
    assert cached > computed > 0
