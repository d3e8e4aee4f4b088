"""What was said, and what it is measured by, as the admin API shows it; trying and replaying versions."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field, model_validator

from gemelo.admin.services.replaying import Compared, Replay
from gemelo.admin.services.reviewing import Finding
from gemelo.admin.services.say import Said
from gemelo.admin.shapes.base import POLICY, Instant, Reason, Shown, asked, example, instant
from gemelo.context.kept import Told
from gemelo.context.policy.context import Context, Row
from gemelo.context.records import (
    Decision,
    Receipt,
    Sentence,
    Timeline,
    ToolVerdict,
    TurnOutcome,
    TurnRecord,
    TurnStatus,
)
from gemelo.context.twins import SessionRecord
from gemelo.models.vocabulary import Label, Source

_RECEIPT: dict[str, Any] = {
    "policy": POLICY,
    "rules": ["names", "prices"],
    "verdicts": [{"decision": "block", "rule": "prices", "layer": "talent@4:12", "span": [0, 12]}],
    "micros": 410,
    "hold_ms": 3.5,
    "released_after_block": 0,
    "flags": [],
    "tools": [{"name": "courses", "verdict": "done", "ms": 0.4}],
}
_OUTCOME: dict[str, Any] = {
    "status": "done",
    "reply": "I talk football, not prices.",
    "heard": "I talk football, not prices.",
    "declined": False,
    "error": "",
    "sentences": [{"text": "I talk football, not prices.", "label": "house", "document": "", "place": ""}],
    "receipt": _RECEIPT,
    "timeline": {"retrieval": 11.0, "first_text": 32.5, "done": 40.1},
}
_TURN: dict[str, Any] = {
    "id": "0c9a526a0b4b",
    "session": "b8e9a523c1f0",
    "number": 1,
    "fan": "How much are the boots?",
    "language": "en",
    "policy": POLICY,
    "typed": True,
    "created": "2026-11-20T10:00:00Z",
    **_OUTCOME,
}
_SESSION: dict[str, Any] = {
    "id": "b8e9a523c1f0",
    "deployment": "trina--portal",
    "policy": POLICY,
    "language": "en",
    "created": "2026-11-20T10:00:00Z",
    "last_seen": "2026-11-20T10:04:00Z",
}


class SessionShape(Shown[SessionRecord]):
    """A fan's session; nothing in it tells who the fan is."""

    model_config = example(**_SESSION)

    id: str
    deployment: str
    policy: str
    language: str
    created: Instant | None
    last_seen: Instant | None


class VerdictShape(BaseModel):
    """One decision of the guard; `span` are two indices into the judged text."""

    decision: Decision
    rule: str
    layer: str
    span: tuple[int, int]


class ToolUseShape(BaseModel):
    """One call of a tool: what became of it, and how long it took (ms)."""

    name: str
    verdict: ToolVerdict
    ms: float


class ReceiptShape(Shown[Receipt]):
    """The guard's account of one turn. `micros` is the CPU time of all checks (us), `hold_ms` how long
    released text had waited at most; `released_after_block` must be 0."""

    model_config = example(**_RECEIPT)

    policy: str
    rules: tuple[str, ...]
    verdicts: tuple[VerdictShape, ...]
    micros: int
    hold_ms: float
    released_after_block: int
    flags: tuple[str, ...]
    tools: tuple[ToolUseShape, ...]


class SentenceShape(BaseModel):
    """One sentence of a reply, and where it comes from."""

    text: str
    label: Label
    document: str
    place: str

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, kept: Any) -> Any:
        if not isinstance(kept, Sentence):
            return kept
        source = kept.source or Source("")
        return {"text": kept.text, "label": kept.label, "document": source.document, "place": source.place}


class TimelineShape(Shown[Timeline]):
    """When things happened, ms after the true end of the fan's turn (typed: its arrival)."""

    end_of_turn: float | None = None
    retrieval: float | None = None
    first_token: float | None = None
    first_clause: float | None = None
    guard: float | None = None
    first_text: float | None = None
    first_audio: float | None = None
    done: float | None = None


class OutcomeShape(Shown[TurnOutcome]):
    """How a turn ended: all that was sent, and what the fan got of it."""

    model_config = example(**_OUTCOME)

    status: TurnStatus
    reply: str
    heard: str
    declined: bool
    error: str
    sentences: tuple[SentenceShape, ...]
    receipt: ReceiptShape
    timeline: TimelineShape


class TurnShape(OutcomeShape):
    """What a fan said, and what they were told."""

    model_config = example(**_TURN)

    id: str
    session: str
    number: int
    fan: str
    language: str
    policy: str
    typed: bool
    created: Instant | None

    @staticmethod
    def told(told: Told) -> TurnShape:
        return TurnShape(
            **_fields(told.turn), **dict(OutcomeShape.of(told.outcome)), created=instant(told.created)
        )


class TalkShape(BaseModel):
    """A session and all its turns, the first one first."""

    model_config = example(session=_SESSION, turns=[_TURN])

    session: SessionShape
    turns: tuple[TurnShape, ...]


class RowShape(Shown[Row]):
    """One effective rule: what holds, which layer says so, and where in it."""

    rule: str
    value: str
    layer: str
    place: str


class ExplainedShape(BaseModel):
    """All that holds under a version, and what somebody should look at."""

    model_config = example(
        deployment="trina--portal",
        policy=POLICY,
        rules=[{"rule": "names.avoid", "value": "Rivalona", "layer": "talent", "place": "talent@4:7"}],
        warnings=[],
    )

    deployment: str
    policy: str
    rules: tuple[RowShape, ...]
    warnings: tuple[RowShape, ...]

    @staticmethod
    def of(context: Context) -> ExplainedShape:
        return ExplainedShape(
            deployment=context.deployment,
            policy=context.hash,
            rules=tuple(map(RowShape.of, context.explain())),
            warnings=tuple(map(RowShape.of, context.warnings)),
        )


class TurnReview(BaseModel):
    """What a reviewer finds of a turn; the talent's people read it in the audit log."""

    model_config = asked(finding="flagged", reason="she never said this about the final")

    finding: Finding
    reason: Reason


class ReviewedShape(BaseModel):
    """What was found of a turn."""

    model_config = example(turn="0c9a526a0b4b", finding="flagged")

    turn: str
    finding: Finding


class Question(BaseModel):
    """What a fan might say."""

    model_config = asked(text="How much are the boots?")

    text: Annotated[str, Field(min_length=1, max_length=4_000)]


class TriedShape(OutcomeShape):
    """One reply under a version; nobody keeps it."""

    model_config = example(language="en", sponsor=None, **_OUTCOME)

    language: str
    sponsor: str | None

    @staticmethod
    def said(said: Said) -> TriedShape:
        return TriedShape(
            **dict(OutcomeShape.of(said.outcome)), language=said.turn.language, sponsor=said.sponsor
        )


class Again(BaseModel):
    """How many of the last turns are said again."""

    model_config = asked(last=50)

    last: Annotated[int, Field(ge=1, le=200)] = 50


class ComparedShape(BaseModel):
    """One turn, as it was and as it would be. `changed`: reply, declined, verdicts, labels, failed."""

    turn: str
    session: str
    number: int
    language: str
    typed: bool
    fan: str
    changed: tuple[str, ...]
    old: OutcomeShape
    new: OutcomeShape

    @staticmethod
    def of(compared: Compared) -> ComparedShape:
        turn = compared.told.turn
        return ComparedShape(
            turn=turn.id,
            session=turn.session,
            number=turn.number,
            language=turn.language,
            typed=turn.typed,
            fan=turn.fan,
            changed=compared.changed,
            old=OutcomeShape.of(compared.told.outcome),
            new=OutcomeShape.of(compared.again.outcome),
        )


class ReplayShape(BaseModel):
    """What a version would change at a place, turn by turn, with both receipts."""

    model_config = example(
        deployment="trina--portal",
        policy=POLICY,
        turns_per_s=41.0,
        items=[
            {
                **{name: _TURN[name] for name in ("session", "number", "language", "typed", "fan")},
                "turn": _TURN["id"],
                "changed": ["reply", "verdicts"],
                "old": _OUTCOME,
                "new": _OUTCOME,
            }
        ],
    )

    deployment: str
    policy: str
    turns_per_s: float
    items: tuple[ComparedShape, ...]

    @staticmethod
    def of(replay: Replay) -> ReplayShape:
        return ReplayShape(
            deployment=replay.deployment,
            policy=replay.version,
            turns_per_s=replay.turns_per_s,
            items=tuple(map(ComparedShape.of, replay.turns)),
        )


def _fields(turn: TurnRecord) -> dict[str, Any]:
    names = ("id", "session", "number", "fan", "language", "policy", "typed")
    return {name: getattr(turn, name) for name in names}
