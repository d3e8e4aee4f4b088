"""One timed script for every engine: what a recogniser says of an utterance when, and what a mind answers.

Pure, and free of other parts of gemelo: `gemelo bench peers` imports it in the interpreters of other
engines, where there is no gemelo. Times are ms from the utterance's first sample.

    speech    |--what--|--is--|--offside--|
    plain            what   is     offside   final +150
    predicting start what   is     offside   eager_end +120      end +320

A word appears 100-300 ms after its onset, drawn by a seed. An utterance is one or more stretches of
speech with pauses between them. A plain recogniser gives a final after each. One that predicts the end
of a turn knows better, but in 15 of 100 utterances it says `eager_end` too early, and takes it back.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

APPEARS_MS = (100.0, 300.0)
FINAL_MS = 150.0
EAGER_END_MS = 120.0
END_MS = 320.0
FALSE_EAGER_ENDS = 0.15
_RESUMES_MS = (200.0, 300.0)
"""The word that takes back a false `eager_end` appears later than that."""

TOKEN_CHARS = 4
FIRST_TOKEN_MS = 180.0
TOKEN_MS = 15.0
FIRST_SOUND_MS = 90.0
"""A voice's first chunk, after the first text was handed over."""
SYNTHESIS_SPEED = 5.0
"""Sound is synthesised this many times faster than it plays."""

REPLIES = (
    "That is a fair question. Most people who ask it have already tried the easy way and were not happy. "
    "Take your time with the first steps and the rest will follow.",
    "It depends on the weather. On a dry day the ball runs faster and everybody looks a little better. "
    "When it rains you learn who has practised.",
    "I would start with bread. Flour, water, salt and a warm corner of the kitchen are all that you need. "
    "Your third loaf will be better than your first.",
    "You are close, but not quite there. The short answer is that practice counts for more than talent. "
    "The long answer takes a whole season.",
    "Let me think about that, because there are two sides to it. The old way is slower and teaches patience. "
    "The new way is quick and suits a busy week.",
    "Good mornings begin the evening before. Put out your shoes, fill a bottle and go to bed early enough. "
    "Then there is nothing left to argue about.",
    "I remember that very well. We arrived late, the lights were already on and everyone was singing. "
    "Nobody who was there has forgotten it.",
    "The trick is quite simple, really. You listen for the rhythm first and worry about the notes later on. "
    "After a week your hands know what to do.",
)
"""Three sentences each; the first clause has three to six words."""


class Cue(StrEnum):
    """What a recogniser says."""

    INTERIM = "interim"
    """Plain: the words since the last final."""
    FINAL = "final"
    """Plain: the words since the last final, for good."""
    START = "start"
    """Predicting: a turn has begun. Like the rest, it carries all words of the turn so far."""
    UPDATE = "update"
    EAGER_END = "eager_end"
    RESUME = "resume"
    END = "end"


@dataclass(frozen=True, slots=True)
class Word:
    """One word and when it sounds."""

    text: str
    from_ms: float
    to_ms: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """Speech without a pause: at least one word, in order, none overlapping; `from_ms` to `to_ms` sounds."""

    words: tuple[Word, ...]
    from_ms: float
    to_ms: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a script: at `at_ms` the recogniser says `cue` with `text`."""

    at_ms: float
    cue: Cue
    text: str


def plain(utterance: Sequence[Stretch], seed: int) -> list[Line]:
    """What a recogniser without an opinion about turns says of an utterance, in order of time."""
    chance = random.Random(seed)
    lines: list[Line] = []
    for stretch in utterance:
        final_ms = stretch.to_ms + FINAL_MS
        appear = _appear(stretch.words, chance)
        lines += [
            Line(at_ms, Cue.INTERIM, _text(stretch.words[: index + 1]))
            for index, at_ms in enumerate(appear)
            if at_ms < final_ms
        ]
        lines.append(Line(final_ms, Cue.FINAL, _text(stretch.words)))
    return lines


def predicting(utterance: Sequence[Stretch], seed: int) -> list[Line]:
    """What a recogniser that predicts the end of a turn says of an utterance, in order of time.

    Its false `eager_end` comes in a pause where there is one, else between two words.
    """
    chance = random.Random(seed)
    words = [word for stretch in utterance for word in stretch.words]
    appear = _appear(words, chance)
    ends = {len(words): utterance[-1].to_ms + EAGER_END_MS}
    if len(words) > 1 and chance.random() < FALSE_EAGER_ENDS:
        first = len(utterance[0].words)
        early = first if len(utterance) > 1 else chance.randint(1, len(words) - 1)
        ends[early] = (utterance[0].to_ms if len(utterance) > 1 else words[early - 1].to_ms) + EAGER_END_MS
        appear[early] = max(appear[early], words[early].from_ms + chance.uniform(*_RESUMES_MS))
        appear = _in_order(appear)
    lines: list[Line] = []
    for index, at_ms in enumerate(appear):
        eager_ms = ends.get(index)
        if eager_ms is not None:
            lines.append(Line(eager_ms, Cue.EAGER_END, _text(words[:index])))
        cue = Cue.START if index == 0 else Cue.UPDATE if eager_ms is None else Cue.RESUME
        due_ms = min(end_ms for count, end_ms in ends.items() if count > index)
        lines.append(Line(min(at_ms, due_ms), cue, _text(words[: index + 1])))
    return [
        *lines,
        Line(ends[len(words)], Cue.EAGER_END, _text(words)),
        Line(utterance[-1].to_ms + END_MS, Cue.END, _text(words)),
    ]


def shifted(utterance: Sequence[Stretch], by_ms: float) -> tuple[Stretch, ...]:
    """The same speech, `by_ms` later."""
    return tuple(
        Stretch(
            tuple(replace(w, from_ms=w.from_ms + by_ms, to_ms=w.to_ms + by_ms) for w in stretch.words),
            stretch.from_ms + by_ms,
            stretch.to_ms + by_ms,
        )
        for stretch in utterance
    )


def said(utterance: Sequence[Stretch]) -> str:
    """All words of an utterance."""
    return _text(word for stretch in utterance for word in stretch.words)


def reply(seed: int) -> str:
    """One of `REPLIES`, drawn by a seed."""
    return random.Random(seed).choice(REPLIES)


def tokens(text: str) -> list[str]:
    """Cuts a text into pieces; piece i is due `FIRST_TOKEN_MS + i * TOKEN_MS` after the call."""
    return [text[at : at + TOKEN_CHARS] for at in range(0, len(text), TOKEN_CHARS)]


def _appear(words: Sequence[Word], chance: random.Random) -> list[float]:
    """When each word appears."""
    return _in_order([word.from_ms + chance.uniform(*APPEARS_MS) for word in words])


def _in_order(times_ms: Iterable[float]) -> list[float]:
    """No word appears before the one that it follows."""
    ordered: list[float] = []
    for at_ms in times_ms:
        ordered.append(max(at_ms, ordered[-1]) if ordered else at_ms)
    return ordered


def _text(words: Iterable[Word]) -> str:
    return " ".join(word.text for word in words)
