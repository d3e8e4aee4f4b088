from __future__ import annotations

from gemelo.models.vocabulary import Language, Signal, TurnSignal
from tests.models.adapters.cartesia_server import Turn
from tests.models.adapters.listener import Notes, sound
from tests.models.adapters.socket_ears import ink, loss
from tests.models.adapters.vendor_server import Fault

EN = Language("en")


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


async def test_a_half_open_socket_is_found_by_its_pings() -> None:
    """ink-2 may be silent while the fan is, so only a ping tells."""
    assert str(await loss(ink(Fault.HALF_OPEN, ping_s=0.1))).startswith("died: cartesia")


async def test_an_error_of_the_vendor_is_a_loss() -> None:
    """Its status is told, its text, which may be anything, is not."""
    notes = Notes()
    async with ink(script=(Turn(0.2, "error", "secret"),)) as (_, ears):
        ear = await ears.open(EN, notes.emit, notes.lose)
        ear.hear(sound(0.24))
        await notes.until(lambda: bool(notes.lost))
        await ear.close()
    assert str(notes.lost[0]) == "broken: cartesia answered 500"


async def test_it_hears_english_alone() -> None:
    """As the vendor's page of models says."""
    async with ink() as (_, ears):
        assert ears.hears(EN)
        assert not ears.hears(Language("es"))
