"""What a turn took of services is stored with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from dataclasses import dataclass, field, replace

import pytest

from gemelo.benchmarks.scripted import ScriptedMind, ScriptedVoice
from gemelo.context.policy.context import Vendors
from gemelo.models.clock import LoopClock
from gemelo.models.failover.line import Line, Provider
from gemelo.models.failover.voices import FailoverVoice
from gemelo.models.routing import ROUTING, Route
from gemelo.models.usage import Price, Used, note
from gemelo.models.vocabulary import Language, Prompt, Signal, Speech, TurnSignal, Written
from tests.fakes import World
from tests.virtual import virtually

REPLY = "Run for each other."


class CountedMind(ScriptedMind):
    """Notes ten tokens for each call, at its end as servers tell them."""

    async def reply(self, prompt: Prompt) -> AsyncGenerator[Written, None]:
        try:
            async for piece in super().reply(prompt):
                yield piece
        finally:
            note(Used("llm", written=10))


class LeavingVoice(ScriptedVoice):
    """Takes a moment to hang up."""

    async def speak(self, text: AsyncIterator[str], language: Language) -> AsyncGenerator[Speech, None]:
        try:
            async for speech in super().speak(text, language):
                yield speech
        finally:
            await asyncio.sleep(0.2)


def used(*signals: TurnSignal, cut: bool = False) -> tuple[Used, ...]:
    """What is stored of a turn that is heard so, and that the fan may cut off."""

    async def main() -> tuple[Used, ...]:
        world = World(mind=CountedMind(REPLY))
        voice = FailoverVoice(Line([Provider("voice", LeavingVoice(speed=1))], LoopClock()), LoopClock())
        session = world.session(stage=replace(world.stage(), voice=voice))
        session.open_ear()
        await asyncio.sleep(0.1)
        assert world.ears.emit
        for signal in signals:
            world.ears.emit(signal)
            await asyncio.sleep(0.5)
        if cut:
            session.interrupt()
        await asyncio.sleep(10)
        await session.drain()
        (outcome,) = world.records.outcomes.values()
        await session.close()
        return outcome.usage

    return virtually(main())


def test_a_turn_is_told_with_what_hearing_answering_and_speaking_took() -> None:
    """The ear's seconds come with the end of the turn; mind and voice note theirs as they go."""
    heard = Used("deepgram", seconds=2.5)
    lines = {line.service: line for line in used(TurnSignal(Signal.END, "Who won?", used=(heard,)))}
    assert lines["deepgram"] == heard
    assert lines["llm"].written == 10
    assert lines["voice"].characters == len(REPLY)
    assert lines["voice"].seconds > 0


def test_what_a_voice_took_of_a_turn_that_was_cut_off_is_stored() -> None:
    """It tells that only once it has hung up."""
    lines = {line.service: line for line in used(TurnSignal(Signal.END, "Who won?"), cut=True)}
    assert 0 < lines["voice"].seconds < len(REPLY) * 0.06
    assert 0 < lines["voice"].characters <= len(REPLY)


def test_drafts_that_no_turn_used_are_counted_to_the_turn_that_came() -> None:
    """What was begun on a guess and dropped was paid for as well."""
    signals = (
        TurnSignal(Signal.EAGER_END, "Who won"),
        TurnSignal(Signal.RESUME),
        TurnSignal(Signal.END, "Who won the cup?"),
    )
    lines = {line.service: line for line in used(*signals)}
    assert lines["llm"].written == 20


def test_prices_are_by_the_minute_and_the_million() -> None:
    """Tokens that were not computed anew may cost less; where nobody says so, as much."""
    used = Used("llm", seconds=30, characters=1000, prompt=100, cached=60, written=10)
    cheap = Price(minute=1, characters=2, prompt=10, cached=1, written=100).of(used)
    assert cheap.micros == pytest.approx(500_000 + 2000 + 400 + 60 + 1000)
    assert Price(prompt=10).of(used).micros == pytest.approx(1000)


@dataclass
class Spending:
    """A purse that remembers."""

    spent_share: float = 0.5
    uses: list[Used] = field(default_factory=list[Used])

    def spend(self, uses: Iterable[Used]) -> None:
        self.uses += uses


def test_a_session_asks_by_its_places_route_and_its_tenants_purse() -> None:
    """What a turn took is taken out of the purse, and a mind sees how providers are chosen."""
    seen: list[tuple[Route, float]] = []
    purse = Spending()

    class RoutedMind(CountedMind):
        async def reply(self, prompt: Prompt) -> AsyncGenerator[Written, None]:
            routing = ROUTING.get()
            assert routing is not None
            seen.append((routing.route, routing.purse.spent_share))
            async for piece in super().reply(prompt):
                yield piece

    async def main() -> None:
        world = World(mind=RoutedMind(REPLY))
        before = world.stage()
        stage = replace(before, context=replace(before.context, vendors=Vendors(Route.CHEAPEST)), purse=purse)
        session = world.session(stage=stage)
        session.say("Who won?")
        await asyncio.sleep(5)
        await session.drain()
        await session.close()

    virtually(main())
    assert seen == [(Route.CHEAPEST, 0.5)]
    assert purse.uses == [Used("llm", written=10)]
