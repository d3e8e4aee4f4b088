"""Made-up names, and ways to write them that a reader sees through."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable

from hypothesis import strategies as st

Disguise = Callable[[str, random.Random], str]

_ALIKE = dict(zip("aeopcisxyktmunrhv", "аеорсіѕхуктмυпгһν", strict=True))
_LEET = dict(zip("aeiostb", "4310578", strict=True))


def _inside(name: str, dice: random.Random, mark: str) -> str:
    at = dice.randrange(1, len(name))
    return name[:at] + mark + name[at:]


def _mapped(name: str, table: dict[str, str]) -> str:
    return "".join(table.get(letter.lower(), letter) for letter in name)


def _accented(name: str, dice: random.Random) -> str:
    marks = "\u0301\u0300\u0308\u0302"
    return "".join(unicodedata.normalize("NFC", letter + dice.choice(marks)) for letter in name)


def _typo(name: str, dice: random.Random) -> str:
    at = dice.randrange(1, len(name) - 1)
    return dice.choice(
        [
            name[:at] + name[at + 1 :],
            name[:at] + "q" + name[at:],
            name[:at] + "q" + name[at + 1 :],
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        ]
    )


DISGUISES: dict[str, Disguise] = {
    "plain": lambda name, dice: name,
    "lower": lambda name, dice: name.lower(),
    "upper": lambda name, dice: name.upper(),
    "mixed case": lambda name, dice: "".join(dice.choice([x.upper(), x.lower()]) for x in name),
    "accents": _accented,
    "homoglyphs": lambda name, dice: _mapped(name, _ALIKE),
    "leet": lambda name, dice: _mapped(name, _LEET),
    "full width": lambda name, dice: "".join(chr(ord(letter) + 0xFEE0) for letter in name),
    "bold": lambda name, dice: "".join(chr(0x1D41A + ord(letter) - 97) for letter in name.lower()),
    "circled": lambda name, dice: "".join(chr(0x24D0 + ord(letter) - 97) for letter in name.lower()),
    "white on black": lambda name, dice: "".join(chr(0x1F170 + ord(letter) - 97) for letter in name.lower()),
    "white in circles": lambda name, dice: "".join(
        chr(0x1F150 + ord(letter) - 97) for letter in name.lower()
    ),
    "flags": lambda name, dice: "".join(chr(0x1F1E6 + ord(letter) - 97) for letter in name.lower()),
    "zero width": lambda name, dice: "\u200b".join(name),
    "soft hyphen": lambda name, dice: _inside(name, dice, "\u00ad"),
    "spaced out": lambda name, dice: " ".join(name),
    "dotted": lambda name, dice: ".".join(name),
    "hyphens": lambda name, dice: "-".join(name),
    "emoji": lambda name, dice: "🔥".join(name),
    "one sign": lambda name, dice: _inside(name, dice, dice.choice("_*'-.·/")),
    "markdown": lambda name, dice: f"**{name[:2]}**{name[2:]}",
    "repeats": lambda name, dice: "".join(letter * dice.randint(1, 4) for letter in name),
    "typo": _typo,
    "hashtag": lambda name, dice: f"#{name}",
    "glued hashtag": lambda name, dice: f"#{name}Fans",
    "handle": lambda name, dice: f"@{name.lower()}_es",
    "domain": lambda name, dice: f"www.{name.lower()}.com",
    "plural": lambda name, dice: f"{name}s",
    "possessive": lambda name, dice: f"{name}'s",
    "quoted": lambda name, dice: f"«{name}»",
    "with digits": lambda name, dice: f"{name}2026",
}


@st.composite
def made_up_names(draw: st.DrawFn) -> str:
    """Names of seven or nine letters that no dictionary knows, nor any word close to them."""
    count = draw(st.integers(3, 4))
    syllables = [draw(st.sampled_from("zkvx")) + draw(st.sampled_from("aeiou")) for _ in range(count)]
    return ("".join(syllables) + draw(st.sampled_from("nrd"))).capitalize()
