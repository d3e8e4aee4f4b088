"""How sure search is that its best passage answers the question: a logistic on its scores.

Fitted by `benchmarks/decline.py` on XQuAD (CC BY-SA 4.0) cut into collections of 4 to 180 passages, so
that it holds for any collection: questions whose passage is there against questions whose passage is
missing (searched again without it), and against small talk about other things. Nothing of the data is
in these numbers but the numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log1p

from gemelo.models.vocabulary import Language

MOST_MARGIN = 3.0
ENOUGH = 0.5
"""Below this probability a twin declines."""

_WEIGHTS = {
    "en": (3.31, 3.94, 1.84, 2.69, 1.32, 0.0, -8.74),
    "es": (1.40, 3.80, 2.79, 3.45, 1.02, 1.58, -11.0),
}
"""Of: MaxSim, nearest unit, coverage by the passage, by its best unit, margin, log of terms, constant."""


def answered(
    maxsim: float,
    nearest: float,
    coverages: tuple[float, float],
    margin: float,
    terms: int,
    language: Language,
) -> float:
    """Probability (0-1) that the best passage answers the question.

    Args:
        maxsim: of the passage, -1 to 1.
        nearest: cosine of its nearest unit.
        coverages: by the whole passage and by its best unit, 0 to 1.
        margin: lead of the passage's fused score over the next one's.
        terms: how many terms the question has.
        language: of the passages.
    """
    *weights, constant = _WEIGHTS.get(language, _WEIGHTS["es"])
    features: Sequence[float] = (maxsim, nearest, *coverages, min(margin, MOST_MARGIN), log1p(terms))
    return 1 / (1 + exp(-constant - sum(w * f for w, f in zip(weights, features, strict=True))))
