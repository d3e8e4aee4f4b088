"""Pauses put into speech: where they are, how long, and how loud the noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gemelo.benchmarks.alignment import SaidWord
from gemelo.benchmarks.fan import BLOCK
from gemelo.benchmarks.takes import CUTS, Source, noisy, pink_noise, takes
from gemelo.models.vocabulary import IN_RATE, Language

MS = IN_RATE // 1000
WORD = 300 * MS
GAP = 10 * MS


def source(text: str, *, complete: bool = True, gap: int = GAP) -> Source:
    """Words of noise, `gap` samples between them."""
    chance = np.random.default_rng(1)
    said: list[SaidWord] = []
    sound = np.zeros(0)
    for word in text.split():
        sound = np.concatenate((sound, 3000 * chance.standard_normal(WORD), np.zeros(gap)))
        said.append(SaidWord(word, len(sound) - gap))
    hiss = 5 * chance.standard_normal(len(sound))
    loud = np.abs(sound[: len(sound) // BLOCK * BLOCK].reshape(-1, BLOCK)).max(axis=1) > 100
    clip = np.clip(sound + hiss, -32768, 32767).astype(np.int16)
    return Source("a", Language("en"), "human", clip, loud, tuple(said), complete)


def test_each_pause_is_in_a_take_of_its_own() -> None:
    """One take as it is, and one for each boundary drawn, 200 to 1500 ms longer."""
    whole, *cut = takes(source("one two three four five six seven eight nine"))
    assert whole.pauses == ()
    assert len(cut) == CUTS
    assert whole.end is not None
    for take in cut:
        (pause,) = take.pauses
        length = pause.end - pause.begin
        assert 200 * MS <= length <= 1500 * MS
        assert take.end == whole.end + length
        assert len(take.audio) == len(whole.audio) + length


def test_a_pause_stands_between_words() -> None:
    """It begins at the end of a word, give or take the search for the quietest place, and is quiet."""
    for take in takes(source("one two three four", gap=100 * MS))[1:]:
        (pause,) = take.pauses
        before = max(word.end for word in take.words if word.end <= pause.begin + 70 * MS)
        assert abs(pause.begin - before) <= 70 * MS
        inside = take.audio[pause.begin + BLOCK : pause.end - BLOCK]
        assert np.abs(inside.astype(np.int32)).max() < 100


def test_takes_are_always_the_same() -> None:
    """Lengths and places are drawn by the source, so that what was found of them can be kept."""
    one, other = (takes(source("one two three four")) for _ in range(2))
    assert all(np.array_equal(a.audio, b.audio) for a, b in zip(one, other, strict=True))


def test_a_pause_that_is_there_is_asked_about_once() -> None:
    """Silence of 200 ms between words counts in the take without any other."""
    whole, *cut = takes(source("one two three", gap=250 * MS))
    assert [pause.natural for pause in whole.pauses] == [True, True]
    assert all(not pause.natural for take in cut for pause in take.pauses)


def test_sentences_are_turns_of_their_own() -> None:
    """A pause after a full stop is an end, not a pause inside speech."""
    found = takes(source("one two. three four.", gap=250 * MS))
    wholes = [take for take in found if all(pause.natural for pause in take.pauses)]
    assert [[word.text for word in take.words] for take in wholes] == [["one", "two."], ["three", "four."]]


def test_what_breaks_off_has_no_end() -> None:
    """A recording that is called incomplete ends in a pause of a second."""
    (take,) = takes(source("one two three", complete=False))
    assert take.end is None
    assert take.pauses[-1].end - take.pauses[-1].begin == 1000 * MS


def test_noise_is_as_loud_as_asked() -> None:
    """Below the voice by so many dB, and the rest of the take is unchanged."""
    take = takes(source("one two three four"))[0]
    take = replace(take, audio=take.audio // 4)
    for snr in (20, 5):
        mixed = noisy(take, [pink_noise(3)], snr)
        noise = mixed.audio.astype(np.float64) - take.audio
        voice = take.audio[take.audio.astype(np.int32) ** 2 > 200**2].astype(np.float64)
        found = 10 * np.log10(np.mean(voice**2) / np.mean(noise**2))
        assert abs(found - snr) < 2
        assert mixed.snr == snr
        assert replace(mixed, audio=take.audio, snr=None) == take
