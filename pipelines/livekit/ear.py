"""The fan's microphone in a room."""

from __future__ import annotations

import asyncio
import logging

from livekit import rtc

from gemelo.engine.session import Session
from gemelo.models.errors import UsageError
from gemelo.models.vocabulary import IN_RATE

log = logging.getLogger(__name__)

_FRAME_MS = 20
_EARLY = 100
"""Frames of the fan's voice that may wait (2 s)."""


class Ear:
    """Hears one track at a time, the newest; what else a fan shares is no voice.

    Args:
        whose: the fan's identity.

    Attributes:
        track: the id of the track that is heard, or was last.
    """

    def __init__(self, session: Session, whose: str) -> None:
        self._session = session
        self._whose = whose
        self._publication: rtc.RemoteTrackPublication | None = None
        self._hearing: asyncio.Task[None] | None = None
        self.track = ""

    def want(self, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant) -> None:
        """A track was published."""
        if participant.identity == self._whose and _is_voice(publication):
            publication.set_subscribed(True)

    def open(
        self, track: rtc.Track, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant
    ) -> None:
        """A track is there."""
        if participant.identity != self._whose or not isinstance(track, rtc.RemoteAudioTrack):
            return
        if self._hearing:
            self._hearing.cancel()
        if self._publication and self._publication.sid != publication.sid:
            self._publication.set_subscribed(False)
        stream = rtc.AudioStream(
            track, capacity=_EARLY, sample_rate=IN_RATE, num_channels=1, frame_size_ms=_FRAME_MS
        )
        self._publication, self.track = publication, publication.sid
        self._session.open_ear()
        self._hearing = asyncio.create_task(self._hear(stream))

    def close(self, _track: rtc.Track | None, publication: rtc.RemoteTrackPublication) -> None:
        """A track is gone."""
        if self._publication and self._publication.sid == publication.sid:
            self._publication = None
            self._session.close_ear()
            if self._hearing:
                self._hearing.cancel()

    async def stop(self) -> None:
        """Hears no more."""
        if self._hearing:
            self._hearing.cancel()
            await asyncio.gather(self._hearing, return_exceptions=True)

    async def _hear(self, stream: rtc.AudioStream) -> None:
        try:
            async for received in stream:
                self._session.hear(bytes(received.frame.data))
        except UsageError as error:
            log.warning("a fan is no longer heard: %s", error.code)
        finally:
            await stream.aclose()


def _is_voice(publication: rtc.RemoteTrackPublication) -> bool:
    return (publication.kind, publication.source) == (
        rtc.TrackKind.KIND_AUDIO,
        rtc.TrackSource.SOURCE_MICROPHONE,
    )
