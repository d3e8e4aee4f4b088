"""One at a time puts an index into a twin's folder, whatever process they run in."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from gemelo.models.errors import StoreError

Made = TypeVar("Made")

_POLL_S = 0.02
"""A thread that waited for the lock would be missing to whoever holds it: the pool is small."""


@asynccontextmanager
async def alone(root: Path) -> AsyncGenerator[None]:
    """Waits until nobody else changes what is in a folder; nobody does until this ends.

    Raises:
        StoreError: the folder cannot be written.
    """
    descriptor = await asyncio.to_thread(_opened, root)
    try:
        while not _locked(descriptor):  # noqa: ASYNC110 (another process sets no event)
            await asyncio.sleep(_POLL_S)
        yield
    finally:
        os.close(descriptor)  # which lets go of the lock, as the end of a process does


async def to_the_end(work: Callable[[], Made]) -> Made:
    """Runs in a thread; who cancels this waits until it is done, since a lock goes with it."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    finally:
        await asyncio.wait([running])


def _opened(root: Path) -> int:
    try:
        root.mkdir(parents=True, exist_ok=True)
        return os.open(root / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"the knowledge index cannot be written: {error.strerror}") from error


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
