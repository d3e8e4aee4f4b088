"""What a talent said, sentence by sentence."""

from __future__ import annotations

from gemelo.context.persona.corpus import languages, said
from tests.context.persona.corpora import CORPUS, EN, ES, document


def test_each_sentence_knows_where_it_stands() -> None:
    """As a search names the passage, and as a citation shows the place."""
    first = CORPUS[0]
    assert (first.at, first.document, first.language) == ("es/correr.md#1", "es/correr.md", ES)
    assert first.place == "Entrenar sin prisa › ¿Cómo empiezo a correr?"
    assert first.heading == "¿Cómo empiezo a correr?"


def test_a_sentence_that_a_document_repeats_counts_once() -> None:
    """Where passages overlap, the last sentence of one opens the next; in another document it counts."""
    twice = document("a.md", "# A\n\n## One\nThe same thing here.\n\n## Two\nThe same thing here.\n")
    assert len(said((twice,))) == 1
    assert len(said((twice, document("b.md", "# B\n\nThe same thing here.\n")))) == 2


def test_the_most_used_language_comes_first() -> None:
    """By words, not by documents."""
    assert languages(CORPUS) == (ES, EN)


def test_words_are_folded_beside_their_written_form() -> None:
    """Accents and apostrophes fall, and the two go side by side."""
    one = next(said for said in CORPUS if "it's done" in said.text)
    assert len(one.written) == len(one.folded)
    assert ("it's", "its") in zip(one.written, one.folded, strict=True)
