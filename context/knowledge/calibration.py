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
TOGETHER = 0.3
"""How much less sure two questions need to be that are searched for as one: no passage holds all of both."""
RIVAL = 2
"""The margin is taken over the hit of this rank: real collections say many things twice."""
MOST_MARGIN = 1.5
RIVALS = 4
"""Hits after the best one that its MaxSim is held against."""
UNRIVALLED = 0.2
"""The lead of a hit that is alone: between what answers usually have (.30) and what does not (.08)."""


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
        lead: how far its MaxSim is ahead of the mean of its rivals'. A word that one passage alone has
            gives it the whole margin, whatever else was asked; to the encoder it is then hardly ahead.
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
    lead: float


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
    "en": Calibration((0.82, 4.60, 1.98, 0.81, 0.39, 1.17, -0.57, 0.07, 1.30, 4.49), -6.52, _ENOUGH),
    "es": Calibration((0.49, 3.61, 2.29, 0.30, 1.07, 1.19, 0.08, 0.37, 1.20, 4.18), -6.82, _ENOUGH),
}


_Weights = tuple[tuple[float, ...], float]
_OVER: dict[tuple[str, str, bool], _Weights] = {
    ("es", "en", True): ((0.83, 1.87, 3.16, 1.32, 1.11, 1.69, 0.92, 0.06, 1.49, 2.93), -8.34),
    ("en", "es", True): ((2.64, 2.23, 1.64, 2.68, 1.33, 2.64, 0.53, 0.36, 2.02, 2.48), -9.81),
    ("en", "es", False): ((3.17, 2.40, 2.06, 2.96, 0.78, 0.97, 0.51, -0.02, 1.37, 2.44), -7.79),
    ("es", "en", False): ((1.39, 1.56, 2.75, 1.30, 1.63, 1.26, 0.93, 0.21, 1.81, 2.46), -7.01),
}
_CROSSED = {over: Calibration(*weights, _ENOUGH) for over, weights in _OVER.items()}
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
