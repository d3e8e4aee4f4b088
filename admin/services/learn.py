"""Teaching a twin: files in, one verdict per document out, and a new index when anything changed.

files ─▶ read (in another process) ─▶ cut ─▶ store (whole documents) ─▶ index of all, swapped in at once
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import TypedDict

from gemelo.context.guard.planted import Screen
from gemelo.context.knowledge import index
from gemelo.context.knowledge.passages import cut
from gemelo.context.knowledge.seam import Document, Documents
from gemelo.models.errors import BadDocument, StoreError
from gemelo.models.seams import Embedder, Reader

MAX_BYTES = 20_000_000
FEW_WORDS = 20


class Outcome(StrEnum):
    INDEXED = "indexed"
    WARNED = "warned"
    """Indexed, but something about the document is odd; the reason says what."""
    ERROR = "error"
    """Not indexed; what the twin knew of this path stays as it was."""


class VerdictRow(TypedDict):
    path: str
    document: str
    verdict: str
    passages: int
    reason: str


@dataclass(frozen=True, slots=True)
class DocumentVerdict:
    """What became of one file. `reason` is one plain sentence, empty where all is well."""

    path: Path
    document: str
    verdict: Outcome
    passages: int = 0
    reason: str = ""

    def row(self) -> VerdictRow:
        """The JSON shape that scripts read."""
        return {
            "path": str(self.path),
            "document": self.document,
            "verdict": self.verdict.value,
            "passages": self.passages,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class School:
    """What learning needs.

    Attributes:
        screen: refuses passages that give orders; they are left out, and the verdict says so.
    """

    documents: Documents
    embedder: Embedder
    reader: Reader
    screen: Screen


async def learn(twin: str, paths: Sequence[Path], school: School, root: Path) -> list[DocumentVerdict]:
    """Learns files and folders (walked) for a twin; a bad file never stops the others.

    Args:
        root: the folder of this twin's index (`Library.folder`).

    Returns:
        One verdict a file, in the order of the paths; folders in alphabetical order.

    Raises:
        StoreError: documents or index cannot be written; what was searched before still is.
        EmbedderError: the encoder failed; the documents are kept, the index is the old one.
    """
    verdicts: list[DocumentVerdict] = []
    names: set[str] = set()
    for name, path in _walk(paths):
        verdict, document = await _read(name, path, school)
        if document and name in names:
            verdict = DocumentVerdict(path, name, Outcome.ERROR, reason="another file here has the same name")
        elif document:
            await school.documents.put(twin, document)
            names.add(name)
        verdicts.append(verdict)
    if names:
        await reindex(twin, school.documents, school.embedder, root)
    return verdicts


async def reindex(twin: str, documents: Documents, embedder: Embedder, root: Path) -> str:
    """Builds the index of all that a twin has learned and swaps it in; returns its version.

    Raises:
        StoreError: documents cannot be read or the index cannot be written.
        EmbedderError: the encoder failed.
    """
    known = await documents.all(twin)

    def build() -> str:
        return index.save(index.build(known, embedder, _before(root, embedder.name)), root, embedder.name)

    return await asyncio.to_thread(build)


def _before(root: Path, encoder: str) -> index.Index | None:
    """The index that is searched now; None where there is none that can be built upon."""
    version = index.current(root)
    try:
        return index.load(root, version, encoder) if version else None
    except StoreError:
        return None


def _walk(paths: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    """Files with the name that they are learned under: their own, after that of the folder given."""
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
                if file.is_file() and not hidden:
                    yield (Path(path.resolve().name) / file.relative_to(path)).as_posix(), file
        else:
            yield path.name, path


async def _read(name: str, path: Path, school: School) -> tuple[DocumentVerdict, Document | None]:
    try:
        data = await asyncio.to_thread(_bytes, path)
        parts = await school.reader.read(path.suffix.lower(), data)
        document = Document(name, sha256(data).hexdigest(), await asyncio.to_thread(cut, parts))
    except BadDocument as error:
        return DocumentVerdict(path, name, Outcome.ERROR, reason=str(error)), None
    return await asyncio.to_thread(_screened, path, document, school.screen)


def _screened(path: Path, document: Document, screen: Screen) -> tuple[DocumentVerdict, Document | None]:
    name = document.path
    harmless = tuple(one for one in document.passages if not screen.refuses(one.text, one.language))
    refused, size = len(document.passages) - len(harmless), len(harmless)
    if refused and not harmless:
        return DocumentVerdict(path, name, Outcome.ERROR, reason="all of it gives orders to a model"), None
    if refused:
        said = f"{refused} of {refused + size} passages give orders to a model and were left out"
        return DocumentVerdict(path, name, Outcome.WARNED, size, said), replace(document, passages=harmless)
    if sum(len(one.text.split()) for one in document.passages) < FEW_WORDS:
        return DocumentVerdict(path, name, Outcome.WARNED, size, "there is very little text in it"), document
    return DocumentVerdict(path, name, Outcome.INDEXED, size), document


def _bytes(path: Path) -> bytes:
    if not path.exists():
        raise BadDocument("there is no such file or folder")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadDocument(f"the file is larger than {MAX_BYTES // 1_000_000} MB")
        return path.read_bytes()
    except OSError as error:
        raise BadDocument(f"the file cannot be read: {error.strerror}") from None
