"""What is kept of a turn, and the verdicts of the guard that go with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from gemelo.models.usage import Used
from gemelo.models.vocabulary import Label, Language, Source, TurnId


class TurnStatus(StrEnum):
    """How a turn stands. `OPEN` after the process died means: committed, never finished."""

    OPEN = "open"
    DONE = "done"
    CUT = "cut"
    """The fan interrupted; `heard` stops at the last word that was heard."""
    FAILED = "failed"
    """A service failed; the fan heard a short in-character line instead."""


class Decision(StrEnum):
    ALLOW = "allow"
    BLOCK = "block"
    REDACT = "redact"
    CRISIS = "crisis"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One decision of the guard. Holds no speech: `span` are two indices into the judged text."""

    decision: Decision
    rule: str
    layer: str
    span: tuple[int, int] = (0, 0)


class ToolVerdict(StrEnum):
    """What became of a tool that a mind wanted."""

    DONE = "done"
    NEEDED = "needed"
    """Something is missing that only the fan can give."""
    ASKED = "asked"
    """The fan was asked whether they agree."""
    UNKNOWN = "unknown"
    """There is no such tool here."""
    BAD_ARGUMENTS = "bad_arguments"
    PLANTED = "planted"
    """Its answer gave orders to who reads it, and was kept from the mind."""
    SLOW = "slow"
    FAILED = "failed"
    TOO_MANY = "too_many"
    """The turn had had all the tools that one may have."""
    CANCELLED = "cancelled"
    """The fan went on before it had answered; what it had written by then stays."""


@dataclass(frozen=True, slots=True)
class ToolUse:
    """One call of a tool; `ms` is how long it took. Holds nothing of what was given or answered."""

    name: str
    verdict: ToolVerdict
    ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Receipt:
    """The guard's account of one turn.

    `policy` is the hash of the compiled context; `rules` names all rules that ran, whether or not they
    found anything; `micros` is the CPU time of all checks (us);
    `hold_ms` how long released text had waited, at most; `released_after_block` must be 0. `flags` are the
    rules that a second look after the turn found broken, `tools` what was called, in order.
    """

    policy: str
    rules: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    micros: int = 0
    hold_ms: float = 0.0
    released_after_block: int = 0
    flags: tuple[str, ...] = ()
    tools: tuple[ToolUse, ...] = ()

    @property
    def blocked(self) -> Verdict | None:
        """The first verdict that lets nothing pass."""
        return next((verdict for verdict in self.verdicts if verdict.decision is Decision.BLOCK), None)

    def __add__(self, other: Receipt) -> Receipt:
        """The account of both parts of one turn."""
        return Receipt(
            policy=other.policy or self.policy,
            rules=tuple(dict.fromkeys(self.rules + other.rules)),
            verdicts=self.verdicts + other.verdicts,
            micros=self.micros + other.micros,
            hold_ms=max(self.hold_ms, other.hold_ms),
            released_after_block=self.released_after_block + other.released_after_block,
            flags=self.flags + other.flags,
            tools=self.tools + other.tools,
        )


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a reply and where it comes from."""

    text: str
    label: Label
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """When things happened in one turn, ms after the true end of the fan's turn (typed: its arrival).

    Missing stages are None. `end_of_turn` is when the turn was decided.
    """

    end_of_turn: float | None = None
    retrieval: float | None = None
    first_token: float | None = None
    first_clause: float | None = None
    guard: float | None = None
    first_text: float | None = None
    first_audio: float | None = None
    done: float | None = None


@dataclass(frozen=True, slots=True)
class Drafting:
    """What one turn cost a mind, the drafts that were thrown away before it included.

    `promoted`: 1 where a draft that was begun before the turn was decided answered it. `calls` of the
    mind; `tokens` that it wrote, in pieces as they came; `wasted` those of them that no turn used.
    """

    promoted: int = 0
    dropped: int = 0
    calls: int = 0
    tokens: int = 0
    wasted: int = 0

    @property
    def started(self) -> int:
        """Drafts that were begun on a guess."""
        return self.promoted + self.dropped

    def __add__(self, other: Drafting) -> Drafting:
        return Drafting(
            promoted=self.promoted + other.promoted,
            dropped=self.dropped + other.dropped,
            calls=self.calls + other.calls,
            tokens=self.tokens + other.tokens,
            wasted=self.wasted + other.wasted,
        )


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """A committed turn, as it is stored before anything of its reply leaves.

    `client_id` is the id that the fan's client gave a typed message; (session, client_id) is
    unique, so that a message sent again after a reconnect is no second turn.
    """

    id: TurnId
    session: str
    number: int
    fan: str
    language: Language
    policy: str
    typed: bool
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class TurnOutcome:
    """How a turn ended. `reply` is all that was guarded and sent, `heard` what the fan got of it.

    `usage` is what was taken for it of services that are paid for: to hear the fan, to answer, to speak, and
    by drafts that were dropped before it.
    """

    status: TurnStatus
    reply: str
    heard: str
    sentences: tuple[Sentence, ...] = ()
    receipt: Receipt = field(default_factory=lambda: Receipt(policy=""))
    timeline: Timeline = field(default_factory=Timeline)
    declined: bool = False
    error: str = ""
    """Code of the error that failed the turn; never a text."""
    usage: tuple[Used, ...] = ()
