"""The JSON shape that every benchmark answers with."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from typing import Any, TypedDict

import numpy as np


class Row(TypedDict):
    """One figure. `value` is the figure itself; `p50` and `p95` are set where it is a distribution."""

    engine: str
    profile: str
    metric: str
    lang: str
    unit: str
    value: float
    p50: float | None
    p95: float | None
    n: int


class Report(TypedDict):
    suite: str
    machine: dict[str, Any]
    settings: dict[str, Any]
    rows: list[Row]


def share(metric: str, lang: str, hits: Sequence[bool], profile: str = "") -> Row:
    """A share (0-1) of things that happened."""
    value = round(sum(hits) / len(hits), 4) if hits else 0.0
    return _row(profile, metric, lang, "share", value, None, None, len(hits))


def times(metric: str, lang: str, milliseconds: Sequence[float], profile: str = "") -> Row:
    """A distribution of times in ms; its value is the median."""
    p50, p95 = (round(float(p), 3) for p in np.percentile(milliseconds, [50, 95]))
    return _row(profile, metric, lang, "ms", p50, p50, p95, len(milliseconds))


def amount(metric: str, unit: str, value: float, profile: str = "") -> Row:
    """A single measured amount."""
    return _row(profile, metric, "", unit, round(value, 3), None, None, 1)


def report(suite: str, settings: dict[str, Any], rows: list[Row]) -> Report:
    """A whole report, with what it ran on."""
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "cpu": platform.machine()}
    return {"suite": suite, "machine": machine, "settings": settings, "rows": rows}


def _row(
    profile: str,
    metric: str,
    lang: str,
    unit: str,
    value: float,
    p50: float | None,
    p95: float | None,
    n: int,
) -> Row:
    return {
        "engine": "gemelo",
        "profile": profile,
        "metric": metric,
        "lang": lang,
        "unit": unit,
        "value": value,
        "p50": p50,
        "p95": p95,
        "n": n,
    }
