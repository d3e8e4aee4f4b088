"""Numbers in a folded text, in figures or in words: "90", "ninety", "noventa"; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
_PER_CENT = re.compile(r"\b(?:por ciento|(?<=\bcien )por cien|per ?cent)\b")


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
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[^\w\s-]")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")


@dataclass(frozen=True, slots=True)
class Number:
    """A number that the tokens `first` to `after` (the one after its last) of a text tell."""

    value: float
    first: int
    after: int


def tokens(text: str) -> list[str]:
    """The words, numbers in figures and signs of a folded text; what stands for "per cent" as `%`."""
    return _TOKEN.findall(_PER_CENT.sub(" % ", text))


def numbers(words: Sequence[str], language: Language) -> Iterator[Number]:
    """The numbers that tokens tell in figures or in the words of a language, first one first.

    A "one" that stands alone is left out: it counts nothing more often than not. So is a bare "thousand".
    """
    values, thousands, joins = _VALUES.get(language, {}), _THOUSANDS.get(language, {}), _AND.get(language)
    whole = part = 0.0
    first = after = 0
    written = False
    for at, word in enumerate((*words, "")):
        figure = _figure(word)
        value = values.get(word) if figure is None else figure
        if part and word == "hundred":
            part *= 100
        elif part and word in thousands:
            whole, part = whole + part * thousands[word], 0
        elif value is not None and figure is None and (whole or part) and (not part or _goes_on(part, value)):
            part += value
        elif word == joins and _goes_on(part, values.get(words[at + 1], 0) if at + 1 < len(words) else 0):
            continue
        else:
            if whole + part > 1 or written:
                yield Number(whole + part, first, after)
            whole, part, first, written = 0, value or 0, at, figure is not None
        after = at + 1


def _figure(word: str) -> float | None:
    """The number of a word in figures: "1.500" and "1,500" as a thousand and a half, "3,5" as a decimal."""
    if not word[:1].isdecimal():
        return None
    if _GROUPED.fullmatch(word):
        return float(re.sub("[.,]", "", word))
    whole, *parts = re.split("[.,]", word)
    return float(f"{whole}.{''.join(parts)}")


def _goes_on(part: float, value: float) -> bool:
    """Whether a value completes what has been said of a number: "ninety five", not "five ninety"."""
    least = 10 ** len(str(int(value)))
    return part >= max(least, 20) and not part % least
