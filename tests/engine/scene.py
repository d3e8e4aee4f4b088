"""What the tests of a session do again and again, and a mind that quotes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from gemelo.benchmarks.scripted import ScriptedMind
from gemelo.engine.events import ReplyText
from gemelo.engine.session import Session
from gemelo.models.vocabulary import Label, Prompt, Signal, Source, TurnSignal, Written
from tests.fakes import Outbox, World


class QuotingMind(ScriptedMind):
    """Quotes one sentence of one document."""

    async def reply(self, prompt: Prompt) -> AsyncGenerator[Written, None]:
        self.calls.append(prompt)
        yield Written("A fine day.", Label.VERBATIM, Source("Kortaza/notes.md", "About Kortaza"))


def text_of(outbox: Outbox) -> str:
    return "".join(event.text for event in outbox.of(ReplyText))


async def finished(session: Session) -> None:
    await session.drain()
    await session.close()


async def listening(session: Session) -> None:
    session.open_ear()
    await asyncio.sleep(0)


async def signal(world: World, kind: Signal, text: str = "", silence_ms: float = 0.0) -> None:
    """Lets the scripted ear say something."""
    assert world.ears.emit is not None
    world.ears.emit(TurnSignal(kind, text, silence_ms))
