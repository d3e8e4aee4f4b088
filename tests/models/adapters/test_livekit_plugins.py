"""Two vendors' plugins against fakes: ElevenLabs' voice and Deepgram's recogniser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
import pytest
from livekit.plugins import deepgram, elevenlabs
from livekit.plugins.elevenlabs import TTSEncoding

from gemelo.models.adapters.livekit_plugins import PluginRecogniser, PluginVoice
from gemelo.models.errors import VoiceError
from gemelo.models.vocabulary import OUT_RATE, Language, Speech, Transcript
from tests.models.adapters.deepgram_server import DeepgramServer, Segment
from tests.models.adapters.elevenlabs_server import CHAR_MS, ElevenLabsServer
from tests.models.adapters.listener import Notes, Words, sound
from tests.models.adapters.vendor_server import KEY, Fault

EN = Language("en")
SEGMENTS = (Segment(0.2, "who won"), Segment(0.4, "Who won the cup?"))
TEXT = "Run for each other all afternoon. Then take a rest with the whole team."


async def pieces(text: str) -> AsyncIterator[str]:
    for at in range(0, len(text), 5):
        yield text[at : at + 5]


@asynccontextmanager
async def eleven(
    *faults: Fault, key: str = KEY, encoding: TTSEncoding = "pcm_24000"
) -> AsyncGenerator[tuple[ElevenLabsServer, PluginVoice]]:
    server = ElevenLabsServer(faults=list(faults))

    def make(session: aiohttp.ClientSession, language: Language) -> elevenlabs.TTS:
        return elevenlabs.TTS(
            voice_id="voice-en",
            api_key=key,
            base_url=server.url.replace("ws", "http", 1) + "/v1",
            encoding=encoding,
            language=str(language),
            http_session=session,
        )

    async with server.listening():
        voice = PluginVoice("elevenlabs", make)
        try:
            yield server, voice
        finally:
            await voice.close()


async def said(voice: PluginVoice, text: str = TEXT) -> list[Speech]:
    return [speech async for speech in voice.speak(pieces(text), EN)]


async def test_a_plugin_speaks_with_its_words() -> None:
    """Sound and times come through the plugin, whatever it sends at once."""
    async with eleven() as (server, voice):
        speeches = await said(voice)
    words = [word for speech in speeches for word in speech.words]
    assert [TEXT[word.start : word.end] for word in words] == TEXT.split()
    assert [word.from_ms for word in words] == sorted(word.from_ms for word in words)
    spoken = sum(len(speech.pcm) for speech in speeches) / 2 / OUT_RATE * 1000
    assert spoken == pytest.approx(CHAR_MS * (len(TEXT) + 1), abs=CHAR_MS)
    assert speeches[-1].text_end == len(TEXT)
    assert "/voice-en/" in server.paths[0]


async def test_a_voice_of_another_rate_keeps_its_end() -> None:
    """Nothing stays behind in the filter: what the server sends at 24 kHz lasts longer at 16 kHz."""
    async with eleven(encoding="pcm_16000") as (_, voice):
        speeches = await said(voice)
    spoken = sum(len(speech.pcm) for speech in speeches) / 2 / OUT_RATE * 1000
    assert spoken == pytest.approx(CHAR_MS * (len(TEXT) + 1) * 1.5, abs=1)


async def test_nothing_to_say_is_said_without_the_vendor() -> None:
    """White space opens no socket."""
    async with eleven() as (server, voice):
        assert await said(voice, " \n") == [Speech(b"", 2)]
        assert server.asked == []


@pytest.mark.parametrize(
    ("fault", "code"),
    [(Fault.DROP, "died"), (Fault.GOING_AWAY, "died"), (Fault.UNAUTHORISED, "refused"), (Fault.BUSY, "busy")],
)
async def test_a_plugin_that_fails_is_told_in_our_words(fault: Fault, code: str) -> None:
    """A plugin's own exceptions become errors of a voice."""
    async with eleven(fault) as (_, voice):
        with pytest.raises(VoiceError, match=f"^{code}: elevenlabs"):
            await said(voice)
        assert len(await said(voice)) > 1


@asynccontextmanager
async def hearing(
    *faults: Fault, script: Sequence[Segment] = SEGMENTS, finalises: bool = True
) -> AsyncGenerator[tuple[DeepgramServer, PluginRecogniser]]:
    server = DeepgramServer(faults=list(faults), script=script, finalises=finalises)

    def make(session: aiohttp.ClientSession, language: Language) -> deepgram.STT:
        url = server.url.replace("ws", "http", 1) + "/v1/listen"
        return deepgram.STT(api_key=KEY, base_url=url, http_session=session, language=str(language))

    async with server.listening():
        recogniser = PluginRecogniser("deepgram", make, frozenset({EN}))
        try:
            yield server, recogniser
        finally:
            await recogniser.close()


async def test_a_plugin_hears() -> None:
    """Interims come as they are; settling asks for a final."""
    words = Words()
    async with hearing() as (server, recogniser):
        stream = await recogniser.open(EN, words.emit, Notes().lose)
        stream.hear(sound(0.5))
        await words.until(2)
        stream.settle()
        await words.until(3)
        await stream.close()
    assert words.said == [
        Transcript("who won", final=False),
        Transcript("Who won the cup?", final=False),
        Transcript("Who won the cup?", final=True),
    ]
    assert "Finalize" in server.orders


async def test_a_plugin_that_breaks_off_is_told_once() -> None:
    """Whoever listens has another opened."""
    words, notes = Words(), Notes()
    async with hearing(Fault.DROP) as (server, recogniser):
        stream = await recogniser.open(EN, words.emit, notes.lose)
        while not notes.lost:
            stream.hear(sound(0.1))
            await asyncio.sleep(0.01)
        await stream.close()
        assert len(server.heard) == 1
    assert [str(error) for error in notes.lost] == ["died: deepgram broke off"]


async def test_a_plugin_that_is_refused_is_told() -> None:
    """No plugin says that it is connected, each says that it is not."""
    notes = Notes()
    async with hearing(Fault.UNAUTHORISED) as (_, recogniser):
        stream = await recogniser.open(EN, Words().emit, notes.lose)
        await notes.until(lambda: bool(notes.lost))
        await stream.close()
    assert str(notes.lost[0]) == "refused: deepgram answered 401"


async def test_a_final_that_comes_late_is_not_said_twice() -> None:
    """What was heard is given where no final comes in time; the vendor's own is then left out."""
    words = Words()
    script = (Segment(0.2, "who won"), Segment(0.4, "Who won?", is_final=True), Segment(0.6, "the cup"))
    async with hearing(script=script, finalises=False) as (_, recogniser):
        stream = await recogniser.open(EN, words.emit, Notes().lose)
        stream.begin()
        stream.hear(sound(0.3))
        await words.until(1)
        stream.settle()
        await words.until(2)
        stream.hear(sound(0.2))
        stream.hear(sound(0.2))
        await words.until(3)
        stream.begin()
        stream.settle()
        await words.until(4)
        await stream.close()
    assert words.said == [
        Transcript("who won", final=False),
        Transcript("who won", final=True),
        Transcript("the cup", final=False),
        Transcript("", final=True),
    ]
