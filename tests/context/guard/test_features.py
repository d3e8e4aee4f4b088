"""What the meaning rules see of a text."""

from __future__ import annotations

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


def test_texts_that_share_words_are_closer() -> None:
    """Forms of a word share a stem, members of a class their class."""
    kill = hashed("how do I kill someone")
    assert kill @ hashed("how do I murder somebody") > kill @ hashed("how do I cook spaghetti")
    assert kill @ hashed("killing someone") > kill @ hashed("boiling something")


def test_the_order_of_words_counts() -> None:
    """Pairs of neighbours are words, too."""
    assert not np.allclose(hashed("man bites dog"), hashed("dog bites man"))
