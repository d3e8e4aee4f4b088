"""How a talent talks, measured on what they said; pure.

Every figure comes with the sentences that it was read from. Of languages without a lexicon only sentence
length is measured.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gemelo.context.knowledge.language import guess
from gemelo.context.knowledge.words import fold
from gemelo.context.persona import lexicon
from gemelo.context.persona.corpus import Said
from gemelo.models.clauses import first_clause_end
from gemelo.models.vocabulary import Language

Length = Literal["short", "medium", "long"]
MAX_LINE_WORDS = 14
"""Words of a line that can stand for a whole answer."""
_LEADING = re.compile(r"^\W+")
_SHORT, _LONG = 12, 22
"""Words of a short sentence at most, and of a long one at least."""
_CLEAR = 3
"""So many times as often one form of address is used as the next one."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Something that was seen, and sentences that show it; `count` of all that do."""

    text: str
    count: int
    examples: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """The manner in one language.

    Attributes:
        sentences, words: how much was measured.
        median_words, long_words: words of the middle sentence, and of that at the 90th percentile.
        asks, exclaims: shares of sentences.
        address: Spanish: `tu`, `vos`, `vosotros`, `usted`, `mixed` or `none`; English: `contracted`,
            `spelled_out`, `mixed` or `none`.
        switched: sentences in another language than the passage around them.
    """

    language: Language
    sentences: int
    words: int
    median_words: float
    long_words: float
    asks: float
    exclaims: float
    address: Shown
    switched: Shown
    greetings: tuple[Shown, ...]
    farewells: tuple[Shown, ...]
    thanks: tuple[Shown, ...]
    not_known: tuple[Shown, ...]
    fillers: tuple[Shown, ...]

    @property
    def sentence_length(self) -> Length:
        """As a layer says it."""
        if self.median_words <= _SHORT:
            return "short"
        return "long" if self.median_words >= _LONG else "medium"

    @property
    def switching(self) -> float:
        """Share of sentences in another language."""
        return self.switched.count / self.sentences if self.sentences else 0.0


def measure(corpus: Sequence[Said], language: Language) -> Measured:
    """Measures what is said in one language; all zeros where nothing is."""
    own = [one for one in corpus if one.language == language]
    lengths = sorted(len(one.written) for one in own) or [0]
    share = 1 / len(own) if own else 0.0
    return Measured(
        language=language,
        sentences=len(own),
        words=sum(lengths),
        median_words=float(statistics.median(lengths)),
        long_words=float(lengths[(len(lengths) - 1) * 9 // 10]),
        asks=share * sum(one.text.rstrip("\"'»”)").endswith("?") for one in own),
        exclaims=share * sum("!" in one.text for one in own),
        address=_address(own, language),
        switched=_switched(own),
        greetings=_lines(own, lexicon.GREETINGS, language),
        farewells=_lines(own, lexicon.FAREWELLS, language),
        thanks=_lines(own, lexicon.THANKS, language),
        not_known=_lines(own, lexicon.NOT_KNOWN, language),
        fillers=_fillers(own, language),
    )


def _lines(
    own: Iterable[Said], lexicons: Mapping[str, re.Pattern[str]], language: Language, most: int = 6
) -> tuple[Shown, ...]:
    """Sentences that begin as the lexicon says and can stand alone, each once; of long ones the first clause.

    The most used and then the shortest come first.
    """
    pattern = lexicons.get(language)
    found: dict[str, list[Said]] = {}
    forms: dict[str, Counter[str]] = {}
    for one in own if pattern else ():
        if pattern and pattern.match(_LEADING.sub("", fold(one.text))) and (line := _standing(one.text)):
            found.setdefault(fold(line), []).append(one)
            forms.setdefault(fold(line), Counter())[line] += 1
    best = sorted(found, key=lambda key: (-len(found[key]), len(key.split()), key))[:most]
    return tuple(Shown(forms[key].most_common(1)[0][0], len(found[key]), tuple(found[key])) for key in best)


def _standing(text: str) -> str:
    """A sentence, or its first clause, that a whole answer may be; empty where both are too long."""
    if len(text.split()) <= MAX_LINE_WORDS:
        return text.strip()
    clause = text[: first_clause_end(text) or 0].strip()
    if not 1 < len(clause.split()) <= MAX_LINE_WORDS:
        return ""
    closing = (
        "!" if "¡" in clause and "!" not in clause else "?" if "¿" in clause and "?" not in clause else "."
    )
    return clause.rstrip(",;:—– ") + closing


def _fillers(own: Sequence[Said], language: Language, most: int = 8) -> tuple[Shown, ...]:
    """Fillers that are set off by a comma, or open a sentence before one; used twice at least."""
    found: list[Shown] = []
    for filler in lexicon.FILLERS.get(language, ()):
        pattern = re.compile(rf"(?:^\W*|[,;—–]\s*){re.escape(filler)}\s*(?=[,.…!?;—–]|$)")
        holding = tuple(one for one in own if pattern.search(fold(one.text)))
        if len(holding) > 1:
            found.append(Shown(_spelled(filler, holding), len(holding), holding))
    return tuple(sorted(found, key=lambda shown: (-shown.count, shown.text))[:most])


def _spelled(filler: str, holding: Iterable[Said]) -> str:
    """A folded filler as the talent writes it, in small letters."""
    size = len(filler.split())
    for one in holding:
        for start in range(len(one.folded) - size + 1):
            if " ".join(one.folded[start : start + size]) == filler:
                return " ".join(one.written[start : start + size]).lower()
    return filler


def _address(own: Sequence[Said], language: Language) -> Shown:
    """How the talent addresses people in Spanish; in English, whether they contract."""
    if language == lexicon.EN:
        contracted = [one for one in own if lexicon.CONTRACTED.search(one.text)]
        full = [one for one in own if lexicon.SPELLED_OUT.search(one.text)]
        return _clearest({"contracted": contracted, "spelled_out": full})
    if language != lexicon.ES:
        return Shown("none", 0, ())
    forms = {"tu": lexicon.TU, "usted": lexicon.USTED, "vosotros": lexicon.VOSOTROS, "vos": lexicon.VOS}
    return _clearest(
        {name: [one for one in own if not words.isdisjoint(one.folded)] for name, words in forms.items()}
    )


def _clearest(found: Mapping[str, Sequence[Said]]) -> Shown:
    """The form that is used, `mixed` where two are used nearly alike, `none` where none is."""
    first, second = sorted(found, key=lambda name: (-len(found[name]), name))[:2]
    if not found[first]:
        return Shown("none", 0, ())
    if len(found[first]) >= _CLEAR * len(found[second]):
        return Shown(first, len(found[first]), tuple(found[first]))
    both = (*found[first][:2], *found[second][:2])
    return Shown("mixed", len(found[first]) + len(found[second]), both)


def _switched(own: Iterable[Said]) -> Shown:
    """Sentences of four words or more that are clearly in another language than their passage."""
    other = tuple(
        one for one in own if len(one.written) > 3 and guess(one.text, one.language) != one.language
    )
    return Shown("switched", len(other), other)
