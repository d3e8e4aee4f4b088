"""What a suite gets and what it answers: figures in rows, and the document that holds them.

A suite is a module with `async def run(bench: Bench) -> list[Row]`.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from gemelo.context.guard.compiled import CompiledGuard
from gemelo.context.guard.meaning import Meaning
from gemelo.context.knowledge.twin import Library
from gemelo.context.policy.context import Context
from gemelo.engine.stage import Stage
from gemelo.models.errors import BadDocument
from gemelo.models.vocabulary import Language

_MEASURED_WITH = ("gemelo", "numpy", "onnxruntime", "faiss-cpu", "pipecat-ai", "livekit-agents")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `value` is the figure itself; `p50` and `p95` are set where it is a distribution."""

    engine: str
    profile: str
    metric: str
    lang: str
    unit: str
    value: float
    p50: float | None = None
    p95: float | None = None
    n: int = 1


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
    """

    house: Callable[[], Awaitable[House]]
    data: Path | None
    report: Callable[[str], None]

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


def share(metric: str, lang: str, hits: Sequence[bool], profile: str = "", engine: str = "gemelo") -> Row:
    """A share (0-1) of things that happened."""
    value = round(sum(hits) / len(hits), 4) if hits else 0.0
    return Row(engine, profile, metric, lang, "share", value, n=len(hits))


def times(
    metric: str, lang: str, milliseconds: Sequence[float], profile: str = "", engine: str = "gemelo"
) -> Row:
    """A distribution of times in ms; its value is the median."""
    p50, p95 = (round(float(p), 3) for p in np.percentile(milliseconds, [50, 95]))
    return Row(engine, profile, metric, lang, "ms", p50, p50, p95, len(milliseconds))


def amount(metric: str, unit: str, value: float, profile: str = "", engine: str = "gemelo") -> Row:
    """A single measured amount."""
    return Row(engine, profile, metric, "", unit, round(value, 3))


def document(suite: str, settings: Mapping[str, Any], rows: Sequence[Row]) -> dict[str, Any]:
    """The JSON document of one run, with what it ran on."""
    return {
        "suite": suite,
        "machine": {
            "cpu": _cpu(),
            "cores": os.cpu_count(),
            "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
            "system": f"{platform.system()} {platform.release()}",
            "python": platform.python_version(),
            "versions": {name: found for name in _MEASURED_WITH if (found := _version(name))},
        },
        "settings": dict(settings),
        "rows": [asdict(row) for row in rows],
    }


def _cpu() -> str:
    """The processor's name, or at least its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
