"""How one kind of client writes the frames of a talk: `Talk` reads and answers them all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from gemelo.engine.events import Event
from gemelo.models.errors import GemeloError

MAX_AUDIO = 64_000
"""Bytes of one frame: 2 s of audio."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a client, checked: `type` and `data` as sent, `t` and `d` of a client-message."""

    type: str
    data: dict[str, Any]
    id: str | None = None


class Dialect(Protocol):
    """One way to write RTVI's messages and audio."""

    @property
    def version(self) -> str:
        """Of the protocol, as `bot-ready` names it."""
        ...

    @property
    def lead_ms(self) -> float | None:
        """Audio that may be sent ahead of the playhead; None: as the stage has it."""
        ...

    def tell(self, event: Event) -> Iterable[str | bytes]:
        """The frames for an event of a session."""
        ...

    def frame(self, type: str, data: dict[str, Any], id: str | None = None) -> str | bytes:
        """One message to a client."""
        ...

    def taken(self, message: Message) -> Iterable[str | bytes]:
        """What a client is told of a message that was taken."""
        ...

    def refused(self, error: GemeloError, *, fatal: bool, id: str | None = None) -> str | bytes:
        """What a client is told of a message that was not."""
        ...

    def read(self, received: str | bytes) -> Message | bytes:
        """One frame of a client: a message, or audio (s16le mono at `IN_RATE`).

        Raises:
            BadMessage, BadAudio: it is neither.
        """
        ...
