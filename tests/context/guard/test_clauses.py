"""What clauses may not say: of the sponsor, and of the topics that layers add examples to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.guard.builtin import Rule
from gemelo.context.guard.clauses import ClauseRules
from gemelo.context.guard.meaning import Meaning
from gemelo.context.guard.rulebook import AvoidedTopic, ForbiddenClaim, Rulebook
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


def rule(
    said: str,
    clause: str,
    rules: Rulebook = SPONSORED,
    meaning: Meaning | None = None,
    language: Language = EN,
) -> str:
    verdict = ClauseRules(rules, meaning or quiet_meaning()).judge(said, clause, language)
    return verdict.rule if verdict else ""


@pytest.mark.parametrize(
    "clause",
    [
        "It prevents cramps.",
        "And it makes you win.",
        "Previene los calambres.",
        "También te protege de las lesiones.",
        "Prevents cramps and improves your game.",
        "Los médicos la recomiendan.",
        "The drink improves your game.",
        "Es la mejor de todas.",
        "Es muy sana.",
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
        "Improve your passing with a wall.",
        "La recuperación empieza con un paseo suave.",
        "Es la jugada con la que ganaron el Mundial.",
        "Protege el balón con el cuerpo.",
        "Mejor no me cuentes secretos, que la página los guarda.",
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


SOL = Rulebook(
    "Vera",
    brand="Sol",
    approved=("Sol comes in 2 flavours.", "Sol, la mejor sombra del invierno.", "Sol hydrates."),
    attested=("I drink Sol after every long walk.",),
)


@pytest.mark.parametrize("claim", [*SOL.approved, *SOL.attested, "sol HYDRATES!", "Sol comes in 2 flavours"])
def test_what_was_approved_or_attested_may_be_said(claim: str) -> None:
    """Word for word, whatever its capitals and signs."""
    assert rule("", claim, SOL) == ""


@pytest.mark.parametrize(
    ("clause", "broken"),
    [
        ("Sol comes in 20 flavours.", Rule.UNAPPROVED),
        ("Sol is better than water.", Rule.UNAPPROVED),
        ("Ninety percent of keepers carry Sol.", Rule.UNAPPROVED),
        ("Three out of four fans chose Sol.", Rule.UNAPPROVED),
        ("Sol lasts twice as long.", Rule.UNAPPROVED),
        ("Everybody's favourite is Sol.", Rule.UNAPPROVED),
        ("Sol es la marca más vendida.", Rule.UNAPPROVED),
        ("I had a chat with the people of Sol.", ""),
        ("Sol comes in two flavours, they say.", ""),
        ("Once you see it, Sol is yellow.", ""),
        ("Sol ayuda a ganar.", Rule.UNAPPROVED),
        ("I love Sol.", Rule.EXPERIENCE),
        ("Me encanta Sol.", Rule.EXPERIENCE),
        ("I drink Sol every day.", Rule.EXPERIENCE),
        ("Sol is a drink.", ""),
        ("I have never tried Sol.", ""),
    ],
)
def test_what_is_said_of_the_sponsor_needs_approval(clause: str, broken: str) -> None:
    """No figure, effect, comparison or experience but those approved; a plain mention is none."""
    assert rule("", clause, SOL) == broken


@pytest.mark.parametrize(
    ("clause", "broken"),
    [
        ("El noventa por ciento elige Sol.", Rule.UNAPPROVED),
        ("Tres de cada cuatro llevan Sol.", Rule.UNAPPROVED),
        ("Sol viene en tres sabores.", Rule.UNAPPROVED),
        ("Sol viene en dos sabores, dicen.", ""),
        ("Ten una sombra: Sol es una marca.", ""),
    ],
)
def test_figures_in_spanish_words_need_approval_too(clause: str, broken: str) -> None:
    """A figure that was approved in one language may be told in another."""
    assert rule("", clause, SOL, language=Language("es")) == broken


@pytest.mark.parametrize(
    "clause", ["It was a solo run of 40 metres.", "I love a solid back four.", "Solo cura el descanso."]
)
def test_a_word_that_only_begins_like_the_sponsor_is_not_the_sponsor(clause: str) -> None:
    """The rules on a sponsor leave other sentences alone."""
    assert rule("", clause, SOL) == ""


def test_part_of_an_approved_word_approves_nothing() -> None:
    """Shade in winter is no help to win."""
    assert rule("", "Sol will make you win.", SOL) == Rule.UNAPPROVED


@pytest.mark.parametrize(
    ("said", "clause", "broken"),
    [
        ("I drink Sol ", "after every long walk.", ""),
        ("I drink Sol ", "before every match.", Rule.EXPERIENCE),
        ("I like rain. I drink Sol ", "before every match.", Rule.EXPERIENCE),
        ("Sol, the drink of Dr. ", "Vera, cures colds.", Rule.UNAPPROVED),
        ('They call it "Sol." ', "I like rain.", ""),
        ("Sol is a drink. It rains. ", "It cures colds.", ""),
    ],
)
def test_a_clause_is_judged_with_the_sentence_it_goes_on_with(said: str, clause: str, broken: str) -> None:
    """Also after an abbreviation; a quotation's end, and the sentence before last, are over."""
    assert rule(said, clause, SOL) == broken


@given(
    said=st.text('Sol dr.ink 25"»!? ', max_size=40), clause=st.text("I love Sol 5.,", min_size=1, max_size=20)
)
def test_a_verdict_spans_its_clause(said: str, clause: str) -> None:
    """Indices count from the start of what was said, whatever that was."""
    verdict = ClauseRules(SOL, quiet_meaning()).judge(said, clause, EN)
    assert verdict is None or verdict.span == (len(said), len(said) + len(clause))


@given(st.text(max_size=80), st.text(max_size=80))
def test_without_sponsor_and_topics_any_clause_passes(said: str, clause: str) -> None:
    """And no encoder is asked."""
    assert ClauseRules(Rulebook("Vera"), quiet_meaning(Unasked())).judge(said, clause, EN) is None


class Unasked(FlatEmbedder):
    """An encoder that nobody may ask."""

    def embed(self, texts: Sequence[str]) -> Sequence[Embedding]:
        raise AssertionError("asked")


def test_a_forbidden_claim_is_known_by_its_words() -> None:
    """In any order and form; the words that carry nothing are not counted."""
    rules = Rulebook("Vera", forbidden=(ForbiddenClaim("The drink cures headaches.", "campaign"),))
    encoder = quiet_meaning(MoneyEmbedder())
    verdict = ClauseRules(rules, encoder).judge("", "Headaches are cured by that drink, twenty times.", EN)
    assert verdict is not None
    assert (verdict.rule, verdict.layer) == (Rule.FORBIDDEN_CLAIMS, "campaign")
    assert ClauseRules(rules, encoder).judge("", "The twenty drinks are cold now.", EN) is None


class StrangeEmbedder(FlatEmbedder):
    """Finds no two texts alike that differ in length."""

    def embed(self, texts: Sequence[str]) -> Sequence[Embedding]:
        axes = [len(text) % DIMENSION for text in texts]
        tokens, ids = np.zeros((1, DIMENSION), np.float16), np.zeros(1, np.int32)
        return [Encoded(np.eye(DIMENSION, dtype=np.float32)[axis], tokens, ids) for axis in axes]


@pytest.mark.parametrize(
    ("clause", "broken"),
    [
        ("Brisalta is very good for your health!", Rule.FORBIDDEN_CLAIMS),
        ("It is good for your health, that Brisalta.", Rule.FORBIDDEN_CLAIMS),
        ("Brisalta is good for your game.", ""),
        ("Sleep is good for your health.", ""),
    ],
)
def test_a_forbidden_claim_is_stopped_in_its_own_words(clause: str, broken: str) -> None:
    """Whatever their order and whatever stands between them; fewer of them are not the claim."""
    rules = Rulebook("Vera", forbidden=(ForbiddenClaim("Brisalta is good for your health.", "campaign"),))
    assert rule("", clause, rules, quiet_meaning(StrangeEmbedder())) == broken


@pytest.mark.parametrize(
    ("said", "clause"),
    [
        ("", "I drink Brisalta before every match."),
        ("", "Brisalta is my favourite."),
        ("", "A mí me encanta Brisalta."),
        ("", "I had a Brisalta yesterday and it was lovely."),
        ("", "Ayer me tomé una Brisalta en el descanso."),
        ("Brisalta comes in two flavours. ", "I drink it every day."),
        (PAID, "La bebo todos los días."),
    ],
)
def test_the_twin_has_used_no_product_that_nobody_attested(said: str, clause: str) -> None:
    """First-person experience of the sponsor's product is stopped, by its name and as "it"."""
    assert rule(said, clause) == Rule.EXPERIENCE


def test_what_the_talent_attested_may_be_said() -> None:
    """In the talent's own words."""
    attested = "I drink Brisalta after training."
    rules = Rulebook("Vera", brand="Brisalta", attested=(attested,))
    assert rule("", attested, rules) == ""
    assert rule("", "I drink Brisalta before training.", rules) == Rule.EXPERIENCE
