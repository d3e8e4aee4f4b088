"""Cutting documents into passages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.knowledge.passages import (
    MAX_SENTENCE_WORDS,
    MAX_WORDS,
    cut_markdown,
    cut_plain,
)
from gemelo.models.errors import BadDocument

PIECES = st.sampled_from(
    [
        "Gol",
        "árbitro.",
        "¿Qué?",
        "off-side",
        "Sr.",
        "3,5",
        "\n",
        "\n\n",
        "- ",
        "…",
        "😀",
        "مرحبا",
        ":",
        '"',
        "End.",
    ]
)


@given(st.lists(PIECES, min_size=1, max_size=400).map(" ".join))
def test_nothing_is_lost(text: str) -> None:
    """Every word of a plain text stands in a passage or in its headings, in order."""
    try:
        cuts = cut_plain(text)
    except BadDocument:
        assert not any(c.isalnum() for c in text)
        return
    kept = " ".join(f"{' '.join(cut.headings)} {cut.text}" for cut in cuts)
    for word in ("Gol", "árbitro", "off-side", "مرحبا", "End"):
        assert (word in kept) == (word in text)


@given(st.lists(PIECES, min_size=1, max_size=400).map(" ".join))
def test_spans_are_the_sentences(text: str) -> None:
    """Sentence spans are in order, and all that lies outside them is white space."""
    try:
        cuts = cut_plain(text)
    except BadDocument:
        return
    for cut in cuts:
        at = 0
        for start, end in cut.spans:
            assert start < end
            assert not cut.text[at:start].strip()
            at = end
        assert not cut.text[at:].strip()


@given(st.integers(1, 2_000), st.integers(1, 40))
def test_no_passage_is_too_long(words: int, length: int) -> None:
    """A passage holds at most `MAX_WORDS` words, however long its section or its sentences are."""
    text = " ".join(f"word{n}." if n % length == 0 else f"word{n}" for n in range(words))
    cuts = cut_plain(text)
    assert all(len(cut.text.split()) <= MAX_WORDS for cut in cuts)
    assert all(len(line.split()) <= MAX_SENTENCE_WORDS for cut in cuts for line in cut.sentences)
    assert {word for cut in cuts for word in cut.text.split()} == set(text.split())


def test_only_long_sections_overlap() -> None:
    """The last sentence of a passage opens the next one of the same section, and of no other."""
    long = " ".join(f"This is sentence number {n} of a long section." for n in range(60))
    first, second, other = cut_markdown(f"# Long\n\n{long}\n\n# Short\n\nOne line only.")
    assert first.sentences[-1] == second.sentences[0]
    assert other.sentences == ("One line only.",)


def test_headings_make_the_place() -> None:
    """A passage knows the path of headings above it."""
    cuts = cut_markdown(
        "# Shop\n\nWelcome.\n\n## Hours\n\nFrom nine.\n\n### Sunday\n\nClosed.\n\n## Staff\n\nAna."
    )
    assert [cut.place for cut in cuts] == ["Shop", "Shop › Hours", "Shop › Hours › Sunday", "Shop › Staff"]


def test_markup_is_left_out() -> None:
    """Front matter, comments, HTML and emphasis go; link and image texts, lists and tables stay."""
    text = (
        "---\ntitle: secret\n---\n# Bar\n\n<!-- internal -->\n<b>Open</b> *every* [day](http://x.example).\n\n"
        "| Drink | Price |\n|---|---|\n| Tea | 1,90 € |\n\n- one\n- two\n\n> Quoted &amp; kept.\n\n"
        "![Logo](l.png)\n"
    )
    (cut,) = cut_markdown(text)
    assert cut.text == "Open every day. Tea: 1,90 € one two Quoted & kept. Logo"


def test_wide_tables_name_their_columns() -> None:
    """A row of a table with several columns says what each value is."""
    (cut,) = cut_markdown("| Day | Opens | Closes |\n|---|---|---|\n| Monday | 9 | 18 |\n")
    assert cut.sentences == ("Monday: Opens 9, Closes 18",)


def test_plain_questions_are_headings() -> None:
    """In plain text a short line on its own, or a question above its answer, is a heading."""
    cuts = cut_plain(
        "Opening hours\n\nWe open at nine every day.\n\nIs there parking?\nYes, behind the house."
    )
    assert [(cut.place, cut.text) for cut in cuts] == [
        ("Opening hours", "We open at nine every day."),
        ("Is there parking?", "Yes, behind the house."),
    ]


@pytest.mark.parametrize(
    "said",
    [
        '"What is it?"',
        "“Nothing, aunt”",
        "«Nada, tía»",
        "—Nada, tía",
        "--Nothing",
        "[Illustration: FIG. 14.]",
    ],
)
def test_what_is_said_is_no_heading(said: str) -> None:
    """A line of talk, or a note in brackets, belongs to the text around it, not above what follows."""
    (passage,) = cut_plain(f"The boy turned round.\n\n{said}\n\nThen he ran away.")
    assert passage.headings == ()
    assert passage.text == f"The boy turned round. {said} Then he ran away."


def test_what_tells_who_speaks_is_no_heading() -> None:
    """Unlike the title of a list, a line before talk belongs to it."""
    spoken, listed = cut_plain('Tom said:\n\n"I know him."\n\nIngredients:\n\nFlour, eggs.')
    assert (spoken.headings, spoken.text) == ((), 'Tom said: "I know him."')
    assert (listed.headings, listed.text) == (("Ingredients",), "Flour, eggs.")


def test_italics_of_plain_text_are_left_out() -> None:
    """The underscores around them are markup; those inside a name are not."""
    (passage,) = cut_plain("The _Rays of\nLight_ are called by read_rays and __init__, by _Newton_.")
    assert passage.text == "The Rays of Light are called by read_rays and __init__, by Newton."


def test_hard_wrapped_lines_are_joined() -> None:
    """A sentence that was wrapped over lines is one sentence again."""
    text = "The offside rule exists so that nobody waits for the ball\nnext to the rival goal. It is old."
    (cut,) = cut_plain(text)
    assert cut.sentences == (
        "The offside rule exists so that nobody waits for the ball next to the rival goal.",
        "It is old.",
    )


def test_each_passage_has_its_language() -> None:
    """A document in two languages is cut into passages of each."""
    cuts = cut_markdown(
        "# A\n\nThe referee is the one who decides what happens in the match.\n\n"
        "# B\n\nEl árbitro es quien decide lo que pasa en el partido."
    )
    assert [cut.language for cut in cuts] == ["en", "es"]


@pytest.mark.parametrize("text", ["", "  \n\n ", "<!-- nothing -->", "---\na: b\n---\n"])
def test_nothing_to_read(text: str) -> None:
    """A document without text is refused."""
    with pytest.raises(BadDocument):
        cut_markdown(text)
