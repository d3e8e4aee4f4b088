"""What a suite gets, and what it finds: figures in rows, curves, and the marks of single turns.

A suite is a module with `SETTINGS` and `async def run(bench: Bench) -> Sequence[Finding]`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from gemelo.benchmarks import intervals
from gemelo.benchmarks.intervals import Interval
from gemelo.context.guard.compiled import CompiledGuard
from gemelo.context.guard.meaning import Meaning
from gemelo.context.knowledge.twin import Library
from gemelo.context.policy.context import Context
from gemelo.engine.stage import Stage
from gemelo.models.errors import BadDocument
from gemelo.models.vocabulary import Language

KEPT = 2000
"""Samples kept of a distribution; of more, as many evenly spaced quantiles, its ends among them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Attributes:
        value: the figure itself; of a distribution its median.
        p50, p95, p99: of a distribution, the tails only where ten samples lie beyond them.
        interval: 95 % of the value, where one can be told.
        p95_interval: 95 % of the p95.
        samples: what a distribution was made of, sorted (see `KEPT`).
    """

    engine: str
    profile: str
    metric: str
    lang: str
    unit: str
    value: float
    p50: float | None = None
    p95: float | None = None
    n: int = 1
    p99: float | None = None
    interval: Interval | None = None
    p95_interval: Interval | None = None
    samples: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Curve:
    """One figure over another, to be drawn: a p95 over sessions, false ends over delays.

    Attributes:
        x, y: what the axes show, with units.
        points: x and y, in the order of x.
        knee: the x up to which it holds, where there is such a point.
    """

    engine: str
    profile: str
    metric: str
    x: str
    y: str
    points: tuple[tuple[float, float], ...]
    knee: float | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """What somebody did in a turn, and from when to when (ms); a moment where it does not last."""

    who: str
    what: str
    from_ms: float
    to_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """What happened in one turn, in ms after the true end of the fan's speech.

    Attributes:
        marks: when what happened: `end_of_turn`, `first_token`...
        spans: who did what meanwhile, where one turn was watched that closely.
    """

    engine: str
    profile: str
    marks: Mapping[str, float]
    spans: tuple[Span, ...] = ()


Finding = Row | Curve | Trace


class Place(Protocol):
    """One open deployment."""

    @property
    def stage(self) -> Stage: ...


class Sessions(Protocol):
    """Keeps sessions: one must stand here before its first turn is committed."""

    async def open(self, session: str, deployment: str, policy: str, language: Language) -> object: ...


class House(Protocol):
    """What a suite may use of the built house."""

    @property
    def library(self) -> Library: ...

    @property
    def sessions(self) -> Sessions: ...

    @property
    def meaning(self) -> Meaning: ...

    def guard(self, context: Context) -> CompiledGuard:
        """Compiles the guard of a context."""
        ...

    async def place(self, key: str) -> Place:
        """Opens a deployment: `demo-portal` is one.

        Raises:
            UnknownDeployment, BadLayer, StoreError.
        """
        ...


@dataclass(frozen=True, slots=True)
class Bench:
    """What a suite works with.

    Attributes:
        house: builds the house the first time, then gives the same one; suites on scripted services
            never call it, and so run without model files.
        data: folder of development data, None where there is none.
        report: takes one line of progress.
        full: measure at length: enough turns for a p95, the whole soak. Otherwise a few minutes.
        target: where a server listens that is measured instead of one that the suite starts, as
            "host:port"; empty: start one.
        models: folder of model files, for suites that ask the models themselves.
        demo: a data folder with the demo in it, which servers start on copies of; None: each learns it anew.
    """

    house: Callable[[], Awaitable[House]]
    data: Path | None
    report: Callable[[str], None]
    full: bool = False
    target: str = ""
    models: Path | None = None
    demo: Path | None = None

    def needed(self, folder: str) -> Path:
        """The data that a suite cannot do without: `folder` inside `data`, or `data` itself.

        Raises:
            BadDocument: there are none.
        """
        if self.data is None:
            raise BadDocument(f"this suite needs data: name a folder of {folder} data with --data DIR")
        inside = self.data / folder
        found = inside if inside.is_dir() else self.data
        if not found.is_dir():
            raise BadDocument(f"there is no folder {self.data}: name one of {folder} data with --data DIR")
        return found


def share(
    metric: str,
    lang: str,
    hits: Sequence[bool],
    profile: str = "",
    engine: str = "gemelo",
    interval: Interval | None = None,
) -> Row:
    """A share (0-1) of things that happened, with Wilson's interval unless another is given."""
    value = round(sum(hits) / len(hits), 4) if hits else 0.0
    sure = interval or intervals.share(sum(hits), len(hits))
    return Row(engine, profile, metric, lang, "share", value, n=len(hits), interval=_rounded(sure))


def times(
    metric: str, lang: str, milliseconds: Sequence[float], profile: str = "", engine: str = "gemelo"
) -> Row:
    """A distribution of times in ms; its value is the median."""
    return distribution(metric, "ms", milliseconds, lang, profile, engine)


def distribution(
    metric: str,
    unit: str,
    samples: Sequence[float],
    lang: str = "",
    profile: str = "",
    engine: str = "gemelo",
) -> Row:
    """A distribution of at least one sample; its value is the median."""
    n = len(samples)
    p50, p95, p99 = (round(float(p), 3) for p in np.percentile(samples, [50, 95, 99]))
    tailed = n >= intervals.ENOUGH_FOR_P95
    return Row(
        engine,
        profile,
        metric,
        lang,
        unit,
        value=p50,
        p50=p50,
        p95=p95 if tailed else None,
        n=n,
        p99=p99 if n >= intervals.ENOUGH_FOR_P99 else None,
        interval=_rounded(intervals.quantile(samples, 0.50)) if n > 1 else None,
        p95_interval=_rounded(intervals.quantile(samples, 0.95)) if tailed else None,
        samples=_kept(samples),
    )


def amount(
    metric: str,
    unit: str,
    value: float,
    profile: str = "",
    engine: str = "gemelo",
    interval: Interval | None = None,
) -> Row:
    """A single measured amount."""
    sure = _rounded(interval) if interval else None
    return Row(engine, profile, metric, "", unit, round(value, 3), interval=sure)


def _kept(samples: Sequence[float]) -> tuple[float, ...]:
    ordered = np.sort(np.asarray(samples, dtype=np.float64))
    if len(ordered) > KEPT:
        ordered = np.quantile(ordered, np.linspace(0, 1, KEPT))
    return tuple(float(value) for value in ordered.round(3))


def _rounded(interval: Interval) -> Interval:
    return round(interval[0], 4), round(interval[1], 4)
