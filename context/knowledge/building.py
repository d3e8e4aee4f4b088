"""Putting passages on a shelf: some at a time, so that it takes as much memory for many as for a few.

entries ─▶ keys of their units and windows ─▶ read (known, half read, or by the encoder) ─▶ arrays
        └▶ bags of stems, letter groups, pairs ─▶ postings
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from gemelo.context.knowledge.calibration import fitted
from gemelo.context.knowledge.codes import Coarse, Codec, Coded, Floats, Plain
from gemelo.context.knowledge.entries import sources
from gemelo.context.knowledge.lexical import LinesOf, PostingsOf
from gemelo.context.knowledge.readings import Form, HalfRead, Read, Reading, Reads, Told, encode, key
from gemelo.context.knowledge.rows import Spool, snug, starts
from gemelo.context.knowledge.shelf import SMALL, Dense, Entry, Lexical, Shelf
from gemelo.context.knowledge.tokens import CodedTokens, TokenCodec
from gemelo.context.knowledge.words import function_words, grams, pairs, stems, words
from gemelo.models.seams import Embedder
from gemelo.models.vocabulary import Language

TOGETHER = 128
"""Passages that are read together, and written down."""
SAMPLE = 256
"""Passages that a large shelf learns from how to keep vectors in a few bytes."""
_SAMPLED = 20_000
"""Vectors of each kind that are looked at for that."""
VECTOR_CODE = "SQ4"
"""Four bits a number: cosines are off by .005."""
_BLOCK = 8_192


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be read for some passages.

    Attributes:
        unit_keys, window_keys: uint64, of all their texts in order.
        unit_starts, window_starts: int64 (p + 1,), where each passage's begin.
        lacking: how many texts nobody has read yet.
    """

    unit_keys: NDArray[np.uint64]
    window_keys: NDArray[np.uint64]
    unit_starts: NDArray[np.int64]
    window_starts: NDArray[np.int64]
    lacking: int


def plan(entries: Sequence[Entry], before: Shelf | None = None) -> Plan:
    """Looks through passages; what stands on the shelf `before` need not be read."""
    units, windows = Spool("u8"), Spool("u8")
    counts = np.zeros((2, len(entries)), np.int64)
    for at, entry in enumerate(entries):
        own = [key(unit, whole=True) for unit in entry.units]
        wide = [key(window, whole=False) for window in entry.windows]
        counts[:, at] = len(own), len(wide)
        units.add(np.array(own, np.uint64))
        windows.add(np.array(wide, np.uint64))
    unit_keys, window_keys = units.whole(), windows.whole()
    wanted = np.unique(np.concatenate([unit_keys, window_keys]))
    if before and _serves(before, len(entries)):
        wanted = np.setdiff1d(wanted, np.concatenate([before.dense.unit_keys, before.dense.window_keys]))
    return Plan(unit_keys, window_keys, starts(counts[0]), starts(counts[1]), len(wanted))


def build(
    language: Language,
    entries: Sequence[Entry],
    embedder: Embedder,
    like: Shelf | None = None,
    *,
    planned: Plan | None = None,
    before: Shelf | None = None,
    half: HalfRead | None = None,
    told: Told = lambda _: None,
    folder: Path | None = None,
    workers: int = 1,
) -> Shelf:
    """Encodes passages; blocks for about 20 ms a passage.

    Args:
        like: a larger shelf that term rarity is judged by, so that both can be searched as one.
        planned: what is to be read, where that is known.
        before: a shelf of the same encoder; what stands there is not read again.
        half: keeps what was read.
        told: hears how many more texts were read.
        folder: where files without a name may lie meanwhile.
        workers: threads that encode.

    Raises:
        EmbedderError: the encoder failed.
    """
    planned = planned or plan(entries, before)
    lexical = _lexical(language, entries, like.lexical if like else None, folder)
    with ThreadPoolExecutor(workers) if workers > 1 else nullcontext() as hands:
        form = _form(language, entries, embedder, before, half)
        reading = Reading(
            language,
            embedder,
            form,
            known=Shelved(before.dense, form) if before and _serves(before, len(entries)) else None,
            half=half.of(language, form) if half else None,
            hands=hands,
            told=told,
        )
        widths = embedder.dimension, embedder.token_dimension
        dense = _dense(entries, planned, reading, form, widths, folder)
    grammar = like or before
    return Shelf(
        language,
        entries,
        sources(entries),
        lexical,
        replace(
            dense,
            function_ids=grammar.dense.function_ids if grammar else _function_ids(language, embedder),
            **({"known_ids": like.dense.known_ids, "known_idf": like.dense.known_idf} if like else {}),
        ),
        like.calibration if like else fitted(language),
    )


class Shelved:
    """What was read for a shelf; implements `Source`."""

    def __init__(self, dense: Dense, form: Form) -> None:
        self._dense, self._form = dense, form
        self._units, self._windows = np.argsort(dense.unit_keys), np.argsort(dense.window_keys)

    def find(self, keys: Iterable[int]) -> Reads:
        wanted = np.array(list(keys), np.uint64)
        dense = self._dense
        found: Reads = {}
        for own, order, read in (
            (dense.unit_keys, self._units, self._unit),
            (dense.window_keys, self._windows, self._window),
        ):
            if not len(own):
                continue
            at = order[np.minimum(np.searchsorted(own, wanted, sorter=order), len(own) - 1)]
            there = own[at] == wanted
            found.update(zip(wanted[there].tolist(), map(read, at[there].tolist()), strict=True))
        made = self._form.kept(list(found.values())) if self._recoded else found.values()
        return dict(zip(found, made, strict=True))

    @property
    def _recoded(self) -> bool:
        return isinstance(self._dense.units, Plain)

    def _unit(self, at: int) -> Read:
        dense = self._dense
        start, end = int(dense.token_starts[at]), int(dense.token_starts[at + 1])
        tokens = dense.tokens.rows[start:end]
        if isinstance(dense.tokens, Plain):
            tokens = (tokens * np.float32(dense.tokens.step)).astype(np.float16)
        return Read(dense.units.rows[at : at + 1][0], tokens, dense.token_ids[start:end])

    def _window(self, at: int) -> Read:
        dense = self._dense
        none = dense.tokens.rows[0:0]
        if isinstance(dense.tokens, Plain):
            none = none.astype(np.float16)
        return Read(dense.windows.rows[at : at + 1][0], none, dense.token_ids[0:0])


def _serves(before: Shelf, size: int) -> bool:
    """Whether a shelf can be built upon another: codes are no longer what was read."""
    return size > SMALL or isinstance(before.dense.units, Plain)


def _form(
    language: Language,
    entries: Sequence[Entry],
    embedder: Embedder,
    before: Shelf | None,
    half: HalfRead | None,
) -> Form:
    """How vectors are kept: on a large shelf as on the one before, or as was half done, or as is learned."""
    if len(entries) <= SMALL:
        return Form()
    if before and isinstance(before.dense.units, Coded) and isinstance(before.dense.tokens, CodedTokens):
        return Form(before.dense.units.codec, before.dense.tokens.codec.copy())
    form = half.form(language) if half else None
    if form is None:
        form = _learned(language, entries, embedder)
        if half:
            half.keep_form(language, form)
    return form


def _learned(language: Language, entries: Sequence[Entry], embedder: Embedder) -> Form:
    """Codecs that fit a sample of some passages."""
    some = [entries[at * len(entries) // SAMPLE] for at in range(SAMPLE)]
    texts = dict.fromkeys(text for entry in some for text in (*entry.units, *entry.windows))
    read = encode(list(texts), language, embedder)
    ids, states = (np.concatenate([getattr(one, name) for one in read]) for name in ("ids", "tokens"))
    vectors = np.stack([one.vector for one in read])
    return Form(
        Codec.trained(vectors[:_SAMPLED], VECTOR_CODE, vectors.shape[1]),
        TokenCodec.trained(ids, states, _SAMPLED),
    )


def _lexical(
    language: Language, entries: Sequence[Entry], like: Lexical | None, folder: Path | None
) -> Lexical:
    units = LinesOf(like and like.units, folder)
    passages, grouped, paired = (
        PostingsOf(own, folder) for own in (like and like.passages, like and like.grams, like and like.pairs)
    )
    for first in range(0, len(entries), TOGETHER):
        some = entries[first : first + TOGETHER]
        spoken = [words(entry.searched) for entry in some]
        whole = [stems(own, language) for own in spoken]
        passages.add(whole)
        grouped.add([grams(own) for own in spoken])
        paired.add([pairs(own) for own in whole])
        units.add([[stems(words(unit), language) for unit in entry.units] for entry in some])
    return Lexical(passages.made(), units.made(), grouped.made(), paired.made())


def _dense(
    entries: Sequence[Entry],
    planned: Plan,
    reading: Reading,
    form: Form,
    widths: tuple[int, int],
    folder: Path | None,
) -> Dense:
    coded = form.vectors and form.tokens
    wide = (form.vectors.width, form.tokens.width) if form.vectors and form.tokens else widths
    units, windows = (Spool("u1" if coded else "f4", folder, wide[0]) for _ in range(2))
    tokens = Spool("u1" if coded else "f2", folder, wide[1])
    ids, lengths, rarity = Spool("i4", folder), Spool("i8", folder), _Rarity()
    often = _Often(planned)
    for first in range(0, len(entries), TOGETHER):
        past = min(first + TOGETHER, len(entries))
        read = often.read(reading, entries[first:past], first, past)
        own = [read[one] for one in often.units(first, past)]
        units.add(np.stack([one.vector for one in own]))
        windows.add(np.stack([read[one].vector for one in often.windows(first, past)]))
        tokens.add(np.concatenate([one.tokens for one in own]))
        some = [len(one.ids) for one in own]
        ids.add(np.concatenate([one.ids for one in own]))
        lengths.add(np.array(some))
        rarity.add(np.concatenate([one.ids for one in own]), some, planned.unit_starts[first : past + 1])
    known_ids, known_idf = rarity.made(len(entries))
    token_ids = snug(ids.whole())
    vectors = [_vectors(spool.whole(), form.vectors) for spool in (windows, units)]
    return Dense(
        windows=vectors[0],
        units=vectors[1],
        tokens=CodedTokens(tokens.whole(), token_ids, form.tokens)
        if form.tokens
        else _stepped(tokens.whole(), folder),
        coarse=_coarse(vectors[0]),
        token_ids=token_ids,
        token_starts=snug(starts(lengths.whole())),
        window_starts=planned.window_starts,
        unit_starts=planned.unit_starts,
        unit_keys=planned.unit_keys,
        window_keys=planned.window_keys,
        known_ids=known_ids,
        known_idf=known_idf,
        function_ids=np.zeros(0, np.int32),
    )


class _Often:
    """Reads some passages at a time, and keeps at hand what others of them say too."""

    def __init__(self, planned: Plan) -> None:
        self._planned = planned
        keys, counts = np.unique(np.concatenate([planned.unit_keys, planned.window_keys]), return_counts=True)
        self._again = frozenset(cast(list[int], keys[counts > 1].tolist()))
        self._met: Reads = {}

    def units(self, first: int, past: int) -> list[int]:
        """Keys of the units of the passages `first : past`."""
        bounds = self._planned.unit_starts
        return self._planned.unit_keys[bounds[first] : bounds[past]].tolist()

    def windows(self, first: int, past: int) -> list[int]:
        bounds = self._planned.window_starts
        return self._planned.window_keys[bounds[first] : bounds[past]].tolist()

    def read(self, reading: Reading, entries: Sequence[Entry], first: int, past: int) -> Reads:
        """Reads the passages `first : past`, which are `entries`."""
        found: Reads = {}
        for whole, keys, texts in (
            (True, self.units(first, past), (unit for entry in entries for unit in entry.units)),
            (False, self.windows(first, past), (window for entry in entries for window in entry.windows)),
        ):
            wanted = dict(zip(keys, texts, strict=True))
            found |= {one: self._met[one] for one in wanted if one in self._met}
            read = reading.read({one: text for one, text in wanted.items() if one not in found}, whole=whole)
            self._met |= {one: own for one, own in read.items() if one in self._again}
            found |= read
        return found


class _Rarity:
    """Counts in how many passages each token id is."""

    def __init__(self) -> None:
        self._frequency = np.zeros(0, np.int64)

    def add(self, ids: NDArray[Any], lengths: Sequence[int], unit_starts: NDArray[np.int64]) -> None:
        """Adds passages: the ids of all tokens, how many each unit has, and where the units begin."""
        ids, bounds = ids.astype(np.int64), starts(lengths)[unit_starts - unit_starts[0]]
        size = max(len(self._frequency), int(ids.max(initial=-1)) + 1)
        of = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
        distinct = np.unique(of * size + ids) % max(size, 1)
        self._frequency = np.r_[self._frequency, np.zeros(size - len(self._frequency), np.int64)]
        self._frequency += np.bincount(distinct, minlength=size)

    def made(self, size: int) -> tuple[NDArray[np.int32], Floats]:
        """The ids, ascending, and the inverse document frequency of each among `size` passages."""
        known = np.flatnonzero(self._frequency)
        frequency = self._frequency[known]
        idf = np.log1p((size - frequency + 0.5) / (frequency + 0.5))
        return known.astype(np.int32), idf.astype(np.float32)


def _vectors(rows: NDArray[Any], codec: Codec | None) -> Plain | Coded:
    return Coded(rows, codec) if codec else Plain(rows)


def _stepped(states: NDArray[np.float16], folder: Path | None) -> Plain:
    """Token states in bytes."""
    blocks = range(0, len(states), _BLOCK)
    most = max((float(np.abs(states[at : at + _BLOCK]).max()) for at in blocks), default=0.0)
    step = max(most, 1e-6) / 127
    made = Spool("i1", folder, states.shape[1])
    for at in blocks:
        made.add(np.round(states[at : at + _BLOCK].astype(np.float32) / step))
    return Plain(made.whole(), step)


def _coarse(windows: Plain | Coded) -> Coarse | None:
    if isinstance(windows, Plain):
        return None
    rows, codec = windows.rows, windows.codec
    some = np.random.default_rng(7).permutation(len(rows))[:_SAMPLED]
    coarse = Coarse.trained(codec.decode(np.asarray(rows)[np.sort(some)]), codec)
    for at in range(0, len(rows), _BLOCK):
        coarse.add(codec.decode(rows[at : at + _BLOCK]))
    return coarse


def _function_ids(language: Language, embedder: Embedder) -> NDArray[np.int32]:
    grammar = sorted(function_words(language))
    found = [encoded.ids for encoded in encode(grammar, language, embedder) if len(encoded.ids) == 1]
    return np.unique(np.concatenate(found)).astype(np.int32) if found else np.zeros(0, np.int32)
