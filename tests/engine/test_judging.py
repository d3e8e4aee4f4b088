"""Labels survive judging, whatever the pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.guard.seam import Judged
from gemelo.context.records import Decision, Receipt, Sentence, Verdict
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
    """The first blocked word ends the stream before it, where it can at the end of a sentence."""
    judging = Judging(WordGuard("aba").open(Language("en")))
    released = [out for piece in pieces for out in judging.feed(piece)] + judging.finish()
    whole = "".join(piece.text for piece in pieces)
    at = whole.find("aba")
    left = "".join(piece.text for piece in released)
    assert left == whole if at < 0 else whole[:at].startswith(left)
    assert judging.upto == len(left)
    assert (judging.verdict is not None) == (at >= 0)


class _Broken:
    """A guard stream that lets out what it is fed until it raises at "!"; its receipt raises if asked to."""

    def __init__(self, receipt: Receipt | None) -> None:
        self._fed = 0
        self._receipt = receipt

    def feed(self, text: str) -> Judged:
        if "!" in text:
            raise RuntimeError("no speech in here")
        self._fed += len(text)
        return Judged(text, self._fed)

    def finish(self) -> Judged:
        raise RuntimeError("again")

    def receipt(self) -> Receipt:
        if self._receipt is None:
            raise RuntimeError("no receipt either")
        return self._receipt


@pytest.mark.parametrize("receipt", [Receipt("hash", micros=7), None])
def test_a_guard_that_fails_blocks_and_says_so(receipt: Receipt | None) -> None:
    """Nothing leaves from the failure on, and the receipt names it, even when the guard gives none."""
    judging = Judging(_Broken(receipt))
    fed = [Written(text, Label.PARAPHRASE) for text in ("fine ", "not! ", "late ")]
    left = [out.text for piece in fed for out in judging.feed(piece)]
    left += [out.text for out in judging.finish()]
    assert left == ["fine "]
    assert judging.upto == 5
    assert judging.verdict == Verdict(Decision.BLOCK, "guard_failed", "platform", (5, 10))
    told = judging.receipt()
    assert (told.verdicts, told.released_after_block) == ((judging.verdict,), 0)
    assert told.policy == (receipt.policy if receipt else "")


def test_what_leaves_behind_a_block_is_counted() -> None:
    """A guard that lets go of more than it may is found out by counting what really left."""

    class Leaky(_Broken):
        def feed(self, text: str) -> Judged:
            return Judged(text, len(text), Verdict(Decision.BLOCK, "profanity", "platform", (2, 4)))

    judging = Judging(Leaky(Receipt("hash")))
    judging.feed(Written("abcde. f", Label.PARAPHRASE))
    assert judging.receipt().released_after_block == 6


def test_sentences_are_cut_where_the_label_changes() -> None:
    """Neighbouring pieces of one label and source are one run, cut at sentence ends."""
    own, sponsor = Source("a.md"), Source("Brand")
    labelled = label_sentences(
        [
            Written("One th", Label.VERBATIM, own),
            Written("ing. Two.", Label.VERBATIM, own),
            Written(" Ours.", Label.HOUSE, sponsor),
        ],
        no_model,
    )
    assert [(s.text, s.label) for s in labelled] == [
        ("One thing.", Label.VERBATIM),
        ("Two.", Label.VERBATIM),
        ("Ours.", Label.HOUSE),
    ]


def no_model(sentence: Written) -> tuple[Label, Source | None]:
    raise AssertionError(f"nobody worded {sentence!r}")


@pytest.mark.parametrize("called", [Label.PARAPHRASE, Label.SPONSORED])
def test_what_a_model_has_worded_is_checked_sentence_by_sentence(called: Label) -> None:
    """What a mind calls its words counts for nothing: each whole sentence is what the check says."""

    def checked(sentence: Written) -> tuple[Label, Source | None]:
        return (Label.VERBATIM, Source("a.md")) if sentence.text == "One thing." else (Label.NONE, None)

    pieces = [Written(text, called, Source("b.md")) for text in ("One th", "ing. T", "wo.")]
    assert label_sentences(pieces, checked) == (
        Sentence("One thing.", Label.VERBATIM, Source("a.md")),
        Sentence("Two.", Label.NONE, None),
    )
