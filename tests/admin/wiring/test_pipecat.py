"""Tests for twins that a program of one's own puts into its pipelines: a whole house, in this process."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pipecat.frames.frames import EndFrame, InputTextRawFrame

from gemelo.admin.api.twins import Twins
from gemelo.admin.wiring.pipecat import open_twins
from gemelo.admin.wiring.settings import Settings
from gemelo.pipelines.pipecat.processor import Twin
from gemelo.pipelines.pipecat.talk import Opened
from tests.pipelines.pipecat.scene import Piped
from tests.server import MODELS

PLACE = "demo-portal"
_PATIENCE_S = 30


class Chat:
    """A fan who writes to a twin that writes."""

    def __init__(self, twin: Twin) -> None:
        self.piped = Piped(twin)
        self._opened: asyncio.Future[Opened] = asyncio.get_running_loop().create_future()
        twin.add_event_handler("on_opened", self._open)  # pyright: ignore[reportUnknownMemberType]

    async def _open(self, _twin: Twin, about: Opened) -> None:
        self._opened.set_result(about)

    async def begin(self) -> Opened:
        await self.piped.start()
        return await asyncio.wait_for(self._opened, _PATIENCE_S)

    async def ask(self, text: str) -> str:
        """What it is answered with, when the pipeline has ended."""
        await self.piped.give(InputTextRawFrame(text))
        await self.piped.give(EndFrame())
        await self.piped.over()
        return self.piped.said()


async def refused(twins: Twins, place: str) -> str:
    """Why a pipeline gets no twin; it ends by itself."""
    piped = Piped(twins.twin(place))
    await piped.start()
    await piped.over()
    [why] = piped.errors()
    return why


async def test_a_program_gets_its_twins_as_any_fan_does(demo_data: Path) -> None:
    """In a fan's language, held to the house's slots; a session goes on with what it had disclosed."""
    async with open_twins(Settings(data_dir=demo_data, models_dir=MODELS, slots=1)) as twins:
        assert (await refused(twins, "no-such")).startswith("unknown_deployment: ")
        first = Chat(twins.twin(PLACE, language="es", voice=False))
        opened = await first.begin()
        assert opened.language == "es"
        assert (await refused(twins, PLACE)).startswith("busy: ")
        assert "gemelo virtual" in await first.ask("¿Quién eres?")
        again = Chat(twins.twin(PLACE, resume=opened.resume, voice=False))
        assert (await again.begin()).session == opened.session
        assert "gemelo virtual" not in await again.ask("¿Qué es el fuera de juego?")
        last = Chat(twins.twin(PLACE, language="en", voice=False))
        await last.begin()
        await last.piped.give(InputTextRawFrame("Who are you?"), 0.01)
        assert b'gemelo_refused_total{code="busy"} 1.0' in twins.metrics()
    await last.piped.over()  # the program was left: the reply under way was not
    assert "virtual twin" in last.piped.said()
