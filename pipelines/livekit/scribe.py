"""What a session tells, written into its room: captions, state, events; one after the other."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from livekit import rtc

from gemelo.pipelines.livekit.table import (
    BADGE,
    CAPTIONS,
    EVENTS,
    FINAL,
    SEGMENT,
    SPONSOR,
    STATE,
    TRACK,
    Action,
    Badge,
    Caption,
    Close,
    Growth,
    Sponsor,
    State,
    Told,
)

log = logging.getLogger(__name__)

SEND_S = 10.0
MAX_QUEUED = 1_000
"""Texts that may wait for a room that takes none; then it is left."""


class Scribe:
    """Writes for one fan: nobody else in the room can read it, but for what stands beside the twin's name.

    Args:
        whose: the fan's identity.
        track: the id of the track that was captioned, of the fan's (True) or of the twin's; empty: none.
        lost: is called where too much waits.
    """

    def __init__(
        self, room: rtc.Room, whose: str, track: Callable[[bool], str], lost: Callable[[], None]
    ) -> None:
        self._room = room
        self._whose = whose
        self._track = track
        self._lost = lost
        self._queue: deque[Action] = deque()
        self._some = asyncio.Event()
        self._written = asyncio.Event()
        self._written.set()
        self._open: dict[str, rtc.TextStreamWriter] = {}

    def put(self, action: Action) -> None:
        self._queue.append(action)
        self._written.clear()
        self._some.set()
        if len(self._queue) > MAX_QUEUED:
            self._lost()

    async def write(self) -> None:
        """Writes what is queued until it is cancelled."""
        while True:
            while self._queue:
                action = self._queue.popleft()
                try:
                    async with asyncio.timeout(SEND_S):
                        await self._do(action)
                except Exception as error:  # the package raises bare ones
                    log.info("a room did not take a text: %s", type(error).__name__)
            self._written.set()
            self._some.clear()
            await self._some.wait()

    async def flush(self) -> None:
        """Waits until what was told has been written, while the room is there."""
        if self._room.isconnected():
            try:
                async with asyncio.timeout(SEND_S):
                    await self._written.wait()
            except TimeoutError:
                log.info("a room was left with texts unsent")

    async def _do(self, action: Action) -> None:
        local = self._room.local_participant
        match action:
            case State(name):
                await local.set_attributes({STATE: name})
            case Badge(text):
                await local.set_attributes({BADGE: text})
            case Sponsor(line):
                await local.set_attributes({SPONSOR: line})
            case Told(text):
                await local.send_text(text, topic=EVENTS, destination_identities=[self._whose])
            case Growth(segment, text):
                if not (writer := self._open.get(segment)):
                    writer = self._open[segment] = await self._caption(segment, final=False)
                await writer.write(text)
            case Close(segment):
                if writer := self._open.pop(segment, None):
                    await writer.aclose(attributes={FINAL: "true"})
            case Caption(segment, text, final, by_fan):
                writer = await self._caption(segment, final=final, by_fan=by_fan)
                await writer.write(text)
                await writer.aclose()
            case _:
                pass

    async def _caption(self, segment: str, *, final: bool, by_fan: bool = False) -> rtc.TextStreamWriter:
        about = {SEGMENT: segment, FINAL: "true" if final else "false"}
        if track := self._track(by_fan):
            about[TRACK] = track
        return await self._room.local_participant.stream_text(
            destination_identities=[self._whose],
            topic=CAPTIONS,
            attributes=about,
            sender_identity=self._whose if by_fan else None,
        )
