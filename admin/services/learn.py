"""Teaching a twin: files in, one verdict per document out, and a new index when anything changed.

files ─▶ decode ─▶ cut ─▶ store (whole documents) ─▶ index of all documents, swapped in at once
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
from gemelo.context.knowledge.decoding import decode
from gemelo.context.knowledge.passages import cut_markdown, cut_plain
from gemelo.context.knowledge.seam import Document, Documents
from gemelo.models.errors import BadDocument, StoreError
from gemelo.models.seams import Embedder

MAX_BYTES = 20_000_000
FEW_WORDS = 20
_CUTTERS = {
    ".md": cut_markdown,
    ".markdown": cut_markdown,
    ".txt": cut_plain,
    ".text": cut_plain,
}


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


async def learn(
    twin: str,
    paths: Sequence[Path],
    documents: Documents,
    embedder: Embedder,
    root: Path,
    screen: Screen,
) -> list[DocumentVerdict]:
    """Learns files and folders (walked) for a twin; a bad file never stops the others.

    Args:
        root: the folder of this twin's index (`Library.folder`).
        screen: refuses passages that give orders; they are left out, and the verdict says so.

    Returns:
        One verdict a file, in the order of the paths; folders in alphabetical order.

    Raises:
        StoreError: documents or index cannot be written; what was searched before still is.
        EmbedderError: the encoder failed; the documents are kept, the index is the old one.
    """
    verdicts: list[DocumentVerdict] = []
    names: set[str] = set()
    for name, path in _walk(paths):
        verdict, document = await asyncio.to_thread(_read, name, path, screen)
        if document and name in names:
            verdict = DocumentVerdict(path, name, Outcome.ERROR, reason="another file here has the same name")
        elif document:
            await documents.put(twin, document)
            names.add(name)
        verdicts.append(verdict)
    if names:
        await reindex(twin, documents, embedder, root)
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


def _read(name: str, path: Path, screen: Screen) -> tuple[DocumentVerdict, Document | None]:
    try:
        document = _document(name, path)
    except BadDocument as error:
        return DocumentVerdict(path, name, Outcome.ERROR, reason=str(error)), None
    harmless = tuple(cut for cut in document.passages if not screen.refuses(cut.text, cut.language))
    refused, size = len(document.passages) - len(harmless), len(harmless)
    if refused and not harmless:
        return DocumentVerdict(path, name, Outcome.ERROR, reason="all of it gives orders to a model"), None
    if refused:
        said = f"{refused} of {refused + size} passages give orders to a model and were left out"
        return DocumentVerdict(path, name, Outcome.WARNED, size, said), replace(document, passages=harmless)
    if sum(len(cut.text.split()) for cut in document.passages) < FEW_WORDS:
        return DocumentVerdict(path, name, Outcome.WARNED, size, "there is very little text in it"), document
    return DocumentVerdict(path, name, Outcome.INDEXED, size), document


def _document(name: str, path: Path) -> Document:
    if not path.exists():
        raise BadDocument("there is no such file or folder")
    cutter = _CUTTERS.get(path.suffix.lower())
    if cutter is None:
        raise BadDocument(f"format not supported yet: {path.suffix or 'no file extension'}")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadDocument(f"the file is larger than {MAX_BYTES // 1_000_000} MB")
        data = path.read_bytes()
    except OSError as error:
        raise BadDocument(f"the file cannot be read: {error.strerror}") from None
    return Document(name, sha256(data).hexdigest(), cutter(decode(data)))
