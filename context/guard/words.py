"""The words of a skeleton, and runs of them that spell something letter by letter; pure.

"ka, o de Óscar, erre... te"    "N as in Nancy, eye, K for kilo, E"    "n i k e"    "uve doble, a"
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_LETTERS = {
    name: letter
    for letter, names in {
        **{"a": "ay eh", "b": "be bee", "c": "ce cee see sea", "d": "de dee", "e": "ee", "f": "efe ef eff"},
        **{"g": "ge gee jee", "h": "hache aitch haitch", "i": "eye", "j": "jota jay", "k": "ka kay"},
        **{"l": "ele el ell", "m": "eme em", "n": "ene en", "o": "oh owe", "p": "pe pee pea", "q": "cu cue"},
        **{"r": "erre ere ar are", "s": "ese ess es", "t": "te tee tea", "u": "you yu", "v": "uve ve vee"},
        **{"x": "equis ex", "y": "ye why wye", "z": "zeta ceta zee zed"},
    }.items()
    for name in names.split()
} | {
    word: word[0]
    for word in (
        "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike "
        "november oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu"
    ).split()
}
"""How letters are called in Spanish and English, and in the radio alphabet."""
_TWO_WORDS = {
    **dict.fromkeys(("double u", "double you", "uve doble", "doble ve", "doble uve", "doble u"), "w"),
    **dict.fromkeys(("be larga", "be grande", "be alta"), "b"),
    **dict.fromkeys(("ve corta", "ve chica", "ve baja"), "v"),
    **{"i griega": "y", "y griega": "y", "i latina": "i"},
}
_TWICE = frozenset({"double", "doble"})
_STARTS = frozenset(words.partition(" ")[0] for words in _TWO_WORDS)
_EXAMPLES = (("as", "in"), ("como", "en"), ("as",), ("for",), ("like",), ("de",), ("como",))
"""What stands between a letter and a word that begins with it."""
_THEN = frozenset({"and", "then", "luego", "despues"})
_GOES_ON = _THEN | {word for example in _EXAMPLES for word in example}


_UNITS = frozenset("abcdefghijklmnopqrstuvwxyz") | _LETTERS.keys() | _STARTS
"""Words that a run may begin with."""
_FOLLOW = _UNITS | _GOES_ON | frozenset(words.partition(" ")[2] for words in _TWO_WORDS)
"""Words that a run may go on with, examples apart."""


@dataclass(frozen=True, slots=True)
class Spelled:
    """A run of words that stand for letters: `words[first:after]`.

    Attributes:
        letters: what it spells.
        places: the words that each of them is made of, first and after.
        open: whether words that follow the text could go on with it.
    """

    first: int
    after: int
    letters: str
    places: tuple[tuple[int, int], ...]
    open: bool


def spelled_runs(words: Sequence[str]) -> Iterator[Spelled]:
    """Every run of words that stand for letters, first one first; one word alone only where it is open."""
    after = 0
    tail = len(words)
    while tail and words[tail - 1] in _GOES_ON:
        tail -= 1
    for first in [index for index, word in enumerate(words) if word in _UNITS]:
        if first < after or (first + 1 < tail and words[first + 1] not in _FOLLOW):
            continue
        units, after = _run(words, first)
        if units:
            letters = [(letter, place) for letter, *place in units if letter]
            yield Spelled(
                first,
                after,
                "".join(letter for letter, _ in letters),
                tuple((start, end) for _, (start, end) in letters),
                after >= tail,
            )


def _run(words: Sequence[str], index: int) -> tuple[list[tuple[str, int, int]], int]:
    """Letters from a word on, each with its first word and the one after it, and the word after all."""
    units: list[tuple[str, int, int]] = []
    while True:
        at = index
        while units and at < len(words) and words[at] in _THEN:
            at += 1
        letter, after = _unit(words, at)
        if after == at:
            return units, index
        units.append((letter, at, after))
        index = after


def _unit(words: Sequence[str], at: int) -> tuple[str, int]:
    """The letter that words from `at` on stand for ("" for "double"), and the word after them."""
    if at >= len(words) or words[at] not in _UNITS:
        return "", at
    word = words[at]
    letter = _TWO_WORDS.get(f"{word} {words[at + 1]}") if word in _STARTS and at + 1 < len(words) else None
    if letter:
        return letter, _after_example(words, at + 2, letter)
    letter = word if len(word) == 1 else _LETTERS.get(word, "")
    if not letter:
        return "", at + (word in _TWICE)
    return letter, _after_example(words, at + 1, letter)


def _after_example(words: Sequence[str], at: int, letter: str) -> int:
    """The word after "as in Nancy", if that is what stands at `at`."""
    if at < len(words) and words[at] in _GOES_ON:
        for example in _EXAMPLES:
            end = at + len(example)
            if tuple(words[at:end]) == example and end < len(words) and words[end].startswith(letter):
                return end + 1
    return at
