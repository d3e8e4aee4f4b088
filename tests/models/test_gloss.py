"""Spanish read as English words."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.guard.glyphs import fold
from gemelo.models.gloss import gloss

FOLDER = files("gemelo.models") / "gloss"
FILES = sorted(file.name for file in FOLDER.iterdir() if file.name.endswith(".txt"))
LINES = {
    name: [
        line
        for line in (FOLDER / name).read_text("utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    for name in FILES
}


@given(st.text(max_size=120))
def test_any_text_is_read(text: str) -> None:
    """Nothing makes it fall over; what comes out is words with one space between them."""
    read = gloss(text)
    assert read == " ".join(read.split())


@given(st.text(max_size=60))
def test_reading_hangs_on_words_only(text: str) -> None:
    """Capitals and signs between words make no difference."""
    assert gloss(text.lower()) == gloss(f"¡{text.lower()}!") == gloss(f"  {text.lower()} …")


@given(st.lists(st.from_regex(r"[kwxz]{5,9}", fullmatch=True), max_size=6))
def test_words_that_nobody_knows_stay(words: list[str]) -> None:
    """Names and rare words keep their place."""
    assert gloss(" ".join(words)) == " ".join(words)


@pytest.mark.parametrize(
    "text", ["football stadium", "the goalkeeper", "goalkeeping should wait", "1966 offside"]
)
def test_english_words_pass(text: str) -> None:
    """What is English already is left as it is."""
    assert gloss(text) == text


def test_words_are_read_one_by_one() -> None:
    """In their order, whatever their form, accents or case."""
    assert gloss("¿Cuándo, fuera de juego?") == "when offside"
    assert gloss("PARTIDO") == gloss("partidos") == gloss("pártido") == "match"


@pytest.mark.parametrize("name", FILES)
def test_an_expression_wins_over_its_words(name: str) -> None:
    """Each reads as it is listed, in this file or in one that is read before, and never word by word."""
    known: dict[str, set[str]] = {}
    for line in (line for each in FILES for line in LINES[each]):
        for form in forms(line):
            known.setdefault(form, set()).add(meant(line))
    expressions = [form for line in LINES[name] for form in forms(line) if " " in form]
    assert [form for form in expressions if gloss(form) not in known[form]] == []


def forms(line: str) -> list[str]:
    return [form.strip() for form in line.partition(" = ")[0].split("|")]


def meant(line: str) -> str:
    return line.partition(" = ")[2].strip()


@pytest.mark.parametrize("name", FILES)
def test_every_entry_can_be_found(name: str) -> None:
    """Forms are folded as texts are, at most four words long, and stand for something."""
    bad = [
        line
        for line in LINES[name]
        if not meant(line)
        or any(form != fold(form) or not 1 <= len(form.split()) <= 4 for form in forms(line))
    ]
    assert bad == []
