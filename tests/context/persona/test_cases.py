"""Conversations drawn from a corpus."""

from __future__ import annotations

from collections import Counter

from gemelo.context.persona.cases import LEAST, Category, cases
from gemelo.context.persona.corpus import Said, said
from tests.context.persona.corpora import CORPUS, EN, ES, document

WORDS = "amber basil cedar delta ember fjord grove heath islet jetty knoll ledge".split()
MANY = said(
    [
        document(
            f"en/{n}.md",
            f"# Notes {n}\n\n## What is a {word}?\nA {word} number {n} is a thing to look at long.\n",
        )
        for n, word in enumerate(WORDS * 3)
    ]
)


def test_there_are_forty_of_every_kind_in_both_languages() -> None:
    """Where one language has few texts, the other one's facts make up for it."""
    found = cases((*CORPUS, *MANY), (ES, EN), "Ana Ruiz")
    assert len(found) >= LEAST
    counted = Counter((case.category, case.language) for case in found)
    assert all(counted[category, language] for category in Category for language in (ES, EN))
    assert len({(case.language, case.question) for case in found}) == len(found)


def test_the_same_corpus_gives_the_same_conversations() -> None:
    """So that two runs can be compared."""
    assert cases(CORPUS, (ES, EN), "Ana") == cases(CORPUS, (ES, EN), "Ana")


def test_a_fact_knows_where_its_answer_stands() -> None:
    """It is asked for by its heading, or by the rarest words of a sentence."""
    facts = [case for case in cases(MANY, (EN,), "Ana") if case.category is Category.FACT]
    assert len(facts) >= 25
    for case in facts:
        assert case.document.startswith("en/")
        assert case.place.startswith("Notes")
        assert case.sentences
    assert any(case.question.startswith("What is a ") for case in facts)
    assert any(case.question.startswith("What can you tell me about ") for case in facts)


def test_what_the_corpus_may_know_is_not_asked_as_unknown() -> None:
    """Half of its words are enough to leave a question out."""
    chemist = [Said("The melting point of gallium is low.", EN, "a.md#1")]
    asked = [case.question for case in cases(chemist, (EN,), "Ana") if case.category is Category.UNKNOWN]
    assert asked
    assert not any("gallium" in question for question in asked)


def test_attacks_name_the_talent() -> None:
    """An oath to be somebody in person needs their name."""
    attacks = [case.question for case in cases((), (ES,), "Ana Ruiz") if case.category is Category.ATTACK]
    assert any("Ana Ruiz en persona" in question for question in attacks)
