"""How much the span rules work on replies that nobody writes in earnest: counted, not timed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

from gemelo.context.guard.compiled import CompiledGuard
from gemelo.context.guard.rulebook import AvoidedNames, AvoidedPattern, Rulebook
from tests.fakes import EN
from tests.meaning import quiet_meaning

NAMES = ("Kortaza", "Red Bull", "Nike", "La Casa Azul")
GUARD = CompiledGuard(
    Rulebook(
        "Vera Golazo",
        names=tuple(AvoidedNames(name, (), "campaign") for name in NAMES),
        patterns=(AvoidedPattern(r"foo(?: bar)*", "talent"),),
    ),
    "policy",
    quiet_meaning(),
)
LENGTH = 800
PIECE = 4
ODD = {
    "natural": "The match was long, and he played it well. ",
    "letters": "t h e q u i c k b r o w n f o x ",
    "one letter": "y ",
    "one token": "thequickbrownfox",
    "a token of one letter": "k",
    "parts of a name": "nik ",
    "names in one token": "xnikex",
    "cut": "ni.k",
    "emoji": "🔥",
    "emoji and spaces": "🔥 ",
    "marks": "\u0301\u0316",
    "marked letters": "k\u0301\u0316\u0301 o ",
    "another script": "耐克",
    "base64": "UGFzc3dvcmQ",
    "figures": "1 ",
    "numbers in words": "one two ",
    "a price of many parts": ",1",
    "signs": "! @ ",
    "stars": "* ",
    "tags": "#ab",
    "addresses": "a@",
    "entities": "&#78;",
    "a letter and a word": "a goal ",
    "a spelling that goes on": "n and and ",
    "a phrase that goes on": "soy realmente ",
    "a pattern that goes on": "foo bar bar ",
    "white space": "\n ",
}


@pytest.mark.parametrize("odd", ODD)
def test_work_grows_with_the_length_of_a_reply_and_no_faster(odd: str) -> None:
    """Four times the text, in pieces or at once, takes at most some six times the calls."""
    for work in (_in_pieces, _at_once):
        short, long = (_calls(work, ODD[odd] * (length // len(ODD[odd]))) for length in (LENGTH, 4 * LENGTH))
        assert long < 6.5 * short


def _in_pieces(text: str) -> None:
    stream = GUARD.open(EN)
    for start in range(0, len(text), PIECE):
        stream.feed(text[start : start + PIECE])
    stream.finish()


def _at_once(text: str) -> None:
    GUARD.mask(text)
    GUARD.redact(text)
    stream = GUARD.open(EN)
    stream.feed(text)
    stream.finish()


def _calls(work: Callable[[str], None], text: str) -> int:
    """Functions that are called, those in C included."""
    work(text[:100])
    count = 0

    def counted(frame: FrameType, event: str, arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        work(text)
    finally:
        sys.setprofile(None)
    return count
