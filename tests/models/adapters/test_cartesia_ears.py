from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from gemelo.models.adapters.cartesia import CartesiaSettings
from gemelo.models.adapters.cartesia_ears import InkEars
from gemelo.models.errors import EarError, ServiceError
from gemelo.models.vocabulary import Language, Signal, TurnSignal
from tests.models.adapters.cartesia_server import CartesiaServer, Turn
from tests.models.adapters.listener import Notes, sound
from tests.models.adapters.vendor_server import KEY, RETRY_AFTER_S, Fault

EN = Language("en")

QUESTION = (
    Turn(0.2, "turn.start"),
    Turn(0.4, "turn.update", "Who won"),
    Turn(0.6, "turn.eager_end", "Who won?"),
    Turn(0.8, "turn.resume"),
    Turn(1.0, "turn.update", "Who won the cup?"),
    Turn(1.2, "turn.end", "Who won the cup?"),
)


@asynccontextmanager
async def ink(
    *faults: Fault, script: Any = QUESTION, key: str = KEY, **settings: Any
) -> AsyncGenerator[tuple[CartesiaServer, InkEars]]:
    server = CartesiaServer(faults=list(faults), script=script)
    async with server.listening():
        yield server, InkEars(CartesiaSettings(key, server.url, **settings))


async def test_a_turn_is_told_in_our_words() -> None:
    """ink-2's events are ours under other names; a probable end may be taken back."""
    notes = Notes()
    async with ink() as (server, ears):
        ear = await ears.open(EN, notes.emit, notes.lose)
        ear.hear(sound(1.2))
        await notes.until(lambda: Signal.END in notes.kinds)
        await ear.close()
    assert notes.said == [
        TurnSignal(Signal.START),
        TurnSignal(Signal.UPDATE, "Who won"),
        TurnSignal(Signal.EAGER_END, "Who won?"),
        TurnSignal(Signal.RESUME),
        TurnSignal(Signal.UPDATE, "Who won the cup?"),
        TurnSignal(Signal.END, "Who won the cup?"),
    ]
    assert server.queries[0] == {"encoding": ["pcm_s16le"], "model": ["ink-2"], "sample_rate": ["16000"]}


async def test_sound_that_came_before_the_socket_was_open_is_heard() -> None:
    """A slow handshake costs no word."""
    notes = Notes()
    async with ink(Fault.SLOW_START) as (_, ears):
        ear = await ears.open(EN, notes.emit, notes.lose)
        ear.hear(sound(1.2))
        await notes.until(lambda: Signal.END in notes.kinds)
        await ear.close()
    assert notes.said[-1].text == "Who won the cup?"


async def loss(fault: Fault, **settings: Any) -> ServiceError:
    notes = Notes()
    async with ink(fault, **settings) as (_, ears):
        ear = await ears.open(EN, notes.emit, notes.lose)
        while not notes.lost:
            ear.hear(sound(0.16))
            await asyncio.sleep(0.01)
        await ear.close()
    assert len(notes.lost) == 1
    return notes.lost[0]


@pytest.mark.parametrize(
    ("fault", "code"),
    [(Fault.DROP, "died"), (Fault.GOING_AWAY, "died"), (Fault.MALFORMED, "garbage")],
)
async def test_a_lost_socket_is_told_once(fault: Fault, code: str) -> None:
    """Whatever ends a socket in mid-stream, the ear says so once, by a code."""
    assert str(await loss(fault)).startswith(f"{code}: cartesia")


async def test_a_half_open_socket_is_found_by_its_pings() -> None:
    """ink-2 may be silent while the fan is, so only a ping tells."""
    assert str(await loss(Fault.HALF_OPEN, ping_s=0.1)).startswith("died: cartesia")


async def test_an_error_of_the_vendor_is_a_loss() -> None:
    """Its status is told, its text, which may be anything, is not."""
    notes = Notes()
    async with ink(script=(Turn(0.2, "error", "secret"),)) as (_, ears):
        ear = await ears.open(EN, notes.emit, notes.lose)
        ear.hear(sound(0.24))
        await notes.until(lambda: bool(notes.lost))
        await ear.close()
    assert str(notes.lost[0]) == "broken: cartesia answered 500"


async def test_a_wrong_key_is_refused_for_a_while() -> None:
    """401 is told with its status, and nobody need ask again for a minute."""
    async with ink(key="wrong") as (_, ears):
        with pytest.raises(EarError, match=r"^refused: cartesia answered 401$") as caught:
            await ears.open(EN, Notes().emit, Notes().lose)
    assert caught.value.retry_s == 60


async def test_a_busy_vendor_says_when_to_come_back() -> None:
    """429 carries what `retry-after` says."""
    async with ink(Fault.BUSY) as (_, ears):
        with pytest.raises(EarError, match=r"^busy: cartesia answered 429$") as caught:
            await ears.open(EN, Notes().emit, Notes().lose)
    assert caught.value.retry_s == RETRY_AFTER_S


async def test_it_hears_english_alone() -> None:
    """As the vendor's page of models says."""
    async with ink() as (_, ears):
        assert ears.hears(EN)
        assert not ears.hears(Language("es"))
