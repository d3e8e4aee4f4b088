"""Tests for a worker process as the event loop sees it, on a process in memory."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from gemelo.models.adapters.framing import Frame, pack
from gemelo.models.adapters.worker import Worker

AUDIO, CONTROL = 1, 2


class Process:
    """A process that answers what a test feeds it, and reads nothing of its pipe."""

    pid = 7

    def __init__(self) -> None:
        self.stdin = Pipe()
        self.stdout = asyncio.StreamReader()
        self._gone = asyncio.Event()
        self._status = 0

    def end(self, status: int) -> None:
        self._status = status
        self.stdout.feed_eof()
        self._gone.set()

    def kill(self) -> None:
        self.end(-9)

    async def wait(self) -> int:
        await self._gone.wait()
        return self._status


class Pipe:
    """Keeps all that is written to it."""

    def __init__(self) -> None:
        self.held = b""
        self.transport = self

    def is_closing(self) -> bool:
        return False

    def write(self, data: bytes) -> None:
        self.held += data

    def get_write_buffer_size(self) -> int:
        return len(self.held)


class Scene:
    """A worker, what came from it and how it ended."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.process = Process()
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._fault = fault
        self.worker = Worker(
            cast(asyncio.subprocess.Process, self.process), self._take, self.ended.set_result
        )

    def _take(self, frame: Frame) -> None:
        if self._fault:
            raise self._fault


async def test_a_process_that_dies_is_said_to_have_ended() -> None:
    """Whoever shares the worker learns its exit status."""
    scene = Scene()
    scene.process.end(3)
    assert await scene.ended == 3


async def test_a_frame_that_cannot_be_taken_ends_the_process(caplog: pytest.LogCaptureFixture) -> None:
    """A worker that nobody reads any more is ended, so that its users start another."""
    scene = Scene(ValueError("secret words"))
    scene.process.stdout.feed_data(pack(Frame(CONTROL, 1)))
    assert await scene.ended == -9
    assert "ValueError" in caplog.text
    assert "secret words" not in caplog.text


async def test_a_process_that_is_far_behind_gets_no_more_sound(caplog: pytest.LogCaptureFixture) -> None:
    """What waits in the pipe is bounded, control frames still go, and the log says so now and then."""
    scene = Scene()
    for _ in range(2_500):
        scene.worker.send(Frame(AUDIO, 1, bytes(640)), may_drop=True)
    held = len(scene.process.stdin.held)
    assert held < 1_010_000
    scene.worker.send(Frame(CONTROL, 1, b"settle"))
    assert scene.process.stdin.held[held:] == pack(Frame(CONTROL, 1, b"settle"))
    assert len(caplog.records) == 1
    scene.process.end(0)
    await scene.ended
