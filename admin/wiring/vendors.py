"""Which vendors stand behind a seam, and in which order: by their keys, or as the settings say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from typing import TypeVar

from gemelo.admin.wiring.settings import Settings
from gemelo.models.clock import LoopClock
from gemelo.models.errors import UsageError
from gemelo.models.failover.ears import FailoverEars, Steady
from gemelo.models.failover.line import Line, Provider
from gemelo.models.seams import Ears, FallibleEars, SpeechToText

T = TypeVar("T")

Maker = Callable[[], T]


def ears(
    settings: Settings,
    stack: AsyncExitStack,
    local: Callable[[SpeechToText], Ears],
    embedded: Maker[Ears],
) -> Ears:
    """Who hears fans.

    Args:
        local: makes ears that decide turns here, with a vendor's words.
        embedded: makes those that need no vendor.

    Raises:
        UsageError: the settings name what there is not, or a vendor without its key or its package.
    """

    def flux() -> FallibleEars:
        from gemelo.models.adapters.deepgram_ears import DeepgramSettings, FluxEars

        return FluxEars(DeepgramSettings(_key(settings, "deepgram"), settings.deepgram_url))

    def nova() -> FallibleEars:
        from gemelo.models.adapters.deepgram_ears import DeepgramSettings, NovaRecogniser

        recogniser = NovaRecogniser(DeepgramSettings(_key(settings, "deepgram"), settings.deepgram_url))
        return Steady(local(recogniser))

    makers = {"deepgram": flux, "nova": nova}
    names = _names("ears", settings.ears, (*makers, "local"), _keyed(settings, makers))
    if names == ["local"]:
        return embedded()
    makers["local"] = lambda: Steady(embedded())
    return FailoverEars(_line(names, makers, stack), LoopClock(), settings.prices)


def _keyed(settings: Settings, makers: Iterable[str]) -> list[str]:
    """Where nothing is said: the vendors whose keys are set, then what is here."""
    keys = {"deepgram": settings.deepgram_key}
    return [*(name for name in makers if keys.get(name)), "local"]


def _names(setting: str, said: str, known: Iterable[str], otherwise: list[str]) -> list[str]:
    names = list(dict.fromkeys(said.lower().replace(",", " ").split())) or otherwise
    for name in names:
        if name not in known:
            raise UsageError(f"GEMELO_{setting.upper()} names {name!r}: known are {', '.join(known)}")
    return names


def _key(settings: Settings, vendor: str) -> str:
    key = {"deepgram": settings.deepgram_key}[vendor]
    if not key:
        raise UsageError(f"{vendor} is named without a key: set {vendor.upper()}_API_KEY")
    return key.get_secret_value()


def _line(names: Iterable[str], makers: Mapping[str, Maker[T]], stack: AsyncExitStack) -> Line[T]:
    providers: list[Provider[T]] = []
    for name in names:
        try:
            providers.append(Provider(name, makers[name]()))
        except ModuleNotFoundError as error:
            raise UsageError(f"{name} needs {error.name}: install gemelo[{name}]") from error
    line = Line(providers, LoopClock())
    line.watch()
    stack.push_async_callback(line.close)
    return line
