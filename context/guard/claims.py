"""Finding claims to be human, or to be the talent in person (PRODUCT.md, rule 3); pure.

The claims are phrases over words, kept in a trie, so that a stream knows at every word whether what
it holds could still become one. A denial ("no soy humano"), a report ("me preguntan si soy humano")
and a question are no claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from gemelo.context.guard.glyphs import INVISIBLE, PUNCTUATION, SPACE
from gemelo.context.guard.skeleton import Reading

_WORD = re.compile(r"[^ .]+")
_BREAK = re.compile(r"[.!?…;:\n]")
_NO_CLAIM = re.compile(
    r"\b(?:no|nunca|jam[aá]s|tampoco|ni|si|not|never|if|whether|nor)\s+"
    r"(?:(?:est[aá]s?|realmente|really|actually)\s+)?$",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"[\"'»”)]*\?")
_SEEN_BEFORE = 32
"""Characters before a claim that are looked at for a negation."""

# each line: alternatives for every place of a phrase; "" leaves the place out
_HUMAN_ES = "humano|humana|un humano|una humana|un ser humano|una persona real|una persona humana|\
una persona de verdad|una persona de carne|un hombre real|una mujer real|un hombre de carne|\
una mujer de carne|de carne y hueso|un tipo de carne"
_HUMAN_EN = "human|a human|a human being|a real human|a real person|a real man|a real woman|\
a living person|an actual person|an actual human|flesh and blood|made of flesh"
_MACHINE_ES = "ia|inteligencia artificial|robot|bot|chatbot|maquina|programa|programa informatico|\
modelo de lenguaje|personaje virtual|asistente virtual|gemelo digital|gemelo virtual|artificial|virtual"
_MACHINE_EN = "ai|a i|artificial intelligence|bot|robot|chatbot|machine|computer|program|computer program|\
language model|virtual character|virtual assistant|digital twin|ai twin|artificial|virtual"
_I_AM = "i am|i m|im"
_I_AM_NOT = "i am not|i m not|im not|i ain t|i aint"
_PHRASES = (
    ("soy", "|realmente|totalmente|completamente|solo|tambien", _HUMAN_ES),
    ("hablas con|hablando con|charlando con|chateando con", _HUMAN_ES),
    ("no soy", "|realmente|para nada", "|un|una|ningun|ninguna", _MACHINE_ES),
    (_I_AM, "|really|actually|just|only|totally|fully|also|definitely|as", _HUMAN_EN),
    ("talking to|talking with|speaking to|speaking with|chatting with", _HUMAN_EN),
    (_I_AM_NOT, "|actually|really", "|an|a|some", _MACHINE_EN),
    (_I_AM, "no", _MACHINE_EN),
)
_IN_PERSON = (
    ("soy", "el verdadero|la verdadera|el autentico|la autentica|el real|la real", "{talent}"),
    ("soy", "{talent}", "en persona|el de verdad|la de verdad|en carne y hueso"),
    (_I_AM, "the real|really the real|the actual", "{talent}"),
    (_I_AM, "{talent}", "in person|in the flesh|for real"),
)


class Claim(NamedTuple):
    """A claim in a text: `text[start:end]`."""

    start: int
    end: int


class _Word(NamedTuple):
    start: int
    end: int
    letters: str


class _Node(dict[str, "_Node"]):
    """The words that may come next in some phrase; `whole` where a phrase is complete."""

    whole = False


class ClaimMatcher:
    """The claims that one talent's twin must not make."""

    def __init__(self, talent: str) -> None:
        self._root = _trie(talent)

    def find(self, reading: Reading) -> list[Claim]:
        """Finds every claim in a reading, first one first."""
        claims = {(first, end) for first, end in self._walk(reading) if end is not None}
        return sorted(Claim(*reading.span(first, end)) for first, end in claims)

    def pending(self, reading: Reading) -> int | None:
        """Where a phrase begins that the words after `reading` could complete, as an index in `written`."""
        return min((first for first, end in self._walk(reading) if end is None), default=None)

    def _walk(self, reading: Reading) -> Iterator[tuple[int, int | None]]:
        """Begin and end in `written` of each claim, the end None where the text breaks it off."""
        for skeleton in reading.skeletons:
            if self._root.keys().isdisjoint(_bare(skeleton.flat).split()):
                continue
            words = [
                _Word(found.start(), found.end(), found[0].replace(INVISIBLE, ""))
                for found in _WORD.finditer(skeleton.flat)
            ]
            for index, word in enumerate(words):
                if word.letters in self._root and not _NO_CLAIM.search(
                    reading.before(word.start, _SEEN_BEFORE)
                ):
                    yield from self._follow(reading.written, words[index:])

    def _follow(self, text: str, words: Sequence[_Word]) -> Iterator[tuple[int, int | None]]:
        """The claim that `words` begin with, if they do."""
        node = self._root
        reached = words[0].start
        for word in words:
            if word.letters not in node or _BREAK.search(text, reached, word.start):
                return
            node, reached = node[word.letters], word.end
            if node.whole:
                if not _QUESTION.match(text, word.end):
                    yield words[0].start, word.end
                return
        yield words[0].start, None


@lru_cache(maxsize=256)
def _trie(talent: str) -> _Node:
    root = _Node()
    name = " ".join(_bare(Reading(talent).skeletons[0].flat).split())
    for places in (*_PHRASES, *_IN_PERSON):
        alternatives = (place.replace("{talent}", name).split("|") for place in places)
        for phrase in product(*alternatives):
            node = root
            for word in " ".join(phrase).split():
                node = node.setdefault(word, _Node())
            node.whole = True
    return root


def _bare(flat: str) -> str:
    return flat.replace(INVISIBLE, "").replace(PUNCTUATION, SPACE)
