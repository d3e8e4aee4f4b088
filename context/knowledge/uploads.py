"""Documents on their way to a twin: sent by its people, learned in the background."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MAX_BYTES = 4_000_000
"""Of a file that is sent; larger ones are learned where they lie (`gemelo learn`)."""


class UploadState(StrEnum):
    WAITING = "waiting"
    INDEXED = "indexed"
    WARNED = "warned"
    """Learned, but something about it is odd; the note says what."""
    ERROR = "error"
    """Not learned; the note says what to do. What the twin knew of this path stays as it was."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent to be learned under `path`.

    Attributes:
        content: its bytes in base64, until it is done with.
        created: ms since 1970 UTC.
        passages: that it gave.
    """

    id: str
    twin: str
    path: str
    content: str
    created: int
    state: UploadState = UploadState.WAITING
    passages: int = 0
    note: str = ""
