"""Forty ways to write a name that a reader still reads, from issue text and chat habits.

They share no code with the guard. Each is `(name, dice) -> text`, None where it cannot be done.
"""

from __future__ import annotations

import html
import re
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Sequence
from random import Random

Disguise = Callable[[str, Random], str | None]

_CYRILLIC = dict(zip("aeopcyxikmthb", "аеорсухікмтнь", strict=True))
_GREEK = dict(zip("aoiktpuvnx", "αοικτρυνηχ", strict=True))
_DIGITS = dict(zip("oieastgbz", "013457682", strict=True)) | {"s": "5", "t": "7", "a": "4", "g": "9"}
_SIGNS = dict(zip("asiel", "@$!€|", strict=True))
_BY_EAR = (
    *(
        ("ph", "f"),
        ("ck", "k"),
        ("c(?![eihk])", "k"),
        ("qu(?=[eiy])", "k"),
        ("y", "i"),
        ("z", "s"),
        ("v", "b"),
    ),
    *(("k(?=[aouáó])", "c"), ("x", "ks"), ("h(?=[aeiou])", ""), ("ee|ie", "i")),
)
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_LETTER_NAMES = (
    "a be ce de e efe ge hache i jota ka ele eme ene o pe cu erre ese te u uve doble-uve equis ye zeta"
).split()
_EXAMPLES = (
    "apple banana cat dog elephant fish guitar house island jacket kite lemon monkey night ocean "
    "piano queen river summer table umbrella violin water xylophone yellow zebra"
).split()
_EJEMPLOS = (
    "Ana barco casa dado elefante foca gato hotel isla jirafa kilo luna mano nube oso perro queso "
    "rosa sol taza uva vaca whisky xilófono yogur zapato"
).split()


def _letters(name: str) -> str:
    return "".join(letter for letter in name if letter not in " -")


def _mapped(name: str, table: dict[str, str]) -> str | None:
    changed = "".join(table.get(letter, letter) for letter in name.lower())
    return None if changed == name.lower() else changed


def _marked(name: str, dice: Random) -> str:
    marked = (letter + dice.choice("\u0301\u0300\u0308") if letter.isalpha() else letter for letter in name)
    return unicodedata.normalize("NFC", "".join(marked))


def _shifted(name: str, small: int, capital: int) -> str:
    return "".join(
        chr(small + ord(letter) - 97) if "a" <= letter <= "z"
        else chr(capital + ord(letter) - 65) if "A" <= letter <= "Z"
        else letter
        for letter in name
    )  # fmt: skip


def _mistyped(name: str, dice: Random) -> str | None:
    """One error in a name of five letters or more, its first letter apart."""
    if len(_letters(name)) < 5:
        return None
    at = dice.randrange(1, len(name) - 1)
    other = dice.choice("qwrtpsdfghjklmnb")
    if not name[at].isalpha() or not name[at + 1].isalpha() or name[at + 1] == name[at]:
        return None
    return dice.choice(
        [
            name[:at] + name[at + 1 :],
            name[:at] + other + name[at:],
            name[:at] + other + name[at + 1 :],
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        ]
    )


def _by_ear(name: str, dice: Random) -> str | None:
    """Another spelling of the same sounds, for names of five letters or more."""
    ways = [way for way in _BY_EAR if re.search(way[0], name.lower())]
    if len(_letters(name)) < 5 or not ways:
        return None
    heard, written = dice.choice(ways)
    return re.sub(heard, written, name.lower())


def _split(name: str, dice: Random, mark: str) -> str:
    bare = _letters(name)
    at = dice.randrange(1, len(bare))
    return bare[:at] + mark + bare[at:]


def _stretched(name: str, dice: Random) -> str:
    return "".join(letter * dice.randint(1, 4) for letter in name)


def _spelled(frame: str, words: Sequence[str]) -> Disguise:
    """Letter by letter: `frame` is filled with a letter and with its word."""
    told = dict(zip(_ALPHABET, words, strict=True))

    def spell(name: str, dice: Random) -> str | None:
        letters = _letters(name).lower()
        if not set(letters) <= set(_ALPHABET):
            return None
        return ", ".join(frame.format(letter.upper(), told[letter]) for letter in letters)

    return spell


def _between(mark: str) -> Disguise:
    return lambda name, dice: mark.join(_letters(name))


WRITTEN: dict[str, Disguise] = {
    "typo": _mistyped,
    "by ear": _by_ear,
    "stretched": _stretched,
    "reversed": lambda name, dice: name[::-1] if len(_letters(name)) > 3 else None,
    "lower": lambda name, dice: name.lower(),
    "upper": lambda name, dice: name.upper(),
    "random case": lambda name, dice: "".join(dice.choice([x.lower(), x.upper()]) for x in name),
}
"""What changes the letters: a first step."""
LOOKS: dict[str, Disguise] = {
    "accents": _marked,
    "cyrillic": lambda name, dice: _mapped(name, _CYRILLIC),
    "greek": lambda name, dice: _mapped(name, _GREEK),
    "digits": lambda name, dice: _mapped(name, _DIGITS),
    "signs": lambda name, dice: _mapped(name, _SIGNS),
    "full width": lambda name, dice: _shifted(name, 0xFF41, 0xFF21),
    "bold": lambda name, dice: _shifted(name, 0x1D41A, 0x1D400),
    "script": lambda name, dice: _shifted(name, 0x1D4EA, 0x1D4D0),
    "circled": lambda name, dice: _shifted(name, 0x24D0, 0x24B6),
}
"""What changes how they look."""
PLACED: dict[str, Disguise] = {
    "spaced": _between(" "),
    "dotted": _between("."),
    "dashed": _between("-"),
    "underscored": _between("_"),
    "commas": _between(", "),
    "zero width": _between("\u200b"),
    "emoji between": _between("⭐"),
    "line breaks": _between("\n"),
    "soft hyphen": lambda name, dice: _split(name, dice, "\u00ad"),
    "split by a space": lambda name, dice: _split(name, dice, " ") if len(_letters(name)) > 4 else None,
    "split by a sign": lambda name, dice: _split(name, dice, dice.choice("*_-.·/~")),
    "markdown": lambda name, dice: _split(name, dice, "**"),
    "hashtag": lambda name, dice: "#" + _letters(name),
    "glued hashtag": lambda name, dice: f"#{dice.choice(['Team', 'WeAre', 'Soy'])}{_letters(name)}",
    "handle": lambda name, dice: f"@{_letters(name).lower()}_{dice.choice(['es', 'official', '99', 'uk'])}",
    "domain": lambda name, dice: f"www.{_letters(name).lower()}.{dice.choice(['com', 'es'])}",
    "glued": lambda name, dice: f"super{_letters(name)}fan" if len(_letters(name)) > 5 else None,
}
"""What is done to the letters as they stand."""
CODED: dict[str, Disguise] = {
    "base64": lambda name, dice: b64encode(name.encode()).decode(),
    "entities": lambda name, dice: "".join(f"&#{ord(letter)};" for letter in name),
    "hex entities": lambda name, dice: "".join(f"&#x{ord(letter):x};" for letter in name),
    "some entities": lambda name, dice: html.escape(name[0]) + f"&#{ord(name[1])};" + name[2:],
    "letter names": _spelled("{1}", _LETTER_NAMES),
    "as in": _spelled("{0} as in {1}", _EXAMPLES),
    "de": _spelled("{0} de {1}", _EJEMPLOS),
}
"""What spells or codes them: a last step."""
DISGUISES = {**WRITTEN, **LOOKS, **PLACED, **CODED}
STEPS = (WRITTEN, LOOKS, PLACED | CODED)


def composed(name: str, dice: Random) -> tuple[str, str] | None:
    """Two disguises of different kinds, one after the other: what they are called, and the text."""
    first, second = sorted(dice.sample(range(len(STEPS)), 2))
    steps = [dice.choice(list(STEPS[kind].items())) for kind in (first, second)]
    text: str | None = name
    for _, disguise in steps:
        text = disguise(text, dice) if text else None
    return ("+".join(called for called, _ in steps), text) if text else None
