"""Tests for who stands behind the seams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from gemelo.admin.wiring import vendors
from gemelo.admin.wiring.settings import Settings
from gemelo.benchmarks.scripted import ScriptedEars, ScriptedVoice
from gemelo.models.errors import UsageError
from gemelo.models.failover.ears import FailoverEars
from gemelo.models.failover.minds import FailoverMind
from gemelo.models.failover.voices import FailoverVoice
from gemelo.models.seams import Ears, LanguageModel, SpeechToText
from gemelo.models.usage import METER, Meter
from gemelo.models.vocabulary import Findings, Language, Passage, Prompt, Signal, Source, TurnSignal
from tests.models.adapters.cartesia_server import CartesiaServer
from tests.models.adapters.chat_server import Answer, chat_server
from tests.models.adapters.deepgram_server import DeepgramServer, Turn
from tests.models.adapters.elevenlabs_server import ElevenLabsServer
from tests.models.adapters.listener import sound
from tests.models.adapters.vendor_server import KEY, Fault

EN = Language("en")
IDS = {"neutral": {"cartesia": {"en": "n"}}, "leo/warm": {"cartesia": {"en": "l"}}}


@asynccontextmanager
async def chosen(**settings: Any) -> AsyncGenerator[tuple[Settings, AsyncExitStack]]:
    async with AsyncExitStack() as stack:
        yield Settings(**settings), stack


@asynccontextmanager
async def serving(server: DeepgramServer) -> AsyncGenerator[tuple[Settings, AsyncExitStack]]:
    async with server.listening():
        async with chosen(DEEPGRAM_API_KEY=KEY, deepgram_url=server.url) as made:
            yield made


def hearing(settings: Settings, stack: AsyncExitStack) -> Ears:
    return vendors.ears(settings, stack, lambda _: ScriptedEars(), ScriptedEars)


async def test_without_a_key_nobody_is_asked() -> None:
    """The embedded ears and voice are used as they are, nothing around them."""
    async with chosen() as (settings, stack):
        voice = ScriptedVoice()
        assert isinstance(hearing(settings, stack), ScriptedEars)
        assert vendors.voices(settings, stack, voice) == (voice, {})


async def test_a_key_is_enough_to_be_heard_by_a_vendor() -> None:
    """`DEEPGRAM_API_KEY` puts Flux first and keeps the local ears behind it."""
    server = DeepgramServer(script=(Turn(0.2, "StartOfTurn", "Who"), Turn(0.4, "EndOfTurn", "Who?")))
    ended = asyncio.Event()
    said: list[TurnSignal] = []

    def emit(signal: TurnSignal) -> None:
        said.append(signal)
        if signal.kind is Signal.END:
            ended.set()

    async with serving(server) as (settings, stack):
        ears = hearing(settings, stack)
        assert isinstance(ears, FailoverEars)
        ear = await ears.open(EN, emit)
        ear.hear(sound(0.4))
        await ended.wait()
        await ear.close()
    assert said[-1].text == "Who?"
    assert said[-1].used[0].service == "deepgram"


async def test_a_vendor_that_refuses_leaves_the_local_ears() -> None:
    """A wrong key costs the vendor's ears, not the session's."""
    server = DeepgramServer(faults=[Fault.UNAUTHORISED])
    async with serving(server) as (settings, stack):
        local = ScriptedEars()
        ear = await vendors.ears(settings, stack, lambda _: local, lambda: local).open(
            EN, list[TurnSignal]().append
        )
        ear.hear(sound(0.1))
        assert local.heard_bytes == len(sound(0.1))
        await ear.close()


async def test_a_voice_speaks_by_its_id_and_persons_share_the_socket() -> None:
    """One map names the voice of each vendor; nobody's and a person's go over one socket."""

    async def text() -> AsyncIterator[str]:
        yield "Hello there."

    server = CartesiaServer()
    async with AsyncExitStack() as opened:
        await opened.enter_async_context(server.listening())
        given = {"CARTESIA_API_KEY": KEY, "cartesia_url": server.url, "voice_ids": IDS}
        settings, stack = await opened.enter_async_context(chosen(**given))
        neutral, persons = vendors.voices(settings, stack, ScriptedVoice())
        for voice in (neutral, persons["leo", "warm"]):
            assert isinstance(voice, FailoverVoice)
            assert [speech async for speech in voice.speak(text(), EN)]
        assert {asked["voice"]["id"] for asked in server.asked} == {"n", "l"}
    assert len(server.queries) == 1


async def test_a_language_without_an_id_is_spoken_here() -> None:
    """A vendor is not asked, nor blamed, for what nobody named a voice for."""

    async def text() -> AsyncIterator[str]:
        yield "Hola."

    given = {"CARTESIA_API_KEY": KEY, "cartesia_url": "ws://127.0.0.1:9", "voice_ids": IDS}
    async with chosen(**given) as (settings, stack):
        voice, _ = vendors.voices(settings, stack, ScriptedVoice())
        assert [speech async for speech in voice.speak(text(), Language("es"))]


def both(settings: Settings, stack: AsyncExitStack) -> None:
    hearing(settings, stack)
    vendors.voices(settings, stack, ScriptedVoice())


async def test_elevenlabs_speaks_through_its_plugin_where_a_voice_is_named() -> None:
    """An id in the map is enough; others of LiveKit's plugins take a line of `GEMELO_PLUGINS`."""

    async def text() -> AsyncIterator[str]:
        yield "Hello there."

    server = ElevenLabsServer()
    async with AsyncExitStack() as opened:
        await opened.enter_async_context(server.listening())
        base = server.url.replace("ws", "http", 1) + "/v1"
        tts = {"encoding": "pcm_24000", "api_key": KEY, "base_url": base}
        plugins = {"elevenlabs": {"plugin": "elevenlabs", "tts": tts}}
        ids = {"neutral": {"elevenlabs": {"en": "e"}}}
        settings, stack = await opened.enter_async_context(chosen(plugins=plugins, voice_ids=ids))
        voice, _ = vendors.voices(settings, stack, ScriptedVoice())
        assert [speech async for speech in voice.speak(text(), EN)]
    assert "/e/" in server.paths[0]


async def test_a_plugin_hears_by_its_name() -> None:
    """`GEMELO_EARS` may name any plugin that has options for it; when a turn is over is decided here."""
    plugins = {"dg": {"plugin": "deepgram", "stt": {"api_key": KEY}}}
    taken: list[SpeechToText] = []

    def local(recogniser: SpeechToText) -> Ears:
        taken.append(recogniser)
        return ScriptedEars()

    async with chosen(plugins=plugins, ears="dg, local") as (settings, stack):
        ears = vendors.ears(settings, stack, local, ScriptedEars)
        assert ears.hears(EN)
        ear = await ears.open(EN, list[TurnSignal]().append)
        await ear.close()
    assert [recogniser.hears(EN) for recogniser in taken] == [True]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"ears": "dipgram"}, "GEMELO_EARS names 'dipgram': known are deepgram, nova, cartesia, local"),
        ({"ears": "nova"}, "set DEEPGRAM_API_KEY"),
        ({"ears": "local, cartesia"}, "set CARTESIA_API_KEY"),
        ({"voice_ids": {"neutral": {"sonic": {"en": "e"}}}}, "GEMELO_VOICE_IDS names 'sonic': known are"),
        ({"voice_ids": {"neutral": {"elevenlabs": {"en": "e"}}}}, "elevenlabs cannot speak"),
        ({"voice_ids": {"leo": {}}}, "does not say whose: write TALENT/NAME"),
        ({"voices": "cartesia"}, "say in GEMELO_VOICE_IDS which voice of theirs"),
        ({"voices": "cartesia", "voice_ids": IDS}, "set CARTESIA_API_KEY"),
    ],
)
async def test_what_is_wrong_in_the_settings_is_told(settings: dict[str, Any], told: str) -> None:
    """An order that cannot be had ends the start, with what to do."""
    async with chosen(**settings) as (made, stack):
        with pytest.raises(UsageError, match=told):
            both(made, stack)


async def test_a_cloned_voice_speaks_as_what_the_vendor_calls_it() -> None:
    """Beside the installed ones on their socket, made once for what it is made of."""

    async def text() -> AsyncIterator[str]:
        yield "Press high."

    server = CartesiaServer()
    async with server.listening():
        given = {"CARTESIA_API_KEY": KEY, "cartesia_url": server.url, "voice_ids": IDS}
        async with chosen(**given) as (settings, stack):
            speakers = vendors.Speakers(settings, stack, ScriptedVoice())
            neutral, _ = speakers.installed()
            voice = speakers.cloned("warm", {"cartesia": {"en": "clone-1"}})
            assert voice is not None
            assert voice is speakers.cloned("warm", {"cartesia": {"en": "clone-1"}})
            for one in (neutral, voice):
                async for _ in one.speak(text(), EN):
                    pass
    assert list(dict.fromkeys(asked["voice"]["id"] for asked in server.asked)) == ["n", "clone-1"]
    assert len(server.queries) == 1


async def test_a_clone_speaks_nothing_that_is_installed_under_its_name() -> None:
    """A name is whatever somebody wrote into a consent: in other languages it is not another's voice."""
    given = {"CARTESIA_API_KEY": KEY, "cartesia_url": "ws://127.0.0.1:9", "voice_ids": IDS}
    async with chosen(**given) as (settings, stack):
        speakers = vendors.Speakers(settings, stack, ScriptedVoice())
        voice = speakers.cloned("leo", {"cartesia": {"es": "c"}})
        assert isinstance(voice, FailoverVoice)
        assert [one.languages for one in voice.line.providers if one.name == "cartesia"] == [{Language("es")}]


@pytest.mark.parametrize("settings", [{}, {"CARTESIA_API_KEY": KEY, "voices": "local"}])
async def test_a_clone_of_whom_nobody_may_ask_does_not_speak(settings: dict[str, Any]) -> None:
    """Without the vendor's key, or where the settings leave that vendor out."""
    async with chosen(**settings) as (made, stack):
        assert vendors.Speakers(made, stack, ScriptedVoice()).cloned("w", {"cartesia": {"en": "c"}}) is None


@pytest.mark.parametrize(("key", "clone"), [(KEY, True), ("", False), (None, False)])
async def test_who_clones_is_who_has_a_key(key: str | None, clone: bool) -> None:
    """Without one nobody does."""
    async with chosen(CARTESIA_API_KEY=key, TAVUS_API_KEY=key) as (settings, stack):
        made = vendors.cloners(settings, stack)
        assert ([*made.voices], [*made.faces]) == (["cartesia"] * clone, ["tavus"] * clone)
        shown = vendors.avatars(settings)
        assert [*shown] == ["tavus"] * clone
        for one in shown.values():
            await one.close()


FOUND = Findings((Passage("p", "Press high.", Source("a.md")),), declined=False)


async def written(mind: LanguageModel) -> str:
    return "".join([getattr(p, "text", "") async for p in mind.reply(Prompt("", (), FOUND, "?", EN))])


async def test_another_server_answers_where_the_first_is_full() -> None:
    """vLLM's 503 is admission: the next in `GEMELO_LLM_OTHERS` is asked at once; what it used is noted."""
    meter = Meter()
    METER.set(meter)
    async with chat_server(Answer(status=503)) as full, chat_server(Answer(("Press ", "high."))) as other:
        others = [{"url": other.url, "model": "m", "name": "spare"}]
        prices = {"spare": {"prompt": 1, "cached": 0.5, "written": 2}}
        given = {"llm_url": full.url, "llm_model": "m", "llm_others": others, "prices": prices}
        async with chosen(**given) as (settings, stack):
            mind = vendors.minds(settings, stack)
            assert isinstance(mind, FailoverMind)
            assert await written(mind) == "Press high."
        assert len(full.asked) == 1
    (used,) = meter.read()
    assert (used.service, used.prompt, used.cached, used.written) == ("spare", 40, 32, 3)
    assert used.micros == pytest.approx(8 * 1 + 32 * 0.5 + 3 * 2)


async def test_vendors_are_compared_by_their_prices_and_the_embedded_goes_last() -> None:
    """What nobody set a price for is not taken for cheap; what is here costs nothing."""
    prices = {"deepgram": {"minute": 0.01}, "llm": {"prompt": 1, "written": 10}}
    others = [{"url": "http://127.0.0.1:9", "model": "m", "name": "spare"}]
    async with chosen(DEEPGRAM_API_KEY=KEY, prices=prices, llm_others=others) as (settings, stack):
        ears, mind = hearing(settings, stack), vendors.minds(settings, stack)
        assert isinstance(ears, FailoverEars)
        assert isinstance(mind, FailoverMind)
        heard = [(one.name, one.cost, one.last) for one in ears.line.providers]
        assert heard == [("deepgram", pytest.approx(10_000), False), ("local", 0, True)]
        costs = {one.name: one.cost for one in mind.line.providers}
        assert costs == {"llm": pytest.approx(2_000 + 800), "spare": None}
