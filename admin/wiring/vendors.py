"""Which vendors stand behind a seam, and in which order: by their keys, or as the settings say."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from functools import partial
from importlib import import_module
from inspect import signature
from typing import TYPE_CHECKING, Any, TypeVar

from gemelo.admin.services.cloning import Vendors
from gemelo.admin.services.voices import Ids
from gemelo.admin.wiring.settings import OtherMind, Plugin, Settings
from gemelo.models.clock import LoopClock
from gemelo.models.errors import UsageError
from gemelo.models.failover.ears import FailoverEars, Steady, Worded
from gemelo.models.failover.line import Line, Provider
from gemelo.models.failover.minds import FailoverMind
from gemelo.models.failover.voices import FailoverVoice
from gemelo.models.seams import (
    Ears,
    FaceCloner,
    FallibleEars,
    LanguageModel,
    SpeechToText,
    TextToSpeech,
    VoiceCloner,
)
from gemelo.models.usage import FREE, Prices, Used, note
from gemelo.models.vocabulary import Language

if TYPE_CHECKING:
    from gemelo.admin.services.house import House
    from gemelo.models.adapters.cartesia_voice import CartesiaVoice
    from gemelo.models.adapters.tavus import TavusAvatars

log = logging.getLogger(__name__)

T = TypeVar("T")

NEUTRAL = "neutral"
"""In `Settings.voice_ids`: the voice that is nobody's; others are called `TALENT/NAME`."""
_LOCAL = "local"
_EARS, _VOICES, _MINDS = "ears", "voices", "minds"
_TYPICAL = {
    _EARS: Used("", seconds=60),
    _VOICES: Used("", seconds=60, characters=900),
    _MINDS: Used("", prompt=2_000, written=80),
}
"""By what vendors of one seam are compared: a minute of sound, or one answer."""

Maker = Callable[[], Provider[T]]


def ears(
    settings: Settings,
    stack: AsyncExitStack,
    local: Callable[[SpeechToText], Ears],
    embedded: Callable[[], Ears],
) -> Ears:
    """Who hears fans.

    Args:
        local: makes ears that decide turns here, with a vendor's words.
        embedded: makes those that need no vendor.

    Raises:
        UsageError: the settings name what there is not, or a vendor without its key or its package.
    """

    def flux() -> Provider[FallibleEars]:
        from gemelo.models.adapters.deepgram_ears import DeepgramSettings, FluxEars

        return Provider("deepgram", FluxEars(DeepgramSettings(*_deepgram(settings))))

    def nova() -> Provider[FallibleEars]:
        from gemelo.models.adapters.deepgram_ears import DeepgramSettings, NovaRecogniser

        return Provider("nova", Worded(local, NovaRecogniser(DeepgramSettings(*_deepgram(settings)))))

    def ink() -> Provider[FallibleEars]:
        from gemelo.models.adapters.cartesia import CartesiaSettings
        from gemelo.models.adapters.cartesia_ears import InkEars

        return Provider("cartesia", InkEars(CartesiaSettings(*_cartesia(settings))))

    def here() -> Provider[FallibleEars]:
        return Provider(_LOCAL, Steady(embedded()))

    def plugged(name: str, one: Plugin) -> Provider[FallibleEars]:
        from gemelo.models.adapters.livekit_plugins import PluginRecogniser

        kind = import_module(f"livekit.plugins.{one.plugin}").STT
        heard = frozenset(map(Language, one.languages))

        def make(session: Any, language: Language) -> Any:
            return kind(**_options(kind, one.stt, session, language))

        recogniser = PluginRecogniser(name, make, heard)
        stack.push_async_callback(recogniser.close)
        return Provider(name, Worded(local, recogniser))

    makers: dict[str, Maker[FallibleEars]] = {"deepgram": flux, "nova": nova, "cartesia": ink, _LOCAL: here}
    for name, one in settings.plugins.items():
        if one.stt is not None:
            makers.setdefault(name, partial(plugged, name, one))
    keyed = {"deepgram": settings.deepgram_key, "cartesia": settings.cartesia_key}
    names = _names("ears", settings.ears, makers, [name for name, key in keyed.items() if key])
    if names == [_LOCAL]:
        return embedded()
    line = _line(_EARS, names, makers, stack, settings.prices)
    return FailoverEars(line, LoopClock(), settings.prices)


def voices(
    settings: Settings, stack: AsyncExitStack, embedded: TextToSpeech
) -> tuple[TextToSpeech, Mapping[tuple[str, str], TextToSpeech]]:
    """Who speaks: the neutral voice, and persons' by talent and name. Where a person's fails, the embedded
    one goes on.

    Raises:
        UsageError: the settings name what there is not, or a vendor without its key or its package.
    """
    return Speakers(settings, stack, embedded).installed()


class Speakers:
    """Makes voices of what vendors have; all of Cartesia's talk on one socket.

    Args:
        stack: ends them.
        embedded: goes on where a vendor's fails.
    """

    def __init__(self, settings: Settings, stack: AsyncExitStack, embedded: TextToSpeech) -> None:
        self._settings = settings
        self._embedded = embedded
        self._stack = AsyncExitStack()  # voices are cloned while fans talk: the house's is closed by then
        stack.push_async_callback(self._stack.aclose)
        self._sonics: list[CartesiaVoice] = []
        plugged = [vendor for vendor, one in settings.plugins.items() if one.tts is not None]
        self._known = dict.fromkeys(("cartesia", *plugged, _LOCAL))
        self._cloned: dict[str, TextToSpeech | None] = {}

    def installed(self) -> tuple[TextToSpeech, Mapping[tuple[str, str], TextToSpeech]]:
        """The neutral voice and persons', as the settings have them. Raises `UsageError`."""
        ids = self._settings.voice_ids
        persons = {_whose(name): self._speaking(name, said) for name, said in ids.items() if name != NEUTRAL}
        return self._speaking(NEUTRAL, ids.get(NEUTRAL, {})), persons

    def cloned(self, name: str, ids: Ids) -> TextToSpeech | None:
        """A person's voice that vendors made, by vendor and language; None where none of them can speak."""
        made_of = json.dumps([name, ids], sort_keys=True)
        if made_of not in self._cloned:
            self._cloned[made_of] = self._clone(name, ids)
        return self._cloned[made_of]

    def _clone(self, name: str, ids: Ids) -> TextToSpeech | None:
        able = self._known.keys() - (set() if self._settings.cartesia_key else {"cartesia"})
        usable = {vendor: spoken for vendor, spoken in ids.items() if vendor in able}
        try:
            voice = self._speaking(name, usable)
        except UsageError as error:
            log.warning("voice %s was cloned and cannot speak: %s", name, error)
            return None
        return None if voice is self._embedded else voice

    def _speaking(self, name: str, ids: Ids) -> TextToSpeech:
        settings, stack, known = self._settings, self._stack, self._known
        makers: dict[str, Maker[TextToSpeech]] = {_LOCAL: lambda: Provider(_LOCAL, self._embedded)}
        for vendor, said in ids.items():
            if vendor not in known:
                raise UsageError(f"GEMELO_VOICE_IDS names {vendor!r}: known are {', '.join(known)}")
            spoken = {Language(language): id for language, id in said.items()}
            if vendor == "cartesia":
                makers[vendor] = partial(_sonic, settings, stack, spoken, self._sonics)
            elif spoken and vendor != _LOCAL:
                makers[vendor] = partial(_plugged_voice, settings, stack, spoken, vendor)
        wanted = _names("voices", settings.voices, known, [v for v in makers if v != _LOCAL])
        if lacking := [vendor for vendor in wanted if vendor not in makers and name == NEUTRAL]:
            told = f"GEMELO_VOICES names {lacking[0]}: say in GEMELO_VOICE_IDS which voice of theirs"
            raise UsageError(told)
        chosen = [vendor for vendor in wanted if vendor in makers]
        if chosen in ([], [_LOCAL]):
            return self._embedded
        seam = _VOICES if name == NEUTRAL else f"{_VOICES}-{name}"
        line = _line(seam, chosen, makers, stack, settings.prices)
        return FailoverVoice(line, LoopClock(), settings.voice_patience_s, settings.prices)


def _whose(called: str) -> tuple[str, str]:
    """The talent and the name of a person's voice. Raises `UsageError`."""
    talent, _, name = called.partition("/")
    if not (talent and name):
        raise UsageError(
            f"GEMELO_VOICE_IDS has a voice {called!r} and does not say whose: write TALENT/NAME, as in"
            " 'nina-ray/warm', or 'neutral' for nobody's"
        )
    return talent, name


def _sonic(
    settings: Settings, stack: AsyncExitStack, spoken: Mapping[Language, str], others: list[CartesiaVoice]
) -> Provider[TextToSpeech]:
    """A voice of Cartesia's, on the socket of the `others` where there are any."""
    from gemelo.models.adapters.cartesia import CartesiaSettings
    from gemelo.models.adapters.cartesia_voice import CartesiaVoice

    if others:
        voice = others[0].using(spoken)
    else:
        voice = CartesiaVoice(CartesiaSettings(*_cartesia(settings), voices=spoken))
        voice.start()  # no fan's turn waits for a handshake
        stack.push_async_callback(voice.close)
        others.append(voice)
    return Provider("cartesia", voice, voice.ping, languages=frozenset(spoken))


def _plugged_voice(
    settings: Settings, stack: AsyncExitStack, spoken: Mapping[Language, str], vendor: str
) -> Provider[TextToSpeech]:
    from gemelo.models.adapters.livekit_plugins import PluginVoice

    one = settings.plugins[vendor]
    kind = import_module(f"livekit.plugins.{one.plugin}").TTS

    def make(session: Any, language: Language) -> Any:
        return kind(**{one.voice: spoken[language]} | _options(kind, one.tts, session, language))

    voice = PluginVoice(vendor, make)
    stack.push_async_callback(voice.close)
    try:
        for language in spoken:
            voice.start(language)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{vendor} cannot speak: {error}") from None
    return Provider(vendor, voice, languages=frozenset(spoken))


def cloners(settings: Settings, stack: AsyncExitStack) -> Vendors:
    """Who makes voices and faces of recordings: vendors whose keys are set and whose packages are there."""
    from gemelo.models.adapters.aiohttp_courier import AiohttpCourier

    files = AiohttpCourier(loopback=settings.webhooks_here)
    stack.push_async_callback(files.close)
    voices: dict[str, VoiceCloner] = {}
    faces: dict[str, FaceCloner] = {}
    if settings.cartesia_key:
        with suppress(ModuleNotFoundError):
            from gemelo.models.adapters.cartesia import CartesiaSettings
            from gemelo.models.adapters.cartesia_clones import CartesiaClones

            voices["cartesia"] = sonic = CartesiaClones(CartesiaSettings(*_cartesia(settings)))
            stack.push_async_callback(sonic.close)
    if settings.tavus_key:
        from gemelo.models.adapters.tavus import TavusFaces

        faces["tavus"] = tavus = TavusFaces(settings.tavus_key.get_secret_value(), settings.tavus_url)
        stack.push_async_callback(tavus.close)
    return Vendors(voices, faces, files, settings.webhooks_here)


def avatars(settings: Settings) -> dict[str, TavusAvatars]:
    """Whose faces join rooms, by name: vendors whose keys are set; to be closed in the end."""
    if not settings.tavus_key:
        return {}
    from gemelo.models.adapters.tavus import TavusAvatars

    key = settings.tavus_key.get_secret_value()
    return {"tavus": TavusAvatars(key, settings.tavus_url, settings.tavus_pal)}


def minds(settings: Settings, stack: AsyncExitStack) -> LanguageModel:
    """Who answers, where a language model is configured."""
    from gemelo.models.adapters.openai_compatible import OpenAICompatible
    from gemelo.models.adapters.openai_mind import MindSettings, Usage
    from gemelo.models.adapters.openai_socket import OpenAISocket

    def mind(name: str, one: OtherMind) -> LanguageModel:
        price = settings.prices.get(name, FREE)

        def used(usage: Usage) -> None:
            note(price.of(Used(name, prompt=usage.prompt, cached=usage.cached, written=usage.written)))

        made = MindSettings(one.url, one.model, one.key.get_secret_value(), vllm=one.vllm)
        kind = OpenAISocket if one.url.startswith(("ws://", "wss://")) else OpenAICompatible
        mind = kind(made, used)
        stack.push_async_callback(mind.close)
        return mind

    first = OtherMind(
        url=settings.llm_url, model=settings.llm_model, key=settings.llm_key, vllm=settings.llm_vllm
    )
    if not settings.llm_others:
        return mind("llm", first)
    providers: list[Provider[LanguageModel]] = []
    for number, one in enumerate((first, *settings.llm_others), 1):
        name = one.name or ("llm" if number == 1 else f"llm-{number}")
        cost = _cost(_MINDS, name, settings.prices)
        providers.append(Provider(name, mind(name, one), cost=cost))
    line = Line(providers, LoopClock(), seam=_MINDS)
    return FailoverMind(line, LoopClock(), settings.llm_patience_s)


def _names(setting: str, said: str, known: Iterable[str], keyed: list[str]) -> list[str]:
    names = list(dict.fromkeys(said.lower().replace(",", " ").split())) or [*keyed, _LOCAL]
    for name in names:
        if name not in known:
            raise UsageError(f"GEMELO_{setting.upper()} names {name!r}: known are {', '.join(known)}")
    return names


def _options(kind: Any, given: Mapping[str, Any] | None, session: Any, language: Language) -> dict[str, Any]:
    """What a plugin is made with: the session and the language where it takes them, then what is set."""
    takes = signature(kind).parameters
    ours = {"http_session": session, "language": str(language)}
    return {name: value for name, value in ours.items() if name in takes} | dict(given or {})


def _deepgram(settings: Settings) -> tuple[str, str]:
    if not settings.deepgram_key:
        raise UsageError("Deepgram is named without a key: set DEEPGRAM_API_KEY")
    return settings.deepgram_key.get_secret_value(), settings.deepgram_url


def _cartesia(settings: Settings) -> tuple[str, str]:
    if not settings.cartesia_key:
        raise UsageError("Cartesia is named without a key: set CARTESIA_API_KEY")
    return settings.cartesia_key.get_secret_value(), settings.cartesia_url


def _package(name: str) -> str:
    return f"gemelo[{name}]" if name in ("cartesia", "deepgram") else "gemelo[livekit-plugins] and the plugin"


def lines(house: House) -> tuple[Line[Any], ...]:
    """The lines of a house's seams, to see who is asked."""
    served = (house.ears, house.mind, *house.voices.all)
    return tuple(one.line for one in served if isinstance(one, FailoverEars | FailoverMind | FailoverVoice))


def _cost(seam: str, name: str, prices: Prices) -> float | None:
    """What a vendor costs for what its seam is mostly asked for; None where nobody set a price."""
    if name == _LOCAL:
        return 0.0
    return prices[name].of(_TYPICAL[seam.partition("-")[0]]).micros if name in prices else None


def _line(
    seam: str, names: Iterable[str], makers: Mapping[str, Maker[T]], stack: AsyncExitStack, prices: Prices
) -> Line[T]:
    providers: list[Provider[T]] = []
    for name in names:
        try:
            cost = _cost(seam, name, prices)
            providers.append(replace(makers[name](), cost=cost, last=name == _LOCAL))
        except ModuleNotFoundError as error:
            raise UsageError(f"{name} needs {error.name}: install {_package(name)}") from error
    line = Line(providers, LoopClock(), seam=seam, keeps=seam.startswith(_VOICES))
    line.watch()
    stack.push_async_callback(line.close)
    return line
