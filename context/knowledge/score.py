"""The fused score: which passages of some shelves of one language answer a question.

Five lexical legs, each divided by its best score for this question, plus how near the encoder puts
question and passage, plus (for the best twenty) how well each token of the question is met by some
token of the passage (MaxSim, weighted by rarity). Reciprocal-rank fusion and windows as the only
lexical unit both lost to this sum when measured on XQuAD.

Sources: Khattab, Zaharia, "ColBERT", 2020 (MaxSim); `benchmarks/retrieval.py` measures the sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gemelo.context.knowledge.asking import is_light
from gemelo.context.knowledge.codes import Coded, Plain
from gemelo.context.knowledge.rows import ranges
from gemelo.context.knowledge.shelf import SMALL, Dense, Entry, Shelf
from gemelo.context.knowledge.words import grams, is_function_word, pairs, stems, words
from gemelo.models.seams import Embedding
from gemelo.models.vocabulary import Language

RERANKED = 20
CANDIDATES = 256
"""Passages looked at closely; the legs are cheap for all, the encoder's vectors only for these."""
POOLED = 256
"""Passages of a large shelf that the cheap legs bring into the pool, and windows that the encoder does."""
NARROWED = 160
"""Passages of the pool whose units are looked at too."""
_WIDENED = 8
"""How many times as many windows are looked up where few passages may be found."""
ASKING = 0.3
"""Weight of a word that only asks or dates ("opinas", "hoy") where a question has few others."""
FEW_WORDS = 1
"""A question with this many content words or fewer ("who are you?") is matched by all its words."""
FUNCTION_TOKEN_WEIGHT = 0.3
FOCUS = 2.0
"""What a passage gains at most by being about what a place steers towards. In nine questions of ten of XQuAD
the best passage is ahead by more, so that near ties alone are decided."""
ABOUT = 0.3
"""Cosine from which a passage is about a topic."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What each part of the sum counts.

    `rough`: passages, letter groups, pairs; `close`: units, couples; `grammar`: a function word beside
    content words.
    """

    rough: tuple[float, float, float]
    close: tuple[float, float]
    dense: float
    maxsim: float
    grammar: float


HOME = Weights((1.0, 0.5, 0.2), (0.5, 0.5), 4.0, 8.0, 0.1)
"""Question and passages in one language."""
ABROAD = Weights((0.3, 1.0, 0.1), (0.15, 0.15), 1.0, 1.0, 0.0)
"""Passages in another language: names and cognates carry, the encoder's English bias misleads."""

_Floats = NDArray[np.float32]
_Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the shelves of one language see it.

    `terms` are stems with their weights, `content` the number of its content words; `spoken` is the language
    it was asked in, which is not that of the shelves where it was `translated`, or has to do without.
    """

    terms: dict[str, float]
    content: int
    grams: dict[str, float]
    pairs: dict[str, float]
    embedding: Embedding
    weights: Weights
    spoken: Language
    translated: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, with what its score was made of.

    `behind` is how far the best hit's score is ahead; `window` and `nearest` are the cosines of the
    nearest window and unit; `cosines` and `maxsims` are those of each unit, float32 (units,).
    """

    entry: Entry
    score: float
    behind: float
    maxsim: float
    window: float
    nearest: float
    cosines: _Floats
    maxsims: _Floats


@dataclass(frozen=True, slots=True)
class _Met:
    maxsim: float
    cosines: _Floats
    maxsims: _Floats


def question(text: str, spoken: Language, written: Language, embedding: Embedding) -> Question:
    """Prepares a question asked in the language `spoken` for passages in the language `written`."""
    found = words(text)
    light = [is_light(word, spoken) or is_light(word, written) for word in found]
    content = [word for word, is_one in zip(found, light, strict=True) if not is_one]
    few = len(content) <= FEW_WORDS
    stemmed = stems(found, written)
    weights = HOME if spoken == written else ABROAD

    def weight(word: str, is_one: bool) -> float:
        if not is_one:
            return 1.0
        if not few:
            return weights.grammar
        is_grammar = is_function_word(word, spoken) or is_function_word(word, written)
        return 1.0 if is_grammar else ASKING

    return Question(
        terms={stem: weight(word, is_one) for stem, word, is_one in zip(stemmed, found, light, strict=True)},
        content=len(set(content)),
        grams=dict.fromkeys(grams(found if few else content), 1.0),
        pairs=dict.fromkeys(pairs(stemmed), 1.0),
        embedding=embedding,
        weights=weights,
        spoken=spoken,
    )


Allowed = NDArray[np.bool_]
"""Which passages of a shelf may be found, (p,)."""


def search(
    asked: Question, shelves: Sequence[Shelf], k: int, allowed: Sequence[Allowed] | None = None
) -> list[Hit]:
    """The best `k` passages of some shelves of one language, best first.

    All shelves after the first must have been built `like` it. Of a shelf only those are found that are
    `allowed`, everything where that is None; the others weigh nothing, except in how rare a word is.
    """
    if allowed is None:
        allowed = [np.ones(len(shelf.entries), np.bool_) for shelf in shelves]
    looks = [
        _Look(asked, shelf, may) for shelf, may in zip(shelves, allowed, strict=True) if len(shelf.entries)
    ]
    may = np.concatenate([np.zeros(0, np.bool_), *(look.may for look in looks)])
    if not may.any():
        return []
    rough = _scaled([look.rough() * look.may for look in looks], asked.weights.rough)
    pool = _narrowed(looks, _pool(looks, rough, may), rough)
    lexical = rough[pool] + _scaled(
        [look.close(local) for look, _, local in _by_shelf(looks, pool)], asked.weights.close
    )
    chosen = _candidates(looks, pool, lexical)
    near = np.zeros((len(chosen), 2), np.float32)
    for look, mine, local in _by_shelf(looks, pool[chosen]):
        near[mine] = look.near(local)
    fused = lexical[chosen] + asked.weights.dense * near.mean(axis=1)
    best = np.argsort(-fused, kind="stable")[:RERANKED]
    met: dict[int, tuple[Shelf, int, _Met]] = {}
    for look, mine, local in _by_shelf(looks, pool[chosen[best]]):
        for at, passage, found in zip(mine.tolist(), local.tolist(), look.met(local), strict=True):
            met[at] = look.shelf, passage, found
    total = fused[best] + asked.weights.maxsim * np.array(
        [met[at][2].maxsim for at in range(len(best))], np.float32
    )
    order = [int(at) for at in np.argsort(-total, kind="stable")]
    return [
        Hit(
            entry=shelf.entries[passage],
            score=float(total[at]),
            behind=float(total[order[0]] - total[at]),
            maxsim=found.maxsim,
            window=float(near[best[at], 0]),
            nearest=float(near[best[at], 1]),
            cosines=found.cosines,
            maxsims=found.maxsims,
        )
        for at in order[:k]
        for shelf, passage, found in [met[at]]
    ]


def leanings(shelf: Shelf, topics: Sequence[Embedding]) -> dict[str, float]:
    """What passages gain by being about one of some topics, at most `FOCUS`, by their ids."""
    bounds = shelf.dense.window_starts
    if not topics or len(bounds) < 2:
        return {}
    wanted = np.stack([topic.vector for topic in topics])
    near = shelf.dense.windows.dots(wanted, bounds[:1], bounds[-1:]).max(axis=1)
    about = np.maximum.reduceat(near, bounds[:-1])
    found = np.flatnonzero(about >= ABOUT).tolist()
    return {shelf.entries[passage].id: FOCUS * float(about[passage]) for passage in found}


class _Look:
    """One shelf as a question sees it."""

    def __init__(self, asked: Question, shelf: Shelf, may: Allowed) -> None:
        self.shelf, self.may = shelf, may
        self._asked = asked
        self._vector = asked.embedding.vector
        self._cosines: _Floats | None = None

    def __len__(self) -> int:
        return len(self.shelf.entries)

    def rough(self) -> _Floats:
        """The legs that all passages are scored by, (3, p)."""
        asked, lexical = self._asked, self.shelf.lexical
        return np.stack(
            [
                lexical.passages.scores(asked.terms),
                lexical.grams.scores(asked.grams),
                lexical.pairs.scores(asked.pairs),
            ]
        )

    def close(self, passages: _Indices) -> _Floats:
        """The legs of the best unit and of the best couple of some passages, (2, n)."""
        bounds = self.shelf.dense.unit_starts
        return self.shelf.lexical.units.scores(self._asked.terms, bounds[passages], bounds[passages + 1])

    def nearest(self, k: int) -> _Indices:
        """Passages that have the nearest `k` windows of a large shelf, or units of a small one."""
        dense = self.shelf.dense
        if dense.coarse:
            rows, bounds = dense.coarse.near(self._vector, k), dense.window_starts
        else:
            cosines, bounds = self._units(), dense.unit_starts
            if not self.may.all():
                cosines = np.where(np.repeat(self.may, np.diff(bounds)), cosines, -2)
            k = min(k, len(cosines))
            rows = np.argpartition(cosines, len(cosines) - k)[len(cosines) - k :]
        return np.searchsorted(bounds, rows, side="right") - 1

    def windows(self, passages: _Indices) -> _Floats:
        """What the nearest window of each passage weighs, (n,)."""
        dense = self.shelf.dense
        return self._asked.weights.dense * self._best(dense.windows, dense.window_starts, passages)

    def near(self, passages: _Indices) -> _Floats:
        """Cosine of the nearest window and of the nearest unit of each passage, (n, 2)."""
        dense = self.shelf.dense
        return np.stack(
            [
                self._best(dense.windows, dense.window_starts, passages),
                self._best(dense.units, dense.unit_starts, passages, self._cosines),
            ],
            axis=1,
        )

    def met(self, passages: _Indices) -> Iterator[_Met]:
        """How well each token of the question is met in some passages, one by one."""
        dense = self.shelf.dense
        firsts, pasts = dense.unit_starts[passages], dense.unit_starts[passages + 1]
        units, unit_bounds = ranges(firsts, pasts)
        begin, end = (
            dense.token_starts[units].astype(np.int64),
            dense.token_starts[units + 1].astype(np.int64),
        )
        weights = _token_weights(self._asked, dense)
        wanted = self._asked.embedding.tokens.astype(np.float32)
        likeness = dense.tokens.dots(wanted, begin, end)
        by_unit = np.maximum.reduceat(likeness, np.cumsum(end - begin) - (end - begin))
        by_passage = np.maximum.reduceat(by_unit, unit_bounds)
        cosines, maxsims = self._dots(dense.units, firsts, pasts), by_unit @ weights
        ends = [*unit_bounds[1:], len(units)]
        for row, (start, past) in enumerate(zip(unit_bounds, ends, strict=True)):
            yield _Met(float(by_passage[row] @ weights), cosines[start:past], maxsims[start:past])

    def _units(self) -> _Floats:
        """Cosines of all units of a small shelf."""
        if self._cosines is None:
            units = self.shelf.dense.units
            self._cosines = self._dots(units, np.zeros(1, np.int64), np.array([len(units)]))
        return self._cosines

    def _best(
        self, vectors: Plain | Coded, bounds: _Indices, passages: _Indices, known: _Floats | None = None
    ) -> _Floats:
        firsts, pasts = bounds[passages], bounds[passages + 1]
        rows, starts = ranges(firsts, pasts)
        return np.maximum.reduceat(
            self._dots(vectors, firsts, pasts) if known is None else known[rows], starts
        )

    def _dots(self, vectors: Plain | Coded, firsts: _Indices, pasts: _Indices) -> _Floats:
        return vectors.dots(self._vector[None], firsts, pasts)[:, 0]


def _scaled(legs: Sequence[_Floats], weights: Sequence[float]) -> _Floats:
    """The weighted sum of some legs, each divided by its best score on all shelves."""
    whole = np.concatenate(legs, axis=1)
    return np.array(weights, np.float32) @ (whole / np.maximum(whole.max(axis=1, keepdims=True), 1e-6))


def _pool(looks: Sequence[_Look], rough: _Floats, may: Allowed) -> _Indices:
    """The passages that are looked at at all, ascending: all of a few; the likeliest of many."""
    few = np.flatnonzero(may)
    if len(rough) <= SMALL or len(few) <= 2 * POOLED:
        return few
    widened = POOLED * min(_WIDENED, len(may) // len(few))
    return _likely(looks, np.where(may, rough, -1), may, POOLED, widened)


def _narrowed(looks: Sequence[_Look], pool: _Indices, rough: _Floats) -> _Indices:
    """The pool of a large shelf without those whose windows tell that they are far from the best."""
    if len(pool) <= NARROWED or not any(look.shelf.dense.coarse for look in looks):
        return pool
    scores = rough[pool]
    for look, mine, local in _by_shelf(looks, pool):
        scores[mine] += look.windows(local)
    return pool[np.sort(np.argpartition(-scores, NARROWED)[:NARROWED])]


def _candidates(looks: Sequence[_Look], pool: _Indices, lexical: _Floats) -> _Indices:
    """Which of the pool are compared with the question as the encoder sees them."""
    if len(pool) <= CANDIDATES or any(look.shelf.dense.coarse for look in looks):
        return np.arange(len(pool))
    may = np.concatenate([look.may for look in looks])
    whole = np.full(len(may), -1, np.float32)
    whole[pool] = lexical
    return np.searchsorted(pool, _likely(looks, whole, may, CANDIDATES, CANDIDATES))


def _likely(looks: Sequence[_Look], scores: _Floats, may: Allowed, best: int, near: int) -> _Indices:
    """The passages with the best scores, and those with the nearest vectors, ascending."""
    chosen = np.zeros(len(may), np.bool_)
    chosen[np.argpartition(-scores, best)[:best]] = True
    offset = 0
    for look in looks:
        chosen[offset + look.nearest(near)] = True
        offset += len(look)
    return np.flatnonzero(chosen & may)


def _by_shelf(looks: Sequence[_Look], chosen: _Indices) -> Iterator[tuple[_Look, _Indices, _Indices]]:
    """Each shelf with where its passages stand in `chosen`, and their numbers on the shelf."""
    offset = 0
    for look in looks:
        mine = np.flatnonzero((chosen >= offset) & (chosen < offset + len(look)))
        if len(mine):
            yield look, mine, chosen[mine] - offset
        offset += len(look)


def _token_weights(asked: Question, dense: Dense) -> _Floats:
    """How much each token of the question counts: by rarity, less where it is a function word."""
    ids = asked.embedding.ids
    if not len(ids):
        return np.zeros(0, np.float32)
    at = np.minimum(np.searchsorted(dense.known_ids, ids), len(dense.known_ids) - 1)
    known = dense.known_ids[at] == ids
    unseen = np.log1p(2 * len(dense.unit_starts) - 1)
    weights = np.where(known, dense.known_idf[at], unseen).astype(np.float32)
    weights[(ids[:, None] == dense.function_ids).any(axis=1)] *= FUNCTION_TOKEN_WEIGHT
    return weights / max(float(weights.sum()), 1e-6)
