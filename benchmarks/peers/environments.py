"""An interpreter for each engine: the peers' virtual environments, and how a round is started in them."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PEERS = ("pipecat", "livekit")
_HERE = Path(__file__).parent
_PLAY = ("-P", "-m", "gemelo.benchmarks.peers.play")
_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""A round has one core: more threads of numpy would only fight for it."""


@dataclass(frozen=True, slots=True)
class Program:
    """What plays the rounds of one engine."""

    command: Sequence[str]
    environment: Mapping[str, str]


def own_programs() -> dict[str, Program]:
    """The engines that run in this interpreter."""
    environment = {**os.environ, **_ONE_THREAD}
    return {
        "gemelo": Program((sys.executable, "-m", "gemelo.admin.wiring.peer"), environment),
        "bare": Program((sys.executable, *_PLAY), environment),
    }


async def peer_programs(report: Callable[[str], None]) -> dict[str, Program]:
    """The peers that can be installed here; those that cannot are named and left out.

    An environment is made once and kept in the cache folder.
    """
    folder = _cache()
    visible = folder / "visible" / "gemelo"
    visible.mkdir(parents=True, exist_ok=True)
    link = visible / "benchmarks"
    if not link.is_dir() or not link.samefile(_HERE.parent):
        link.unlink(missing_ok=True)
        link.symlink_to(_HERE.parent, target_is_directory=True)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment = {**inherited, **_ONE_THREAD, "PYTHONPATH": str(visible.parent)}
    programs: dict[str, Program] = {}
    for peer in PEERS:
        if trouble := await _install(peer, folder / peer, report):
            report(f"peers: {peer} is left out, it cannot be installed: {trouble}")
        else:
            programs[peer] = Program((str(folder / peer / "bin" / "python"), *_PLAY), environment)
    return programs


def requirements(peer: str) -> str:
    """What is installed for a peer."""
    return (_HERE / f"{peer}.txt").read_text("utf-8").strip()


async def _install(peer: str, folder: Path, report: Callable[[str], None]) -> str:
    """Makes a peer's environment where it is not made yet; says what went wrong, if anything."""
    done = folder / "installed.txt"
    if done.is_file() and done.read_text("utf-8") == requirements(peer):
        return ""
    report(f"peers: installing {requirements(peer)} (once, about a minute)")
    python = str(folder / "bin" / "python")
    install = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    for command in (
        (sys.executable, "-m", "venv", str(folder)),
        (*install, "--requirement", str(_HERE / f"{peer}.txt")),
    ):
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
        _, said = await process.communicate()
        if process.returncode:
            return said.decode(errors="replace").strip().rpartition("\n")[2]
    done.write_text(requirements(peer), "utf-8")
    return ""


def _cache() -> Path:
    """The cache folder of the checkout this runs from, else the user's."""
    root = _HERE.parents[1]
    if (root / "pyproject.toml").is_file():
        return root / ".cache" / "peers"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gemelo" / "peers"
