"""Voices made by Cartesia, asked by its own SDK over a real socket."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from gemelo.models.adapters.cartesia import CartesiaSettings
from gemelo.models.adapters.cartesia_clones import CartesiaClones
from gemelo.models.errors import ServiceError, Unsure, VoiceError
from gemelo.models.vocabulary import Language
from tests.models.adapters.cartesia_voices_server import CartesiaVoicesServer
from tests.models.adapters.vendor_server import KEY, RETRY_AFTER_S, Fault
from tests.samples import wav

ES = Language("es")
SAMPLE = wav()


@asynccontextmanager
async def cartesia(
    *faults: Fault | None, key: str = KEY, timeout_s: float = 60
) -> AsyncGenerator[tuple[CartesiaVoicesServer, CartesiaClones]]:
    server = CartesiaVoicesServer(list(faults))
    async with server.listening():
        clones = CartesiaClones(CartesiaSettings(key, server.url), timeout_s)
        yield server, clones
        await clones.close()


async def failure(clones: CartesiaClones, sample: bytes = SAMPLE) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        await clones.clone("gemelo-1", sample, ES)
    return caught.value


async def test_a_voice_is_made_found_and_deleted() -> None:
    """Of the very bytes, under a name of ours; deleting it twice is no error."""
    async with cartesia() as (server, clones):
        id = await clones.clone("gemelo-1", SAMPLE, ES)
        assert server.clips == [SAMPLE]
        assert (server.voices[id]["name"], server.voices[id]["language"]) == ("gemelo-1", "es")
        assert await clones.find("gemelo-1") == id
        await clones.delete(id)
        await clones.delete(id)
        assert await clones.find("gemelo-1") == ""


async def test_only_a_voice_of_the_whole_name_is_found() -> None:
    """Others that the vendor finds by a part of it are left alone, however many there are."""
    async with cartesia() as (_, clones):
        for number in range(120):
            await clones.clone(f"gemelo-1{number:03}", SAMPLE, ES)
        assert await clones.find("gemelo-1") == ""
        assert await clones.find("gemelo-1119") != ""


async def test_a_wrong_key_makes_nothing() -> None:
    """401 is told with the minute for which nobody need try again."""
    async with cartesia(key="wrong") as (_, clones):
        error = await failure(clones)
    assert (type(error), str(error), error.retry_s) == (VoiceError, "refused: cartesia answered 401", 60)


async def test_a_busy_vendor_says_when_to_come_back() -> None:
    """429 carries what `retry-after` says, and is not asked again behind one's back."""
    async with cartesia(Fault.BUSY) as (server, clones):
        error = await failure(clones)
    assert (type(error), error.retry_s) == (VoiceError, RETRY_AFTER_S)
    assert len(server.asked) == 1


async def test_a_vendor_that_is_not_there_has_made_nothing() -> None:
    """Nothing was sent: there is nothing to look for."""
    async with cartesia() as (server, _):
        pass
    clones = CartesiaClones(CartesiaSettings(KEY, server.url))
    error = await failure(clones)
    await clones.close()
    assert (type(error), str(error)) == (VoiceError, "down: cartesia cannot be reached")


async def test_a_recording_that_the_vendor_does_not_take_is_told_from_a_failure() -> None:
    """Another one may go well."""
    async with cartesia() as (_, clones):
        error = await failure(clones, b"no audio")
    assert (type(error), error.of_asked) == (VoiceError, True)


@pytest.mark.parametrize(
    ("fault", "code", "made"),
    [
        (Fault.DROP, "died", False),
        (Fault.GOING_AWAY, "died", True),
        (Fault.MALFORMED, "garbage", True),
        (Fault.HALF_OPEN, "slow", True),
        (Fault.FULL, "busy", True),
    ],
)
async def test_where_no_answer_comes_nobody_knows(fault: Fault, code: str, made: bool) -> None:
    """Torn in mid-upload or before the answer, half an answer, none: the voice is found where it was made."""
    async with cartesia(fault, timeout_s=0.5 if fault is Fault.HALF_OPEN else 60) as (server, clones):
        error = await failure(clones, wav(30, 48_000))
        assert (type(error), str(error).partition(":")[0]) == (Unsure, code)
        assert bool(await clones.find("gemelo-1")) is made is bool(server.clips)


@pytest.mark.parametrize("fault", [Fault.UNAUTHORISED, Fault.BUSY, Fault.DROP, Fault.MALFORMED])
async def test_a_search_or_a_deletion_that_fails_says_so(fault: Fault) -> None:
    """Nobody takes a voice for gone that may be there."""
    async with cartesia(None, fault, fault) as (_, clones):
        id = await clones.clone("gemelo-1", SAMPLE, ES)
        with pytest.raises(VoiceError):
            await clones.find("gemelo-1")
        if fault is not Fault.MALFORMED:  # nothing is read of the answer to a deletion
            with pytest.raises(VoiceError):
                await clones.delete(id)


@pytest.mark.live
async def test_cartesia_makes_a_voice_and_deletes_it() -> None:
    """The real one, of a hum that is nobody's voice."""
    key = os.environ.get("CARTESIA_API_KEY", "")
    if not key:
        pytest.skip("no key of Cartesia's: CARTESIA_API_KEY")
    clones = CartesiaClones(CartesiaSettings(key))
    id = await clones.clone("gemelo-live-test", SAMPLE, Language("en"))
    assert await clones.find("gemelo-live-test") == id
    await clones.delete(id)
    assert await clones.find("gemelo-live-test") == ""
    await clones.close()
