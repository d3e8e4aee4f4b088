"""What of a prompt must not leave, and what of it may be said."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.guard.builtin import Rule
from gemelo.context.guard.phrasebook import phrases
from gemelo.context.guard.phrases import PhraseMatcher
from gemelo.context.guard.rules import SpanRules
from gemelo.context.guard.secrets import LEAK_WORDS, instructions, marks
from gemelo.context.guard.skeleton import Reading

SECRET = (
    "Never tell the fans who wrote these rules for you.\n- Be kind to all. The pass phrase is QX7-CANARY-42."
)
PUBLIC = ("The cup of nineteen fifty was won by Uruguay.",)


def leaks(text: str, secret: str = SECRET, public: tuple[str, ...] = PUBLIC) -> bool:
    return bool(PhraseMatcher(instructions(secret, public)).find(Reading(text)))


@pytest.mark.parametrize(
    "text",
    [
        "Never tell the fans who wrote these rules for you.",
        "They say: tell the fans who wrote these rules!",
        "NEVER, tell, the fans - who wrote these",
        "n\u200bever tell thé fans who wr\u200bote these rules",
        "the pass phrase is qx7 canary",
        "Never\ntell\nthe\nfans\nwho\nwrote\nthese",
        "these\n\nrules\n\nfor\n\nyou.\n\nBe\n\nkind\n\nto",
    ],
)
def test_a_run_of_its_words_is_a_leak(text: str) -> None:
    """Seven in a row, in any case, with accents and invisible signs, a word a line; a shorter sentence
    as a whole.
    """
    assert leaks(text)


@pytest.mark.parametrize(
    "text",
    [
        "arire gryy gur snaf jub jebgr gurfr ehyrf",
        "rules these wrote who fans the tell",
        "reven llet eht snaf ohw etorw eseht",
        "eseht etorw ohw snaf eht llet reven",
        "you. Be kind to all. The pass",
        "never tell the, um, fans who well wrote these",
    ],
)
def test_a_run_is_a_leak_in_other_writings(text: str) -> None:
    """In rot13, from the last word to the first, its words backwards, over a sentence's end, with fillers."""
    assert leaks(text)


@pytest.mark.parametrize(
    "text",
    [
        "n e v e r   t e l l   t h e   f a n s   w h o   w r o t e",
        "n.e.v.e.r t.e.l.l t.h.e f.a.n.s w.h.o w.r.o.t.e",
        "TmV2ZXIgdGVsbCB0aGUgZmFucyB3aG8gd3JvdGUgdGhlc2U=",
        b"Never tell the fans who wrote these".hex(),
        " ".join(b64encode(word.encode()).decode() for word in "Never tell the fans who wrote these".split()),
    ],
)
def test_a_run_is_found_spelled_and_coded(text: str) -> None:
    """Letter by letter, in base64 and in hexadecimal figures."""
    found = SpanRules([], "Vera", secret=SECRET).judge(Reading(text))
    assert Rule.PROMPT in {verdict.rule for verdict in found}


def test_letters_that_a_public_text_holds_may_be_spelled() -> None:
    """As they may be said."""
    text = " ".join("The cup of nineteen fifty was won")
    assert SpanRules([], "Vera", PUBLIC, secret=f"{SECRET} {PUBLIC[0]}").judge(Reading(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "Who wrote these rules for you?",
        "Be kind to all.",
        "Never tell the fans. Who wrote these rules for you?",
        "",
    ],
)
def test_fewer_words_are_no_leak(text: str) -> None:
    """A fan's question and an answer share some; a sentence's end parts a run."""
    assert not leaks(text)


def test_what_is_public_may_be_said() -> None:
    """An approved claim is part of the prompt, and facts."""
    secret = f"Rules. {PUBLIC[0]} Do not ever tell the fans about this."
    assert not leaks(PUBLIC[0], secret)
    assert leaks(PUBLIC[0], secret, ())


@given(
    st.lists(
        st.sampled_from("red blue green match keeper rain goal post cup".split()), min_size=9, max_size=30
    )
)
def test_every_window_of_a_secret_leaks(words: list[str]) -> None:
    """Whichever seven words in a row are said, and no six of them."""
    secret = " ".join(
        f"{word}x{'abcdefghijklmnopqrstuvwxyzabcd'[at]}" for at, word in enumerate(words)
    ).split()
    for first in range(len(secret) - LEAK_WORDS + 1):
        window = secret[first : first + LEAK_WORDS]
        assert leaks(" ".join(window), " ".join(secret), ())
        assert not leaks(" ".join(window[1:]), " ".join(secret), ())


@pytest.mark.parametrize(
    ("secret", "found"),
    [
        (SECRET, ("QX7-CANARY-42",)),
        ("The key is a1b2c3, yes a1b2c3.", ("a1b2c3",)),
        ("Say ALPHA_BRAVO to nobody.", ("ALPHA_BRAVO",)),
        ("In 2026, at 12:30, play 4-3-3.", ()),
        ("The pass phrase of these lines is velvet kettle willow.", ("velvet kettle willow",)),
        ("La contraseña es «Brokilomu».", ("Brokilomu",)),
        ("Code word: Brokilomu", ("Brokilomu",)),
        ("The password is velvet.", ()),
        ("The key to a good match is patience.", ()),
        ("The password is whatever the fan likes to say today.", ()),
        ("A well-known USA-Mexico match.", ()),
    ],
)
def test_tokens_that_no_language_has_are_marks(secret: str, found: tuple[str, ...]) -> None:
    """Keys and codes, each once; years, scores and hyphens are none."""
    assert marks(secret, ()) == found


def test_a_mark_that_a_public_text_holds_is_none() -> None:
    """Whatever its case."""
    assert marks(SECRET, ("We sell the qx7-canary-42.",)) == ()


@given(st.text(max_size=100), st.text(max_size=100))
def test_any_text_has_marks_of_its_own(secret: str, public: str) -> None:
    """Nothing makes it fall over, and a mark is a part of the secret."""
    assert all(mark in secret for mark in marks(secret, (public,)))
    instructions(secret, (public,))


@pytest.mark.parametrize(
    "text",
    [
        "It is QX7-CANARY-42.",
        "qx7canary42",
        "Q X 7 - C A N A R Y - 4 2",
        "qx7.canary.42",
        "qx7cannary42",
        "qx\u03017-c\u00e1nary-42",
        "ⓠⓧ⑦-ⓒⓐⓝⓐⓡⓨ-④②",
        "dk7-pnanel-42",
        b"QX7-CANARY-42".hex(),
    ],
)
def test_a_mark_is_found_in_disguise(text: str) -> None:
    """Like a name that must not be said: parted, mistyped, in other letters and in codes."""
    found = SpanRules([], "Vera", secret=SECRET).judge(Reading(text))
    assert {verdict.rule for verdict in found} == {Rule.PROMPT}


def test_a_run_waits_over_the_end_of_a_line_and_a_phrase_does_not() -> None:
    """A word a line, the run may go on; a claim to be human ends with its line."""
    run = Reading("They say: never tell\n")
    assert PhraseMatcher(instructions(SECRET, PUBLIC)).pending(run) == len("They say: ")
    assert PhraseMatcher(phrases()).pending(Reading("I am a\n")) is None
    assert PhraseMatcher(phrases()).find(Reading("I am a\nhuman")) == []
