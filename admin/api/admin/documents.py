"""Operations on what a twin has learned."""

from __future__ import annotations

from fastapi import APIRouter

from gemelo.admin.api.admin.asking import Ask, Paging
from gemelo.admin.api.admin.catalogue import TwinId
from gemelo.admin.shapes.base import Listed
from gemelo.admin.shapes.knowledge import DocumentShape, Removal

router = APIRouter(prefix="/twins/{twin}/documents", tags=["knowledge"])


@router.get("", summary="List a twin's documents")
async def list_documents(ask: Ask, twin: TwinId, paging: Paging) -> Listed[DocumentShape]:
    """By path, without their text."""
    found = await ask.office.shelving.page(ask.who, twin, paging.after, paging.limit)
    return paging.listed(found, DocumentShape.of)


@router.post("/removals", summary="Forget a document")
async def forget_document(ask: Ask, twin: TwinId, body: Removal) -> DocumentShape:
    """From the next turn on nothing is answered from it."""
    return DocumentShape.of(await ask.office.shelving.forget(ask.who, twin, body.path, body.reason))
