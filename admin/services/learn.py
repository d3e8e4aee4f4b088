"""Teaching a twin: files in, one verdict per document out, and a new index when anything changed.

files ─▶ read (in another process) ─▶ cut ─▶ screen ─▶ store (whole documents) ─▶ index, swapped in at once

Learning that was stopped goes on where it was: what the store holds is not read again while its file and
our rules are as they were, and what was encoded is kept until the index is written.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from hashlib import sha256
from pathlib import Path, PurePath
from typing import TypedDict

from gemelo.context.guard.planted import Screen
from gemelo.context.knowledge import index
from gemelo.context.knowledge.alone import alone, to_the_end
from gemelo.context.knowledge.passages import cut
from gemelo.context.knowledge.readings import HalfRead
from gemelo.context.knowledge.scope import Kind, kind_of
from gemelo.context.knowledge.seam import Document, Documents
from gemelo.models.dates import date_in_name
from gemelo.models.errors import BadDocument, StoreError
from gemelo.models.seams import Embedder, Reader

READING = 4
"""Part of every recipe: to be raised when documents are read or cut in another way."""
MAX_BYTES = 20_000_000
MAX_RECORDING_BYTES = 100_000_000
"""Of a recording or a film."""
HEARD = "a machine has written down what it heard in it: read it before fans do"
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
        recipe: names the rules by which documents are read, cut and screened.
    """

    documents: Documents
    embedder: Embedder
    reader: Reader
    screen: Screen
    recipe: str


class Step(StrEnum):
    READING = "reading"
    """Documents, one by one."""
    ENCODING = "encoding"
    """Their sentences and windows, of all documents together."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far learning is: `done` of `total` documents, or texts; `passages` so far."""

    step: Step
    done: int
    total: int
    passages: int


Told = Callable[[Progress], None]


def nobody(_: Progress) -> None:
    """Who does not want to know how far it is."""


async def learn(
    twin: str, paths: Sequence[Path], school: School, root: Path, told: Told = nobody
) -> list[DocumentVerdict]:
    """Learns files and folders (walked) for a twin; a bad file never stops the others.

    Args:
        root: the folder of this twin's index (`Library.folder`).
        told: hears how far it is; may be called from another thread.

    Returns:
        One verdict a file, in the order of the paths; folders in alphabetical order.

    Raises:
        StoreError: documents or index cannot be written; what was searched before still is.
        EmbedderError: the encoder failed; the documents are kept, the index is the old one.
    """
    verdicts: list[DocumentVerdict] = []
    names: set[str] = set()
    kept = {document.path: document for document in await school.documents.all(twin)}
    files = list(_walk(paths))
    for name, path in files:
        verdict, document = await _read(name, path, school, kept.get(name))
        if document and name in names:
            verdict = DocumentVerdict(path, name, Outcome.ERROR, reason="another file here has the same name")
        elif document:
            names.add(name)
            if document is not kept.get(name):
                await school.documents.put(twin, document)
        verdicts.append(verdict)
        passages = sum(verdict.passages for verdict in verdicts)
        told(Progress(Step.READING, len(verdicts), len(files), passages))
    if names:
        workers = os.cpu_count() or 1
        await reindex(twin, school.documents, school.embedder, root, told, workers)
    return verdicts


async def forget(twin: str, path: str, documents: Documents, embedder: Embedder, root: Path) -> bool:
    """Takes a document from a twin for good, out of index and files; False where there was none.

    Raises:
        StoreError: documents or index cannot be written, or the files not cleaned yet.
        EmbedderError: the encoder failed; the document is gone from the store, the index is the old one.
    """
    known = await documents.remove(twin, path)
    await reindex(twin, documents, embedder, root)
    await documents.scrub()
    return known


async def reindex(
    twin: str,
    documents: Documents,
    embedder: Embedder,
    root: Path,
    told: Told = nobody,
    workers: int = 1,
) -> str:
    """Builds the index of all that a twin has learned and swaps it in; returns its version.

    It holds what the store does when it is swapped in: what was forgotten while it was built is not in it.

    Args:
        workers: threads that encode; beside sessions one is enough.

    Raises:
        StoreError: documents cannot be read or the index cannot be written.
        EmbedderError: the encoder failed; what it has read is kept for the next time.
    """
    while True:
        edition = await documents.edition(twin)
        known = await documents.all(twin)
        version, built = await asyncio.to_thread(_built, known, embedder, root, told, workers)
        async with alone(root):
            if await documents.edition(twin) != edition:
                continue  # somebody has learned or forgotten: theirs may be the current one already
            if built is not None:
                return await to_the_end(partial(index.save, built, root, embedder.name))
            if index.current(root) == version:
                await asyncio.to_thread(index.tidy, root, version)
                return version


def _built(
    known: Sequence[Document], embedder: Embedder, root: Path, told: Told, workers: int
) -> tuple[str, index.Index | None]:
    """The version that some documents have, and its index; None where that is the current one."""
    before, version = _before(root, embedder.name), index.version_of(known, embedder.name)
    if before is not None and version == index.current(root):
        return version, None
    root.mkdir(parents=True, exist_ok=True)
    passages = sum(len(document.passages) for document in known)
    return version, index.build(
        known,
        embedder,
        before,
        HalfRead(root / "half-read", embedder.name),
        lambda done, total: told(Progress(Step.ENCODING, done, total, passages)),
        folder=root,
        workers=workers,
    )


def _before(root: Path, encoder: str) -> index.Index | None:
    """The index that is searched now; None where there is none that can be built upon."""
    try:
        version, found = index.latest(root, encoder)
    except StoreError:
        return None
    return found if version else None


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


async def _read(
    name: str, path: Path, school: School, kept: Document | None
) -> tuple[DocumentVerdict, Document | None]:
    """A file as a document; the one that is `kept` where neither it nor our rules have changed."""
    try:
        data = await asyncio.to_thread(_bytes, path)
        document = await study(name, data, school, kept)
    except BadDocument as error:
        return DocumentVerdict(path, name, Outcome.ERROR, reason=str(error)), None
    return _judged(path, document), document


async def study(name: str, data: bytes, school: School, kept: Document | None = None) -> Document:
    """What a file of this name and content comes to, or what is `kept` of it where nothing has changed.

    Raises:
        BadDocument: there is nothing to learn in it.
    """
    known = sha256(data).hexdigest()
    if kept and (kept.sha256, kept.recipe) == (known, school.recipe):
        return kept
    parts = await school.reader.read(_ending(name), data)
    cuts = await asyncio.to_thread(cut, parts)
    dated = next((part.dated for part in parts if part.dated), "") or date_in_name(name)
    document = await asyncio.to_thread(_screened, Document(name, known, cuts, dated=dated), school.screen)
    heard = HEARD if kind_of(name) is Kind.RECORDING else ""
    note = "; ".join(filter(None, (document.note, heard)))
    return replace(document, note=note, recipe=school.recipe)


def _ending(name: str) -> str:
    """The ending of a file's name; of a recording's with the language before it (".es.mp3")."""
    suffixes = [suffix.lower() for suffix in PurePath(name).suffixes]
    tells = kind_of(name) is Kind.RECORDING and suffixes[-2:-1] in ([".es"], [".en"])
    return "".join(suffixes[-2:] if tells else suffixes[-1:])


def _judged(path: Path, document: Document) -> DocumentVerdict:
    outcome = Outcome.WARNED if document.note else Outcome.INDEXED
    return DocumentVerdict(path, document.path, outcome, len(document.passages), document.note)


def _screened(document: Document, screen: Screen) -> Document:
    """A document without what gives orders, and with what is odd about it.

    Raises:
        BadDocument: nothing is left of it.
    """
    harmless = tuple(one for one in document.passages if not screen.refuses(one.text, one.language))
    refused, size = len(document.passages) - len(harmless), len(document.passages)
    if not harmless:
        raise BadDocument("all of it gives orders to a model")
    if refused:
        note = f"{refused} of {size} passages give orders to a model and were left out"
        return replace(document, passages=harmless, note=note)
    if sum(len(one.text.split()) for one in document.passages) < FEW_WORDS:
        return replace(document, note="there is very little text in it")
    return document


def _bytes(path: Path) -> bytes:
    if not path.exists():
        raise BadDocument("there is no such file or folder")
    try:
        most = MAX_RECORDING_BYTES if kind_of(path.name) is Kind.RECORDING else MAX_BYTES
        if path.stat().st_size > most:
            raise BadDocument(f"the file is larger than {most // 1_000_000} MB")
        return path.read_bytes()
    except OSError as error:
        raise BadDocument(f"the file cannot be read: {error.strerror}") from None
