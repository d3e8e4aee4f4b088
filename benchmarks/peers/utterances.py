"""What fans ask, whole or broken off in mid-sentence: spoken by the project's own voice, or recorded.

Nothing was selected to please a turn model. Of recordings only those are left out that are long, that begin
with another sound than a voice, or whose words cannot be found in them.
"""

from __future__ import annotations

import random
import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
import soxr  # pyright: ignore[reportMissingTypeStubs]

from gemelo.benchmarks.fan import sound_bounds, transcribed
from gemelo.benchmarks.onset import VoiceOnsets
from gemelo.benchmarks.peers.speech import IN_RATE, OUT_RATE, Clip, Utterance
from gemelo.benchmarks.transcripts import Stretch, Word, shifted
from gemelo.models.seams import TextToSpeech
from gemelo.models.vocabulary import Language

EN = Language("en")
QUESTIONS = (
    "What is the offside rule?",
    "How long have you been doing this?",
    "Can you tell me how to train at home?",
    "I would like to know what you eat before a match.",
    "Why do fans sing the same songs everywhere?",
    "My daughter wants to become a goalkeeper like you.",
    "Who taught you to play the guitar?",
    "Tell me something about your first concert.",
    "Is it true that you never sleep before a big game?",
    "I think the second half was much better than the first.",
    "What would you say to somebody who has just started?",
    "Where did you grow up?",
    "How do you stay calm when everybody is shouting?",
    "We have been waiting for your new record for three years.",
    "Which of your songs do you like best?",
    "Do you remember the day we met in Madrid?",
)
PAUSE_S = (0.6, 1.5)
CUT_EVERY = 3
"""One utterance in so many is broken off."""
_FADE = IN_RATE // 200
_FEWEST = 2
"""Words of an utterance that can be broken off inside."""
_LONGEST_MS = 4000
_BESIDE_MS = 150
"""What sounds further from the first and the last word is a device or a breath."""


async def rendered(voice: TextToSpeech) -> list[Utterance]:
    """Every question, spoken."""
    return [await _spoken(voice, text) for text in QUESTIONS]


def recorded(folders: Sequence[Path]) -> list[Utterance]:
    """The English recordings of whole turns in folders with a `manifest.jsonl`.

    Raises:
        BadDocument: a folder is of another format, or nothing here can align them.
    """
    aligner = VoiceOnsets()
    found: list[Utterance] = []
    for clip, text in (line for folder in folders for line in transcribed(folder, complete=True)):
        words = aligner.words(clip, text)
        if not words or len(words) <= _FEWEST:
            continue
        begin, end = (1000 * sample / IN_RATE for sample in sound_bounds(clip))
        end = min(end, words[-1][2] + _BESIDE_MS)
        if begin > words[0][1] - _BESIDE_MS and end - begin <= _LONGEST_MS:
            said = tuple(Word(word, max(begin, start), min(end, stop)) for word, start, stop in words)
            found.append(Utterance(clip, (Stretch(said, begin, end),)))
    return found


def mixed(utterances: Sequence[Utterance], count: int, seed: int, *, cut: bool = True) -> list[Utterance]:
    """So many of them in random order, one in `CUT_EVERY` broken off if `cut`; each as often as any other."""
    chance = random.Random(seed)
    drawn: list[Utterance] = []
    while len(drawn) < count:
        drawn += chance.sample(utterances, len(utterances))
    return [
        broken_off(utterance, chance) if cut and index % CUT_EVERY == CUT_EVERY - 1 else utterance
        for index, utterance in enumerate(drawn[:count])
    ]


def broken_off(utterance: Utterance, chance: random.Random) -> Utterance:
    """The same words with a pause of `PAUSE_S` after an inner one."""
    (whole,) = utterance.stretches
    last = chance.randrange(1, len(whole.words) - 1)
    at_ms = whole.words[last].to_ms
    pause_ms = 1000 * chance.uniform(*PAUSE_S)
    at = round(at_ms * IN_RATE / 1000)
    silence = np.zeros(round(pause_ms * IN_RATE / 1000), np.int16)
    clip = np.concatenate((_faded(utterance.clip[:at]), silence, utterance.clip[at:]))
    rest = Stretch(whole.words[last + 1 :], at_ms, whole.to_ms)
    return Utterance(
        clip, (Stretch(whole.words[: last + 1], whole.from_ms, at_ms), *shifted((rest,), pause_ms))
    )


def _faded(clip: Clip) -> Clip:
    """Without a click at its end."""
    faded = clip.copy()
    faded[-_FADE:] = (faded[-_FADE:] * np.linspace(1, 0, _FADE)).astype(np.int16)
    return faded


async def _spoken(voice: TextToSpeech, text: str) -> Utterance:
    async def whole() -> AsyncIterator[str]:
        yield text

    pieces = [piece async for piece in voice.speak(whole(), EN)]
    sound = np.frombuffer(b"".join(piece.pcm for piece in pieces), "<i2").astype(np.float32)
    clip = np.clip(soxr.resample(sound, OUT_RATE, IN_RATE), -32768, 32767).astype(np.int16)
    begin, end = (1000 * sample / IN_RATE for sample in sound_bounds(clip))
    marks = [word for piece in pieces for word in piece.words]
    words = [
        Word(_unpunctuated(text[mark.start : mark.end]), max(begin, mark.from_ms), min(end, mark.to_ms))
        for mark in marks
    ]
    return Utterance(clip, (Stretch(tuple(words), begin, end),))


def _unpunctuated(text: str) -> str:
    """As a plain recogniser writes it: a question mark would tell the end of a turn."""
    return re.sub(r"[^\w' ]", "", text.lower())
