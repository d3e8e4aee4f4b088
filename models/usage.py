"""What a turn took of services that are paid for, noted where it is taken.

Each reply is made in a task of its own (and the tasks begun in it), which carries the meter of its draft:
who calls a service notes there what it took, and neither seams nor the engine hand it round.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Used:
    """What one service was used for.

    Attributes:
        service: its name in the settings.
        seconds: of sound that it heard or made.
        characters: that it was given to say.
        prompt, cached, written: tokens; `cached` of the `prompt` were not computed anew.
        micros: what that costs, in millionths of the currency of the prices; 0 where nobody set a price.
    """

    service: str
    seconds: float = 0.0
    characters: int = 0
    prompt: int = 0
    cached: int = 0
    written: int = 0
    micros: float = 0.0

    def __add__(self, other: Used) -> Used:
        return Used(
            self.service,
            self.seconds + other.seconds,
            self.characters + other.characters,
            self.prompt + other.prompt,
            self.cached + other.cached,
            self.written + other.written,
            self.micros + other.micros,
        )


@dataclass(frozen=True, slots=True)
class Price:
    """What a service costs: a minute of sound, and a million of characters or tokens.

    Attributes:
        cached: for prompt tokens that were not computed anew; as `prompt` where it is not said.
    """

    minute: float = 0.0
    characters: float = 0.0
    prompt: float = 0.0
    cached: float | None = None
    written: float = 0.0

    def of(self, used: Used) -> Used:
        """The same use with its cost."""
        cached = self.prompt if self.cached is None else self.cached
        cost = (
            used.seconds / 60 * self.minute
            + used.characters / _MILLION * self.characters
            + (used.prompt - used.cached) / _MILLION * self.prompt
            + used.cached / _MILLION * cached
            + used.written / _MILLION * self.written
        )
        return replace(used, micros=cost * _MILLION)


Prices = Mapping[str, Price]
"""By the name of the service."""
FREE = Price()


def together(uses: Iterable[Used]) -> tuple[Used, ...]:
    """One line for each service, in the order in which they were first used."""
    lines: dict[str, Used] = {}
    for used in uses:
        lines[used.service] = lines[used.service] + used if used.service in lines else used
    return tuple(lines.values())


@dataclass(slots=True)
class Meter:
    """Adds up what one draft takes, and those that it answers for."""

    uses: list[Used] = field(default_factory=list[Used])
    others: list[Meter] = field(default_factory=list["Meter"])

    def read(self) -> tuple[Used, ...]:
        """What was used so far."""
        return together((*(used for other in self.others for used in other.read()), *self.uses))


METER: ContextVar[Meter | None] = ContextVar("meter", default=None)
"""The meter of the draft that this task works for."""


def note(used: Used) -> None:
    """Notes a use on the meter of whoever works here; for nobody, nothing."""
    if meter := METER.get():
        meter.uses.append(used)
