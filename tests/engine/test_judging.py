"""Labels survive judging, whatever the pieces."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gemelo.engine.judging import Judging, label_sentences
from gemelo.models.vocabulary import Label, Language, Source, Written
from tests.fakes import WordGuard

PIECES = st.lists(
    st.builds(
        Written,
        st.text("ab .", min_size=1, max_size=8),
        st.sampled_from(Label),
        st.sampled_from([None, Source("a.md"), Source("b.md", "2")]),
    ),
    max_size=12,
)


@given(PIECES)
def test_every_character_keeps_its_label_and_source(pieces: list[Written]) -> None:
    """What leaves is what was fed, character by character with its own label."""
    judging = Judging(WordGuard().open(Language("en")))
    released = [out for piece in pieces for out in judging.feed(piece)] + judging.finish()

    def characters(written: list[Written]) -> list[tuple[str, Label, Source | None]]:
        return [(character, w.label, w.source) for w in written for character in w.text]

    assert characters(released) == characters(pieces)
    assert judging.upto == sum(len(piece.text) for piece in pieces)


@given(PIECES)
def test_nothing_leaves_after_a_block(pieces: list[Written]) -> None:
    """The first blocked word ends the stream at its first character."""
    judging = Judging(WordGuard("aba").open(Language("en")))
    released = [out for piece in pieces for out in judging.feed(piece)] + judging.finish()
    whole = "".join(piece.text for piece in pieces)
    at = whole.find("aba")
    assert "".join(piece.text for piece in released) == (whole if at < 0 else whole[:at])
    assert (judging.verdict is not None) == (at >= 0)


def test_sentences_are_cut_where_the_label_changes() -> None:
    """Neighbouring pieces of one label and source are one run, cut at sentence ends."""
    own, sponsor = Source("a.md"), Source("Brand")
    labelled = label_sentences(
        [
            Written("One th", Label.VERBATIM, own),
            Written("ing. Two.", Label.VERBATIM, own),
            Written(" Ours.", Label.SPONSORED, sponsor),
        ]
    )
    assert [(s.text, s.label) for s in labelled] == [
        ("One thing.", Label.VERBATIM),
        ("Two.", Label.VERBATIM),
        ("Ours.", Label.SPONSORED),
    ]
