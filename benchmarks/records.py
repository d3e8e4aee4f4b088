"""The record of one run: what was found, against which targets, and what it ran on; and its JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from gemelo.benchmarks.rows import Curve, Finding, Row, Trace
from gemelo.benchmarks.targets import Judgement, judged
from gemelo.models.errors import BadDocument

_MEASURED_WITH = ("gemelo", "numpy", "onnxruntime", "faiss-cpu", "pipecat-ai", "livekit-agents")


@dataclass(frozen=True, slots=True)
class Record:
    """One run of one suite, as it is kept in a file; what older files do not have is empty."""

    suite: str
    machine: dict[str, Any]
    settings: dict[str, Any]
    rows: tuple[Row, ...]
    targets: tuple[Judgement, ...] = ()
    curves: tuple[Curve, ...] = ()
    traces: tuple[Trace, ...] = ()

    @classmethod
    def of(
        cls, suite: str, settings: Mapping[str, Any], findings: Sequence[Finding], ran_on: Mapping[str, Any]
    ) -> Record:
        """Sorts what a run found, and judges it.

        Args:
            ran_on: `machine()`, from before the run.
        """
        rows = tuple(found for found in findings if isinstance(found, Row))
        return cls(
            suite,
            dict(ran_on),
            dict(settings),
            rows,
            tuple(judged(suite, rows)),
            tuple(found for found in findings if isinstance(found, Curve)),
            tuple(found for found in findings if isinstance(found, Trace)),
        )

    @classmethod
    def read(cls, file: Path) -> Record:
        """Reads what `write` has written, or an older version of it.

        Raises:
            BadDocument: it is no such file.
        """
        try:
            return _RECORD.validate_json(file.read_bytes())
        except (OSError, ValidationError) as error:
            raise BadDocument(f"{file} holds no figures of gemelo bench") from error

    def write(self, file: Path) -> None:
        file.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", "utf-8")


_RECORD = TypeAdapter(Record)


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
