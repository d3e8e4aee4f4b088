"""Reads a text the way a stubborn person would who looks for a name; shares no code with the product."""

from __future__ import annotations

import html
import re
import unicodedata
from base64 import b64decode
from collections.abc import Iterator

_LOOKALIKES = str.maketrans(
    {
        **dict(zip("0123456789@$!|€£+", "oizeasgtbgasileet", strict=True)),
        **dict(zip("аеорсухікмтнвѕјзбґ", "aeopcyxikmthbsjzbr", strict=True)),
        **dict(zip("αεοικτρυνηχβζ", "aeoiktpuvnxbz", strict=True)),
    }
)
_WIDE = {"ⓐ": "a"}
_LETTER_NAMES = {
    **dict(zip("eme ene efe ele erre ese be ce de ge pe te".split(), "mnflrsbcdgpt", strict=True)),
    **{"ka": "k", "kay": "k", "zeta": "z", "zed": "z", "zee": "z", "ese": "s", "i": "i", "o": "o", "a": "a"},
    **{
        "bee": "b",
        "ar": "r",
        "are": "r",
        "ess": "s",
        "el": "l",
        "ell": "l",
        "tee": "t",
        "oh": "o",
        "ay": "a",
    },
    **{"alfa": "a", "alpha": "a", "bravo": "b", "romeo": "r", "india": "i", "sierra": "s", "lima": "l"},
    **{"tango": "t", "kilo": "k", "oscar": "o", "zulu": "z", "eye": "i"},
}


def letters(text: str) -> str:
    """The letters that are read in a text and nothing between them, stretched ones once."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_LOOKALIKES)
    read = "".join(_WIDE.get(c, c) for c in plain if c.isalpha() and not unicodedata.combining(c))
    return re.sub(r"(.)\1+", r"\1", read)


def readings(text: str) -> Iterator[str]:
    """All that a text can be read as: as it stands, unescaped, decoded, spelled out, backwards."""
    once = html.unescape(text)
    for plain in (once, *_decoded(once), _spelled(once), _initials(once)):
        yield letters(plain)
        yield letters(plain)[::-1]


def names_in(text: str, names: tuple[str, ...]) -> list[str]:
    """The names that can be read in a text, also with one letter wrong within a word."""
    found = list(readings(text))
    words = {letters(word) for word in re.findall(r"\S+", html.unescape(text))}
    return [
        name
        for name in names
        if any(letters(name) in reading for reading in found)
        or any(_one_off(word, letters(name)) for word in words)
    ]


def _decoded(text: str) -> Iterator[str]:
    for token in re.findall(r"[A-Za-z0-9+/]{6,}={0,2}", text):
        try:
            yield b64decode(token + "=" * (-len(token) % 4)).decode()
        except ValueError:
            continue


def _spelled(text: str) -> str:
    """Names of letters put together: "ka, o, erre" is "kor"."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    return "".join(
        word if len(word) == 1 else _LETTER_NAMES[word]
        for word in words
        if len(word) == 1 or word in _LETTER_NAMES
    )


def _initials(text: str) -> str:
    """The letters of "K as in kilo, O de Oviedo"."""
    told = re.findall(r"\b(\w) (?:as in|for|like|de|como en|como) \w+", text.casefold())
    return "".join(told)


def _one_off(word: str, name: str) -> bool:
    """Whether one letter too many, too few, wrong or swapped makes the name."""
    if abs(len(word) - len(name)) > 1 or word == name:
        return word == name
    start = next(
        (i for i, (a, b) in enumerate(zip(word, name, strict=False)) if a != b), min(len(word), len(name))
    )
    rest, other = word[start:], name[start:]
    return (
        rest[1:] == other[1:]
        or rest[1:] == other
        or rest == other[1:]
        or (rest[:2] == other[:2][::-1] and rest[2:] == other[2:])
    )
