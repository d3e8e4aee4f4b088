"""The JSON document of one run: what was found, against which targets, and what it ran on."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from gemelo.benchmarks.rows import Curve, Finding, Row, Trace
from gemelo.benchmarks.targets import judged

_MEASURED_WITH = ("gemelo", "numpy", "onnxruntime", "faiss-cpu", "pipecat-ai", "livekit-agents")


def machine() -> dict[str, Any]:
    """What a run is about to run on, and how busy that is."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "usable_cores": len(os.sched_getaffinity(0)),
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "versions": {name: found for name in _MEASURED_WITH if (found := _version(name))},
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "load_at_start": [round(load, 2) for load in os.getloadavg()],
    }


def document(
    suite: str, settings: Mapping[str, Any], findings: Sequence[Finding], ran_on: Mapping[str, Any]
) -> dict[str, Any]:
    """The JSON document of one run.

    Args:
        ran_on: `machine()`, from before the run.
    """
    rows = [found for found in findings if isinstance(found, Row)]
    return {
        "suite": suite,
        "machine": dict(ran_on),
        "settings": dict(settings),
        "rows": [asdict(row) for row in rows],
        "targets": [asdict(judgement) for judgement in judged(suite, rows)],
        "curves": [asdict(found) for found in findings if isinstance(found, Curve)],
        "traces": [asdict(found) for found in findings if isinstance(found, Trace)],
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
