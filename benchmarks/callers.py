"""Four ways to talk to a twin, each a fan's client at real pace: what goes in and what is heard.

A caller takes 20 ms of a microphone at its own rate, and gives what comes back to an `Ear` at `OUT_RATE`.
"""

from __future__ import annotations

import asyncio
import base64
import json
import uuid
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast
from urllib.request import Request, urlopen

import numpy as np
from websockets.asyncio.client import connect

from gemelo.benchmarks.serving import DEPLOYMENT, LOOPBACK, socket
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, IN_RATE, OUT_RATE
from gemelo.pipelines import pipecat_frames as frames

if TYPE_CHECKING:
    from gemelo.benchmarks.livekit_server import LiveKitServer

LANGUAGE = "en"
AUDIBLE = 300
"""A sample that sounds (-41 dBFS): louder than what a codec leaves of silence."""
_ROOM_RATE = 48_000
_ROOM_BUFFER_MS = 40


@dataclass
class Ear:
    """When the twin sounds at a client that plays what comes at once, in order.

    Attributes:
        last: when the newest sample that sounds has been played (s, loop's clock).
    """

    paced: bool = False
    """Whether sound comes as it is to be played, silence too."""
    last: float = 0.0
    _playhead: float = 0.0
    _awaited: asyncio.Future[float] | None = None

    def take(self, pcm: bytes) -> None:
        """Takes s16le mono at `OUT_RATE`."""
        now = asyncio.get_running_loop().time()
        starts = now if self.paced else max(now, self._playhead)
        self._playhead = starts + len(pcm) / BYTES_PER_SAMPLE / OUT_RATE
        sounds = np.flatnonzero(np.abs(np.frombuffer(pcm, "<i2").astype(np.int32)) >= AUDIBLE)
        if not len(sounds):
            return
        self.last = starts + int(sounds[-1]) / OUT_RATE
        if self._awaited and not self._awaited.done():
            self._awaited.set_result(starts + int(sounds[0]) / OUT_RATE)

    async def next_sound(self, within_s: float) -> float | None:
        """When the next sample that sounds does so; None where none comes."""
        self._awaited = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(within_s):
                return await self._awaited
        except TimeoutError:
            return None

    async def quiet(self, for_s: float) -> None:
        """Waits until nothing has sounded for so long."""
        now = asyncio.get_running_loop().time
        while True:
            if (left := self.last + for_s - now()) <= 0:
                return
            await asyncio.sleep(left)


@dataclass
class Caller:
    """One fan's connection.

    Attributes:
        rate: of the microphone (Hz).
        say: takes 20 ms of it as s16le mono.
    """

    rate: int
    say: Callable[[bytes], Awaitable[None]]
    ear: Ear = field(default_factory=Ear)


Dial = Callable[[], AbstractAsyncContextManager[Caller]]


def talk(port: int) -> Dial:
    """`/v1/talk`: raw samples in binary frames."""

    @asynccontextmanager
    async def dial() -> AsyncGenerator[Caller]:
        async with socket(port, voice=True, language=LANGUAGE) as connection:
            caller = Caller(IN_RATE, connection.send)
            async with _reading(connection, caller, lambda frame: frame if isinstance(frame, bytes) else b""):
                yield caller

    return dial


def rtvi(port: int) -> Dial:
    """`/rtvi`: pipecat's protobuf frames."""

    def heard(frame: bytes | str) -> bytes:
        read = frames.read(frame) if isinstance(frame, bytes) else ""
        return read.pcm if isinstance(read, frames.AudioFrame) else b""

    @asynccontextmanager
    async def dial() -> AsyncGenerator[Caller]:
        where = await asyncio.to_thread(_started, port)
        ready = {
            "label": "rtvi-ai",
            "type": "client-ready",
            "id": "r",
            "data": {"version": "2.1.0"},
        }
        async with connect(f"{where['wsUrl']}?token={where['token']}", **_OPTIONS) as connection:
            await connection.send(frames.message(json.dumps(ready)))
            caller = Caller(IN_RATE, lambda pcm: connection.send(frames.audio(pcm, IN_RATE)))
            async with _reading(connection, caller, heard):
                yield caller

    return dial


def realtime(port: int) -> Dial:
    """`/v1/realtime`: base64 in JSON, 24 kHz both ways."""

    def heard(frame: bytes | str) -> bytes:
        event = json.loads(frame)
        return base64.b64decode(event["delta"]) if event["type"] == "response.output_audio.delta" else b""

    @asynccontextmanager
    async def dial() -> AsyncGenerator[Caller]:
        async with connect(
            f"ws://{LOOPBACK}:{port}/v1/realtime?model={DEPLOYMENT}", **_OPTIONS
        ) as connection:
            heard_in = {"input": {"transcription": {"language": LANGUAGE}}}
            session = {"type": "realtime", "output_modalities": ["audio"], "audio": heard_in}
            await connection.send(json.dumps({"type": "session.update", "session": session}))

            async def say(pcm: bytes) -> None:
                audio = base64.b64encode(pcm).decode()
                await connection.send(json.dumps({"type": "input_audio_buffer.append", "audio": audio}))

            caller = Caller(OUT_RATE, say)
            async with _reading(connection, caller, heard):
                yield caller

    return dial


def room(server: LiveKitServer) -> Dial:
    """A LiveKit room: Opus over WebRTC; its twin is called by the fan's token."""
    from livekit import rtc

    @asynccontextmanager
    async def dial() -> AsyncGenerator[Caller]:
        source = rtc.AudioSource(_ROOM_RATE, 1, _ROOM_BUFFER_MS)

        async def say(pcm: bytes) -> None:
            await source.capture_frame(rtc.AudioFrame(pcm, _ROOM_RATE, 1, len(pcm) // BYTES_PER_SAMPLE))

        caller = Caller(_ROOM_RATE, say, Ear(paced=True))
        there, hearing = asyncio.Event(), list[asyncio.Task[None]]()

        async def hear(track: rtc.Track) -> None:
            there.set()
            async for event in rtc.AudioStream(track, sample_rate=OUT_RATE, num_channels=1):
                caller.ear.take(bytes(event.frame.data))

        def subscribed(track: rtc.Track, *_: object) -> None:
            if track.kind == rtc.TrackKind.KIND_AUDIO:
                hearing.append(asyncio.create_task(hear(track)))

        entered = rtc.Room()
        cast("Any", entered).on("track_subscribed", subscribed)
        ask = json.dumps({"deployment": DEPLOYMENT, "language": LANGUAGE})
        async with AsyncExitStack() as stack:
            await entered.connect(server.url, server.token(uuid.uuid4().hex, "fan", ask))
            stack.push_async_callback(entered.disconnect)
            track = rtc.LocalAudioTrack.create_audio_track("microphone", source)
            options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
            await entered.local_participant.publish_track(track, options)
            async with asyncio.timeout(20):
                await there.wait()
            try:
                yield caller
            finally:
                for task in hearing:
                    task.cancel()
                await asyncio.gather(*hearing, return_exceptions=True)

    return dial


_OPTIONS: dict[str, Any] = {"compression": None, "max_size": None, "proxy": None}


@asynccontextmanager
async def _reading(
    connection: AsyncIterable[bytes | str], caller: Caller, heard: Callable[[bytes | str], bytes]
) -> AsyncGenerator[None]:
    """Gives a caller's ear what is heard of the frames that come."""

    async def read() -> None:
        async for frame in connection:
            if pcm := heard(frame):
                caller.ear.take(pcm)

    reading = asyncio.create_task(read())
    try:
        yield
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


def _started(port: int) -> dict[str, str]:
    body = json.dumps({"deployment": DEPLOYMENT, "language": LANGUAGE}).encode()
    request = Request(f"http://{LOOPBACK}:{port}/start", body, {"content-type": "application/json"})
    with urlopen(request, timeout=10) as answer:  # noqa: S310
        return json.load(answer)
