"""What words alone tell."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.engine.words import COURTESIES, HESITATIONS, gist, normalise

EMPTY = HESITATIONS | set(chain.from_iterable(COURTESIES))
"""Every word that a gist may leave out."""
OTHERS = ["tell", "me", "about", "goals", "the", "no", "say", "mean", "dime", "la", "de", "cómo"]
WORDS = st.lists(st.sampled_from([*sorted(EMPTY), *OTHERS]), max_size=12).map(" ".join)


def test_only_marks_and_spaces_still_compare() -> None:
    """A text without a letter or digit is compared as it stands."""
    assert normalise("😀") == "😀"
    assert normalise("  ¡HOLA,  mundo! ") == "hola mundo"


@pytest.mark.parametrize("asked", ["Who won the cup?", "¿Quién ganó la copa?", "tell me", "Háblame de eso"])
@pytest.mark.parametrize(
    "more",
    ["please", "thanks", "Thank you!", "uh, thank you so much", "por", "por favor", "gracias",
     "eh, muchas gracias", "um", "please, thanks"],
)  # fmt: skip
def test_courtesies_and_hesitations_change_nothing(asked: str, more: str) -> None:
    """A question is the same question with a courtesy behind it, however much of that has been heard."""
    assert gist(f"{asked} {more}") == gist(asked) == normalise(asked)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("what does", "what does thanks"),
        ("how do you say", "how do you say thank you"),
        ("cómo se dice", "cómo se dice gracias"),
        ("qué significa", "qué significa por favor"),
        ("I want to give", "I want to give thanks"),
        ("whom do you", "whom do you please"),
        ("quiero dar las", "quiero dar las gracias"),
        ("no", "no thanks"),
        ("gracias a", "gracias a ti"),
        ("what do you think", "what do you think thanks to fans"),
        ("how do I please", "how do I please my team"),
    ],
)
def test_a_courtesy_that_may_be_meant_is_kept(before: str, after: str) -> None:
    """Where the word is what is asked about, or more follows it, it is another question."""
    assert gist(before) != gist(after)


@pytest.mark.parametrize("said", ["please", "thank you", "gracias", "um", "mm", "sí, gracias", "?"])
def test_a_courtesy_alone_is_what_was_said(said: str) -> None:
    """There is nothing that stands without it."""
    assert gist(said) == normalise(said)


@given(WORDS)
def test_a_gist_leaves_out_empty_words_only_and_once(text: str) -> None:
    """Every other word stays in its order, something stays something, and a gist is its own."""
    kept, said = gist(text), normalise(text)
    assert [word for word in kept.split() if word not in EMPTY] == [
        word for word in said.split() if word not in EMPTY
    ]
    rest = iter(said.split())
    assert all(word in rest for word in kept.split())
    assert bool(kept) is bool(said)
    assert gist(kept) == kept


@given(st.text())
def test_words_that_are_not_empty_are_all_kept(text: str) -> None:
    """Whatever was said: without a courtesy or a hesitation the gist is the text."""
    if not EMPTY & set(normalise(text).split()):
        assert gist(text).split() == normalise(text).split()
