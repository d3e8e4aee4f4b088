"""What an encoder has read: kept from one index to the next, and on disk while learning goes on.

Encoding is what learning takes its time for. What was read is written down every thousand texts, so that
learning that was killed goes on where it was:

    FOLDER/ENCODER/0007-LANGUAGE.npz    some texts: their hashes, vectors, and the states of their tokens
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from gemelo.context.knowledge.language import in_english
from gemelo.models.seams import Embedder, Embedding
from gemelo.models.vocabulary import Language

BATCH = 64
"""Texts that are encoded together."""
KEPT_EVERY = 1024
"""Texts after which what was read is written down."""

Told = Callable[[int], None]
"""Hears how many more texts were read."""


@dataclass(frozen=True, slots=True)
class Read:
    """One text as it was read before; implements `Embedding`."""

    vector: NDArray[np.float32]
    tokens: NDArray[np.float16]
    ids: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Readings:
    """What an encoder has read in one language: units whole, windows as vectors, by their texts."""

    units: dict[str, Embedding] = field(default_factory=dict[str, Embedding])
    windows: dict[str, NDArray[np.float32]] = field(default_factory=dict[str, NDArray[np.float32]])


@dataclass(frozen=True, slots=True)
class Unread:
    """Texts of one language that nobody has read yet, each once."""

    units: tuple[str, ...]
    windows: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.units) + len(self.windows)


def unread(units: Iterable[str], windows: Iterable[str], known: Readings) -> Unread:
    """Which of some texts `known` lacks."""
    return Unread(
        tuple(dict.fromkeys(text for text in units if text not in known.units)),
        tuple(dict.fromkeys(text for text in windows if text not in known.windows)),
    )


def read(
    texts: Unread,
    language: Language,
    embedder: Embedder,
    known: Readings,
    half: HalfRead | None = None,
    told: Told = lambda _: None,
) -> None:
    """Reads texts and adds them to `known`; those that stand in `half` are taken from there.

    Raises:
        EmbedderError: the encoder failed; what was read until then stands in `half`.
    """
    before = half.load(language) if half else {}
    for kind, own in (("unit", texts.units), ("window", texts.windows)):
        keys = {text: _key(kind, text) for text in own}
        had = {text: before[key] for text, key in keys.items() if key in before}
        _add(known, kind, had)
        told(len(had))
        rest = iter([text for text in own if text not in had])
        while some := list(islice(rest, KEPT_EVERY)):
            found = dict(zip(some, _encoded(some, language, embedder, told), strict=True))
            _add(known, kind, found)
            if half:
                half.keep(language, {keys[text]: found[text] for text in some}, whole=kind == "unit")


def encode(texts: Sequence[str], language: Language, embedder: Embedder) -> list[Embedding]:
    """Encodes texts, those of another language through English.

    Raises:
        EmbedderError: the encoder failed.
    """
    return list(_encoded(texts, language, embedder, lambda _: None))


class HalfRead:
    """What was read for an index that is not written yet.

    What cannot be written or read back is read by the encoder again: nothing is lost but time.
    """

    def __init__(self, folder: Path, encoder: str) -> None:
        self._folder = folder / quote(encoder, safe="")

    def load(self, language: Language) -> dict[bytes, Read]:
        """All that was kept in one language."""
        found: dict[bytes, Read] = {}
        for path in sorted(self._folder.glob(f"*-{language}.npz")):
            try:
                with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                    found.update(_unpacked({name: kept[name] for name in kept.files}))
            except (OSError, ValueError, KeyError, EOFError, BadZipFile):
                continue
        return found

    def keep(self, language: Language, found: Mapping[bytes, Embedding], *, whole: bool) -> None:
        """Writes down some texts; of those that are not `whole` the vectors alone."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            number = len(list(self._folder.iterdir()))
            descriptor, half = tempfile.mkstemp(prefix=".", dir=self._folder)
            with os.fdopen(descriptor, "wb") as file:
                np.savez(file, allow_pickle=False, **_packed(found, whole))
            Path(half).replace(self._folder / f"{number:06d}-{language}.npz")
        except OSError:
            shutil.rmtree(self._folder, ignore_errors=True)


def _encoded(texts: Sequence[str], language: Language, embedder: Embedder, told: Told) -> Iterator[Embedding]:
    for start in range(0, len(texts), BATCH):
        some = texts[start : start + BATCH]
        yield from embedder.embed([in_english(text, language) for text in some])
        told(len(some))


def _add(known: Readings, kind: str, found: Mapping[str, Embedding]) -> None:
    if kind == "unit":
        known.units.update(found)
    else:
        known.windows.update({text: one.vector for text, one in found.items()})


def _key(kind: str, text: str) -> bytes:
    return blake2b(f"{kind} {text}".encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _packed(found: Mapping[bytes, Embedding], whole: bool) -> dict[str, NDArray[Any]]:
    read = list(found.values())
    tokens = [one.tokens if whole else one.tokens[:0] for one in read]
    return {
        "keys": np.frombuffer(b"".join(found), np.uint8).reshape(len(found), -1),
        "vectors": np.stack([one.vector for one in read]),
        "tokens": np.concatenate(tokens),
        "ids": np.concatenate([one.ids[: len(own)] for one, own in zip(read, tokens, strict=True)]),
        "ends": np.cumsum([len(own) for own in tokens]),
    }


def _unpacked(kept: Mapping[str, NDArray[Any]]) -> Iterator[tuple[bytes, Read]]:
    start = 0
    for key, vector, end in zip(kept["keys"], kept["vectors"], kept["ends"].tolist(), strict=True):
        yield key.tobytes(), Read(vector, kept["tokens"][start:end], kept["ids"][start:end])
        start = end
