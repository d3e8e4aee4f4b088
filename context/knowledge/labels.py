"""Where a sentence of a model's reply comes from, told by holding it against what the model read.

Pure, and without a model: it is told before a turn is stored, of every reply, and a fan may rely on it.

    verbatim     its words stand in a passage, in this order
    paraphrase   enough of its words are met by at most three neighbouring sentences of one passage, all
                 its numbers and names are there, beside the same others, and neither denies the other
    sponsored    either of these, of a claim that a campaign's layer approved
    none         anything else: nothing that the model read says so

A word is met by itself, an inflected form, a synonym, or a word of the other language that means the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gemelo.context.knowledge.facts import Parts, names_within, nearest, shared, states, take_apart
from gemelo.context.knowledge.language import guess
from gemelo.context.knowledge.titles import titles
from gemelo.context.knowledge.words import words
from gemelo.models.clauses import sentences
from gemelo.models.vocabulary import Label, Language, Passage, Source

ENOUGH = 0.6
"""Share of its content words that a paraphrase has from its passage; lower, talk passes for one."""
FEW = 3
"""A sentence with this many content words or fewer is a paraphrase only where all of them are met."""
LEAST_WORDS = 3
"""Words of the shortest run that counts as quoted."""
WINDOW = 3
"""Neighbouring sentences that one sentence may sum up."""
_QUOTED = re.compile(r"[“«]([^”»“«]+)[”»]")
_OFFERING = frozenset("you can ask me about or and puedes preguntarme por o y".split())


@dataclass(frozen=True, slots=True)
class _Ground:
    """One passage, ready to be compared with: its sentences, their heading, and all titles above them."""

    label: Label
    source: Source
    heading: Parts
    sentences: tuple[Parts, ...]
    titles: tuple[tuple[str, ...], ...]


class Grounds:
    """What a model read for one reply. Building it takes some 50 us a sentence, labelling about as much."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        cut = [(one, guess(one.text), one.sentences or sentences(one.text)) for one in passages]
        within = (names_within(text, language) for _, language, own in cut for text in own)
        self._names = frozenset[str]().union(*within)
        self._grounds = tuple(self._ground(*one) for one in cut)

    def _ground(self, passage: Passage, language: Language, own: Sequence[str]) -> _Ground:
        place = passage.source.place
        return _Ground(
            label=passage.label,
            source=passage.source,
            heading=take_apart(place.rpartition(" › ")[2], language, self._names),
            sentences=tuple(take_apart(sentence, language, self._names) for sentence in own),
            titles=tuple(tuple(words(title)) for title in titles(place)),
        )

    def label(self, sentence: str, language: Language) -> tuple[Label, Source | None]:
        """What a sentence of the reply is, and where it comes from; no source where it is `NONE`."""
        if offered := self._offered(sentence):
            return Label.PARAPHRASE, offered
        said = take_apart(sentence, language, self._names)
        for ground in self._grounds:
            if _quotes(said, ground):
                return _told(Label.VERBATIM, ground)
        shares = [(_share(said, ground), ground) for ground in self._grounds]
        best = max(shares, key=lambda one: one[0], default=None)
        return _told(Label.PARAPHRASE, best[1]) if best and best[0] else (Label.NONE, None)

    def _offered(self, sentence: str) -> Source | None:
        """The source of the first title that a sentence offers, where it offers nothing but titles."""
        quoted = [tuple(words(title)) for title in _QUOTED.findall(sentence)]
        if not quoted or not _OFFERING.issuperset(words(_QUOTED.sub(" ", sentence))):
            return None
        headed = {title: ground.source for ground in reversed(self._grounds) for title in ground.titles}
        return headed[quoted[0]] if all(title in headed for title in quoted) else None


def _told(label: Label, ground: _Ground) -> tuple[Label, Source]:
    return (Label.SPONSORED if ground.label is Label.SPONSORED else label), ground.source


def _quotes(said: Parts, ground: _Ground) -> bool:
    """Whether a sentence is a run of a passage's words; cut out of one that denies it, it is none."""
    if len(said.run) < LEAST_WORDS:
        return bool(said.run) and any(said.run == part.run for part in ground.sentences)
    wanted = f" {' '.join(said.run)} "
    for count in range(1, WINDOW + 1):
        for start in range(len(ground.sentences)):
            window = ground.sentences[start : start + count]
            if wanted in f" {' '.join(word for part in window for word in part.run)} ":
                return said.denies == any(part.denies for part in window)
    return False


def _share(said: Parts, ground: _Ground) -> float:
    """Share (0-1) of a sentence's content that a window of a passage has; 0 where it does not state it."""
    if len(said.content) < 2 or not ground.sentences:
        return 0.0
    best, least = 0.0, ENOUGH if len(said.content) > FEW else 1.0
    closest = nearest(said, ground.sentences)
    for start in range(len(ground.sentences)):
        for window in (ground.sentences[start : start + count] for count in range(1, WINDOW + 1)):
            forms = ground.heading.forms.union(*(part.forms for part in window))
            share = shared(said, forms)
            if share >= least and share > best and states(window, closest, ground.heading, said):
                best = share
    return best
