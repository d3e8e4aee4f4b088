"""What the program weighs: memory of a server that has talked, and the base install on disk."""

from __future__ import annotations

import asyncio
import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from websockets.asyncio.client import ClientConnection

import gemelo.engine
from gemelo.benchmarks.fan import Clip, Microphone, render
from gemelo.benchmarks.processes import family, kilobytes
from gemelo.benchmarks.rows import Bench, Row, amount
from gemelo.benchmarks.serving import DEPLOYMENT, message, send, serving, socket
from gemelo.benchmarks.spoken_turns import EN, QUESTIONS
from gemelo.benchmarks.text import questions

TURNS = 20
SETTINGS = {
    "rss": "VmRSS of the server and all its workers added up; pages that they share count twice",
    "pss": "the same with shared pages counted once",
    "base_install": "files of gemelo's requirements without extras, as installed here",
}
_SPOKEN = 5
"""Of the turns, at most this many are spoken."""
_WAIT_S = 10.0
_PACKAGES = ("admin", "benchmarks", "context", "engine", "models", "pipelines", "widget")
_MB = 2**20


async def run(bench: Bench, turns: int = TURNS) -> list[Row]:
    """Talks to a server for `turns` turns, some of them by voice, and weighs it.

    Raises:
        ServerFailed: the server did not start, or answered with an error.
    """
    bench.report("size: a server that talks")
    voice = (await (await bench.house()).place(DEPLOYMENT)).stage.voice
    spoken = [await render(voice, text, EN) for text in QUESTIONS[: min(_SPOKEN, turns)]]
    async with serving() as (pid, port):
        async with socket(port, voice=True) as connection:
            for number, (_, text) in enumerate(questions(turns - len(spoken))):
                await send(connection, "send-text", {"content": text}, str(number))
                await message(connection, "bot-stopped-speaking" if number == 0 else "bot-llm-stopped")
            for clip in spoken:
                await _say(connection, clip)
        everyone = family(pid)
        rss = sum(kilobytes(process, "status", "VmRSS") for process in everyone)
        pss = sum(kilobytes(process, "smaps_rollup", "Pss") for process in everyone)
    return [
        amount("rss", "MB", rss / 1024),
        amount("pss", "MB", pss / 1024),
        amount("processes", "count", len(everyone)),
        amount("base_install", "MB", base_install() / _MB),
    ]


def base_install() -> int:
    """Bytes of the package itself and of everything that its base install brings."""
    own = Path(str(gemelo.engine.__file__)).parents[1]
    total = sum(_weight(own / name) for name in _PACKAGES)
    waiting, seen = _requirements("gemelo"), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        waiting += _requirements(name)
        total += _installed(name)
    return total


def _requirements(name: str) -> list[str]:
    """What a distribution requires without extras on this machine; platform markers are not read."""
    try:
        lines = distribution(name).requires or []
    except PackageNotFoundError:
        return []
    return [re.split(r"[\s\[<>=!~;(]", line)[0].lower() for line in lines if "extra ==" not in line]


def _weight(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _installed(name: str) -> int:
    try:
        files = distribution(name).files or []
    except PackageNotFoundError:
        return 0
    paths = (Path(str(file.locate())) for file in files)
    return sum(path.stat().st_size for path in paths if path.is_file())


async def _say(connection: ClientConnection, clip: Clip) -> None:
    """Speaks a clip into the socket and waits for the reply's text, but not for ever: ears mishear."""
    loop = asyncio.get_running_loop()
    sending: set[asyncio.Task[None]] = set()

    def hear(pcm: bytes) -> None:
        task = loop.create_task(connection.send(pcm))
        sending.add(task)
        task.add_done_callback(sending.discard)

    microphone = Microphone(hear)
    microphone.play(clip)
    talking = asyncio.create_task(microphone.run())
    try:
        async with asyncio.timeout(_WAIT_S):
            await message(connection, "bot-llm-stopped")
    except TimeoutError:
        pass
    finally:
        talking.cancel()
        await asyncio.gather(talking, *sending, return_exceptions=True)
