"""From hits to findings: which sentences answer the question, and whether anything does.

The best single rule measured for sentences was `cosine + 2 MaxSim + coverage`; guessing the type of the
answer (a number for "how many") gained under a point.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log1p

import numpy as np

from gemelo.context.knowledge.asking import is_light
from gemelo.context.knowledge.calibration import (
    MOST_MARGIN,
    RIVAL,
    RIVALS,
    UNRIVALLED,
    Calibration,
    Evidence,
    crossed,
)
from gemelo.context.knowledge.lexical import Lines, Postings
from gemelo.context.knowledge.score import Hit, Question
from gemelo.context.knowledge.shelf import Entry, Shelf
from gemelo.context.knowledge.words import stems, words
from gemelo.models.vocabulary import Findings, Language, Passage, Source

BEST_SENTENCES = 3
KINDRED = 0.7
"""Worth of a word that only begins like the one asked for: stemmers miss "injured" and "injuries"."""
LONG_NUMBER = 3
"""Digits of a number that must be met as it is."""
HEAD = 5
"""Letters that two stems must share to count as kindred."""
FIRST = 0.3
"""Lead of the sentence below a heading: whoever writes headings answers them first."""
_JOINT = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
"""Between the parts of a name in a program."""
ASKS = 0.5
"""What a question within a passage loses; what it gains goes to the sentence below it."""
POINTS_ELSEWHERE = 0.7
"""What a sentence loses that names where to read more."""
_POINTER = re.compile(
    r"\W*(?:for (?:more|further|other) |see (?:also |the |its )?\S|refer to |more (?:details|information) |"
    r"(?:para|si quieres) (?:más|saber más)|véa[sn]|véase|consulta |más (?:detalles|información) )",
    re.IGNORECASE,
)
ELSEWHERE = 0.5
"""What that sentence loses where another has the question's words: "What is a hat-trick or a nutmeg?"."""


def findings(
    asked: Question,
    hits: Sequence[Hit],
    shelf: Shelf,
    surer: float = 0.0,
    focus: Mapping[str, float] | None = None,
) -> Findings:
    """What a mind gets: the passages with their best sentences, and whether they answer.

    `shelf` is the one that the rarity of words is judged by, `surer` what is asked of an answer beyond
    what is enough, `focus` what passages gain in rank (see `leanings`): whether they answer is judged
    without it. `micros` is left to the caller.
    """
    if not hits:
        return Findings()
    hits = sorted(
        hits, key=lambda hit: (not _holds_numbers(asked, hit, shelf.language), _only_points(hit.entry))
    )
    calibration = judging(asked, shelf)
    sure = calibration.answered(evidence(asked, hits, shelf))
    declined = sure < calibration.enough + surer or not _holds_numbers(asked, hits[0], shelf.language)
    if focus:
        held = [_holds_numbers(asked, hit, shelf.language) for hit in hits]
        gained = [hit.score + focus.get(hit.entry.id, 0.0) for hit in hits]
        hits = [hits[at] for at in sorted(range(len(hits)), key=lambda at: (not held[at], -gained[at]))]
    worth = Worth.of(asked, shelf.lexical.units)
    return Findings(tuple(_passage(asked, hit, shelf, worth) for hit in hits), declined=declined)


def _holds_numbers(asked: Question, hit: Hit, language: Language) -> bool:
    """Whether a passage has every year or other long number of the question: no year stands for another."""
    numbers = {term for term in asked.terms if term.isdigit() and len(term) >= LONG_NUMBER}
    return numbers <= terms(hit.entry.searched, language)


def _only_points(entry: Entry) -> bool:
    """Whether a passage says nothing but where to read more."""
    return all(_POINTER.match(sentence) for sentence in entry.sentences)


def judging(asked: Question, shelf: Shelf) -> Calibration:
    """What decides whether a shelf answers a question: its own, where both are of one language."""
    if asked.spoken == shelf.language:
        return shelf.calibration
    return crossed(asked.spoken, shelf.language, translated=asked.translated)


def evidence(asked: Question, hits: Sequence[Hit], shelf: Shelf) -> Evidence:
    """What speaks for the first of some hits."""
    best, rival = hits[0], hits[min(RIVAL, len(hits) - 1)]
    lexical, language = shelf.lexical, shelf.language
    whole, single = Worth.of(asked, lexical.passages), Worth.of(asked, lexical.units)
    return Evidence(
        maxsim=best.maxsim,
        window=best.window,
        nearest=best.nearest,
        unit=float(best.maxsims.max()),
        covered=coverage(whole, [best.entry.searched], language)[0],
        together=max(coverage(single, best.entry.units, language)),
        content=log1p(asked.content),
        headed=headed(asked, best.entry.titles, language, lexical.passages),
        margin=min(rival.behind, MOST_MARGIN) if rival is not best else MOST_MARGIN,
        lead=_lead(hits[: RIVALS + 1]),
    )


def _lead(hits: Sequence[Hit]) -> float:
    best, *others = (hit.maxsim for hit in hits)
    return best - sum(others) / len(others) if others else UNRIVALLED


@dataclass(frozen=True, slots=True)
class Worth:
    """What each term of a question counts, rare ones more; all of them together count one."""

    terms: Mapping[str, float]

    @classmethod
    def of(cls, asked: Question, rarity: Postings | Lines) -> Worth:
        """By the rarity of words among the passages of a shelf, or among their units."""
        worth = {term: weight * rarity.rarity(term) for term, weight in asked.terms.items()}
        total = max(sum(worth.values()), 1e-9)
        return cls({term: value / total for term, value in worth.items()})


def coverage(worth: Worth, texts: Sequence[str], language: Language) -> list[float]:
    """Share (0-1) of a question's terms that each text holds."""
    return [
        sum([value * kindred(term, said) for term, value in worth.terms.items()])
        for said in [terms(text, language) for text in texts]
    ]


def headed(asked: Question, titles: Sequence[str], language: Language, rarity: Postings) -> float:
    """Share (0-1) of a heading's own words that the question has; of the heading where it is most."""
    mine = frozenset(asked.terms) | {term[:HEAD] for term in asked.terms if len(term) >= HEAD}
    shares = [0.0]
    for title in titles:
        said = words(title)
        own = [word for word in said if not is_light(word, language)] or said
        worth = {term: rarity.rarity(term) for term in stems(own, language)}
        held = sum(value * kindred(term, mine) for term, value in worth.items())
        shares.append(held / max(sum(worth.values()), 1e-9))
    return max(shares)


def kindred(term: str, said: frozenset[str]) -> float:
    """How far a stem is among those of a text (0-1)."""
    if term in said:
        return 1.0
    return KINDRED if len(term) >= HEAD and term[:HEAD] in said else 0.0


@lru_cache(maxsize=4096)
def terms(text: str, language: Language) -> frozenset[str]:
    """The stems of a text and their heads; kept, since good passages are found again and again.

    Of a name like "Http2Session" its parts, too: who asks for it says "session".
    """
    found = frozenset(stems(words(f"{text} {_JOINT.sub(' ', text)}"), language))
    return found | {term[:HEAD] for term in found if len(term) >= HEAD}


def _passage(asked: Question, hit: Hit, shelf: Shelf, worth: Worth) -> Passage:
    entry = hit.entry
    covered = coverage(worth, entry.units, shelf.language)
    useful = (hit.cosines + 2 * hit.maxsims + np.array(covered, np.float32)).tolist()
    useful = [
        one - POINTS_ELSEWHERE * bool(_POINTER.match(unit))
        for one, unit in zip(useful, entry.units, strict=True)
    ]
    titles, useful = useful[: len(entry.titles)], useful[len(entry.titles) :]
    for at, (said, answer) in enumerate(pairwise(entry.sentences)):
        if _asks(said) and not _asks(answer):  # "Why did we lose? Because nobody ran."
            useful[at], useful[at + 1] = useful[at] - ASKS, max(useful[at : at + 2])
    if titles:  # a heading that meets the question is the question, and its answer begins below it
        own = covered[len(entry.titles) :]
        lacking = max(own) - own[0] if asked.content else 0.0
        useful[0] = max(useful[0] + FIRST, max(titles) - ELSEWHERE * lacking)
    order = sorted(range(len(useful)), key=lambda at: -useful[at])
    return Passage(
        id=entry.id,
        text=" ".join(entry.sentences),
        source=Source(entry.document, entry.place),
        score=round(hit.score, 4),
        label=entry.label,
        sentences=entry.sentences,
        best=tuple(order[:BEST_SENTENCES]),
        dated=entry.dated,
    )


def _asks(sentence: str) -> bool:
    return sentence.rstrip("\"'»”)] ").endswith("?")


def holds_all(question: str, passage: Passage, language: Language) -> bool:
    """Whether a passage has every word of a question that says what it is about."""
    said = terms(f"{passage.source.place}. {passage.text}", language)
    named = [word for word in words(question) if not is_light(word, language)]
    return all(kindred(term, said) for term in stems(named, language))


def long_numbers(text: str) -> frozenset[str]:
    """The years and other long numbers of a text: none of them stands for another."""
    return frozenset(word for word in words(text) if word.isdigit() and len(word) >= LONG_NUMBER)
