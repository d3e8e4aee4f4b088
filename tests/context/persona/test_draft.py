"""A persona drawn from a corpus."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.guard.builtin import TOPICS
from gemelo.context.knowledge.seam import Cut, Document
from gemelo.context.persona.corpus import Said, said
from gemelo.context.persona.document import parse, unfounded
from gemelo.context.persona.draft import MAX_SENTENCES, draft
from gemelo.models.vocabulary import Language
from tests.context.persona.corpora import BACKGROUND, CORPUS, DOCUMENTS, EN, ES


def test_every_line_cites_what_was_said() -> None:
    """And all that is cited stands there; the text that a person edits reads back as it was."""
    drawn = draft("runner", "v1", CORPUS, BACKGROUND)
    lines = list(drawn.lines())
    assert len(lines) > 10
    assert all(line.evidence for _, line in lines)
    assert unfounded(drawn, DOCUMENTS) == ()
    assert parse(drawn.to_yaml()) == drawn


def test_the_same_texts_give_the_same_draft() -> None:
    """To the letter."""
    first, second = (draft("runner", "v1", CORPUS, BACKGROUND).to_yaml() for _ in range(2))
    assert first == second


def test_what_is_not_known_is_said_in_the_talents_manner() -> None:
    """It begins as they begin, and offers what they know most about."""
    spanish = draft("runner", "v1", CORPUS, BACKGROUND).manner[ES]
    assert spanish.not_known[0].text == "Bueno, eso no lo sé, pero pregúntame por entrenar sin prisa."
    english = draft("runner", "v1", CORPUS, BACKGROUND).manner[EN]
    assert english.not_known[0].text.startswith("Well, I don't know that one, but ask me about")


def test_topics_without_evidence_are_never_talked_about() -> None:
    """All of the platform's, here."""
    assert draft("runner", "v1", CORPUS, BACKGROUND).never_talks_about == TOPICS


def test_nothing_said_draws_nothing() -> None:
    """No language, no line, no claim about what is never said."""
    empty = draft("runner", "v1", (), BACKGROUND)
    assert (empty.manner, empty.never_talks_about) == ({}, ())


def test_a_large_corpus_is_read_from_its_beginning_to_its_end() -> None:
    """Every so many sentences, so that a draft takes seconds whatever was learned."""
    size = 2 * MAX_SENTENCES + 1
    many = [Said(f"Sentence number {n} is like any other one.", EN, f"a.md#{n}") for n in range(size)]
    drawn = draft("runner", "v1", many, BACKGROUND).manner[EN].measured
    assert MAX_SENTENCES / 2 < drawn.sentences <= MAX_SENTENCES


@given(st.lists(st.text(max_size=60), max_size=8), st.sampled_from([EN, ES]))
def test_whatever_was_learned_a_person_can_read_and_send_back(texts: list[str], language: Language) -> None:
    """Whatever characters a document holds; each citation is found again."""
    text = " ".join(texts)
    starts = [sum(len(one) + 1 for one in texts[:number]) for number in range(len(texts))]
    spans = tuple((start, start + len(one)) for start, one in zip(starts, texts, strict=True))
    documents = (Document("a.md", "0" * 64, (Cut(text, spans, ("Hello", "What?"), language),) * 3),)
    drawn = draft("runner", "v1", said(documents), BACKGROUND)
    assert parse(drawn.to_yaml()) == drawn
    assert unfounded(drawn, documents) == ()
