"""Words that a vendor times, found again in the text, and how far its sound may leave."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gemelo.models.adapters.timed_speech import TimedSpeech
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, OUT_RATE

TEXT = "It cost 25 euros in all."
TOLD = ("It", "cost", "twenty-five", "euros", "in", "all.")
WORD_MS = 200


def sound(ms: int) -> bytes:
    return bytes(round(ms * OUT_RATE / 1000) * BYTES_PER_SAMPLE)


def timed(*told: str) -> TimedSpeech:
    """`TEXT`, with each word told to last as long."""
    speech = TimedSpeech()
    speech.fed(TEXT)
    starts = [number * WORD_MS / 1000 for number in range(len(told))]
    speech.words(told, starts, [start + WORD_MS / 1000 for start in starts])
    return speech


def test_sound_of_a_word_told_otherwise_is_bounded_by_the_next_that_is_known() -> None:
    """The guard has passed "25" before any sound of "twenty-five" leaves."""
    speech = timed(*TOLD)
    assert TEXT[: speech.audio(sound(2 * WORD_MS)).text_end] == "It cost 25"
    assert TEXT[: speech.audio(sound(WORD_MS)).text_end] == "It cost 25"
    assert TEXT[: speech.audio(sound(WORD_MS)).text_end] == "It cost 25 euros"


def test_sound_past_the_last_known_word_is_bounded_by_all_of_the_text() -> None:
    """Nobody knows what is in it."""
    speech = timed("It", "cost", "twenty-five")
    assert TEXT[: speech.audio(sound(WORD_MS)).text_end] == "It"
    assert speech.audio(sound(2 * WORD_MS)).text_end == len(TEXT)


@given(st.lists(st.booleans(), min_size=6, max_size=6), st.integers(1, 6 * WORD_MS))
def test_no_sound_leaves_before_the_words_in_it(known: list[bool], ms: int) -> None:
    """Whichever words are told otherwise, and however the sound is cut."""
    written = TEXT.split()
    told = [word if knows else "otherwise" for word, knows in zip(written, known, strict=True)]
    bound = timed(*told).audio(sound(ms)).text_end
    begun = -(-ms // WORD_MS)
    assert TEXT[:bound].split()[:begun] == written[:begun]


def test_guessed_words_are_marked() -> None:
    """Who goes on after this voice must not take them for heard."""
    speech = TimedSpeech()
    speech.fed("Run fast. ")
    speech.guess()
    words = [*speech.audio(sound(2000)).words, *speech.finish().words]
    assert [word.guessed for word in words] == [True, True]
    assert not any(word.guessed for word in timed(*TOLD).finish().words)


def test_a_word_is_found_where_it_stands_alone() -> None:
    """Not in the middle of another one, which may come before it."""
    speech = TimedSpeech()
    speech.fed("Another art is a start.")
    speech.words(["art", "is", "a"], [0, 0.2, 0.4], [0.2, 0.4, 0.6])
    assert [(word.start, word.end) for word in speech.finish().words] == [(8, 11), (12, 14), (15, 16)]


def test_words_of_a_script_without_spaces_are_found_all_the_same() -> None:
    """There no space tells where one ends."""
    speech = TimedSpeech()
    speech.fed("私は猫です")
    speech.words(["私", "は", "猫"], [0, 0.2, 0.4], [0.2, 0.4, 0.6])
    assert [word.start for word in speech.finish().words] == [0, 1, 2]
