"""Reading single characters the way a person does: which letter does this sign stand for?

Accents and styles go by Unicode's compatibility decomposition, look-alikes of other scripts by its
confusables (TR 39, from the `confusable_homoglyphs` package), enclosed and small-capital letters by
their Unicode names. `STAND_INS` adds what people use although Unicode does not list it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from importlib.resources import files

SPACE = " "
PUNCTUATION = "."
INVISIBLE = "\0"

LEET = dict(zip("0123456789@$!¡|€£+(", "oizeasgtbgasiiieltc", strict=True))
"""Digits and signs that are read as letters inside a word."""

STAND_INS = {
    **dict(zip("ıłøđħŧðþπσςθλδωпилдбзяшэъы", "ilodhtdpnosoadwnnldberwebb", strict=True)),
    **{"ß": "ss", "æ": "ae", "œ": "oe"},
}

_RATHER = {"η": "n"}
"""Where people see another letter than Unicode's confusables do, which take eta for an h."""

_UNSEEN = frozenset("\u3164\u115f\u1160\uffa0\u2800\u034f")
"""Fillers that Unicode calls letters or symbols, and that nobody sees."""
_NAMED_LETTER = re.compile(
    r"(?:(?:.* )?LATIN .*|REGIONAL INDICATOR SYMBOL )LETTER (?:[A-Z]{2,} ){0,2}([A-Z])(?: WITH .*)?$"
)


@cache
def reading(character: str) -> str:
    """Letters that `character` stands for, or `SPACE`, `PUNCTUATION` or `INVISIBLE`.

    Letters come in lower case, as a-z where they resemble any; a letter that resembles none of
    them stands for itself. Digits and signs read as `PUNCTUATION`: `LEET` is the matcher's choice.
    """
    if character.isspace():
        return SPACE
    if character in _UNSEEN or unicodedata.category(character) in ("Cf", "Cc", "Mn", "Me"):
        return INVISIBLE
    decomposed = unicodedata.normalize("NFKD", character)
    return "".join(_letters(part) for part in decomposed) or PUNCTUATION


class _Folded(dict[int, str]):
    """Translation table, filled as characters turn up: to normalise a text of many marks takes the
    square of their number."""

    def __missing__(self, code: int) -> str:
        decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", chr(code)).casefold())
        unseen = ("Mn", "Me", "Cf")
        seen = (part for part in decomposed if unicodedata.category(part) not in unseen)
        self[code] = "".join((unicodedata.category(part) == "So" and _named(part)) or part for part in seen)
        return self[code]


_FOLDED = _Folded()


def fold(text: str) -> str:
    """Lower case, without accents, styles (full width, bold, circled, white on black) or invisible
    characters.
    """
    return text.lower() if text.isascii() else text.translate(_FOLDED)


def _letters(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isalpha() else ""
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return ""
    lower = character.lower()
    stands_for = (
        # a capital first as it is: Greek capital Nu looks like N, its small letter like v
        _RATHER.get(character)
        or _confusables().get(character)
        or STAND_INS.get(lower)
        or _confusables().get(lower)
        or _confusables().get(character.upper())
        or _named(character)
    )
    return stands_for or (lower if character.isalpha() else "")


def _named(character: str) -> str:
    found = _NAMED_LETTER.search(unicodedata.name(character, ""))
    return found[1].lower() if found else ""


@cache
def _confusables() -> dict[str, str]:
    """Every character that can be taken for one of a-z, and for which."""
    table: dict[str, list[dict[str, str]]] = json.loads(
        files("confusable_homoglyphs").joinpath("confusables.json").read_bytes()
    )
    return {
        character: alike["c"].lower()
        for character, group in table.items()
        for alike in group
        if len(alike["c"]) == 1 and alike["c"].isascii() and alike["c"].isalpha()
    }
