"""What figures and signs give away."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gemelo.context.guard.figures import amounts, contact, figure_runs, personal_data

DIGITS = st.text("0123456789", min_size=8, max_size=8)
TWICE = dict(zip("0123456789", (0, 2, 4, 6, 8, 1, 3, 5, 7, 9), strict=True))
"""A digit doubled, and the digits of that added up."""


def private(text: str) -> list[str]:
    return [text[start:end] for start, end in personal_data(text, figure_runs(text))]


def priced(text: str) -> list[str]:
    return [text[start:end] for start, end in amounts(text, figure_runs(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("write to ana@fans.example, please", "ana@fans.example"),
        ("I am at 612 345 678", "612 345 678"),
        ("not ana@fans.example but 612345678", "612345678"),
        ("mine is eva@club.example, hers was ana@fans.example", "ana@fans.example"),
        ("my card is 4111 1111 1111 1111", ""),
        ("mi DNI es 12345678Z", ""),
        ("ES91 2100 0418 4502 0005 1332", ""),
        ("find me @gmail", ""),
        ("734 000 000 fans", ""),
        ("", ""),
    ],
)
def test_how_to_reach_somebody_is_an_address_or_a_number(text: str, found: str) -> None:
    """The last one said; no card, account or identity is one."""
    assert contact(text) == found


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("hi there", []),
        ("call 612 345 678 now", [("612 345 678", False)]),
        ("a 20", [("20", True)]),
        ("20 mil euros y 3", [("20 mil", False), ("3", True)]),
        ("write x@y.com or", [("x@y.com", False)]),
        ("it is 5 thousand", [("5 thousand", True)]),
        ("ABCD 1234 wow", [("ABCD 1234", False)]),
    ],
)
def test_runs_are_neighbours_with_figures(text: str, runs: list[tuple[str, bool]]) -> None:
    """With the words that belong to them; the last is open where the text ends with it."""
    assert [(text[run.start : run.end], run.open) for run in figure_runs(text)] == runs


@given(DIGITS, DIGITS)
def test_one_last_digit_in_ten_makes_a_card(first: str, second: str) -> None:
    """The one that makes the sum end in a nought, every other digit from the end doubled."""
    number = f"4{first}{second}"[:15]
    total = sum(map(int, number[1::2])) + sum(TWICE[digit] for digit in number[::2])
    for last in range(10):
        card = f"{number}{last}"
        assert (card in private(f"it is {card} ok")) is ((total + last) % 10 == 0)


def test_a_number_of_one_digit_is_no_card() -> None:
    """Nobody's, though its sum is right."""
    assert private("0000 0000 0000 0000") == []


@given(DIGITS, DIGITS)
def test_one_pair_of_check_digits_makes_an_account(first: str, second: str) -> None:
    """The number, then country and check digits, letters as 10 to 35, leaves 1 when divided by 97."""
    bare = f"{first}{second}0418"
    check = 98 - int(f"{bare}142800") % 97
    for pair in range(2, 99):
        account = f"ES{pair:02}{bare}"
        assert (account in private(f"it is {account} ok")) is (pair == check)


@given(st.integers(0, 99_999_999))
def test_one_letter_makes_an_identity_number(number: int) -> None:
    """The rest of the number divided by 23 chooses it; X, Y and Z stand for a first figure."""
    for letter in "TRWAGMYFPDXBNJZSQVHLCKE":
        right = "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] == letter
        assert (f"{number:08}{letter}" in private(f"soy {number:08}{letter} yo")) is right
        if number < 30_000_000:
            foreign = f"{'XYZ'[number // 10_000_000]}{number % 10_000_000:07}-{letter}"
            assert (foreign in private(f"soy {foreign} yo")) is right


@given(st.integers(600_000_000, 799_999_999))
def test_a_spanish_telephone_number_is_private(number: int) -> None:
    """Nine figures from 6 on, in threes or not; round ones are counts."""
    assume(number % 1000)
    plain = str(number)
    threes = f"{plain[:3]} {plain[3:6]} {plain[6:]}"
    assert private(f"al {plain} hoy") == [plain]
    assert private(f"al {threes} hoy") == [threes]
    assert private(f"son {plain[:6]}000 hoy") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("one 99.999 euros", ["99.999 euros"]),
        ("one 100.000 euros", []),
        ("it is 12.345,67 € now", ["12.345,67 €"]),
        ("$99999 or $100000", ["$99999"]),
        ("20 mil euros y 3", ["20 mil euros"]),
        ("3 euros and USD 40", ["3 euros", "USD 40"]),
        ("won 3-1, 5 million dollars", []),
    ],
)
def test_what_costs_less_than_a_hundred_thousand_is_an_offer(text: str, found: list[str]) -> None:
    """Cents apart; more is a budget."""
    assert priced(text) == found
