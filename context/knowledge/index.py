"""A twin's shelves on disk: one immutable directory per version, and a pointer to the current one.

    ROOT/current              name of the version that is searched
    ROOT/VERSION/meta.json    encoder, languages, passages
    ROOT/VERSION/en.units.npy and so on: one array a file, mapped when opened or read in parts

A version is written beside the others and pointed to by renaming, so a reader has the old one or the
new one, never half of either. What is open stays readable after its files are gone.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gemelo.context.knowledge import shelf as shelves
from gemelo.context.knowledge.duplicates import folded
from gemelo.context.knowledge.lexical import Postings
from gemelo.context.knowledge.readings import HalfRead, Readings, read
from gemelo.context.knowledge.rows import FileRows
from gemelo.context.knowledge.seam import Document
from gemelo.context.knowledge.shelf import Dense, Entry, Lexical, Shelf
from gemelo.models.errors import StoreError
from gemelo.models.seams import Embedder
from gemelo.models.vocabulary import Label, Language

FORMAT = 6
"""Part of every version: to be raised when the arrays are made in another way."""

Index = Mapping[Language, Shelf]


def build(
    documents: Sequence[Document],
    embedder: Embedder,
    before: Index | None = None,
    half: HalfRead | None = None,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> Index:
    """Encodes the passages of a twin; blocks for about 20 ms a passage that `before` does not hold.

    Args:
        half: keeps what was read, for the next one to go on where this one was stopped.
        told: hears how many texts of how many were read.

    Raises:
        EmbedderError: the encoder failed.
    """
    entries = _sorted_out(documents)
    known = {language: shelves.readings(shelf) for language, shelf in (before or {}).items()}
    known = {language: known.get(language, Readings()) for language in entries}
    unread = {language: shelves.lacking(own, known[language]) for language, own in entries.items()}
    total, done = sum(map(len, unread.values())), 0

    def told_more(more: int) -> None:
        nonlocal done
        done += more
        told(done, total)

    for language, texts in unread.items():
        read(texts, language, embedder, known[language], half, told_more)
    return {
        language: shelves.build(language, own, embedder, known=known[language])
        for language, own in entries.items()
    }


def version_of(documents: Sequence[Document], encoder: str) -> str:
    """The version that an index of some documents has; nothing is encoded for it."""
    return _hashed(_meta(_sorted_out(documents), encoder))


def save(index: Index, root: Path, encoder: str) -> str:
    """Writes an index as a new version and makes it the current one; forgets all other versions.

    Returns:
        The version: a hash of the passages and the encoder.

    Raises:
        StoreError: the directory cannot be written; the old version stays current.
    """
    text = _meta({language: shelf.entries for language, shelf in index.items()}, encoder)
    version = _hashed(text)
    try:
        root.mkdir(parents=True, exist_ok=True)
        written = root / version / "meta.json"
        if not written.exists() or written.read_text() != text:
            _write(index, text, root, version)
        _point(root, version)
    except OSError as error:
        raise StoreError(f"the knowledge index cannot be written: {error.strerror}") from error
    for other in root.iterdir():
        if other.is_dir() and other.name != version:
            shutil.rmtree(other, ignore_errors=True)
    return version


def current(root: Path) -> str | None:
    """The version that `load` would open; None where nothing was learned yet."""
    try:
        return (root / "current").read_text().strip() or None
    except OSError:
        return None


def load(root: Path, version: str, encoder: str) -> Index:
    """Opens one version; its arrays stay on disk until they are read.

    Raises:
        StoreError: the version is damaged, or was made by another encoder: learn again.
    """
    folder = root / version
    try:
        meta = json.loads((folder / "meta.json").read_text())
        if meta["format"] != FORMAT or meta["encoder"] != encoder:
            raise StoreError("the knowledge index was made by another version or encoder: learn again")
        return {
            Language(name): Shelf(
                language=Language(name),
                entries=tuple(_entry(item) for item in items),
                lexical=Lexical(**{leg: _postings(folder, f"{name}.{leg}") for leg in _names(Lexical)}),
                dense=_dense(folder, name),
            )
            for name, items in meta["shelves"].items()
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError("the knowledge index is damaged: learn again") from error


def _sorted_out(documents: Sequence[Document]) -> dict[Language, list[Entry]]:
    """The passages of some documents by language, in reading order, those that say a thing again left out."""
    found: dict[Language, list[Entry]] = {}
    for document in documents:
        for number, cut in enumerate(document.passages, 1):
            heading = cut.headings[-1] if cut.headings else ""
            entry = Entry(
                f"{document.path}#{number}",
                cut.sentences,
                document.path,
                cut.place,
                heading,
                dated=document.dated,
            )
            found.setdefault(cut.language, []).append(entry)
    return {language: folded(entries) for language, entries in found.items()}


def _meta(entries: Mapping[Language, Sequence[Entry]], encoder: str) -> str:
    listed = {name: [asdict(entry) for entry in own] for name, own in entries.items()}
    meta = {"format": FORMAT, "encoder": encoder, "shelves": listed}
    return json.dumps(meta, ensure_ascii=False, sort_keys=True)


def _hashed(meta: str) -> str:
    return sha256(meta.encode()).hexdigest()[:16]


def _write(index: Index, meta: str, root: Path, version: str) -> None:
    half = Path(tempfile.mkdtemp(prefix=".half-", dir=root))
    try:
        for name, array in _arrays(index):
            np.save(half / f"{name}.npy", array)
        (half / "meta.json").write_text(meta)
        shutil.rmtree(root / version, ignore_errors=True)
        half.rename(root / version)
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _point(root: Path, version: str) -> None:
    descriptor, name = tempfile.mkstemp(prefix=".current-", dir=root)
    with os.fdopen(descriptor, "w") as file:
        file.write(version)
    Path(name).replace(root / "current")


def _arrays(index: Index) -> Iterator[tuple[str, NDArray[Any]]]:
    for language, shelf in index.items():
        for leg in _names(Lexical):
            postings: Postings = getattr(shelf.lexical, leg)
            for array in _names(Postings):
                yield f"{language}.{leg}.{array}", getattr(postings, array)
        for array in _names(Dense):
            yield f"{language}.{array}", getattr(shelf.dense, array)


def _postings(folder: Path, name: str) -> Postings:
    return Postings(**{array: _array(folder, f"{name}.{array}") for array in _names(Postings)})


def _dense(folder: Path, name: str) -> Dense:
    tokens = FileRows(folder / f"{name}.tokens.npy")
    mapped = {array: _array(folder, f"{name}.{array}") for array in _names(Dense) if array != "tokens"}
    return Dense(tokens=tokens, **mapped)


def _array(folder: Path, name: str) -> NDArray[Any]:
    mapped = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
    return np.asarray(mapped)


def _entry(item: dict[str, Any]) -> Entry:
    item["sentences"] = tuple(item["sentences"])
    item["label"] = Label(item["label"])
    return Entry(**item)


def _names(kind: type[Lexical | Dense | Postings]) -> list[str]:
    return [field.name for field in fields(kind)]
