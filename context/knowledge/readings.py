"""What an encoder has read: taken from one index to the next, and kept on disk while learning goes on.

Encoding is what learning takes its time for. What was read is written down with every few passages, so that
learning that was killed goes on where it was:

    FOLDER/ENCODER/LANGUAGE.codec.npz         how the vectors of a large shelf become codes
    FOLDER/ENCODER/000007-LANGUAGE-FORM.npz   some texts: their keys, vectors, and the states of their tokens
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from gemelo.context.knowledge.codes import Codec
from gemelo.context.knowledge.language import in_english
from gemelo.context.knowledge.tokens import TokenCodec
from gemelo.models.seams import Embedder, Embedding
from gemelo.models.vocabulary import Language

BATCH = 64
"""Texts that are encoded together."""
_FILES = 4
"""Files of what was half read that are held in memory."""

Told = Callable[[int], None]
"""Hears how many more texts were read."""
Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Read:
    """One text as it was read: vector and token states as they are, or their codes; see `Form`."""

    vector: NDArray[Any]
    tokens: NDArray[Any]
    ids: NDArray[Any]


Reads = dict[int, Read]
"""By the texts' keys."""


class Source(Protocol):
    """Where texts may have been read before."""

    def find(self, keys: Iterable[int]) -> Reads:
        """Those that are there, in the form that is asked for."""
        ...


@dataclass(frozen=True, slots=True)
class Form:
    """How what was read is kept: as it is, or on a large shelf as codes of `vectors` and `tokens`."""

    vectors: Codec | None = None
    tokens: TokenCodec | None = None

    @property
    def name(self) -> str:
        if not self.vectors or not self.tokens:
            return "whole"
        code = blake2b(digest_size=8)
        for codec in (self.vectors, self.tokens.codec):
            for array in codec.arrays().values():
                code.update(np.ascontiguousarray(array).tobytes())
        return code.hexdigest()

    def kept(self, read: Sequence[Embedding | Read]) -> list[Read]:
        """What the encoder has read, in this form."""
        if not self.vectors or not self.tokens or not read:
            return [Read(one.vector, one.tokens, one.ids) for one in read]
        vectors = self.vectors.encode(np.stack([one.vector for one in read]))
        ends = np.cumsum([len(one.tokens) for one in read])
        ids, states = (np.concatenate([getattr(one, name) for one in read]) for name in ("ids", "tokens"))
        tokens = np.split(self.tokens.encode(ids, states), ends[:-1])
        return [Read(vectors[at], tokens[at], one.ids) for at, one in enumerate(read)]


def key(text: str, *, whole: bool) -> int:
    """The 64 bits by which a text is known; a unit is read whole, of a window its vector alone."""
    kind = "unit" if whole else "window"
    digest = blake2b(f"{kind} {text}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def encode(
    texts: Sequence[str],
    language: Language,
    embedder: Embedder,
    hands: Executor | None = None,
    told: Told = lambda _: None,
) -> list[Embedding]:
    """Encodes texts, those of another language through English, and those of like length together.

    Args:
        hands: encodes several batches at once.

    Raises:
        EmbedderError: the encoder failed.
    """
    order = sorted(range(len(texts)), key=lambda at: -len(texts[at]))
    batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]

    def some(batch: list[int]) -> Sequence[Embedding]:
        return embedder.embed([in_english(texts[at], language) for at in batch])

    found: dict[int, Embedding] = {}
    for batch, read in zip(batches, (hands.map if hands else map)(some, batches), strict=True):
        found.update(zip(batch, read, strict=True))
        told(len(batch))
    return [found[at] for at in range(len(texts))]


class Reading:
    """Reads the texts of one language: what some source has is taken from there, the rest is encoded.

    Args:
        half: keeps what the encoder reads.
        told: hears of all that no `known` source has.
    """

    def __init__(
        self,
        language: Language,
        embedder: Embedder,
        form: Form,
        *,
        known: Source | None = None,
        half: Half | None = None,
        hands: Executor | None = None,
        told: Told = lambda _: None,
    ) -> None:
        self._language, self._embedder, self._form = language, embedder, form
        self._known, self._half, self._hands, self._told = known, half, hands, told

    def read(self, texts: Mapping[int, str], *, whole: bool) -> Reads:
        """Texts by their keys.

        Raises:
            EmbedderError: the encoder failed; what was read until then stands in `half`.
        """
        found = self._known.find(texts) if self._known else {}
        if self._half:
            had = self._half.find([one for one in texts if one not in found])
            self._told(len(had))
            found |= had
        rest = {one: text for one, text in texts.items() if one not in found}
        read = encode(list(rest.values()), self._language, self._embedder, self._hands, self._told)
        some: Sequence[Embedding | Read] = (
            read if whole else [Read(one.vector, one.tokens[:0], one.ids[:0]) for one in read]
        )
        new = dict(zip(rest, self._form.kept(some), strict=True))
        if self._half and new:
            self._half.keep(new)
        return found | new


class HalfRead:
    """What was read for an index that is not written yet.

    What cannot be written or read back is read by the encoder again: nothing is lost but time.
    """

    def __init__(self, folder: Path, encoder: str) -> None:
        self._folder = folder / quote(encoder, safe="")

    def of(self, language: Language, form: Form) -> Half:
        """What was kept in one language and form."""
        return Half(self._folder, f"{language}-{form.name}", form.tokens)

    def form(self, language: Language) -> Form | None:
        """The form that was chosen in one language; None where none was."""
        kept = _loaded(self._codecs(language))
        try:
            vectors = Codec.of(kept["vectors.turn"], kept["vectors.codec"])
            return Form(vectors, TokenCodec.of(kept))
        except (KeyError, ValueError):
            return None

    def keep_form(self, language: Language, form: Form) -> None:
        """Writes down a form: what was read in another one would be of no use."""
        if form.vectors and form.tokens:
            arrays = {f"vectors.{name}": array for name, array in form.vectors.arrays().items()}
            _keep(self._codecs(language), {**arrays, **form.tokens.arrays()})

    def _codecs(self, language: Language) -> Path:
        return self._folder / f"{language}.codec.npz"


class Half:
    """What was read in one language and form.

    Args:
        tokens: what had been learned of tokens until then is learned again; after a damaged file all is
            read again, since codes mean nothing without it.
    """

    def __init__(self, folder: Path, name: str, tokens: TokenCodec | None = None) -> None:
        self._folder, self._name, self._tokens = folder, name, tokens
        self._at: dict[int, Path] = {}
        self._open: dict[Path, Reads] = {}
        paths = sorted(folder.glob(f"*-{name}.npz"))
        for path in paths:
            if not tokens:
                self._at.update(dict.fromkeys(_loaded(path, "keys").get("keys", np.zeros(0)).tolist(), path))
            elif kept := _loaded(path, "keys", "new_ids", "new_usual"):
                tokens.learn(kept["new_ids"], kept["new_usual"])
                self._at.update(dict.fromkeys(kept["keys"].tolist(), path))
            else:
                break
        self._number = len(paths)
        self._met = tokens.met if tokens else 0

    def find(self, keys: Iterable[int]) -> Reads:
        """Those that were read; what a damaged file held was not."""
        found: Reads = {}
        for one in keys:
            path = self._at.get(one)
            if path is not None and (read := self._opened(path).get(one)):
                found[one] = read
        return found

    def keep(self, reads: Mapping[int, Read]) -> None:
        """Writes some texts down."""
        arrays, tokens = _packed(reads), self._tokens
        if tokens:
            arrays |= {f"new_{name}": array for name, array in tokens.learned_since(self._met).items()}
        if _keep(self._folder / f"{self._number:06d}-{self._name}.npz", arrays):
            self._number += 1
            self._met = tokens.met if tokens else 0

    def _opened(self, path: Path) -> Reads:
        if path not in self._open:
            while len(self._open) >= _FILES:
                del self._open[next(iter(self._open))]
            self._open[path] = _unpacked(_loaded(path))
        return self._open[path]


def _packed(reads: Mapping[int, Read]) -> Arrays:
    read = list(reads.values())
    return {
        "keys": np.array(list(reads), np.uint64),
        "vectors": np.stack([one.vector for one in read]),
        "tokens": np.concatenate([one.tokens for one in read]),
        "ids": np.concatenate([one.ids for one in read]),
        "ends": np.cumsum([len(one.ids) for one in read]),
    }


def _unpacked(kept: Arrays) -> Reads:
    found: Reads = {}
    start = 0
    try:
        rows = zip(kept["keys"].tolist(), kept["vectors"], kept["ends"].tolist(), strict=True)
        for one, vector, end in rows:
            found[one] = Read(vector, kept["tokens"][start:end], kept["ids"][start:end])
            start = end
    except (KeyError, ValueError):
        return {}
    return found


def _loaded(path: Path, *names: str) -> Arrays:
    """The arrays of a file, or some of them; none where it is missing or damaged."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            return {name: kept[name] for name in names or kept.files}
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return {}


def _keep(path: Path, arrays: Arrays) -> bool:
    """Writes a file at once or not at all; where nothing can be kept, nothing half is left either."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, half = tempfile.mkstemp(prefix=".", dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        Path(half).replace(path)
    except OSError:
        shutil.rmtree(path.parent, ignore_errors=True)
        return False
    return True
