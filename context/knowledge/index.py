"""A twin's shelves on disk: one immutable directory per version, and a pointer to the current one.

    ROOT/current              name of the version that is searched
    ROOT/VERSION/meta.json    encoder, languages, passages
    ROOT/VERSION/en.units.rows.npy and so on: one array a file, mapped when opened or read in parts

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

from gemelo.context.knowledge import building, entries
from gemelo.context.knowledge.calibration import Calibration, Evidence, fitted
from gemelo.context.knowledge.codes import Coarse, Codec, Coded, Plain
from gemelo.context.knowledge.duplicates import folded
from gemelo.context.knowledge.entries import FileEntries
from gemelo.context.knowledge.lexical import Lines, Postings
from gemelo.context.knowledge.readings import HalfRead
from gemelo.context.knowledge.rows import FileRows, mapped, opened
from gemelo.context.knowledge.seam import Document
from gemelo.context.knowledge.shelf import Dense, Entry, Lexical, Shelf
from gemelo.context.knowledge.tokens import CodedTokens, TokenCodec
from gemelo.models.errors import StoreError
from gemelo.models.seams import Embedder
from gemelo.models.vocabulary import Language

FORMAT = 9
"""Part of every version: to be raised when the arrays are made in another way."""

Index = Mapping[Language, Shelf]


def build(
    documents: Sequence[Document],
    embedder: Embedder,
    before: Index | None = None,
    half: HalfRead | None = None,
    told: Callable[[int, int], None] = lambda done, total: None,
    *,
    folder: Path | None = None,
    workers: int = 1,
) -> Index:
    """Encodes the passages of a twin; blocks for about 20 ms a passage that `before` does not hold.

    Args:
        half: keeps what was read, for the next one to go on where this one was stopped.
        told: hears how many texts of how many were read.
        folder: where large arrays may lie until they are saved, in files without a name.
        workers: threads that encode.

    Raises:
        EmbedderError: the encoder failed.
    """
    found, before = _sorted_out(documents), before or {}
    plans = {language: building.plan(own, before.get(language)) for language, own in found.items()}
    total, done = sum(plan.lacking for plan in plans.values()), 0

    def told_more(more: int) -> None:
        nonlocal done
        done += more
        told(done, total)

    return {
        language: building.build(
            language,
            own,
            embedder,
            planned=plans[language],
            before=before.get(language),
            half=half,
            told=told_more,
            folder=folder,
            workers=workers,
        )
        for language, own in found.items()
    }


def version_of(documents: Sequence[Document], encoder: str) -> str:
    """The version that an index of some documents has; nothing is encoded for it."""
    return _hashed(_sorted_out(documents), encoder)


def save(index: Index, root: Path, encoder: str) -> str:
    """Writes an index as a new version and makes it the current one; forgets all other versions.

    What others have half written is taken for that of the dead: learners save under `alone`.

    Returns:
        The version: a hash of the passages and the encoder.

    Raises:
        StoreError: the directory cannot be written; the old version stays current.
    """
    version = _hashed({language: shelf.entries for language, shelf in index.items()}, encoder)
    meta = {
        "format": FORMAT,
        "encoder": encoder,
        "shelves": {
            name: {"passages": len(own.entries), "calibration": asdict(own.calibration)}
            for name, own in index.items()
        },
    }
    text = json.dumps(meta, sort_keys=True)
    try:
        root.mkdir(parents=True, exist_ok=True)
        written = root / version / "meta.json"
        if not written.exists() or written.read_text() != text:
            _write(index, text, root, version)
        _point(root, version)
    except OSError as error:
        raise StoreError(f"the knowledge index cannot be written: {error.strerror}") from error
    tidy(root, version)
    return version


def tidy(root: Path, version: str) -> None:
    """Forgets all versions but one, and what was half read or half written: documents stand in it too."""
    for other in root.iterdir():
        if other.is_dir() and other.name != version:
            shutil.rmtree(other, ignore_errors=True)


def current(root: Path) -> str | None:
    """The version that `load` would open; None where nothing was learned yet."""
    try:
        return (root / "current").read_text().strip() or None
    except OSError:
        return None


def latest(root: Path, encoder: str) -> tuple[str, Index]:
    """The current version and its index; empty where nothing was learned yet.

    Raises:
        StoreError: the index is damaged, or was made by another encoder: learn again.
    """
    while True:
        pointed = _pointed(root)
        version = current(root)
        if version is None:
            return "", {}
        try:
            return version, load(root, version, encoder)
        except StoreError:
            if _pointed(root) == pointed:
                raise  # else it was put aside for a newer one while it was opened


def _pointed(root: Path) -> tuple[int, int] | None:
    """Changes whenever a version is made the current one, be it the one that was it before."""
    try:
        found = (root / "current").stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


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
            Language(name): _shelf(
                folder, Language(name), told["passages"], _calibration(told["calibration"], Language(name))
            )
            for name, told in meta["shelves"].items()
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError("the knowledge index is damaged: learn again") from error


def _calibration(kept: Mapping[str, Any], language: Language) -> Calibration:
    """As it is kept; the program's own where that weighs other evidence than this program finds."""
    weights = tuple(map(float, kept["weights"]))
    if len(weights) != len(fields(Evidence)):
        return fitted(language)
    return Calibration(weights, float(kept["constant"]), float(kept["enough"]))


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


def _hashed(found: Mapping[Language, Sequence[Entry]], encoder: str) -> str:
    version = sha256(f"{FORMAT} {encoder}".encode())
    for language, own in found.items():
        version.update(f"\n{language}\n".encode())
        for entry in own:
            version.update(entries.line(entry) + b"\n")
    return version.hexdigest()[:16]


def _write(index: Index, meta: str, root: Path, version: str) -> None:
    half = Path(tempfile.mkdtemp(prefix=".half-", dir=root))
    try:
        for name, array in _arrays(index):
            np.save(half / f"{name}.npy", array)
        (half / "meta.json").write_text(meta)
        if (root / version).exists():
            (root / version).rename(half.with_suffix(".old"))
        half.rename(root / version)
    finally:
        for own in (half, half.with_suffix(".old")):
            shutil.rmtree(own, ignore_errors=True)


def _point(root: Path, version: str) -> None:
    descriptor, name = tempfile.mkstemp(prefix=".current-", dir=root)
    with os.fdopen(descriptor, "w") as file:
        file.write(version)
    Path(name).replace(root / "current")


def _arrays(index: Index) -> Iterator[tuple[str, NDArray[Any]]]:
    """Every array of an index with its name."""
    for language, shelf in index.items():
        for name, array in entries.arrays(shelf.entries).items():
            yield f"{language}.entries.{name}", array
        for name, array in entries.source_arrays(shelf.sources).items():
            yield f"{language}.sources.{name}", array
        for leg in _names(Lexical):
            for array in _names(Postings if leg in _POSTINGS else Lines):
                yield f"{language}.{leg}.{array}", np.asarray(getattr(getattr(shelf.lexical, leg), array))
        dense = shelf.dense
        for field in _names(Dense):
            if field not in (*_VECTORS, "coarse"):
                yield f"{language}.{field}", np.asarray(getattr(dense, field))
        for field, vectors in zip(_VECTORS, (dense.windows, dense.units, dense.tokens), strict=True):
            for name, array in _vectors(vectors):
                yield f"{language}.{field}.{name}", array
        if shelf.dense.coarse:
            yield f"{language}.coarse", shelf.dense.coarse.array()


def _vectors(vectors: Plain | Coded | CodedTokens) -> Iterator[tuple[str, NDArray[Any]]]:
    yield "rows", np.asarray(vectors.rows)
    if isinstance(vectors, Plain):
        yield "step", np.array([vectors.step])
    else:
        yield from vectors.codec.arrays().items()


def _shelf(folder: Path, language: Language, size: int, calibration: Calibration) -> Shelf:
    """One language's shelf of a version.

    Raises:
        OSError, ValueError: it is damaged.
    """

    def path(name: str) -> Path:
        return folder / f"{language}.{name}.npy"

    def all_of(
        kind: type[Any], leg: str, large: tuple[str, ...], left_out: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        names = [name for name in _names(kind) if name not in left_out]
        return {name: (opened if name in large else mapped)(path(leg + name)) for name in names}

    def postings(leg: str) -> Postings:
        return Postings(**all_of(Postings, f"{leg}.", ("rows", "counts")))

    def vectors(name: str) -> Plain | Coded:
        if path(f"{name}.turn").exists():
            codec = Codec.of(mapped(path(f"{name}.turn")), mapped(path(f"{name}.codec")))
            return Coded(opened(path(f"{name}.rows")), codec)
        return Plain(mapped(path(f"{name}.rows")))

    found = FileEntries(opened(path("entries.text")), mapped(path("entries.bounds")))
    if len(found) != size:
        raise ValueError("some passages are missing")
    windows, ids = vectors("windows"), opened(path("token_ids"))
    coarse = Coarse.of(opened(path("coarse")), windows.codec) if isinstance(windows, Coded) else None
    if coarse:
        arrays = {name: mapped(path(f"tokens.{name}")) for name in ("turn", "codec", "ids", "usual", "scale")}
        tokens = CodedTokens(opened(path("tokens.rows")), ids, TokenCodec.of(arrays))
    else:
        tokens = Plain(FileRows(path("tokens.rows")), float(mapped(path("tokens.step"))[0]))
    return Shelf(
        language,
        found,
        entries.opened_sources(mapped(path("sources.names")), mapped(path("sources.of"))),
        Lexical(
            postings("passages"),
            Lines(**all_of(Lines, "units.", ("stems",))),
            postings("grams"),
            postings("pairs"),
        ),
        Dense(
            windows=windows,
            units=vectors("units"),
            tokens=tokens,
            coarse=coarse,
            token_ids=ids,
            **all_of(Dense, "", (), (*_VECTORS, "coarse", "token_ids")),
        ),
        calibration,
    )


_POSTINGS = ("passages", "grams", "pairs")
_VECTORS = ("windows", "units", "tokens")


def _names(kind: type[Lexical | Dense | Postings | Lines]) -> list[str]:
    return [field.name for field in fields(kind)]
