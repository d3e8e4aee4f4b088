"""A fan in a LiveKit room, by LiveKit's own client for Python."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from livekit import rtc

from tests.client import EVERYTHING, PATIENCE_S, Data, Received
from tests.livekit_server import LiveKitServer

RATE = 24_000
FRAME = RATE // 50


@dataclass
class Caption:
    """One text stream of `lk.transcription` and who is said to speak."""

    whose: str
    about: dict[str, str]
    text: str = ""
    closed: bool = False

    @property
    def segment(self) -> str:
        return self.about["lk.segment_id"]


@dataclass
class RoomFan:
    """One fan's connection; what has come so far."""

    room: rtc.Room
    deployment: str
    captions: list[Caption] = field(default_factory=list[Caption])
    frames: list[Data] = field(default_factory=list[Data])
    states: list[str] = field(default_factory=list[str])
    comings: list[str] = field(default_factory=list[str])
    loud: int = 0
    """Samples of the twin that sounded."""
    hush: int = 0
    """Samples of the twin since the last that sounded."""
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    def listen(self) -> None:
        room = cast("Any", self.room)
        room.on("participant_connected", self._came)
        for event in ("participant_disconnected", "disconnected"):
            room.on(event, lambda: self._spawn(self._tell()))
        room.on("participant_attributes_changed", self._attributes)
        room.on("track_subscribed", self._subscribed)
        room.register_text_stream_handler("lk.transcription", self._captioned)
        room.register_text_stream_handler("gemelo.events", self._framed)

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _came(self, who: rtc.RemoteParticipant) -> None:
        self.comings.append(who.identity)
        self._spawn(self._tell())

    def _subscribed(self, track: rtc.Track) -> None:
        if track.kind == rtc.TrackKind.KIND_AUDIO:
            self._spawn(self._hear(rtc.AudioStream(track, sample_rate=RATE, num_channels=1)))

    def _captioned(self, reader: rtc.TextStreamReader, whose: str) -> None:
        self._spawn(self._caption(reader, whose))

    def _framed(self, reader: rtc.TextStreamReader, _whose: str) -> None:
        self._spawn(self._frame(reader))

    def _attributes(self, changed: dict[str, str], _who: rtc.Participant) -> None:
        if state := changed.get("lk.agent.state"):
            self.states.append(state)
        self._spawn(self._tell())

    async def _caption(self, reader: rtc.TextStreamReader, whose: str) -> None:
        caption = Caption(whose, dict(reader.info.attributes or {}))
        self.captions.append(caption)
        async for piece in reader:
            EVERYTHING.append(Received(self.deployment, piece))
            caption.text += piece
            await self._tell()
        caption.about.update(reader.info.attributes or {})
        caption.closed = True
        await self._tell()

    async def _frame(self, reader: rtc.TextStreamReader) -> None:
        text = await reader.read_all()
        EVERYTHING.append(Received(self.deployment, text))
        self.frames.append(json.loads(text))
        await self._tell()

    async def _hear(self, stream: rtc.AudioStream) -> None:
        async for event in stream:
            samples = np.frombuffer(bytes(event.frame.data), "<i2")
            if np.abs(samples.astype(np.int32)).max() > 300:
                self.loud, self.hush = self.loud + len(samples), 0
            else:
                self.hush += len(samples)
            await self._tell()

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def until(self, enough: Callable[[RoomFan], Any]) -> Any:
        """Waits until what has come is enough, and returns what `enough` found."""
        async with asyncio.timeout(PATIENCE_S), self._news:
            while not (found := enough(self)):
                await self._news.wait()
        return found

    async def got(self, type: str, count: int = 1) -> Data:
        """The `count`th frame of a type."""
        return await self.until(lambda fan: next(iter(fan.of(type)[count - 1 :]), None))

    def of(self, type: str) -> list[Data]:
        return [frame for frame in self.frames if frame["type"] == type]

    def policies(self) -> list[Data]:
        """What was told of the rules that hold, one after the other."""
        return [frame for frame in self.of("server-message") if frame["data"]["t"] == "policy"]

    async def ask(self, text: str) -> str:
        """Types a message and waits for the whole caption of its reply."""
        before = len(self.of("bot-llm-started"))
        await self.room.local_participant.send_text(text, topic="lk.chat")
        return await self.reply(before + 1)

    async def reply(self, number: int = 1) -> str:
        """The caption of the `number`th reply, once it is closed."""
        turn = (await self.got("bot-llm-started", number))["data"]["turn"]
        return (await self.until(lambda fan: fan.closed(turn))).text

    def closed(self, segment: str) -> Caption | None:
        return next(iter(self.told(segment)), None)

    def told(self, segment: str) -> list[Caption]:
        """What a segment's captions said, each to its end."""
        return [one for one in self.captions if one.segment == segment and one.closed]

    async def share_sound(self) -> None:
        """Shares a screen with sound, for a moment."""
        track = rtc.LocalAudioTrack.create_audio_track("screen", rtc.AudioSource(RATE, 1, 200))
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO)
        publication = await self.room.local_participant.publish_track(track, options)
        await asyncio.sleep(0.5)
        await self.room.local_participant.unpublish_track(publication.sid)
        await asyncio.sleep(0.5)

    async def speak(self, *parts: bytes, mute: bool = False) -> None:
        """Opens the microphone and says s16le mono at `RATE`, in real time; then silence, or it is muted."""
        source = rtc.AudioSource(RATE, 1, 200)
        track = rtc.LocalAudioTrack.create_audio_track("microphone", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await self.room.local_participant.publish_track(track, options)

        async def say() -> None:
            pcm = b"".join(parts)
            silence = bytes(FRAME * 2)
            for at in range(0, len(pcm), FRAME * 2):
                frame = pcm[at : at + FRAME * 2].ljust(FRAME * 2, b"\0")
                await source.capture_frame(rtc.AudioFrame(frame, RATE, 1, FRAME))
            if mute:
                track.mute()
            while True:
                await source.capture_frame(rtc.AudioFrame(silence, RATE, 1, FRAME))

        self._spawn(say())

    async def leave(self) -> None:
        for task in (tasks := list(self._tasks)):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.room.disconnect()


@asynccontextmanager
async def joined(
    server: LiveKitServer,
    room: str,
    identity: str = "fan",
    *,
    ask: str | None = '{"deployment": "demo-portal", "language": "en"}',
    deployment: str = "demo-portal",
) -> AsyncGenerator[RoomFan]:
    """A fan in a room; `ask` are the metadata with which their token asks for a twin."""
    fan = RoomFan(rtc.Room(), deployment)
    fan.listen()
    await fan.room.connect(server.url, server.token(room, identity, ask))
    try:
        yield fan
    finally:
        await fan.leave()
