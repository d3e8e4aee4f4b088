"""Operations on personas: drafted, edited, validated, approved."""

from __future__ import annotations

from fastapi import APIRouter

from gemelo.admin.api.admin.asking import Ask, Seen
from gemelo.admin.api.admin.catalogue import TwinId
from gemelo.admin.shapes.base import Change
from gemelo.admin.shapes.persona import (
    DraftShape,
    FitnessShape,
    NewDraft,
    PersonaApproval,
    PersonaEdit,
    PersonaShape,
)

router = APIRouter(prefix="/twins/{twin}/persona", tags=["persona"])


@router.get("", summary="See a twin's persona")
async def see_persona(ask: Ask, twin: TwinId) -> PersonaShape:
    """The text that people work on, whether it is approved, and the last validation."""
    return ask.kept(await ask.office.personas.see(ask.who, twin), PersonaShape.of)


@router.post("/drafts", summary="Draft a twin's persona")
async def draft_persona(ask: Ask, twin: TwinId, body: NewDraft) -> DraftShape:
    """From what the twin has learned. A text that is there stays, unless it is asked for anew."""
    drawn = await ask.office.personas.draft(ask.who, twin, body.reason, anew=body.anew, enrich=body.enrich)
    return DraftShape(yaml=drawn)


@router.put("", summary="Edit a twin's persona")
async def edit_persona(ask: Ask, twin: TwinId, seen: Seen, body: PersonaEdit) -> PersonaShape:
    """An approval of another text is void; the twin talks on as it was approved last."""
    kept = await ask.office.personas.put(ask.who, twin, body.yaml, seen, body.reason)
    return ask.kept(kept, PersonaShape.of)


@router.post("/approvals", summary="Approve a twin's persona")
async def approve_persona(ask: Ask, twin: TwinId, body: PersonaApproval) -> PersonaShape:
    """To the letter; live at once where the twin is. One that would be below the bar there is refused."""
    kept = await ask.office.personas.approve(ask.who, twin, body.hash, body.reason)
    return ask.kept(kept, PersonaShape.of)


@router.post("/validations", summary="Validate a twin with its persona")
async def validate_persona(ask: Ask, twin: TwinId, body: Change) -> FitnessShape:
    """Holds at least forty conversations drawn from what the twin has learned, and scores them."""
    return FitnessShape.of(await ask.office.validating.validate(ask.who, twin))
