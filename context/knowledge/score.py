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
from typing import cast

import numpy as np
from numpy.typing import NDArray

from gemelo.context.knowledge.asking import is_light
from gemelo.context.knowledge.shelf import Dense, Entry, Shelf
from gemelo.context.knowledge.words import grams, is_function_word, pairs, stems, words
from gemelo.models.seams import Embedding
from gemelo.models.vocabulary import Language

RERANKED = 20
CANDIDATES = 256
"""Passages looked at closely; the legs are cheap for all, the encoder's vectors only for these."""
MANY_ROWS = 20_000
"""Rows from which FAISS finds the nearest ones sooner than a product with all; it takes 14 MB."""
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

    `legs`: passages, units, couples, letter groups, pairs; `grammar`: a function word beside content words.
    """

    legs: tuple[float, float, float, float, float]
    dense: float
    maxsim: float
    grammar: float


HOME = Weights((1.0, 0.5, 0.5, 0.5, 0.2), 4.0, 8.0, 0.1)
"""Question and passages in one language."""
ABROAD = Weights((0.3, 0.15, 0.15, 1.0, 0.1), 1.0, 1.0, 0.0)
"""Passages in another language: names and cognates carry, the encoder's English bias misleads."""

_Floats = NDArray[np.float32]
_Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the shelves of one language see it.

    `terms` are stems with their weights, `content` the number of its content words.
    """

    terms: dict[str, float]
    content: int
    grams: dict[str, float]
    pairs: dict[str, float]
    embedding: Embedding
    weights: Weights


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
    entry: Entry
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
    allowed = [own for shelf, own in zip(shelves, allowed, strict=True) if shelf.entries]
    shelves = [shelf for shelf in shelves if shelf.entries]
    may = np.concatenate([np.zeros(0, np.bool_), *allowed])
    if not may.any():
        return []
    lexical = _lexical(asked, shelves, may)
    chosen = _candidates(asked, shelves, lexical, may)
    near = np.zeros((len(chosen), 2), np.float32)
    for shelf, mine, local in _by_shelf(shelves, chosen):
        near[mine] = _nearness(asked, shelf.dense, local)
    fused = lexical[chosen] + asked.weights.dense * near.mean(axis=1)
    best = np.argsort(-fused, kind="stable")[:RERANKED]
    met: dict[int, _Met] = {}
    for shelf, mine, local in _by_shelf(shelves, chosen[best]):
        for at, found in zip(mine, _met(asked, shelf, local), strict=True):
            met[int(at)] = found
    total = fused[best] + asked.weights.maxsim * np.array(
        [met[at].maxsim for at in range(len(best))], np.float32
    )
    order = [int(at) for at in np.argsort(-total, kind="stable")]
    return [
        Hit(
            entry=met[at].entry,
            score=float(total[at]),
            behind=float(total[order[0]] - total[at]),
            maxsim=met[at].maxsim,
            window=float(near[best[at], 0]),
            nearest=float(near[best[at], 1]),
            cosines=met[at].cosines,
            maxsims=met[at].maxsims,
        )
        for at in order[:k]
    ]


def leanings(shelf: Shelf, topics: Sequence[Embedding]) -> dict[str, float]:
    """What passages gain by being about one of some topics, at most `FOCUS`, by their ids."""
    dense, all_of_them = shelf.dense, np.arange(len(shelf.entries))
    if not topics or not len(all_of_them):
        return {}
    near = [_nearest(topic.vector, dense.windows, dense.window_starts, all_of_them) for topic in topics]
    about = cast(list[float], np.max(near, axis=0).tolist())
    return {
        entry.id: FOCUS * cosine
        for entry, cosine in zip(shelf.entries, about, strict=True)
        if cosine >= ABOUT
    }


def _lexical(asked: Question, shelves: Sequence[Shelf], may: Allowed) -> _Floats:
    legs = np.concatenate([_legs(asked, shelf) for shelf in shelves], axis=1) * may
    scaled = legs / np.maximum(legs.max(axis=1, keepdims=True), 1e-6)
    return np.array(asked.weights.legs, np.float32) @ scaled


def _legs(asked: Question, shelf: Shelf) -> _Floats:
    lexical, starts = shelf.lexical, shelf.dense.unit_starts[:-1]
    return np.stack(
        [
            lexical.passages.scores(asked.terms),
            np.maximum.reduceat(lexical.units.scores(asked.terms), starts),
            np.maximum.reduceat(lexical.couples.scores(asked.terms), starts),
            lexical.grams.scores(asked.grams),
            lexical.pairs.scores(asked.pairs),
        ]
    )


def _candidates(asked: Question, shelves: Sequence[Shelf], lexical: _Floats, may: Allowed) -> _Indices:
    few = np.flatnonzero(may)
    if len(few) <= CANDIDATES:
        return few
    found = [np.argpartition(-lexical, CANDIDATES)[:CANDIDATES]]
    offset = 0
    for shelf in shelves:
        dense = shelf.dense
        k = min(CANDIDATES, len(dense.units))
        held = np.repeat(may[offset : offset + len(shelf.entries)], np.diff(dense.unit_starts))
        rows = _flat(asked.embedding.vector, dense.units, k, held)
        found.append(offset + np.searchsorted(dense.unit_starts, rows, side="right") - 1)
        offset += len(shelf.entries)
    chosen = np.unique(np.concatenate(found))
    return chosen[may[chosen]]


def _flat(vector: _Floats, rows: _Floats, k: int, held: Allowed) -> _Indices:
    """The `k` rows nearest to a vector of those `held`, in any order, then others; both ways read mapped
    arrays where they lie."""
    all_held = bool(held.all())
    if len(rows) < MANY_ROWS or not all_held:
        cosines = rows @ vector
        if not all_held:
            cosines[~held] = -2
        return np.argpartition(cosines, len(rows) - k)[len(rows) - k :]
    import faiss

    found: tuple[_Floats, _Indices] = faiss.knn(  # pyright: ignore[reportUnknownVariableType,reportUnknownMemberType]
        vector[None], rows, k, metric=faiss.METRIC_INNER_PRODUCT
    )
    return found[1][0]


def _by_shelf(shelves: Sequence[Shelf], chosen: _Indices) -> Iterator[tuple[Shelf, _Indices, _Indices]]:
    """Each shelf with where its passages stand in `chosen`, and their numbers on the shelf."""
    offset = 0
    for shelf in shelves:
        mine = np.flatnonzero((chosen >= offset) & (chosen < offset + len(shelf.entries)))
        if len(mine):
            yield shelf, mine, chosen[mine] - offset
        offset += len(shelf.entries)


def _nearness(asked: Question, dense: Dense, passages: _Indices) -> _Floats:
    """Cosine of the nearest window and of the nearest unit of each passage, (n, 2)."""
    vector = asked.embedding.vector
    return np.stack(
        [
            _nearest(vector, dense.windows, dense.window_starts, passages),
            _nearest(vector, dense.units, dense.unit_starts, passages),
        ],
        axis=1,
    )


def _nearest(vector: _Floats, rows: _Floats, starts: _Indices, owners: _Indices) -> _Floats:
    """Cosine of the nearest row of each owner, (n,); to pick rows of a few costs more than all do."""
    chosen, bounds = _ranges(starts, owners)
    cosines = (rows @ vector)[chosen] if len(rows) < MANY_ROWS else rows[chosen] @ vector
    return np.maximum.reduceat(cosines, bounds)


def _met(asked: Question, shelf: Shelf, passages: _Indices) -> Iterator[_Met]:
    dense = shelf.dense
    units, unit_bounds = _ranges(dense.unit_starts, passages)
    _, token_bounds = _ranges(dense.token_starts, units)
    tokens = np.concatenate([dense.tokens[start:end] for start, end in _spans(dense, passages)])
    weights = _token_weights(asked, dense)
    wanted = asked.embedding.tokens.astype(np.float32) * dense.token_step
    likeness = tokens.astype(np.float32) @ wanted.T
    by_unit = np.maximum.reduceat(likeness, token_bounds)
    by_passage = np.maximum.reduceat(by_unit, unit_bounds)
    cosines, maxsims = dense.units[units] @ asked.embedding.vector, by_unit @ weights
    ends = [*unit_bounds[1:], len(units)]
    for row, (passage, start, end) in enumerate(
        zip(cast(list[int], passages.tolist()), unit_bounds, ends, strict=True)
    ):
        yield _Met(
            entry=shelf.entries[passage],
            maxsim=float(by_passage[row] @ weights),
            cosines=cosines[start:end],
            maxsims=maxsims[start:end],
        )


def _token_weights(asked: Question, dense: Dense) -> _Floats:
    """How much each token of the question counts: by rarity, less where it is a function word."""
    ids = asked.embedding.ids
    if not len(ids):
        return np.zeros(0, np.float32)
    at = np.minimum(np.searchsorted(dense.known_ids, ids), len(dense.known_ids) - 1)
    known = dense.known_ids[at] == ids
    unseen = np.log1p(2 * len(dense.unit_starts) - 1)
    weights = np.where(known, dense.known_idf[at], unseen).astype(np.float32)
    weights[np.isin(ids, dense.function_ids)] *= FUNCTION_TOKEN_WEIGHT
    return weights / max(float(weights.sum()), 1e-6)


def _spans(dense: Dense, passages: _Indices) -> list[tuple[int, int]]:
    """The first and the last token of each passage's units, which stand one after the other."""
    bounds = dense.token_starts[dense.unit_starts[np.stack([passages, passages + 1], axis=1)]]
    return [(start, end) for start, end in bounds.tolist()]


def _ranges(starts: _Indices, chosen: _Indices) -> tuple[_Indices, _Indices]:
    """The rows that belong to the chosen owners, and where each owner's begin among them."""
    lengths = starts[chosen + 1] - starts[chosen]
    bounds = np.cumsum(lengths) - lengths
    return np.repeat(starts[chosen] - bounds, lengths) + np.arange(int(lengths.sum())), bounds
