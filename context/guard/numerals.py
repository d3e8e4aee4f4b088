"""Numbers in a folded text, in figures or in words: "90", "ninety", "noventa"; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from gemelo.models.vocabulary import Language

_ONES = {
    "en": """
        zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen""",
    "es": """
        cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis
        diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro veinticinco
        veintiseis veintisiete veintiocho veintinueve""",
}
_TENS = {
    "en": "ten twenty thirty forty fifty sixty seventy eighty ninety",
    "es": "diez veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
}
_HUNDREDS = (
    "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
)
_THOUSANDS = {
    "en": {"thousand": 1_000, "million": 1_000_000},
    "es": {"mil": 1_000, "millon": 1_000_000, "millones": 1_000_000},
}
_AND = {"en": "and", "es": "y"}
_PER_CENT = re.compile(r"\bpor ciento\b")


def _words(language: str) -> dict[str, int]:
    ones = {word: value for value, word in enumerate(_ONES[language].split())}
    tens = {word: value * 10 for value, word in enumerate(_TENS[language].split(), 1)}
    if language == "en":
        return ones | tens
    hundreds = {word: value * 100 for value, word in enumerate(_HUNDREDS.split(), 1)}
    feminine = {word[:-2] + "as": value for word, value in hundreds.items() if word.endswith("os")}
    return ones | tens | hundreds | feminine | {"cien": 100, "un": 1, "una": 1, "veintiun": 21}


_VALUES = {language: _words(language) for language in _ONES}
SPOKEN = tuple(map(Language, _ONES))
"""Languages whose words are known."""


def numbers(text: str, language: Language) -> frozenset[int]:
    """The numbers that a text tells in figures or in the words of a language.

    A "one" that stands alone is left out: it counts nothing more often than not. So is a bare "thousand".
    """
    figures = (int(run) for run in re.findall(r"[0-9]+", text))
    words = re.findall(r"[^\W\d_]+", _PER_CENT.sub("", text))
    return frozenset((*figures, *_in_words(words, language)))


def _in_words(words: list[str], language: Language) -> Iterator[int]:
    values, thousands = _VALUES.get(language, {}), _THOUSANDS.get(language, {})
    whole = part = 0
    for word, after in pairwise([*words, ""]):
        value = values.get(word)
        if part and word == "hundred":
            part *= 100
        elif part and word in thousands:
            whole, part = whole + part * thousands[word], 0
        elif value is not None and (not part or _goes_on(part, value)):
            part += value
        elif word != _AND.get(language) or not _goes_on(part, values.get(after, 0)):
            yield from _told(whole + part)
            whole, part = 0, value or 0
    yield from _told(whole + part)


def _goes_on(part: int, value: int) -> bool:
    """Whether a value completes what has been said of a number: "ninety five", not "five ninety"."""
    least = 10 ** len(str(value))
    return part >= max(least, 20) and not part % least


def _told(number: int) -> Iterator[int]:
    if number > 1:
        yield number
