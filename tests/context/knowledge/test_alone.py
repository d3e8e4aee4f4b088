"""One at a time changes what is in a twin's folder."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from threading import Event

import pytest

from gemelo.context.knowledge.alone import alone, to_the_end
from gemelo.models.errors import StoreError

HOLDER = """
import asyncio, sys
from pathlib import Path
from gemelo.context.knowledge.alone import alone, to_the_end

async def main(root):
    async with alone(root):
        print("in", flush=True)
        sys.stdin.readline()
        (root / "left").touch()

asyncio.run(main(Path(sys.argv[1])))
"""


async def test_another_process_is_waited_for(tmp_path: Path) -> None:
    """Who comes second goes on when the first has left, or has died."""
    pipe = asyncio.subprocess.PIPE
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, str(tmp_path), stdin=pipe, stdout=pipe
    )
    assert holder.stdin
    assert holder.stdout
    assert await holder.stdout.readline() == b"in\n"

    async def enter() -> bool:
        async with alone(tmp_path):
            return (tmp_path / "left").exists()

    entering = asyncio.create_task(enter())
    await asyncio.wait([entering], timeout=0.2)
    holder.stdin.write(b"\n")
    assert await entering
    assert await holder.wait() == 0


async def test_who_is_cancelled_leaves_when_the_work_is_done(tmp_path: Path) -> None:
    """A thread cannot be stopped: what it still writes is whole before anybody else comes."""
    begun, may = Event(), Event()

    def work() -> None:
        begun.set()
        may.wait()
        (tmp_path / "left").touch()

    async def first() -> None:
        async with alone(tmp_path):
            await to_the_end(work)

    async def second() -> bool:
        async with alone(tmp_path):
            return (tmp_path / "left").exists()

    working = asyncio.create_task(first())
    await asyncio.to_thread(begun.wait)
    working.cancel()
    entering = asyncio.create_task(second())
    await asyncio.wait([entering], timeout=0.2)
    may.set()
    assert await entering
    assert working.cancelled()


async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """As an error of the store."""
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError):
        async with alone(tmp_path / "file"):
            pass
