"""What the meaning rules see of a text."""

from __future__ import annotations

from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.guard.features import WEIGHT, features

VECTOR = np.array([0.6, 0.8], np.float32)


def hashed(text: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return features(text, VECTOR, 256)[len(VECTOR) :]


@given(st.text(max_size=80))
def test_the_vector_stands_before_words_of_one_length(text: str) -> None:
    """Whatever a text says, its two parts weigh what they should."""
    found = features(text, VECTOR, 64)
    assert found.shape == (66,)
    assert found.dtype == np.float32
    assert (found[:2] == VECTOR).all()
    length = float(np.linalg.norm(found[2:]))
    assert length == pytest.approx(WEIGHT, abs=1e-5) or length == 0


@pytest.mark.parametrize("text", ["", "…", " ! "])
def test_a_text_without_words_has_no_hashed_part(text: str) -> None:
    """And nothing is divided by nothing."""
    assert not hashed(text).any()


@given(st.text(max_size=60))
def test_case_and_accents_make_no_difference(text: str) -> None:
    """Fans write as they like."""
    assert np.allclose(hashed("canción " + text.lower()), hashed("CANCION " + text.lower()), atol=1e-6)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("zzq", {"w zzq": 1.0, "s zzq": 0.5, "c <zzq": 0.4, "c zzq>": 0.4}),
        ("q", {"w q": 1.0, "s q": 0.5}),
        (
            "zz zz",
            {"w zz": 2.0, "s zz": 1.0, "c <zz>": 0.8, "b zz zz": 1.0},
        ),
        (
            "film them",
            {"w film": 1.0, "s film": 0.5, "c <fil": 0.4, "c film": 0.4, "c ilm>": 0.4, "b film them": 1.0}
            | {"w them": 1.0, "s them": 0.5, "c <the": 0.4, "c them": 0.4, "c hem>": 0.4, "k fiction": 1.5},
        ),
        (
            "gun film",
            {"w gun": 1.0, "s gun": 0.5, "c <gun": 0.4, "c gun>": 0.4, "b gun film": 1.0, "k weapon": 1.5}
            | {"w film": 1.0, "s film": 0.5, "c <fil": 0.4, "c film": 0.4, "c ilm>": 0.4, "k fiction": 1.5}
            | {"k weapon fiction": 1.5, "k fiction weapon": 1.5},
        ),
    ],
)
def test_what_rules_were_learned_from_is_what_they_are_asked_with(text: str, seen: dict[str, float]) -> None:
    """Words, stems, four letters in a row, pairs of words, classes and pairs of these: each at the place and
    with the sign that its name hashes to, as in the rules that are kept in files."""
    expected = np.zeros(256, np.float32)
    for name, weight in seen.items():
        code = crc32(name.encode())
        expected[code % 256] += weight if code >> 31 else -weight
    assert hashed(text) == pytest.approx(expected * (WEIGHT / np.linalg.norm(expected)), abs=1e-6)


def test_texts_that_share_words_are_closer() -> None:
    """Forms of a word share a stem, members of a class their class."""
    kill = hashed("how do I kill someone")
    assert kill @ hashed("how do I murder somebody") > kill @ hashed("how do I cook spaghetti")
    assert kill @ hashed("killing someone") > kill @ hashed("boiling something")


def test_the_order_of_words_counts() -> None:
    """Pairs of neighbours are words, too."""
    assert not np.allclose(hashed("man bites dog"), hashed("dog bites man"))
