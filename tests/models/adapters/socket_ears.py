"""Ears of vendors whose turns are their own, each with its fake server and a question on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from gemelo.models.adapters.cartesia import CartesiaSettings
from gemelo.models.adapters.cartesia_ears import InkEars
from gemelo.models.adapters.deepgram_ears import DeepgramSettings, FluxEars
from gemelo.models.errors import ServiceError
from gemelo.models.seams import FallibleEars
from gemelo.models.vocabulary import Language
from tests.models.adapters import cartesia_server, deepgram_server
from tests.models.adapters.cartesia_server import CartesiaServer
from tests.models.adapters.deepgram_server import DeepgramServer
from tests.models.adapters.listener import Notes, sound
from tests.models.adapters.vendor_server import KEY, Fault

TURNS = (
    deepgram_server.Turn(0.2, "Update"),
    deepgram_server.Turn(0.4, "StartOfTurn", "Who"),
    deepgram_server.Turn(0.6, "Update", "Who won"),
    deepgram_server.Turn(1.0, "EagerEndOfTurn", "Who won?", word_end=0.7),
    deepgram_server.Turn(1.2, "EndOfTurn", "Who won?", word_end=0.7),
)
RESUMED = (
    cartesia_server.Turn(0.2, "turn.start"),
    cartesia_server.Turn(0.4, "turn.update", "Who won"),
    cartesia_server.Turn(0.6, "turn.eager_end", "Who won?"),
    cartesia_server.Turn(0.8, "turn.resume"),
    cartesia_server.Turn(1.0, "turn.update", "Who won the cup?"),
    cartesia_server.Turn(1.2, "turn.end", "Who won the cup?"),
)


@asynccontextmanager
async def flux(
    *faults: Fault, script: Any = TURNS, key: str = KEY, **settings: Any
) -> AsyncGenerator[tuple[DeepgramServer, FluxEars]]:
    server = DeepgramServer(faults=list(faults), script=script)
    async with server.listening():
        yield server, FluxEars(DeepgramSettings(key, server.url, **settings))


@asynccontextmanager
async def ink(
    *faults: Fault, script: Any = RESUMED, key: str = KEY, **settings: Any
) -> AsyncGenerator[tuple[CartesiaServer, InkEars]]:
    server = CartesiaServer(faults=list(faults), script=script)
    async with server.listening():
        yield server, InkEars(CartesiaSettings(key, server.url, **settings))


async def loss(opened: AbstractAsyncContextManager[tuple[Any, FallibleEars]]) -> ServiceError:
    """How an ear is lost to a fault in mid-stream; it is told once."""
    notes = Notes()
    async with opened as (_, ears):
        ear = await ears.open(Language("en"), notes.emit, notes.lose)
        while not notes.lost:
            ear.hear(sound(0.16))
            await asyncio.sleep(0.01)
        await ear.close()
    assert len(notes.lost) == 1
    return notes.lost[0]
