"""How sure search is that its best passage answers the question: a logistic on its scores.

Fitted by `gemelo.benchmarks.decline` on XQuAD (CC BY-SA 4.0), cut into collections of 4 to 180 passages,
with and without headings, so that it holds for any collection: questions whose passage is there against
questions whose passage is missing (searched again without it), and against small talk about other things.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from math import exp

from gemelo.models.vocabulary import Language

ENOUGH = 0.4
"""Below this probability a twin declines: one answer in twenty is then wrongly declined."""
RIVAL = 2
"""The margin is taken over the hit of this rank: real collections say many things twice."""
MOST_MARGIN = 1.5


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for the best hit.

    Attributes:
        maxsim: MaxSim of the passage, -1 to 1.
        window: cosine of its nearest window.
        nearest: cosine of its nearest unit.
        unit: MaxSim of its best unit.
        covered: share of the question's terms in the passage, rare ones counting more, 0 to 1.
        together: the same in its best unit.
        content: logarithm of one more than the question's content words.
        margin: lead of its fused score over the rival's, at most `MOST_MARGIN`.
    """

    maxsim: float
    window: float
    nearest: float
    unit: float
    covered: float
    together: float
    content: float
    margin: float


_WEIGHTS = {
    "en": (3.21, 1.98, 2.53, 3.13, 2.47, 2.49, 0.65, 1.66),
    "es": (1.79, 2.05, 2.05, 1.88, 2.68, 3.41, 1.65, 2.22),
}
_CONSTANTS = {"en": -11.71, "es": -13.26}


def answered(evidence: Evidence, language: Language) -> float:
    """Probability (0-1) that the best hit, a passage in `language`, answers the question."""
    key = language if language in _WEIGHTS else "es"  # the language that the encoder knows less
    weighed = sum(weight * value for weight, value in zip(_WEIGHTS[key], astuple(evidence), strict=True))
    return 1 / (1 + exp(-_CONSTANTS[key] - weighed))
