"""An avatar as a vendor runs it: LiveKit's own worker for avatars, with a grey picture for a face."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from livekit import rtc
from livekit.agents.voice.avatar import (
    AudioSegmentEnd,
    AvatarOptions,
    AvatarRunner,
    DataStreamAudioReceiver,
    VideoGenerator,
)

from gemelo.models.errors import AvatarError
from gemelo.models.vocabulary import OUT_RATE
from gemelo.pipelines.livekit.server import Server

SIDE = 32
_OPTIONS = AvatarOptions(SIDE, SIDE, 10, OUT_RATE, 1)


class Grey(VideoGenerator):
    """Says what it hears as it comes."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[rtc.AudioFrame | AudioSegmentEnd] = asyncio.Queue()
        self.heard_ms = 0.0
        self.cleared = 0
        self.ended = 0

    async def push_audio(self, frame: rtc.AudioFrame | AudioSegmentEnd) -> None:
        if isinstance(frame, rtc.AudioFrame):
            self.heard_ms += frame.duration * 1000
        else:
            self.ended += 1
        self._queue.put_nowait(frame)

    def clear_buffer(self) -> None:
        self.cleared += 1
        while not self._queue.empty():
            self._queue.get_nowait()

    def __aiter__(self) -> AsyncIterator[rtc.VideoFrame | rtc.AudioFrame | AudioSegmentEnd]:
        return self._run()

    async def _run(self) -> AsyncIterator[rtc.VideoFrame | rtc.AudioFrame | AudioSegmentEnd]:
        picture = np.full((SIDE, SIDE, 4), 128, np.uint8).tobytes()
        while True:
            frame = await self._queue.get()
            if isinstance(frame, rtc.AudioFrame):
                yield rtc.VideoFrame(SIDE, SIDE, rtc.VideoBufferType.RGBA, picture)
            yield frame


@dataclass
class AvatarWorker:
    """A `Guest` that joins a room, as one of a vendor's does.

    Attributes:
        fails: what comes of inviting it.
    """

    server: Server
    room_name: str
    twin: str
    fails: AvatarError | None = None
    face: Grey = field(default_factory=Grey)
    dismissed: int = 0
    room: rtc.Room = field(default_factory=rtc.Room)
    _runner: Any = None
    _starting: asyncio.Task[None] | None = None

    @property
    def identity(self) -> str:
        return f"{self.twin}-avatar"

    async def invite(self) -> None:
        if self.fails:
            raise self.fails
        token = self.server.pass_for_avatar(self.room_name, self.identity, self.twin)
        self.join(self.server.at("ws"), token)

    def join(self, url: str, token: str) -> None:
        """Begins to."""
        self._starting = asyncio.create_task(self._start(url, token))

    async def dismiss(self) -> None:
        self.dismissed += 1
        await self.die()

    async def die(self) -> None:
        """Is gone, in the middle of whatever it does."""
        if self._starting:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
            self._starting = None
        with suppress(Exception):
            await self.room.disconnect()
        if self._runner:
            runner, self._runner = self._runner, None
            with suppress(Exception):
                await runner.aclose()

    async def _start(self, url: str, token: str) -> None:
        await self.room.connect(url, token)
        receiver = DataStreamAudioReceiver(self.room, sender_identity=self.twin, frame_size_ms=20)
        self._runner = AvatarRunner(
            self.room, audio_recv=receiver, video_gen=self.face, options=_OPTIONS, _lazy_publish=False
        )
        await self._runner.start()
