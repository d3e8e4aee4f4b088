"""What a twin has learned, as the admin API shows it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, StringConstraints

from gemelo.admin.shapes.base import Reason, asked, example
from gemelo.context.knowledge.seam import Document


class DocumentShape(BaseModel):
    """One document: its path within the twin, the sha256 of its file, how many passages it gave, and a
    `note` where something about it is odd."""

    model_config = example(path="es/rules.md", sha256="9f86d081884c7d65" * 4, passages=12, note="")

    path: str
    sha256: str
    passages: int
    note: str

    @staticmethod
    def of(document: Document) -> DocumentShape:
        return DocumentShape(
            path=document.path,
            sha256=document.sha256,
            passages=len(document.passages),
            note=document.note,
        )


class Removal(BaseModel):
    """A document to be forgotten."""

    model_config = asked(path="es/rules.md", reason="out of date")

    path: Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
    reason: Reason
