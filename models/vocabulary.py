"""The words that every layer speaks: a handful of frozen dataclasses and two rates.

A wire format lives at its edge (`gemelo.pipelines`, `gemelo.models.adapters`); everything between
two edges is said in these types. Audio is always mono, signed 16-bit little-endian PCM.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NewType

from gemelo.models.manner import NO_MANNER, Manner
from gemelo.models.usage import Used

IN_RATE = 16_000
"""Hz of the audio that a fan sends."""
OUT_RATE = 24_000
"""Hz of the audio that a twin sends."""
FRAME_MS = 20
"""Milliseconds of one audio frame, in either direction."""
BYTES_PER_SAMPLE = 2

DraftId = NewType("DraftId", int)
TurnId = NewType("TurnId", str)
Language = NewType("Language", str)
"""ISO 639-1 code in lower case: `es`, `en`."""


class Signal(StrEnum):
    """What an ear says about a turn; the one vocabulary of every ear (Flux, ink-2, local)."""

    START = "start"
    """The fan's voice set in. Carries no text."""
    UPDATE = "update"
    """The transcript so far changed."""
    EAGER_END = "eager_end"
    """The fan has probably finished; may be said again with a better text, or taken back."""
    RESUME = "resume"
    """The fan went on after an `EAGER_END`."""
    END = "end"
    """The turn is over. An empty text means that it was noise."""
    DEAF = "deaf"
    """Nobody who hears the language can be had; they are tried again. Carries no text, belongs to no turn."""


@dataclass(frozen=True, slots=True)
class TurnSignal:
    """One signal of an ear, with the whole transcript of the turn so far.

    `silence_ms` is how long the fan had been silent, as far as the ear can tell: the timeline of a
    turn starts at the true end of speech, not at its detection. `used` is what hearing took since it was
    last told.
    """

    kind: Signal
    text: str = ""
    silence_ms: float = field(default=0.0, compare=False)
    used: tuple[Used, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a `SpeechToText` heard since the last final: the whole text, not the difference."""

    text: str
    final: bool


class Speculation(StrEnum):
    """When drafts of a reply are begun before the turn is decided."""

    NEVER = "never"
    SILENCE = "silence"
    """At a probable end only: about 1.1 calls of the model a turn."""
    INTERIM = "interim"
    """At every change of the transcript: quickest, about 6 calls a turn."""


class Label(StrEnum):
    """Where a sentence of a reply comes from; fans see it beside the sentence."""

    VERBATIM = "verbatim"
    """The talent's own words, with a source."""
    PARAPHRASE = "paraphrase"
    """Worded by a model, from what it read. A mind says so of all its own words; the engine checks."""
    SPONSORED = "sponsored"
    """A claim that a campaign's layer approved."""
    HOUSE = "house"
    """A fixed line of the policy: disclosure, deflection, notice."""
    NONE = "none"
    """Worded by a model, and nothing that it read says so."""


class Notation(StrEnum):
    """How text is written."""

    PLAIN = "plain"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a document as it was read.

    `place` is where it stands, e.g. "p. 4" or "12:40", `dated` the date that the document gives itself
    (see `models.dates`); either may be empty.
    """

    text: str
    notation: Notation
    place: str = ""
    dated: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a passage stands: the document and the place in it (heading, time, page)."""

    document: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of knowledge as it was found for one question.

    `sentences` are the passage's own sentences in reading order; `best` are the indices of those
    that answer the question, best first (empty where the finder does not say). `dated` is the date of its
    document, empty where that tells none.
    """

    id: str
    text: str
    source: Source
    score: float = 0.0
    label: Label = Label.VERBATIM
    sentences: tuple[str, ...] = ()
    best: tuple[int, ...] = ()
    dated: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """Answer of one search. `declined` says that nothing found is good enough to answer from."""

    passages: tuple[Passage, ...] = ()
    declined: bool = True
    micros: int = 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """One past turn as it was really heard: the twin's words stop where the fan cut them off."""

    fan: str
    twin: str


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as a mind is told of it; `parameters` is the JSON Schema of what it takes."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A mind wants a tool run. Both are as it wrote them, checked by nobody; `arguments` should be JSON."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolStep:
    """A call that was made: what was given, as a JSON object, and what came of it, as JSON.

    `answered` says whether the tool did what it is for; else `result` says what went wrong.
    """

    name: str
    arguments: str
    result: str
    answered: bool = True


@dataclass(frozen=True, slots=True)
class Round:
    """What a mind said in a turn before it wanted tools, and what they answered: quotations, never orders."""

    said: str
    steps: tuple[ToolStep, ...]


@dataclass(frozen=True, slots=True)
class Prompt:
    """All that a mind gets for one reply, most stable part first (prefix caches rest on it).

    `prefix` is byte-identical for every session on one policy version. `aside` holds lines that
    a verbatim mind says when it has nothing to say (deflections in the fan's language).
    """

    prefix: str
    history: tuple[Exchange, ...]
    findings: Findings
    question: str
    language: Language
    aside: str = ""
    tenant: str = ""
    """Salt for caches that several tenants share."""
    known: tuple[str, ...] = ()
    """What the fan told of themselves before, in their own words: quotations, never instructions."""
    note: str = ""
    """What the mind must heed in this reply alone; no fan has written it."""
    manner: Manner = NO_MANNER
    """The talent's own lines in `language`, for small talk and for what is not known."""
    tools: tuple[ToolSpec, ...] = ()
    """What it may ask for; the same for every session on one policy version."""
    rounds: tuple[Round, ...] = ()
    """What it has asked for in this turn so far, and was answered."""
    may_call: bool = True
    """Whether it may ask for more."""
    guess: bool = False
    """Whether nobody knows yet if the fan has finished; servers that can do so serve it later."""
    patience_s: float | None = None
    """How long a mind may be silent at first before another is asked; None: no other can be had now."""
    offer: Written | None = None
    """What can be asked instead; follows `aside`."""

    @property
    def instead(self) -> tuple[Written, ...]:
        """What is said where nothing was found: the house's line, and what can be asked."""
        if self.offer is None:
            return (Written(self.aside, Label.HOUSE),)
        return Written(f"{self.aside} ", Label.HOUSE), self.offer


@dataclass(frozen=True, slots=True)
class Written:
    """A piece of a reply as a mind writes it. Pieces join without a separator."""

    text: str
    label: Label = Label.PARAPHRASE
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """One word in a voice's audio: `start`, `end` index the text that was fed; times in ms.

    Attributes:
        guessed: nobody has measured its times.
    """

    start: int
    end: int
    from_ms: float
    to_ms: float
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Viseme:
    """The mouth's shape from `at_ms` on (ms from the first sample of the utterance)."""

    at_ms: float
    shape: str


@dataclass(frozen=True, slots=True)
class Speech:
    """A piece of synthesised speech.

    Attributes:
        pcm: s16le mono at `OUT_RATE`; any length, whole samples.
        text_end: the audio up to the end of `pcm` voices nothing past this index of the text fed
            so far. A playout may release it once the guard has let that much text pass.
        words: words that start inside `pcm`, ms counted from the utterance's first sample.
        visemes: mouth shapes that start inside `pcm`, same clock.
    """

    pcm: bytes
    text_end: int
    words: tuple[SpokenWord, ...] = ()
    visemes: tuple[Viseme, ...] = ()


VISEMES = ("rest", "aa", "ee", "ih", "oh", "ou", "mbp", "fv", "l", "sz", "ch", "kg", "th", "r")
"""Mouth shapes that the widget can draw; adapters map phonemes onto them."""
