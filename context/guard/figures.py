"""Personal data and amounts of money: what figures and signs give away; pure.

Both are judged inside *runs*: neighbouring tokens that hold a digit, an `@` or a currency sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import regex

_FIGURE = re.compile(r"[\d@€$£¥]")
_TOKEN = re.compile(r"\S+")
_GOES_ON = re.compile(r"(?:USD|EUR|GBP|US|mil|thousand|hundred|k|[A-Z]{4})$")
"""Tokens that belong to the run that they stand beside: codes, multipliers and the letters of an IBAN."""

_EMAIL = re.compile(
    r"(?<![\w.+%-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+|@\s?(?:gmail|hotmail|outlook|yahoo|icloud|proton)\w*"
)
_PHONE = re.compile(
    r"\+\d[\d ().-]{7,16}\d"
    r"|\b00\d[\d ]{7,14}\d\b"
    r"|(?<![\d.,])(?<!\d )(?:[6-9]\d{2}(?:\d{6}|(?:[ -]\d{3}){2}|(?:[ -]\d{2}){3})|\d{10})(?![ .,]?\d)"
    r"|(?<![\d.,])(?<!\d )\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![ .,]?\d)"
    r"|(?<![\d.,])(?<!\d )\(?0\d{2,4}\)?[ -]\d{3,4}[ -]?\d{3,4}(?![ .,]?\d)"
)
_CARD = re.compile(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?\b", re.IGNORECASE)
_SPANISH_ID = re.compile(r"\b(?:\d{8}|[XYZ]-?\d{7})-?[A-Z]\b", re.IGNORECASE)
_ID_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"

_NUMBER = r"\d{1,15}(?:[ .,]\d{1,15}){0,6}"
_LARGE = r"(?!\s?(?:(?:thousand |mil )?(?:m|bn|mn|tn|mill|millón|millones|million|billion|trillion)s?\b))"
_CURRENCY_LENGTH = 24
"""Characters after a figure in which its currency stands."""
_PRICE_DIGITS = 5
"""What costs a hundred thousand or more is no offer but a budget."""
_CURRENCY = (
    r"(?:euros?|eur|d[oó]lar(?:es)?|dollars?|usd|gbp|pounds?|libras esterlinas|pesos?|bucks|cents"
    r"|c[eé]ntimos|pavos)\b"
)
_PRICED = (
    rf"(?:US)?[$€£¥]\s?{_NUMBER}(?![\d.,]*\d){_LARGE}"
    rf"|\b(?:USD|EUR|GBP)\s?{_NUMBER}(?!\d)"
    rf"|(?<![\d.,]){_NUMBER}\s?(?:[$€£¥]|(?:(?:mil|thousand|hundred)\s)?{_CURRENCY})"
    r"|\b[23]\s?[x×]\s?[12]\b"
    r"|\b\d+\s?%\s?(?:off\b|less\b|discount|cheaper|(?:de )?descuento|de rebaja|dto\b|menos\b|m[aá]s barat)"
)
_AMOUNT = re.compile(_PRICED, re.IGNORECASE)
_UNFINISHED_AMOUNT = regex.compile(f"(?:{_PRICED})(?!)", regex.IGNORECASE)
"""Never matches; its partial matches are amounts that more text could make."""


@dataclass(frozen=True, slots=True)
class Run:
    """`text[start:end]`; `open` where the words that follow the text could go on with it."""

    start: int
    end: int
    open: bool


def figure_runs(text: str) -> list[Run]:
    """Runs of tokens with figures, first one first."""
    if not _FIGURE.search(text):
        return []
    runs: list[Run] = []
    start: int | None = None
    end = 0
    for token in _TOKEN.finditer(text):
        if _FIGURE.search(token[0]) or _GOES_ON.match(token[0]):
            start = token.start() if start is None else start
            end = token.end()
        elif start is not None:
            runs.append(Run(start, end, False))
            start = None
    if start is not None:
        runs.append(Run(start, end, True))
    return runs


def personal_data(text: str, runs: list[Run]) -> Iterator[tuple[int, int]]:
    """E-mail addresses, telephone, card and account numbers, and Spanish identity numbers."""
    for run in runs:
        for pattern, valid in _PERSONAL:
            for found in pattern.finditer(text, run.start, run.end):
                if valid(found[0]):
                    yield found.span()


def contact(text: str) -> str:
    """The last e-mail address or telephone number that a text gives; empty where it gives none."""
    found = [
        one
        for pattern, valid in ((_EMAIL, _always), (_PHONE, _not_round))
        for one in pattern.finditer(text)
        if valid(one[0]) and not one[0].startswith("@")
    ]
    return max(found, key=lambda one: one.start())[0] if found else ""


def amounts(text: str, runs: list[Run]) -> Iterator[tuple[int, int]]:
    """Amounts of money that a fan could be asked for, and percentages off."""
    for run in runs:
        for found in _AMOUNT.finditer(text, run.start, run.end + _CURRENCY_LENGTH):
            if found.start() < run.end and len(re.sub(r"[.,]\d{1,2}\b|\D", "", found[0])) <= _PRICE_DIGITS:
                yield found.span()


def unfinished_figures(text: str, runs: list[Run]) -> Iterator[int]:
    """Where figures begin that the words after `text` could go on with, or make an amount."""
    for run in runs:
        if run.open:
            yield run.start
        elif len(text) < run.end + _CURRENCY_LENGTH and (
            found := _UNFINISHED_AMOUNT.search(text, run.start, partial=True)
        ):
            yield found.start()


def _always(_: str) -> bool:
    return True


def _not_round(number: str) -> bool:
    """Whether a number is dialled rather than counted: "734 000 000 inhabitants"."""
    return not number.endswith("000")


def _luhn(number: str) -> bool:
    """Whether the check digit of a payment card is right (ISO/IEC 7812-1, annex B)."""
    digits = [int(digit) for digit in number if digit.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


def _mod_97(number: str) -> bool:
    """Whether the check digits of an account number are right (ISO 13616)."""
    bare = re.sub("[ -]", "", number).upper()
    return bare.isascii() and int("".join(str(int(sign, 36)) for sign in bare[4:] + bare[:4])) % 97 == 1


def _lettered(number: str) -> bool:
    """Whether the letter of a DNI or NIE is right (Real Decreto 1553/2005)."""
    bare = number.replace("-", "").upper()
    digits = bare[:-1].translate(str.maketrans("XYZ", "012"))
    return digits.isdecimal() and _ID_LETTERS[int(digits) % 23] == bare[-1]


_PERSONAL = (
    (_EMAIL, _always),
    (_PHONE, _not_round),
    (_CARD, _luhn),
    (_IBAN, _mod_97),
    (_SPANISH_ID, _lettered),
)
