"""The timed script that every engine under test hears."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gemelo.benchmarks.transcripts import (
    APPEARS_MS,
    EAGER_END_MS,
    END_MS,
    FALSE_EAGER_ENDS,
    FINAL_MS,
    REPLIES,
    Cue,
    Stretch,
    Word,
    plain,
    predicting,
    reply,
    said,
    shifted,
    tokens,
)

seeds = st.integers(0, 2**32)
lengths = st.floats(40, 900)


@st.composite
def utterances(draw: st.DrawFn, most: int = 3) -> tuple[Stretch, ...]:
    """Stretches of speech, pauses of 0.6-1.5 s between them."""
    stretches: list[Stretch] = []
    at = 0.0
    for _ in range(draw(st.integers(1, most))):
        begun = at
        words: list[Word] = []
        for length in draw(st.lists(lengths, min_size=1, max_size=8)):
            words.append(Word(f"w{len(stretches)}.{len(words)}", at, at + length))
            at += length
        stretches.append(Stretch(tuple(words), begun, at))
        at += draw(st.floats(600, 1500))
    return tuple(stretches)


def words_of(utterance: tuple[Stretch, ...]) -> list[Word]:
    return [word for stretch in utterance for word in stretch.words]


@given(utterances(), seeds)
def test_every_stretch_has_its_final_in_time(utterance: tuple[Stretch, ...], seed: int) -> None:
    """A plain recogniser gives each stretch's words 150 ms after the stretch, and interims only before."""
    lines = plain(utterance, seed)
    finals = [line for line in lines if line.cue is Cue.FINAL]
    assert [line.at_ms for line in finals] == [stretch.to_ms + FINAL_MS for stretch in utterance]
    assert " ".join(line.text for line in finals) == said(utterance)
    assert all(before.at_ms <= after.at_ms for before, after in pairwise(lines))


@given(utterances(), seeds)
def test_words_appear_soon_after_their_onset(utterance: tuple[Stretch, ...], seed: int) -> None:
    """No word shows before 100 ms after its onset; every word that shows does so within 300 ms."""
    onsets = {word.text: word.from_ms for word in words_of(utterance)}
    for line in plain(utterance, seed):
        if line.cue is Cue.INTERIM:
            late = line.at_ms - onsets[line.text.split()[-1]]
            assert APPEARS_MS[0] - 1e-6 <= late <= APPEARS_MS[1] + 1e-6


@given(utterances(), seeds)
def test_interims_grow_by_a_word(utterance: tuple[Stretch, ...], seed: int) -> None:
    """Between two finals each interim is the one before and one more word: never out of order."""
    for before, after in pairwise(plain(utterance, seed)):
        if after.cue is Cue.INTERIM:
            grown = after.text.rsplit(" ", 1)[0] if before.cue is Cue.INTERIM else ""
            assert before.cue is Cue.FINAL or grown == before.text


@given(utterances(), seeds)
def test_a_prediction_ends_once(utterance: tuple[Stretch, ...], seed: int) -> None:
    """The true end is announced 120 ms after the speech and said 320 ms after it, with all words."""
    *_, eager, end = lines = predicting(utterance, seed)
    over = utterance[-1].to_ms
    assert (eager.cue, eager.at_ms) == (Cue.EAGER_END, over + EAGER_END_MS)
    assert (end.cue, end.at_ms) == (Cue.END, over + END_MS)
    assert eager.text == end.text == said(utterance)
    assert sum(line.cue is Cue.END for line in lines) == 1
    assert all(before.at_ms <= after.at_ms for before, after in pairwise(lines))


@given(utterances(), seeds)
def test_a_false_eager_end_is_taken_back(utterance: tuple[Stretch, ...], seed: int) -> None:
    """After a false eager end the next line resumes with one more word; nothing else resumes."""
    lines = predicting(utterance, seed)
    for before, after in pairwise(lines):
        false = before.cue is Cue.EAGER_END and after.cue is not Cue.END
        assert false == (after.cue is Cue.RESUME)
        if false:
            assert after.at_ms > before.at_ms
            assert after.text.rsplit(" ", 1)[0] == before.text


@given(utterances(), seeds)
def test_a_prediction_follows_the_words(utterance: tuple[Stretch, ...], seed: int) -> None:
    """Every word is said once it is known, from the start on, each line at most one word longer."""
    lines = predicting(utterance, seed)
    assert lines[0].cue is Cue.START
    counts = [len(line.text.split()) for line in lines]
    assert counts[0] == 1
    assert all(after - before in (0, 1) for before, after in pairwise(counts))


def test_false_eager_ends_are_as_many_as_said() -> None:
    """Over many utterances their share is the one that the settings name."""
    utterance = (Stretch((Word("where", 0, 200), Word("now", 200, 600)), 0, 600),)
    false = [any(line.cue is Cue.RESUME for line in predicting(utterance, seed)) for seed in range(4000)]
    assert abs(sum(false) / len(false) - FALSE_EAGER_ENDS) < 0.02


@given(utterances(most=1), seeds, seeds)
def test_the_same_seed_gives_the_same_script(utterance: tuple[Stretch, ...], seed: int, other: int) -> None:
    """Engines that play the same seed hear the same; shifting speech shifts its finals."""
    assert plain(utterance, seed) == plain(utterance, seed)
    assert predicting(utterance, seed) == predicting(utterance, seed)
    (later,) = shifted(utterance, 1000)
    assert plain((later,), other)[-1].at_ms == utterance[0].to_ms + 1000 + FINAL_MS


def test_replies_are_natural() -> None:
    """Three sentences, a first clause of three to six words, and nothing lost between the tokens."""
    for text in REPLIES:
        assert len(re.findall(r"[.!?](?:\s|$)", text)) == 3
        clauses = [clause for clause in re.split(r"[,.;:!?]", text) if clause.strip()]
        assert 3 <= len(clauses[0].split()) <= 6
        assert "".join(tokens(text)) == text
        assert {len(token) for token in tokens(text)[:-1]} == {4}
    assert {reply(seed) for seed in range(200)} == set(REPLIES)
