"""What is left of a text when disguises are taken off; pure.

A skeleton has one character for each of its text: the letter that it stands for, `SPACE`,
`PUNCTUATION` or `INVISIBLE`. Its *key* keeps the letters only, with repeats collapsed and `l` and `i`
made one (`1`, `|` and `!` stand for either). Equal keys make a name and a piece of text worth comparing.

    "¡P.ú m4444s!"    plain " .p.u ms."...   with leet " .p.u maaaas."...   key "pumas"

HTML entities and other escapes are written out first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, cached_property
from html import unescape
from string import ascii_lowercase
from urllib.parse import unquote

from gemelo.context.guard.figures import Run, figure_runs
from gemelo.context.guard.glyphs import INVISIBLE, LEET, PUNCTUATION, SPACE, reading
from gemelo.context.guard.words import Spelled, spelled_runs

_WIDE = "\1"
"""Stands in a flat text for a character that reads as several letters."""

_SIGN = re.compile(r"\d+|[!¡|+($@€£]")
_SIGNS = "!¡|$@€£"
# digits beside a letter or alone, as nobody reads a year as letters; "!" only between letters, "$" beside
# one, both where single letters are parted ("F ! @ t", "n.!.k.€"), or it is what it looks like
_LEET = re.compile(
    r"(?<=[^\W\d_])\d+|\d+(?=[^\W\d_])|(?<!\d)\d(?!\d)"
    rf"|(?<=[\w{_SIGNS}])[!¡|+(](?=[\w{_SIGNS}])|[$@€£](?=[\w{_SIGNS}])|(?<=[\w{_SIGNS}])[$@€£]"
    rf"|(?<=\b\w[^\w{_SIGNS}])[{_SIGNS}](?![\w{_SIGNS}])|(?<=[{_SIGNS}][^\w{_SIGNS}])[{_SIGNS}](?![\w{_SIGNS}])"
    rf"|(?<=\b\w, )[{_SIGNS}](?![\w{_SIGNS}])|(?<=[{_SIGNS}], )[{_SIGNS}](?![\w{_SIGNS}])"
    rf"|(?<!\S)[{_SIGNS}](?=[^\w{_SIGNS}]{{1,2}}(?:\w\b|[{_SIGNS}](?!\w)))"
)
# a last or first sign that only a disguised word has: "pep$!", "|kea"
_EDGE_LEET = re.compile(r"(?<=[\d$@€£|])[!¡|](?![\w!¡|])|(?<=\w)\|(?!\w)|(?<![\w!¡|])[!|](?=[\w!$@€£|])")
_UNREAD_SIGN = re.compile(rf"(?<!\S)[{_SIGNS}][^\w{_SIGNS}]{{1,2}}\Z")
"""A sign that stands alone: what follows says whether it is a letter."""
SEEN_BEFORE = 64
"""Characters before a reading that are looked at."""
_SIGNS_SEEN = 4
"""Characters before a sign that say whether it is read as a letter."""
_REPEATED = re.compile(r"(.)(?=\1)")
_SHORT = 20
"""Letters up to which one search for any repeat is quicker than one for each letter."""
_WORD = re.compile(r"[^ .\0][^ .]*")
_ENTITY = re.compile(
    r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8}(?=;));?"
    r"|(?<!\d)(?:%[0-9a-fA-F]{2}){2,}|(?<=[A-Za-z])%[4-7][0-9a-fA-F](?=[A-Za-z])"
    r"|\\(?:u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}|x[0-9a-fA-F]{2})"
)
"""What stands for other characters in HTML, in addresses and in programs."""


class _Flat(dict[int, str]):
    """Translation table, filled as characters turn up: one character in, one out."""

    def __missing__(self, code: int) -> str:
        read = reading(chr(code))
        self[code] = read if len(read) == 1 else _WIDE
        return self[code]


class _Key(dict[int, str]):
    def __missing__(self, code: int) -> str:
        character = chr(code)
        self[code] = "" if character in (SPACE, PUNCTUATION, INVISIBLE) else character
        return self[code]


class _Plain(dict[int, str]):
    def __missing__(self, code: int) -> str:
        figure = unicodedata.digit(chr(code), None)
        self[code] = _FLAT[code] if figure is None else str(figure)
        return self[code]


_LAST_CHARACTER, _HALVES = 0x10FFFF, (0xD800, 0xDFFF)
_FLAT = _Flat()
_PLAIN = _Plain()
_KEY = _Key({ord("l"): "i"})
_DOUBLED = tuple((2 * letter, letter) for letter in ascii_lowercase)


@cache
def _western() -> bytes:
    """What every character of Windows-1252, which most texts are written in, reads as."""
    written = (bytes([code]).decode("cp1252", "replace") for code in range(256))
    return "".join(_FLAT[ord(character)] for character in written).encode("latin-1", "replace")


def _flattened(text: str) -> str:
    """One character for each of `text`; by bytes where that is possible, in a fifth of the time."""
    if not text.isascii():
        try:
            return text.encode("cp1252").translate(_western()).decode("latin-1")
        except UnicodeEncodeError:
            pass
    return text.translate(_FLAT)


def _collapsed(letters: str) -> str:
    """Letters, those that repeat the one before them left out."""
    if len(letters) < _SHORT or not letters.isascii():
        return _REPEATED.sub("", letters)
    for doubled, letter in _DOUBLED:
        while doubled in letters:
            letters = letters.replace(doubled, letter)
    return letters


class Skeleton:
    """One reading of a text: `flat[i]` is what the text's character `i` stands for.

    Attributes:
        spoken: its words: what stands between spaces and punctuation.
        vocabulary: each of them once.
    """

    def __init__(self, flat: str) -> None:
        self.flat = flat
        self.spoken = flat.replace(INVISIBLE, "").replace(PUNCTUATION, SPACE).split()
        self.vocabulary = frozenset(self.spoken)

    @cached_property
    def key(self) -> str:
        """The letters, repeats collapsed, `l` as `i`."""
        return _collapsed(self.flat.translate(_KEY))

    @cached_property
    def places(self) -> list[tuple[int, int]]:
        """Where each word of `spoken` stands in `flat`."""
        return [word.span() for word in _WORD.finditer(self.flat)]

    @cached_property
    def spelled(self) -> list[Spelled]:
        """The words that stand for letters."""
        return list(spelled_runs(self.spoken))

    @cached_property
    def runs(self) -> list[tuple[int, int]]:
        """For each character of `key`: index in `flat` of the first and the last letter of its run."""
        runs: list[tuple[int, int]] = []
        before = ""
        for index, letter in enumerate(self.flat):
            letter = _KEY[ord(letter)]
            if not letter:
                continue
            if letter == before:
                runs[-1] = (runs[-1][0], index)
            else:
                runs.append((index, index))
                before = letter
        return runs


class Reading:
    """`text[start:]`, read without its disguises.

    What stands before `start`, which is 0 or follows white space, is only context.

    Attributes:
        written: the text that the skeletons belong to: entities and characters like `æ` are written out.
        skeletons: signs read as punctuation, and, where the text has any, signs read as letters.
    """

    def __init__(self, text: str, start: int = 0) -> None:
        self.text = text
        self.start = start
        self.written, self._origin = spread(text[start:])
        self.skeletons = tuple(Skeleton(_flattened(written)) for written in self._signs_read())

    def _signs_read(self) -> Iterator[str]:
        yield self.written
        before = self.before(0, _SIGNS_SEEN)
        signed = before + self.written
        if not _SIGN.search(signed):
            return
        leet = _SIGN.sub(_as_letter, signed)
        if leet != signed:
            yield leet[len(before) :]
        if _EDGE_LEET.search(signed):
            yield _SIGN.sub(_as_letter, _EDGE_LEET.sub(_letters_of, signed))[len(before) :]

    @property
    def said(self) -> str:
        """The words alone, signs read as punctuation."""
        return " ".join(self.skeletons[0].spoken)

    @cached_property
    def plain(self) -> str:
        """What each character of `written` stands for, figures as they are."""
        return self.written.translate(_PLAIN)

    @cached_property
    def figures(self) -> list[Run]:
        """Runs of tokens with figures in `written`, first one first."""
        return figure_runs(self.written)

    @property
    def unread(self) -> int:
        """Index in `written` from which signs may still turn out to be letters."""
        sign = _UNREAD_SIGN.search(self.written, max(0, len(self.written) - _SIGNS_SEEN))
        return sign.start() if sign else len(self.written)

    def before(self, index: int, count: int) -> str:
        """Up to `count` characters that stand before `written[index]`."""
        near = self.written[max(0, index - count) : index]
        return (self._earlier + near)[-count:] if len(near) < count else near

    @cached_property
    def _earlier(self) -> str:
        """The end of what stands before the reading, written out as the reading is."""
        return spread(self.text[max(0, self.start - SEEN_BEFORE) : self.start])[0] if self.start else ""

    def span(self, first: int, end: int) -> tuple[int, int]:
        """Where `written[first:end]`, which is not empty, stands in `text`."""
        if self._origin is not None:
            first, end = self._origin[first][0], self._origin[end - 1][1]
        return first + self.start, end + self.start


def spread(text: str) -> tuple[str, list[tuple[int, int]] | None]:
    """Writes out HTML entities, and characters that read as several letters (`æ`, `ﬁ`).

    Returns:
        The text, and for each of its characters where it stood before (None: nothing changed).
    """
    if not _may_hold_entities(text) and (text.isascii() or _WIDE not in _flattened(text)):
        return text, None
    parts: list[str] = []
    origin: list[tuple[int, int]] = []
    index = 0
    while index < len(text):
        entity = _ENTITY.match(text, index)
        end = entity.end() if entity else index + 1
        written = _unescaped(entity[0]) if entity else text[index]
        for character in written:
            read = reading(character) if _FLAT[ord(character)] == _WIDE else character
            parts.append(read)
            origin += [(index, end)] * len(read)
        index = end
    return "".join(parts), origin


def _may_hold_entities(text: str) -> bool:
    return ("&" in text or "%" in text or "\\" in text) and _ENTITY.search(text) is not None


def _unescaped(entity: str) -> str:
    """What an entity stands for; a space joins what it stands between, as it is no real one."""
    if entity[0] == "&":
        meant = unescape(entity)
    elif entity[0] == "%":
        meant = unquote(entity, errors="ignore")
    else:
        code = int(entity[2:].strip("{}"), 16)
        meant = chr(code) if code <= _LAST_CHARACTER and not _HALVES[0] <= code <= _HALVES[1] else entity
    letters = entity[0] == "&" or any(map(str.isalpha, meant))  # "50%25%" stands for no word
    return "".join("-" if character.isspace() else character for character in (meant if letters else entity))


def _as_letter(signs: re.Match[str]) -> str:
    """Signs as the letters that they stand for where they are read as some."""
    return _letters_of(signs) if _LEET.match(signs.string, signs.start()) else signs[0]


def _letters_of(signs: re.Match[str]) -> str:
    return "".join(LEET[str(int(sign)) if sign.isdigit() else sign] for sign in signs[0])


def letters(text: str) -> str:
    """Every letter of a name, signs read as letters wherever they stand."""
    written = "".join(LEET.get(character, character) for character in spread(text)[0])
    flat = written.translate(_FLAT)
    return "".join(letter for letter in flat if letter not in (SPACE, PUNCTUATION, INVISIBLE))


def key(letters: str) -> str:
    """Key of letters: repeats collapsed, `l` as `i`."""
    return _collapsed(letters.replace("l", "i"))
