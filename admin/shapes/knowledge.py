"""What a twin has learned, as the admin API shows it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, StringConstraints

from gemelo.admin.shapes.base import Instant, Reason, Shown, asked, example
from gemelo.context.knowledge.scope import Kind
from gemelo.context.knowledge.seam import Title
from gemelo.context.knowledge.uploads import MAX_BYTES, Upload, UploadState

MAX_CONTENT = MAX_BYTES * 4 // 3 + 4
"""Letters of a file in base64."""
_RULES = "IyBSdWxlcwoKVGhlIGtlZXBlciBtYXkgaG9sZCB0aGUgYmFsbCBmb3IgZWlnaHQgc2Vjb25kcy4K"
"""A short file in Markdown."""


class DocumentShape(Shown[Title]):
    """One document: its path within the twin, the sha256 of its file, how many passages it gave, what kind it
    is, when it is from as far as it tells (a year, a month or a day), and a
    `note` where something about it is odd."""

    model_config = example(
        path="es/rules.md",
        sha256="9f86d081884c7d65" * 4,
        passages=12,
        note="",
        kind="text",
        dated="2026-08",
    )

    path: str
    sha256: str
    passages: int
    note: str
    kind: Kind
    dated: str


class UploadShape(Shown[Upload]):
    """A file that was sent: waiting, or what became of it, with a note where something is to be said."""

    model_config = example(
        id="1f0c7d5e9a3b2c4d",
        twin="trina--coach",
        path="es/rules.md",
        created="2026-11-20T12:00:00Z",
        state="indexed",
        passages=12,
        note="",
    )

    id: str
    twin: str
    path: str
    created: Instant
    state: UploadState
    passages: int
    note: str


class NewUpload(BaseModel):
    """A file to be learned under a path, its bytes in base64: what that path held before is replaced."""

    model_config = asked(path="es/rules.md", content=_RULES, reason="the season's rules")

    path: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    content: Annotated[str, StringConstraints(min_length=1, max_length=MAX_CONTENT)]
    reason: Reason


class Removal(BaseModel):
    """A document to be forgotten."""

    model_config = asked(path="es/rules.md", reason="out of date")

    path: Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
    reason: Reason
