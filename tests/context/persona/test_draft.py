"""A persona drawn from a corpus."""

from __future__ import annotations

from gemelo.context.guard.builtin import TOPICS
from gemelo.context.persona.document import parse, unfounded
from gemelo.context.persona.draft import draft
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
