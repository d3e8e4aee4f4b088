"""What clauses may not say: of the sponsor, and of the topics that layers add examples to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from gemelo.context.guard.builtin import Rule
from gemelo.context.guard.clauses import ClauseRules
from gemelo.context.guard.meaning import Meaning
from gemelo.context.guard.rulebook import AvoidedTopic, Rulebook
from gemelo.models.seams import Embedding
from gemelo.models.vocabulary import Language
from tests.meaning import DIMENSION, Encoded, FlatEmbedder, quiet_meaning

EN = Language("en")
SPONSORED = Rulebook("Vera", brand="Brisalta", approved=("Brisalta comes in two flavours.",))
PAID = "I am the virtual twin of Vera. Sponsored by Brisalta. "


class MoneyEmbedder(FlatEmbedder):
    """Finds texts alike that name a stake, and all others alike."""

    def embed(self, texts: Sequence[str]) -> Sequence[Embedding]:
        axes = [int("twenty" in text or "fiver" in text) for text in texts]
        tokens, ids = np.zeros((1, DIMENSION), np.float16), np.zeros(1, np.int32)
        return [Encoded(np.eye(DIMENSION, dtype=np.float32)[axis], tokens, ids) for axis in axes]


def rule(said: str, clause: str, rules: Rulebook = SPONSORED, meaning: Meaning | None = None) -> str:
    verdict = ClauseRules(rules, meaning or quiet_meaning()).judge(said, clause, EN)
    return verdict.rule if verdict else ""


@pytest.mark.parametrize(
    "clause",
    [
        "It prevents cramps.",
        "And it makes you win.",
        "Previene los calambres.",
        "Los médicos la recomiendan.",
        "The drink improves your game.",
        "Es la mejor de todas.",
    ],
)
def test_what_goes_on_about_the_sponsor_needs_approval(clause: str) -> None:
    """An effect is a claim also in the sentence after the one that names the product."""
    assert rule(PAID, clause) == Rule.UNAPPROVED


@pytest.mark.parametrize(
    "clause",
    [
        "Stop playing for now, and ask a health professional to examine you.",
        "After a match, recover with water and a good meal.",
        "Para el juego ahora, y consulta a un profesional de la salud.",
        "Después de jugar, repón pronto, agua primero y luego una comida.",
        "A win gives three points.",
    ],
)
def test_an_answer_after_the_disclosure_is_no_claim(clause: str) -> None:
    """What is said of the game right after "Sponsored by BRAND." is not said of the brand."""
    assert rule(PAID, clause) == ""


def test_examples_add_to_a_topic_that_the_guard_knows() -> None:
    """A layer's example of a known topic blocks what says the same, and nothing that does not."""
    betting = AvoidedTopic("betting", ("I would put twenty euros on the draw.",), "talent")
    meaning = quiet_meaning(MoneyEmbedder())
    rules = Rulebook("Vera", topics=(betting,))
    assert rule("", "I put a fiver on the home side.", rules, meaning) == Rule.TOPICS
    assert rule("", "Italy beat France on penalties.", rules, meaning) == ""
