"""How sure search is that its best passage answers the question: a logistic on its scores.

Fitted by `gemelo.benchmarks.decline` on XQuAD (CC BY-SA 4.0), cut into collections of 4 to 180 passages,
with and without headings, so that it holds for any collection: questions whose passage is there against
questions whose passage is missing (searched again without it), and against small talk about other things.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from math import exp

from gemelo.models.vocabulary import Language

SURER = 0.2
"""How much surer a clause has to be that stands for its message: what it leaves out may be the question.

Or a passage of another language, where those of the question's own have not answered it."""
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
        headed: share of its heading's words that the question has, 0 to 1.
        margin: lead of its fused score over the rival's, at most `MOST_MARGIN`.
    """

    maxsim: float
    window: float
    nearest: float
    unit: float
    covered: float
    together: float
    content: float
    headed: float
    margin: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns evidence into a probability, and what is asked of it. Kept with every index.

    Attributes:
        weights: one a field of `Evidence`, in its order.
        constant: added to what they weigh.
        enough: below this probability a twin declines.
    """

    weights: tuple[float, ...]
    constant: float
    enough: float

    def answered(self, evidence: Evidence) -> float:
        """Probability (0-1) that the best hit answers the question."""
        weighed = sum(w * value for w, value in zip(self.weights, astuple(evidence), strict=True))
        return 1 / (1 + exp(-self.constant - weighed))


_ENOUGH = 0.5
"""Chosen on XQuAD, where one answer in twenty is then wrongly declined, and on 73 questions of visitors."""
_FITTED = {
    "en": Calibration((1.61, 4.38, 2.54, 1.52, 0.88, 1.02, -0.62, 0.38, 1.88), -7.55, _ENOUGH),
    "es": Calibration((1.57, 3.77, 1.81, 1.39, 1.12, 1.09, 0.01, 0.19, 2.21), -8.31, _ENOUGH),
}


_CROSSED = {
    ("es", "en", True): Calibration((1.40, 1.86, 3.28, 1.83, 1.23, 1.81, 0.88, 0.12, 1.69), -8.77, _ENOUGH),
    ("en", "es", True): Calibration((3.06, 2.30, 1.80, 3.03, 1.38, 2.61, 0.50, 0.36, 2.20), -10.12, _ENOUGH),
    ("en", "es", False): Calibration((3.61, 2.47, 2.22, 3.32, 0.75, 0.94, 0.47, -0.05, 1.52), -7.98, _ENOUGH),
    ("es", "en", False): Calibration((2.01, 1.57, 2.85, 1.86, 1.56, 1.19, 0.87, 0.19, 1.99), -7.26, _ENOUGH),
}
"""Asked in the first language, written in the second: with a translator, and without.

The encoder and the words of a question that has changed its language come less near to what answers it; by
the weights of one language two thirds of the right answers would be declined, a quarter with a translator.
"""


def crossed(spoken: Language, written: Language, *, translated: bool) -> Calibration:
    """What judges passages that are asked for in another language."""
    default = _CROSSED["es", "en", translated]
    return _CROSSED.get((spoken, written, translated), default)


def fitted(language: Language) -> Calibration:
    """What a new index of passages in a language is given."""
    return _FITTED.get(language, _FITTED["es"])  # Spanish: the language that the encoder knows less
