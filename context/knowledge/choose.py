"""From hits to findings: which sentences answer the question, and whether anything does.

The best single rule measured for sentences was `cosine + 2 MaxSim + coverage`; guessing the type of the
answer (a number for "how many") gained under a point.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import log1p

import numpy as np

from gemelo.context.knowledge.calibration import ENOUGH, MOST_MARGIN, RIVAL, Evidence, answered
from gemelo.context.knowledge.lexical import Postings
from gemelo.context.knowledge.score import Hit, Question
from gemelo.context.knowledge.shelf import Shelf
from gemelo.context.knowledge.words import stems, words
from gemelo.models.vocabulary import Findings, Language, Passage, Source

BEST_SENTENCES = 3
FIRST = 0.15
"""Lead of the sentence below a heading: whoever writes headings answers them first."""


def findings(asked: Question, hits: Sequence[Hit], shelf: Shelf) -> Findings:
    """What a mind gets: the passages with their best sentences, and whether they answer.

    `shelf` is the one that the rarity of words is judged by; `micros` is left to the caller.
    """
    if not hits:
        return Findings()
    sure = answered(evidence(asked, hits, shelf), shelf.language)
    return Findings(tuple(_passage(asked, hit, shelf) for hit in hits), declined=sure < ENOUGH)


def evidence(asked: Question, hits: Sequence[Hit], shelf: Shelf) -> Evidence:
    """What speaks for the first of some hits."""
    best, rival = hits[0], hits[min(RIVAL, len(hits) - 1)]
    lexical = shelf.lexical
    return Evidence(
        maxsim=best.maxsim,
        window=best.window,
        nearest=best.nearest,
        unit=float(best.maxsims.max()),
        covered=coverage(asked, [best.entry.searched], shelf.language, lexical.passages)[0],
        together=max(coverage(asked, best.entry.units, shelf.language, lexical.units)),
        content=log1p(asked.content),
        margin=min(rival.behind, MOST_MARGIN) if rival is not best else MOST_MARGIN,
    )


def coverage(asked: Question, texts: Sequence[str], language: Language, rarity: Postings) -> list[float]:
    """Share (0-1) of the question's terms that each text holds, rare terms counting more."""
    worth = {term: weight * rarity.rarity(term) for term, weight in asked.terms.items()}
    total = max(sum(worth.values()), 1e-9)
    held = (_terms(text, language) for text in texts)
    return [sum(value for term, value in worth.items() if term in terms) / total for terms in held]


@lru_cache(maxsize=4096)
def _terms(text: str, language: Language) -> frozenset[str]:
    """The stems of a text; kept, since good passages are found again and again."""
    return frozenset(stems(words(text), language))


def _passage(asked: Question, hit: Hit, shelf: Shelf) -> Passage:
    entry = hit.entry
    covered = coverage(asked, entry.units, shelf.language, shelf.lexical.units)
    useful = (hit.cosines + 2 * hit.maxsims + np.array(covered, np.float32)).tolist()
    titles, useful = useful[: len(entry.titles)], useful[len(entry.titles) :]
    if titles:  # a heading that meets the question is the question, and its answer begins below it
        useful[0] = max(useful[0] + FIRST, *titles)
    order = sorted(range(len(useful)), key=lambda at: -useful[at])
    return Passage(
        id=entry.id,
        text=" ".join(entry.sentences),
        source=Source(entry.document, entry.place),
        score=round(hit.score, 4),
        label=entry.label,
        sentences=entry.sentences,
        best=tuple(order[:BEST_SENTENCES]),
    )
