from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from gemelo.models.adapters.cartesia import CartesiaSettings
from gemelo.models.adapters.cartesia_voice import CartesiaVoice
from gemelo.models.errors import VoiceError
from gemelo.models.vocabulary import OUT_RATE, Language, Speech
from tests.models.adapters.cartesia_server import WORD_S, CartesiaServer
from tests.models.adapters.vendor_server import KEY, RETRY_AFTER_S, Fault

EN, ES = Language("en"), Language("es")
TEXT = "Run for each other, all afternoon. Then rest."


async def pieces(text: str, size: int = 4) -> AsyncIterator[str]:
    for at in range(0, len(text), size):
        yield text[at : at + size]


@asynccontextmanager
async def sonic(
    *faults: Fault, key: str = KEY, ping_s: float = 4, **more: Any
) -> AsyncGenerator[tuple[CartesiaServer, CartesiaVoice]]:
    server = CartesiaServer(faults=list(faults), **more)
    async with server.listening():
        voice = CartesiaVoice(CartesiaSettings(key, server.url, voices={EN: "voice-en"}, ping_s=ping_s))
        voice.start()
        yield server, voice
        await voice.close()


async def said(voice: CartesiaVoice, text: str = TEXT) -> list[Speech]:
    return [speech async for speech in voice.speak(pieces(text), EN)]


async def failure(voice: CartesiaVoice) -> VoiceError:
    with pytest.raises(VoiceError) as caught:
        await said(voice)
    return caught.value


async def test_text_is_spoken_with_its_words_and_mouth() -> None:
    """Sound comes with words found again in the text, their times, and mouth shapes."""
    async with sonic() as (_, voice):
        speeches = await said(voice)
    words = [word for speech in speeches for word in speech.words]
    assert [TEXT[word.start : word.end] for word in words] == TEXT.split()
    assert [word.from_ms for word in words] == pytest.approx([WORD_S * 1000 * at for at in range(len(words))])
    assert sum(len(speech.pcm) for speech in speeches) == len(words) * round(WORD_S * OUT_RATE) * 2
    shapes = [viseme.shape for speech in speeches for viseme in speech.visemes]
    assert shapes == ["mbp", "aa"] * len(words) + ["rest"]


async def test_sound_is_bounded_by_the_words_in_it() -> None:
    """A piece of sound may be released once the guard has let its own words pass, not all that was sent."""
    async with sonic() as (_, voice):
        speeches = await said(voice)
    sounding = [speech for speech in speeches if speech.pcm]
    assert [TEXT[: speech.text_end].split()[-1] for speech in sounding] == TEXT.split()
    assert speeches[-1].text_end == len(TEXT)


async def test_clauses_are_sent_as_they_are_whole() -> None:
    """The vendor need not wait for more text, and is told so; the last message ends the utterance."""
    async with sonic() as (server, voice):
        await said(voice)
    transcripts = [asked["transcript"] for asked in server.asked]
    assert transcripts == ["Run for each other, ", "all afternoon. ", "Then rest.", ""]
    assert [asked.get("continue") for asked in server.asked] == [True, True, True, False]
    first = server.asked[0]
    assert (first["max_buffer_delay_ms"], first["voice"]) == (0, {"mode": "id", "id": "voice-en"})


async def test_utterances_share_one_socket() -> None:
    """Two fans hear their own words, and nobody has paid for a second handshake."""
    async with sonic() as (server, voice):
        one, two = await asyncio.gather(said(voice, "One fan."), said(voice, "Another one here."))
    assert len(server.queries) == 1
    assert sum(len(speech.words) for speech in one) == 2
    assert sum(len(speech.words) for speech in two) == 3


async def test_a_listener_who_leaves_cancels() -> None:
    """What nobody will hear is not made."""

    async def unending() -> AsyncIterator[str]:
        yield "One moment. "
        await asyncio.Event().wait()

    async with sonic() as (server, voice):
        async with aclosing(voice.speak(unending(), EN)) as speeches:
            await anext(speeches)
        await server.cancelled.wait()


@pytest.mark.parametrize("text", ["", "  \n"])
async def test_nothing_to_say_is_said_without_the_vendor(text: str) -> None:
    """No context is opened for white space."""
    async with sonic() as (server, voice):
        assert [speech.text_end for speech in await said(voice, text)] == [len(text)]
    assert server.asked == []


async def test_no_voice_for_a_language_is_told() -> None:
    """A language that no voice was named for is refused."""
    async with sonic() as (_, voice):
        with pytest.raises(VoiceError, match="refused"):
            await anext(voice.speak(pieces(TEXT), ES))


@pytest.mark.parametrize(
    ("fault", "code"),
    [(Fault.DROP, "died"), (Fault.GOING_AWAY, "died"), (Fault.MALFORMED, "garbage")],
)
async def test_an_utterance_ends_with_its_socket_and_the_next_finds_another(
    fault: Fault, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever ends a socket, who listens is told by a code; it is dialled again without being asked."""
    with caplog.at_level(logging.WARNING, "gemelo"):
        async with sonic(fault) as (server, voice):
            assert str(await failure(voice)).startswith(f"{code}: cartesia")
            await server.opened(2)
            assert len(await said(voice)) > 1


async def test_an_error_of_the_vendor_ends_one_utterance() -> None:
    """Its status is told; the socket stays."""
    async with sonic(error=429) as (server, voice):
        assert str(await failure(voice)) == "busy: cartesia answered 429"
        server.error = 0
        assert len(await said(voice)) > 1
    assert len(server.queries) == 1


async def test_a_slow_handshake_is_waited_for_once() -> None:
    """Who speaks before the socket is open waits for it."""
    async with sonic(Fault.SLOW_START) as (_, voice):
        assert len(await said(voice)) > 1


async def test_a_wrong_key_is_refused_for_a_while(caplog: pytest.LogCaptureFixture) -> None:
    """401 is told to who speaks and who pings, and dialled again in a minute only."""
    with caplog.at_level(logging.WARNING, "gemelo"):
        async with sonic(key="wrong") as (_, voice):
            error = await failure(voice)
            with pytest.raises(VoiceError, match="401"):
                await voice.ping()
    assert (str(error), error.retry_s) == ("refused: cartesia answered 401", 60)


async def test_a_busy_vendor_says_when_to_come_back(caplog: pytest.LogCaptureFixture) -> None:
    """429 carries what `retry-after` says."""
    with caplog.at_level(logging.WARNING, "gemelo"):
        async with sonic(Fault.BUSY) as (_, voice):
            error = await failure(voice)
    assert (str(error), error.retry_s) == ("busy: cartesia answered 429", RETRY_AFTER_S)


async def test_who_waits_for_a_socket_that_is_closed_is_told() -> None:
    """Neither a listener nor who asks afterwards waits for ever; the loop goes on."""
    async with sonic() as (server, voice):
        server.hold.clear()
        speaking = asyncio.create_task(failure(voice))
        await server.opened(1)
        await voice.close()
        assert str(await speaking) == "down: the socket to cartesia was closed"
        with pytest.raises(VoiceError, match="closed"):
            await voice.ping()


async def test_a_closed_socket_is_hung_up_before_close_returns() -> None:
    """The vendor's end is not left to find out."""
    async with sonic() as (_, voice):
        await said(voice)
        before = asyncio.all_tasks()
        await voice.close()
        assert not (asyncio.all_tasks() - before)


async def test_a_half_open_socket_is_found_by_its_pings(caplog: pytest.LogCaptureFixture) -> None:
    """Where nobody reads any more, who listens is told, though later than a failover would wait."""
    with caplog.at_level(logging.WARNING, "gemelo"):
        async with sonic(Fault.HALF_OPEN, ping_s=0.1) as (_, voice):
            assert str(await failure(voice)).startswith("died: cartesia")


@pytest.mark.live
async def test_cartesia_speaks_a_sentence() -> None:
    """The real sonic tells words and sound as the fake does."""
    key, voice_id = os.environ.get("CARTESIA_API_KEY", ""), os.environ.get("CARTESIA_VOICE_ID", "")
    if not key or not voice_id:
        pytest.skip("no key of Cartesia's: CARTESIA_API_KEY and CARTESIA_VOICE_ID")
    voice = CartesiaVoice(CartesiaSettings(key, voices={EN: voice_id}))
    speeches = await said(voice)
    await voice.close()
    words = [word for speech in speeches for word in speech.words]
    assert [TEXT[word.start : word.end].strip(".,") for word in words] == TEXT.replace(".", "").replace(
        ",", ""
    ).split()
    assert sum(len(speech.pcm) for speech in speeches) > OUT_RATE
