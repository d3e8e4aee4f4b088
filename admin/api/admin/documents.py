"""Operations on what a twin has learned."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from gemelo.admin.api.admin.asking import Ask, Paging
from gemelo.admin.api.admin.catalogue import TwinId
from gemelo.admin.shapes.base import Known, Listed
from gemelo.admin.shapes.knowledge import DocumentShape, NewUpload, Removal, UploadShape

router = APIRouter(prefix="/twins/{twin}/documents", tags=["knowledge"])

UploadId = Annotated[Known, Path(description="The id that sending gave.", examples=["1f0c7d5e9a3b2c4d"])]


@router.get("", summary="List a twin's documents")
async def list_documents(ask: Ask, twin: TwinId, paging: Paging) -> Listed[DocumentShape]:
    """By path, without their text."""
    found = await ask.office.shelving.page(ask.who, twin, paging.after, paging.limit)
    return paging.listed(found, DocumentShape.of)


@router.post("", summary="Send a document to be learned", status_code=202)
async def send_document(ask: Ask, twin: TwinId, body: NewUpload) -> UploadShape:
    """It is learned in the background: ask for what became of it under its id. At most 4 MB."""
    office, id = ask.office, ask.office.new_id()
    sent = await office.shelving.send(
        ask.who, id, twin, body.path, body.content, body.reason, now=office.now()
    )
    return UploadShape.of(sent)


@router.get("/sent", summary="List what was sent to a twin")
async def list_sent(ask: Ask, twin: TwinId, paging: Paging) -> Listed[UploadShape]:
    """By id, without content: what waits, and what became of the rest."""
    found = await ask.office.shelving.sent(ask.who, twin, paging.after, paging.limit)
    return paging.listed(found, lambda kept: UploadShape.of(kept.noun))


@router.get("/sent/{upload}", summary="See what became of a document that was sent")
async def see_sent(ask: Ask, twin: TwinId, upload: UploadId) -> UploadShape:
    """Waiting, indexed, warned, or an error and what to do about it."""
    return UploadShape.of(await ask.office.shelving.look_up(ask.who, twin, upload))


@router.post("/removals", summary="Forget a document")
async def forget_document(ask: Ask, twin: TwinId, body: Removal) -> DocumentShape:
    """From the next turn on nothing is answered from it."""
    return DocumentShape.of(await ask.office.shelving.forget(ask.who, twin, body.path, body.reason))
