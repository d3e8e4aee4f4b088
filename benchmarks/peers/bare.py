"""The same services wired by hand: what the harness costs, and how little a loop can do. No product.

It takes every final for the end of a turn and any sound for an interruption. Neutral.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from gemelo.benchmarks.peers.conversation import Services
from gemelo.benchmarks.peers.services import Synthesis
from gemelo.benchmarks.transcripts import Cue, Line

_LOUD = 100
"""A sample louder than a silent room."""

VERSIONS: Mapping[str, str] = {}


def open_engine(services: Services, settings: Mapping[str, object]) -> Bare:
    return Bare(services)


class Bare:
    """One task a reply; nothing between the services but function calls."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._reply: asyncio.Task[None] | None = None
        services.recogniser.listener = self._heard

    async def start(self) -> None:
        return

    async def hear(self, pcm: bytes) -> None:
        if self._reply and max(memoryview(pcm).cast("h")) > _LOUD:
            self._reply.cancel()
            self._reply = None
            self._services.playback.clear()

    async def say(self, text: str) -> None:
        self._reply = asyncio.create_task(self._write(text))

    async def stop(self) -> None:
        if self._reply:
            self._reply.cancel()

    def _heard(self, line: Line) -> None:
        if line.cue in (Cue.FINAL, Cue.END):
            self._reply = asyncio.create_task(self._answer(line.text))

    async def _write(self, asked: str) -> None:
        async for token in self._services.mind.answer(asked):
            self._services.texts.write(token)

    async def _answer(self, asked: str) -> None:
        synthesis = self._services.voice.speak()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._play(synthesis))
            async for token in self._services.mind.answer(asked):
                synthesis.feed(token)
            synthesis.end()

    async def _play(self, synthesis: Synthesis) -> None:
        async for sound in synthesis.chunks():
            self._services.playback.write(sound.pcm)
