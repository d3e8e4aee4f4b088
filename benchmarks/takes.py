"""Turns of fans with pauses in them: where a reply must not begin, and where it should.

A *take* is one turn as a microphone records it. Takes are made of recordings with a transcript, and of
texts that the twin's own voice says:

- Words are found by alignment (`gemelo.benchmarks.alignment`). At up to `CUTS` boundaries of words, drawn
  by the source's name, each boundary in a take of its own, the recording is cut at the quietest 10 ms
  within 60 ms and a pause is put in. Its length is log-normal, as silent pauses are (Campione and
  Veronis 2002): median 500 ms, sigma .5, 200 to 1500 ms. It is filled with noise that has the spectrum and
  level of the recording's own quietest tenth, faded over 5 ms.
- Pauses of 200 ms or more that are there already count once, in the take without any other, except between
  sentences: there the recording is parted, and each part is a turn.
- A recording that its manifest calls incomplete ends in a pause of one second.
- Every take but those has a true end: its last sound, followed by 2.5 s of room tone.
- With noise: a stretch of a noise recording (without data: pink noise), 20, 10 and 5 dB below the voice.

What is cut in lacks what a speaker's voice does before a pause that is meant, so these pauses are, if
anything, easier to tell from an end by ear, and no easier by words.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gemelo.benchmarks.alignment import SaidWord
from gemelo.benchmarks.fan import BLOCK, Clip, block_loudness
from gemelo.models.vocabulary import IN_RATE, Language

CUTS = 6
CUTS_OF_RENDERED = 3
"""The voice's own speech tells little: Smart Turn takes its every pause for an end."""
SNRS = (None, 20, 10, 5)
"""dB; None is clean."""
_MS = IN_RATE // 1000
_LEAD = 400 * _MS
_TAIL = 2500 * _MS
_NATURAL = 200 * _MS
_OPEN_END = 1000 * _MS
_SEARCH = 60 * _MS
_FADE = 5 * _MS
_PAUSE_MS = (200, 500, 1500)
_PAUSE_SIGMA = 0.5
_SENTENCE_ENDS = (".", "?", "!")


@dataclass(frozen=True, slots=True)
class Source:
    """A recording or rendered text that takes are made of.

    Attributes:
        name: what takes have in common that are not independent: the recording, the phrase.
        voice: human | synthetic | unknown (recorded), or rendered (by the twin's own voice).
        loud: of each block of 10 ms, whether there is a voice.
        complete: whether the turn ends with it.
    """

    name: str
    language: Language
    voice: str
    clip: Clip
    loud: NDArray[np.bool_]
    words: tuple[SaidWord, ...]
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Pause:
    """Samples in which the fan is silent and has not finished."""

    begin: int
    end: int
    natural: bool


@dataclass(frozen=True, slots=True)
class Take:
    """One turn, int16 at `IN_RATE`.

    Attributes:
        pauses: those it is asked about: the one put in, or else all that are in the recording.
        end: one past its last sound, None where it never ended.
    """

    source: str
    language: Language
    voice: str
    audio: Clip
    words: tuple[SaidWord, ...]
    pauses: tuple[Pause, ...]
    end: int | None
    snr: int | None = None


def takes(source: Source) -> list[Take]:
    """The clean takes of a source: as it is, and with a pause at each of some boundaries of words."""
    chance = np.random.default_rng(zlib.crc32(source.name.encode() + source.clip.tobytes()[:4096]))
    tone = _RoomTone(source.clip, chance)
    parts = list(_parts(source))
    found: list[Take] = []
    for part in parts:
        whole = _whole(part, tone)
        found.append(whole)
        if part.complete:
            boundaries = [word.end for word in whole.words[:-1] if not _near(word.end, whole.pauses)]
            cuts = CUTS_OF_RENDERED if source.voice == "rendered" else max(2, CUTS // len(parts))
            drawn = chance.permutation(boundaries)[:cuts]
            found += [_with_pause(whole, boundary, tone, chance) for boundary in sorted(drawn.tolist())]
    return found


def noisy(take: Take, noises: Sequence[Clip], snr: int) -> Take:
    """A take with a stretch of one of the noises, `snr` dB below its voice."""
    chance = np.random.default_rng(zlib.crc32(take.audio.tobytes()) + snr)
    noise = noises[int(chance.integers(len(noises)))].astype(np.float64)
    begin = int(chance.integers(len(noise)))
    stretch = np.resize(np.roll(noise, -begin), len(take.audio))
    loudness = block_loudness(take.audio)
    voice = np.sqrt(np.mean(np.square(loudness[loudness > 0.1 * loudness.max()])))
    gain = voice / (np.sqrt(np.mean(np.square(stretch))) * 10 ** (snr / 20))
    mixed = np.clip(take.audio + gain * stretch, -32768, 32767).astype(np.int16)
    return replace(take, audio=mixed, snr=snr)


def pink_noise(seconds: float) -> Clip:
    """Noise with as much power in each octave, always the same."""
    spectrum = np.random.default_rng(4).standard_normal((int(seconds * IN_RATE) // 2 + 1, 2)) @ (1, 1j)
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[0] = 0
    noise = np.fft.irfft(spectrum)
    return (6000 * noise / np.abs(noise).max()).astype(np.int16)


def _parts(source: Source) -> Iterator[Source]:
    """The source's sentences, where it pauses between them."""
    begin = 0
    for word, following in pairwise(source.words):
        if not word.text.endswith(_SENTENCE_ENDS):
            continue
        pause = _silence_at(source.loud, word.end)
        if pause and pause[1] - pause[0] >= _NATURAL and pause[1] < following.end:
            yield _part(source, begin, (pause[0] + pause[1]) // 2)
            begin = (pause[0] + pause[1]) // 2
    yield _part(source, begin, len(source.clip))


def _part(source: Source, begin: int, end: int) -> Source:
    begin, end = begin // BLOCK * BLOCK, end // BLOCK * BLOCK
    words = tuple(SaidWord(w.text, w.end - begin) for w in source.words if begin < w.end <= end + BLOCK)
    loud = source.loud[begin // BLOCK : end // BLOCK]
    return replace(source, clip=source.clip[begin:end], loud=loud, words=words)


def _whole(source: Source, tone: _RoomTone) -> Take:
    """A source from its first sound to its last, between room tones."""
    sounding = np.flatnonzero(source.loud)
    begin, end = int(sounding[0]) * BLOCK, (int(sounding[-1]) + 1) * BLOCK
    shift = _LEAD - begin
    words = tuple(SaidWord(word.text, min(word.end, end) + shift) for word in source.words)
    pauses = [
        Pause(b + shift, e + shift, natural=True) for b, e in _silences(source.loud) if e - b >= _NATURAL
    ]
    after = end + shift
    if not source.complete:
        pauses.append(Pause(after, after + _OPEN_END, natural=True))
    audio = _joined(_joined(tone.draw(_LEAD), source.clip[begin:end]), tone.draw(_TAIL))
    last = after if source.complete else None
    return Take(source.name, source.language, source.voice, audio, words, tuple(pauses), last)


def _with_pause(whole: Take, boundary: int, tone: _RoomTone, chance: np.random.Generator) -> Take:
    least, median, most = _PAUSE_MS
    length = int(np.clip(median * np.exp(_PAUSE_SIGMA * chance.standard_normal()), least, most)) * _MS
    at = _quietest(whole.audio, boundary)
    audio = _joined(_joined(whole.audio[:at], tone.draw(length)), whole.audio[at:])
    words = tuple(
        SaidWord(w.text, min(w.end, at) if w.end <= boundary else w.end + length) for w in whole.words
    )
    assert whole.end is not None
    pause = Pause(at, at + length, natural=False)
    return replace(whole, audio=audio, words=words, pauses=(pause,), end=whole.end + length)


def _quietest(audio: Clip, near: int) -> int:
    begin = max(0, near - _SEARCH) // BLOCK
    loudness = block_loudness(audio[begin * BLOCK : near + _SEARCH])
    return (begin + int(np.argmin(loudness))) * BLOCK + BLOCK // 2


def _near(sample: int, pauses: Sequence[Pause]) -> bool:
    return any(pause.begin - _NATURAL < sample < pause.end + _NATURAL for pause in pauses)


def _silences(loud: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Samples of the stretches between the first sound and the last that are not loud."""
    sounding = np.flatnonzero(loud)
    return [
        ((int(before) + 1) * BLOCK, int(after) * BLOCK)
        for before, after in pairwise(sounding)
        if after > before + 1
    ]


def _silence_at(loud: NDArray[np.bool_], sample: int) -> tuple[int, int] | None:
    near = [(b, e) for b, e in _silences(loud) if b - _NATURAL < sample < e + _NATURAL]
    return max(near, key=lambda silence: silence[1] - silence[0], default=None)


def _joined(before: Clip, after: Clip) -> Clip:
    """One after the other, both faded over 5 ms where they meet."""
    fade = np.linspace(1, 0, _FADE)
    first, second = before.astype(np.float32), after.astype(np.float32)
    first[-_FADE:] *= fade
    second[:_FADE] *= fade[::-1]
    return np.concatenate((first, second)).astype(np.int16)


class _RoomTone:
    """Noise with the spectrum and level of a recording's quietest tenth."""

    _FRAME = 512

    def __init__(self, clip: Clip, chance: np.random.Generator) -> None:
        frames = clip[: len(clip) // self._FRAME * self._FRAME].reshape(-1, self._FRAME).astype(np.float64)
        order = np.argsort(np.square(frames).sum(axis=1))[: max(1, len(frames) // 10)]
        self._power = np.square(np.abs(np.fft.rfft(frames[order] * np.hanning(self._FRAME)))).mean(axis=0)
        self._chance = chance

    def draw(self, samples: int) -> Clip:
        noise = self._chance.standard_normal(samples + self._FRAME)
        response = np.fft.irfft(np.sqrt(self._power / (0.375 * self._FRAME)))
        shaped = np.convolve(noise, np.roll(response, self._FRAME // 2), mode="same")[:samples]
        return np.clip(shaped, -32768, 32767).astype(np.int16)
