from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from gemelo.models.adapters.deepgram_ears import DeepgramSettings, FluxEars, NovaRecogniser
from gemelo.models.errors import BadAudio, EarError
from gemelo.models.vocabulary import IN_RATE, Language, Signal, Transcript, TurnSignal
from tests.models.adapters.deepgram_server import DeepgramServer, Segment, Turn
from tests.models.adapters.listener import Notes, Words, sound
from tests.models.adapters.socket_ears import TURNS, flux, loss
from tests.models.adapters.vendor_server import KEY, Fault
from tests.models.conftest import Render

EN, ES = Language("en"), Language("es")


async def test_a_turn_is_told_in_our_words() -> None:
    """Flux's events become start, update, eager end and end, with the silence since the last word."""
    notes = Notes()
    async with flux() as (server, ears):
        ear = await ears.open(EN, notes.emit, notes.lose)
        ear.hear(sound(1.2))
        await notes.until(lambda: Signal.END in notes.kinds)
        await ear.close()
    assert notes.said == [
        TurnSignal(Signal.START),
        TurnSignal(Signal.UPDATE, "Who"),
        TurnSignal(Signal.UPDATE, "Who won"),
        TurnSignal(Signal.EAGER_END, "Who won?"),
        TurnSignal(Signal.END, "Who won?"),
    ]
    assert notes.said[-1].silence_ms == pytest.approx(500)
    assert not notes.lost
    assert server.queries[0]["language_hint"] == ["en"]
    assert server.queries[0]["sample_rate"] == [str(IN_RATE)]


async def test_a_probable_end_is_taken_back() -> None:
    """`TurnResumed` is a resume, with what was heard since."""
    script = (
        Turn(0.2, "StartOfTurn", "Who"),
        Turn(0.4, "EagerEndOfTurn", "Who won"),
        Turn(0.6, "TurnResumed", "Who won the"),
        Turn(0.8, "EagerEndOfTurn", "Who won the cup"),
        Turn(1.0, "EndOfTurn", "Who won the cup"),
    )
    notes = Notes()
    async with flux(script=script) as (_, ears):
        ear = await ears.open(ES, notes.emit, notes.lose)
        ear.hear(sound(1.04))
        await notes.until(lambda: Signal.END in notes.kinds)
        await ear.close()
    kinds = [Signal.START, Signal.UPDATE, Signal.EAGER_END, Signal.RESUME, Signal.UPDATE, Signal.EAGER_END]
    assert notes.kinds == [*kinds, Signal.END]


async def test_a_long_turn_is_heard_again_to_its_last_word() -> None:
    """All that is kept of a turn may come at once."""
    notes = Notes()
    async with flux(script=(Turn(20.0, "StartOfTurn", "Who"), Turn(20.8, "EndOfTurn", "Who?"))) as (
        server,
        ears,
    ):
        ear = await ears.open(EN, notes.emit, notes.lose)
        for _ in range(130):
            ear.hear(sound(0.16))
        async with asyncio.timeout(10):
            await notes.until(lambda: Signal.END in notes.kinds)
        await ear.close()
        assert server.heard == [len(sound(20.8))]
        assert server.longest <= len(sound(1))


async def test_a_half_open_socket_is_found_by_its_silence() -> None:
    """In a turn Flux says something four times a second."""
    assert str(await loss(flux(Fault.HALF_OPEN, silent_s=0.2))).startswith("slow: deepgram")


@pytest.mark.parametrize(("script", "is_lost"), [((), False), (TURNS[:1], True), (TURNS[1:2], True)])
async def test_silence_is_a_sign_where_the_vendor_would_speak(script: Any, is_lost: bool) -> None:
    """In a turn, and between turns where it has spoken between turns before."""
    notes = Notes()
    async with flux(script=script, silent_s=0.1) as (_, ears):
        ear = await ears.open(EN, notes.emit, notes.lose)
        ear.hear(sound(0.4))
        await asyncio.sleep(0.05)
        for _ in range(30):
            ear.hear(sound(0.08))
            await asyncio.sleep(0.01)
        await ear.close()
    assert bool(notes.lost) == is_lost


async def test_an_error_of_the_vendor_is_a_loss() -> None:
    """`Error` ends the ear, and its text, which may be anything, is not repeated."""
    script = (TURNS[1], Turn(0.5, "Error"))
    notes = Notes()
    async with flux(script=script) as (_, ears):
        ear = await ears.open(EN, notes.emit, notes.lose)
        ear.hear(sound(0.56))
        await notes.until(lambda: bool(notes.lost))
        await ear.close()
    assert str(notes.lost[0]) == "broken: deepgram reported an error"


async def test_a_handshake_may_take_so_long() -> None:
    """An ear that does not open in time does not open."""
    async with flux(Fault.SLOW_START, connect_s=0.05) as (_, ears):
        with pytest.raises(EarError, match=r"^slow: deepgram"):
            await ears.open(EN, Notes().emit, Notes().lose)


async def test_nobody_there() -> None:
    """A port where nobody listens is told as such."""
    async with flux() as (server, _):
        gone = server.url
    with pytest.raises(EarError, match=r"^down: deepgram"):
        await FluxEars(DeepgramSettings(KEY, gone)).open(EN, Notes().emit, Notes().lose)


async def test_half_a_sample_is_refused() -> None:
    """Sound is whole samples, as for every ear."""
    async with flux() as (_, ears):
        ear = await ears.open(EN, Notes().emit, Notes().lose)
        with pytest.raises(BadAudio):
            ear.hear(b"x")
        await ear.close()


async def test_languages_are_those_of_the_model() -> None:
    """The English model hears English; the other ten languages."""
    async with flux(flux="flux-general-en") as (_, english):
        assert english.hears(EN)
        assert not english.hears(ES)
    async with flux() as (_, many):
        assert many.hears(ES)
        assert not many.hears(Language("eu"))


# -- nova-3 ---------------------------------------------------------------------------------------

SEGMENTS = (
    Segment(0.2, "who won"),
    Segment(0.4, "Who won the", is_final=True),
    Segment(0.6, "cup of"),
)


@asynccontextmanager
async def nova(
    *faults: Fault, script: Any = SEGMENTS, **more: Any
) -> AsyncGenerator[tuple[DeepgramServer, NovaRecogniser]]:
    server = DeepgramServer(faults=list(faults), script=script, **more)
    async with server.listening():
        yield server, NovaRecogniser(DeepgramSettings(KEY, server.url))


async def test_segments_are_put_together() -> None:
    """An interim is all that was heard since the last final; settling asks for a final of it."""
    words = Words()
    async with nova() as (server, recogniser):
        stream = await recogniser.open(EN, words.emit, Notes().lose)
        stream.begin()
        stream.hear(sound(0.64))
        await words.until(2)
        stream.settle()
        await words.until(3)
        await stream.close()
        assert server.orders == ["Finalize"]
    assert words.said == [
        Transcript("who won", final=False),
        Transcript("Who won the cup of", final=False),
        Transcript("Who won the cup of", final=True),
    ]


async def test_settling_with_nothing_left_to_say_gives_an_empty_final() -> None:
    """A final that came unasked is not said twice."""
    words = Words()
    async with nova(script=(Segment(0.2, "Yes.", is_final=True, speech_final=True),)) as (_, recogniser):
        stream = await recogniser.open(EN, words.emit, Notes().lose)
        stream.hear(sound(0.24))
        await words.until(1)
        stream.settle()
        await words.until(2)
        await stream.close()
    assert words.said == [Transcript("Yes.", final=True), Transcript("", final=True)]


async def test_a_lost_recogniser_is_told_once() -> None:
    """Whoever listens has another opened."""
    words, notes = Words(), Notes()
    async with nova(Fault.DROP) as (server, recogniser):
        stream = await recogniser.open(EN, words.emit, notes.lose)
        while not notes.lost:
            stream.hear(sound(0.08))
            await asyncio.sleep(0.01)
        await stream.close()
        assert len(server.heard) == 1
    assert [str(error) for error in notes.lost] == ["died: deepgram broke off"]


# -- the real one ---------------------------------------------------------------------------------


@pytest.mark.live
async def test_deepgram_hears_a_question(render: Render) -> None:
    """The real Flux tells a turn in the order that the fake does."""
    key = os.environ.get("DEEPGRAM_API_KEY", "")
    if not key:
        pytest.skip("no key of Deepgram's: DEEPGRAM_API_KEY")
    notes = Notes()
    pcm = (await render("Who won the match yesterday?", "en")).tobytes() + sound(3)
    ear = await FluxEars(DeepgramSettings(key)).open(EN, notes.emit, notes.lose)
    for at in range(0, len(pcm), 2560):
        ear.hear(pcm[at : at + 2560])
        await asyncio.sleep(0.08)
    async with asyncio.timeout(10):
        await notes.until(lambda: Signal.END in notes.kinds or bool(notes.lost))
    await ear.close()
    assert not notes.lost
    assert notes.kinds[0] is Signal.START
    assert "match" in notes.said[-1].text.lower()
