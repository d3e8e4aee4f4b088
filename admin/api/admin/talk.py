"""Operations on what was said and on versions: read, counted, explained, tried, replayed; the audit log."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from gemelo.admin.api.admin.asking import Ask, Paging
from gemelo.admin.api.admin.catalogue import DeploymentKey, Filter
from gemelo.admin.shapes.base import Known, Listed
from gemelo.admin.shapes.people import EntryShape
from gemelo.admin.shapes.talk import (
    Again,
    ExplainedShape,
    Question,
    ReceiptShape,
    ReplayShape,
    ReviewedShape,
    SessionShape,
    TalkShape,
    TriedShape,
    TurnReview,
    TurnShape,
)
from gemelo.admin.shapes.usage import UsageShape

router = APIRouter()

SessionId = Annotated[Known, Path(description="A session's id.", examples=["b8e9a523c1f0"])]
TurnId = Annotated[Known, Path(description="A turn's id.", examples=["0c9a526a0b4b"])]
Hash = Annotated[
    Known,
    Path(description="A policy's hash, or its first eight or more letters.", examples=["3b1f0a6de5c94c5f"]),
]
_VERSION = "/deployments/{deployment}/versions/{hash}"


@router.get("/deployments/{deployment}/sessions", tags=["talk"], summary="List a deployment's sessions")
async def list_sessions(ask: Ask, deployment: DeploymentKey, paging: Paging) -> Listed[SessionShape]:
    """The newest first, without what was said in them."""
    return paging.listed(
        await ask.office.reading.sessions(ask.who, deployment, paging.after, paging.limit), SessionShape.of
    )


@router.get("/sessions/{session}", tags=["talk"], summary="Read a session")
async def read_session(ask: Ask, session: SessionId) -> TalkShape:
    """All its turns with their receipts. The audit log says who read it."""
    record, turns = await ask.office.reading.talk(ask.who, session)
    return TalkShape(session=SessionShape.of(record), turns=tuple(map(TurnShape.told, turns)))


@router.get("/turns/{turn}", tags=["talk"], summary="Read a turn")
async def read_turn(ask: Ask, turn: TurnId) -> TurnShape:
    """What the fan said and was told. The audit log says who read it."""
    return TurnShape.told(await ask.office.reading.turn(ask.who, turn))


@router.get("/turns/{turn}/receipt", tags=["talk"], summary="See a turn's guard receipt")
async def see_receipt(ask: Ask, turn: TurnId) -> ReceiptShape:
    """Which rules ran, what they decided and how long it took; without what was said."""
    return ReceiptShape.of((await ask.office.reading.turn(ask.who, turn)).outcome.receipt)


@router.post("/turns/{turn}/reviews", tags=["talk"], summary="Review a turn", status_code=201)
async def review_turn(ask: Ask, turn: TurnId, body: TurnReview) -> ReviewedShape:
    """Says what was found of it. It changes nothing, and stands in the audit log."""
    await ask.office.reviewing.turn(ask.who, turn, body.finding, body.reason)
    return ReviewedShape(turn=turn, finding=body.finding)


@router.get("/deployments/{deployment}/usage", tags=["talk"], summary="See a deployment's usage")
async def see_usage(
    ask: Ask,
    deployment: DeploymentKey,
    months: Annotated[int, Query(ge=1, le=36, description="How many months.")] = 12,
) -> UsageShape:
    """Sessions, turns, and what they took of vendors, month by month, the newest first."""
    return UsageShape.of(await ask.office.reading.usage(ask.who, deployment, months))


@router.get(_VERSION + "/rules", tags=["versions"], summary="Explain a version")
async def explain_version(ask: Ask, deployment: DeploymentKey, hash: Hash) -> ExplainedShape:
    """Every effective rule, its layer and line."""
    return ExplainedShape.of(await ask.office.trying.explain(ask.who, deployment, hash))


@router.post(_VERSION + "/tries", tags=["versions"], summary="Try a version")
async def try_version(ask: Ask, deployment: DeploymentKey, hash: Hash, body: Question) -> TriedShape:
    """Asks the twin as this version would have it; nothing is published, nobody keeps what was said."""
    return TriedShape.said(await ask.office.trying.try_(ask.who, deployment, hash, body.text))


@router.post(_VERSION + "/replays", tags=["versions"], summary="Replay past talk under a version")
async def replay_version(ask: Ask, deployment: DeploymentKey, hash: Hash, body: Again) -> ReplayShape:
    """The last turns of a place once more, and what would change. The audit log says who read them."""
    # Kept to be answered again, what fans said would outlive its erasure.
    ask.keep_nowhere()
    return ReplayShape.of(await ask.office.replaying.replay(ask.who, deployment, hash, body.last))


@router.get("/audit", tags=["audit"], summary="Read the audit log")
async def read_audit(
    ask: Ask,
    paging: Paging,
    talent: Filter = None,
    brand: Filter = None,
    kind: Filter = None,
    target: Filter = None,
) -> Listed[EntryShape]:
    """Who did what when, what changed and why; the newest first."""
    asked = {"talent": talent, "brand": brand, "kind": kind, "target": target}
    where = {name: value for name, value in asked.items() if value}
    found = await ask.office.reading.trail(ask.who, int(paging.after or 0), paging.limit, **where)
    return paging.listed(found, EntryShape.of)
