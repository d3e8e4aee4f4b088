"""What processes use, read from Linux's `/proc` (proc(5)): time, memory, and who was started by whom."""

from __future__ import annotations

import os
import re
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_USER, _SYSTEM = 11, 12
"""Fields of `/proc/PID/stat` after the name: time in user and in kernel mode."""


def family(pid: int) -> list[int]:
    """A process and all that it started, theirs included."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(_stat(stat)[1])
        except OSError:
            continue
        parents.setdefault(parent, []).append(int(stat.parent.name))
    everyone = [pid]
    for member in everyone:
        everyone += parents.get(member, [])
    return everyone


def kilobytes(pid: int, file: str, field: str) -> int:
    """A field of `status` or `smaps_rollup`; 0 where there is none."""
    text = Path(f"/proc/{pid}/{file}").read_text()
    found = re.search(rf"^{field}:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) if found else 0


def rss_mb(pid: int) -> float:
    """Resident memory of a process and all that it started; pages that they share count twice."""
    return sum(kilobytes(member, "status", "VmRSS") for member in family(pid)) / 1024


def cpu_s(pid: int) -> float:
    """Processor time that a process and all that it started have used, every thread's (s)."""
    used = (_stat(Path(f"/proc/{member}/stat")) for member in family(pid))
    return sum(int(fields[_USER]) + int(fields[_SYSTEM]) for fields in used) / _TICKS


def _stat(path: Path) -> list[str]:
    """The fields after the name, which may hold anything."""
    return path.read_text().rpartition(")")[2].split()
