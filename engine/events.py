"""What a session tells the world; `gemelo.pipelines` translates it to each wire protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from gemelo.context.records import Drafting, Sentence, Timeline, ToolUse, TurnStatus
from gemelo.models.vocabulary import Language, TurnId, Viseme


@dataclass(frozen=True, slots=True)
class FanStarted:
    """The fan's voice set in."""


@dataclass(frozen=True, slots=True)
class FanStopped:
    """The fan's turn ended."""


@dataclass(frozen=True, slots=True)
class FanHeard:
    """What the ear made of the fan so far; names to avoid are already masked."""

    text: str
    final: bool
    language: Language


@dataclass(frozen=True, slots=True)
class ReplyStarted:
    """A turn is safely stored and its reply begins; `client_id` is that of the typed message, if any."""

    turn: TurnId
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class ReplyText:
    """Guarded text; pieces join without a separator."""

    turn: TurnId
    text: str


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """All of the reply's text has been said, or will never be."""

    turn: TurnId
    status: TurnStatus
    sentences: tuple[Sentence, ...]
    declined: bool = False


@dataclass(frozen=True, slots=True)
class SpeakingStarted:
    turn: TurnId


@dataclass(frozen=True, slots=True)
class Audio:
    """s16le mono at `OUT_RATE`; belongs to the turn that is speaking."""

    turn: TurnId
    pcm: bytes


@dataclass(frozen=True, slots=True)
class WordSpoken:
    """A word whose audio is being sent; ms from the turn's first sample."""

    turn: TurnId
    text: str
    from_ms: float
    to_ms: float


@dataclass(frozen=True, slots=True)
class MouthMoved:
    """Mouth shapes; ms from the turn's first sample."""

    turn: TurnId
    visemes: tuple[Viseme, ...]


@dataclass(frozen=True, slots=True)
class SpeakingPaused:
    """Stop sounding at once, keep what is queued: the fan may only have said "mhm"."""

    turn: TurnId


@dataclass(frozen=True, slots=True)
class SpeakingResumed:
    turn: TurnId


@dataclass(frozen=True, slots=True)
class SpeakingFlushed:
    """Throw away what is queued. `heard` is what remains of the reply in the history."""

    turn: TurnId
    heard: str


@dataclass(frozen=True, slots=True)
class SpeakingStopped:
    turn: TurnId


@dataclass(frozen=True, slots=True)
class TurnTimed:
    """The turn is over; when what happened in it, and what its drafts cost."""

    turn: TurnId
    timeline: Timeline
    drafting: Drafting


@dataclass(frozen=True, slots=True)
class ToolStarted:
    """A tool is being run for a turn; `call` counts the turn's own."""

    turn: TurnId
    call: int
    name: str


@dataclass(frozen=True, slots=True)
class ToolEnded:
    turn: TurnId
    call: int
    use: ToolUse


@dataclass(frozen=True, slots=True)
class BrandHidden:
    """From now on this fan may be shown no brand, on the page around the twin either."""


@dataclass(frozen=True, slots=True)
class Restaged:
    """From the next turn on another policy holds; `sponsor` may be named on the page, empty: nobody.

    Attributes:
        policy: its hash.
        lines: what goes with the sponsor's name, by language.
    """

    policy: str
    sponsor: str = ""
    lines: tuple[tuple[Language, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Agreed:
    """Whether this fan is known again here from now on, as they asked.

    `token` is what their page shows next time; `shared` are those for other deployments, by key.
    """

    on: bool
    token: str = ""
    shared: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence from the house, e.g. that this ear does not know the language."""

    code: str
    text: str


Event = (
    FanStarted
    | FanStopped
    | FanHeard
    | ReplyStarted
    | ReplyText
    | ReplyEnded
    | SpeakingStarted
    | Audio
    | WordSpoken
    | MouthMoved
    | SpeakingPaused
    | SpeakingResumed
    | SpeakingFlushed
    | SpeakingStopped
    | TurnTimed
    | ToolStarted
    | ToolEnded
    | BrandHidden
    | Restaged
    | Agreed
    | Notice
)


class Outlet(Protocol):
    """Where a session's events go. `send` never blocks; a full outlet closes itself."""

    def send(self, event: Event) -> None: ...
