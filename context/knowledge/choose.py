"""From hits to findings: which sentences answer the question, and whether anything does.

The best single rule measured for sentences was `cosine + 2 MaxSim + coverage`; guessing the type of the
answer (a number for "how many") gained under a point.
"""

from __future__ import annotations

from collections.abc import Sequence

from gemelo.context.knowledge.calibration import ENOUGH, MOST_MARGIN, answered
from gemelo.context.knowledge.lexical import Postings
from gemelo.context.knowledge.score import Hit, Question
from gemelo.context.knowledge.shelf import Shelf
from gemelo.context.knowledge.words import stems, words
from gemelo.models.vocabulary import Findings, Language, Passage, Source

BEST_SENTENCES = 3


def findings(asked: Question, hits: Sequence[Hit], shelf: Shelf) -> Findings:
    """What a mind gets: the passages with their best sentences, and whether they answer.

    `shelf` is the one that the rarity of words is judged by; `micros` is left to the caller.
    """
    if not hits:
        return Findings()
    sure = confidence(asked, hits, shelf)
    passages = tuple(_passage(asked, hit, shelf) for hit in hits)
    return Findings(passages=passages, declined=sure < ENOUGH)


def confidence(asked: Question, hits: Sequence[Hit], shelf: Shelf) -> float:
    """Probability (0-1) that the first of some hits answers the question."""
    best = hits[0]
    lexical = shelf.lexical
    whole = coverage(asked, [best.entry.searched], shelf.language, lexical.passages)[0]
    unit = max(coverage(asked, best.entry.units, shelf.language, lexical.units))
    margin = hits[1].behind if len(hits) > 1 else MOST_MARGIN
    return answered(best.maxsim, best.nearest, (whole, unit), margin, len(asked.terms), shelf.language)


def coverage(asked: Question, texts: Sequence[str], language: Language, rarity: Postings) -> list[float]:
    """Share (0-1) of the question's terms that each text holds, rare terms counting more."""
    worth = {term: weight * rarity.rarity(term) for term, weight in asked.terms.items()}
    total = max(sum(worth.values()), 1e-9)
    held = (set(stems(words(text), language)) for text in texts)
    return [sum(value for term, value in worth.items() if term in terms) / total for terms in held]


def _passage(asked: Question, hit: Hit, shelf: Shelf) -> Passage:
    entry = hit.entry
    covered = coverage(asked, entry.sentences, shelf.language, shelf.lexical.units)
    first = len(entry.units) - len(entry.sentences)
    useful = [
        float(hit.cosines[first + at] + 2 * hit.maxsims[first + at]) + covered[at]
        for at in range(len(entry.sentences))
    ]
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
