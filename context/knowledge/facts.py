"""What a sentence states: its words, names and numbers; and whether it can be told from others. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from gemelo.context.guard.numerals import numbers, tokens
from gemelo.context.knowledge.asking import is_light
from gemelo.context.knowledge.language import ENGLISH, SPANISH
from gemelo.context.knowledge.words import fold, stems, words
from gemelo.models.gloss import gloss, is_plain
from gemelo.models.vocabulary import Language

_HEAD = 5
"""Letters by which two words are forms of one: "Europa" and "europeas"."""
_KINDRED = 6
"""The same of two names: "Argentina" and "Argentine"."""
_LONG_FIGURE = re.compile(r"\d{16,}")
_WORD = re.compile(r"[^\W_]+")
_OPENS = re.compile(r"(?:^|[.:!?…\"“«¿¡(—–-])[^\w]*$")
"""What stands before a word that is written large because it opens something."""
_CLAUSE = re.compile(r"[,;:—–]\s")
_SCORE = re.compile(r"\b(\d{1,3})\s*(?:-|–|a|to|x)\s*(\d{1,3})\b")

_DENIES = frozenset(
    "not no never nobody none nothing without neither nor cannot t nunca jamas nadie ningun ninguna ninguno "
    "nada sin tampoco ni".split()
)
_OPPOSED = tuple(
    tuple(frozenset(side.split()) for side in line.split("|"))
    for line in (
        "won win wins winning beat beats gano gana ganar ganaron vencio|"
        "lost lose loses losing perdio pierde perdieron",
        "first primer primero primera|last ultimo ultima",
        "before antes|after despues tras",
        "more mas|less fewer menos",
        "always siempre|never nunca jamas",
        "most|least",
        "youngest|oldest",
        "larger bigger greater mayor|smaller menor",
        "opened opens abrio abre|closed closes cerro cierra",
        "bought buys compro|sold sells vendio",
        "started starts began begins empezo empieza comenzo|ended ends termino termina acabo acaba",
        "loves love encanta|hates hate odia",
        "allowed permitido|banned forbidden prohibido",
        "home local|away visitante",
        "best better mejor|worst worse peor",
        "men men's masculino|women women's femenino",
        "hard dificil|easy facil",
        "fast faster rapido|slow slower lento",
        "inside dentro|outside fuera",
        "left izquierda izquierdo|right derecha derecho",
        "high alto|low bajo",
        "hot hotter caliente|cold colder frio",
        "day dia|night noche",
        "all todos todas|none ninguno ninguna",
    )
)
"""Words of either language that cannot stand for each other, folded."""
_DATES = frozenset(
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre "
    "lunes martes miercoles jueves viernes sabado domingo".split()
)
"""Names that Spanish writes small."""
_BY = frozenset("by por".split())
"""What turns who does something into the one it is done by."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A sentence taken apart.

    Attributes:
        run: its folded words.
        content: of each word that says something, the forms that it is met by.
        forms: all of them.
        names: its names, folded, in order.
        numbers: what it counts or dates; `scores` are those of "4 to 2", in either order.
        clauses: the numbers and names of each clause.
    """

    run: tuple[str, ...]
    content: tuple[frozenset[str], ...]
    forms: frozenset[str]
    names: tuple[str, ...]
    numbers: frozenset[float]
    scores: frozenset[frozenset[float]]
    clauses: tuple[tuple[frozenset[float], tuple[str, ...]], ...]

    @property
    def denies(self) -> bool:
        return not _DENIES.isdisjoint(self.run)


def take_apart(sentence: str, language: Language, known: frozenset[str] = frozenset()) -> Parts:
    """Takes a sentence apart; `known` are words that are names wherever they are written large."""
    sentence = _LONG_FIGURE.sub(" ", sentence)
    run = tuple(words(sentence))
    telling = [word for word in dict.fromkeys(run) if not is_light(word, language)]
    content = tuple(_forms(word, language) for word in telling if not word.isdigit())
    names = tuple(dict.fromkeys(_names(sentence, language, known)))
    return Parts(
        run=run,
        content=content,
        forms=frozenset[str]().union(*content),
        names=names,
        numbers=_numbers(sentence, language),
        scores=frozenset(frozenset(map(float, pair)) for pair in _SCORE.findall(fold(sentence))),
        clauses=tuple(
            (_numbers(clause, language), tuple(name for name in names if name in words(clause)))
            for clause in _CLAUSE.split(sentence)
        ),
    )


def names_within(sentence: str, language: Language) -> frozenset[str]:
    """The names that stand where nothing else is written large, folded."""
    return frozenset(
        fold(found.group())
        for found in _WORD.finditer(sentence)
        if _large(found.group(), language) and not _OPENS.search(sentence[: found.start()])
    )


def states(window: Sequence[Parts], nearest: Parts, heading: Parts, said: Parts) -> bool:
    """Whether a sentence has the facts of a window, below its heading: names, numbers, what is denied.

    Args:
        nearest: the sentence of the whole passage that has most of its words.
    """
    return (
        said.denies == nearest.denies
        and not _opposes(said, window)
        and not _turned(said, nearest)
        and all(_named(name, (*window, heading)) for name in said.names)
        and _about_the_same(said, nearest, heading)
        and all(_counted(number, said, window, heading) for number in said.numbers)
        and all(_scored(score, window) for score in said.scores)
    )


def shared(said: Parts, forms: frozenset[str]) -> float:
    """Share (0-1) of a sentence's content that some forms meet."""
    return sum(not word.isdisjoint(forms) for word in said.content) / max(len(said.content), 1)


def nearest(said: Parts, parts: Sequence[Parts]) -> Parts:
    """Which of some sentences has most of another's words, its names aside; of several the shortest."""
    names = {form for name in said.names for form in (name, f"{name[:_HEAD]}…")}
    plain = [word for word in said.content if word.isdisjoint(names)]
    return max(
        parts,
        key=lambda part: sum(not word.isdisjoint(part.forms) for word in plain) - 0.01 * len(part.content),
    )


def _numbers(text: str, language: Language) -> frozenset[float]:
    """What a text counts or dates; a bare "one" counts nothing."""
    told = numbers(tokens(fold(text)), language)
    return frozenset(number.value for number in told)


def _forms(word: str, language: Language) -> frozenset[str]:
    """What a word may be met by: its stem and that stem's head, and the same of what it means in English."""
    found = stems([word], language)
    if language == SPANISH:
        found += stems([one for one in gloss(word).split() if not is_light(one, ENGLISH)], ENGLISH)
    return frozenset((word, *found)) | {f"{stem[:_HEAD]}…" for stem in found if len(stem) >= _HEAD}


def _names(sentence: str, language: Language, known: frozenset[str]) -> Iterator[str]:
    for found in _WORD.finditer(sentence):
        folded = fold(found.group())
        if folded in _DATES and language == SPANISH:
            yield folded
        elif _large(found.group(), language):
            opens = _OPENS.search(sentence[: found.start()])
            if not opens or folded in known or not is_plain(folded, language):
                yield folded


def _large(word: str, language: Language) -> bool:
    return word[0].isupper() and len(word) > 1 and not is_light(fold(word), language)


def _named(name: str, parts: Sequence[Parts]) -> bool:
    return any(_same(name, word) or _derived(name, word, part) for part in parts for word in part.run)


def _same(name: str, word: str) -> bool:
    """Whether two folded words are forms of one name: "German", "Germany"; not "Johnson", "Johnston"."""
    if name == word:
        return True
    short, long = sorted((name, word), key=len)
    return (len(short) >= 4 and long.startswith(short)) or (
        len(short) > _KINDRED and short[:_KINDRED] == long[:_KINDRED]
    )


def _derived(name: str, word: str, part: Parts) -> bool:
    """Whether a word that is no name itself comes from one: "europeas" from "Europa"."""
    return len(name) > _HEAD and name[:_HEAD] == word[:_HEAD] and word not in part.names


def _about_the_same(said: Parts, part: Parts, heading: Parts) -> bool:
    """Whether a sentence names those that its nearest one does, or some, or more: no other instead."""
    return not _others(part.names, said, heading) or all(_named(name, (part, heading)) for name in said.names)


def _others(names: Sequence[str], said: Parts, heading: Parts) -> list[str]:
    """Names that a sentence leaves out, those of the heading aside: all below it is about them."""
    return [name for name in names if not _named(name, (said, heading))]


def _counted(number: float, said: Parts, window: Sequence[Parts], heading: Parts) -> bool:
    """Whether a number is told of the same: in a clause of those that the sentence names, or of nobody."""
    for part in window:
        if number not in part.numbers:
            continue
        if not _others(part.names, said, heading):
            return True
        if all(_named(name, (part, heading)) for name in said.names):
            told = [names for counted, names in part.clauses if number in counted]
            if any(len(_others(names, said, heading)) < max(len(names), 1) for names in told):
                return True
    return number in heading.numbers and not any(number in part.numbers for part in window)


def _scored(score: frozenset[float], window: Sequence[Parts]) -> bool:
    """Whether a result is told as one, or its two numbers in a sentence that tells no other."""
    return any(
        score in part.scores or (len(score) > 1 and not part.scores and score <= part.numbers)
        for part in window
    )


def _opposes(said: Parts, window: Sequence[Parts]) -> bool:
    """Whether a sentence has the opposite of a word that the window has, and not the word itself."""
    mine, theirs = set(said.run), {word for part in window for word in part.run}
    return any(
        not one.isdisjoint(mine)
        and one.isdisjoint(theirs)
        and other.isdisjoint(mine)
        and not other.isdisjoint(theirs)
        for pair in _OPPOSED
        for one, other in (pair, pair[::-1])
    )


def _turned(said: Parts, part: Parts) -> bool:
    """Whether two names have changed places around what happened between them: who beat whom."""
    if not _BY.isdisjoint((*said.run, *part.run)):
        return False
    for first, second in combinations(said.names[:4], 2):
        here, there = _places(said.run, first, second), _places(part.run, first, second)
        if here is None or there is None or (here[0] < here[1]) == (there[0] < there[1]):
            continue
        if _between(said.run, here) & _between(part.run, there):
            return True
    return False


def _places(run: Sequence[str], first: str, second: str) -> tuple[int, int] | None:
    at = [next((n for n, word in enumerate(run) if _same(name, word)), -1) for name in (first, second)]
    return None if -1 in at else (at[0], at[1])


def _between(run: Sequence[str], at: tuple[int, int]) -> set[str]:
    told = run[min(at) + 1 : max(at)]
    return {word[:_HEAD] for word in told if not is_light(word, ENGLISH) and not is_light(word, SPANISH)}
