"""Words as search sees them: folded, stemmed, cut into letter groups; and which are function words.

Pure. Folding drops case and marks (`Qué` -> `que`), since fans type without them and recognisers
disagree about them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Protocol, cast

import Stemmer  # pyright: ignore[reportMissingTypeStubs]

from gemelo.context.knowledge.synonyms import SYNONYMS
from gemelo.models.vocabulary import Language

_WORD = re.compile(r"[^\W_]+")
_GRAM = 4
_SPANISH_DIPHTHONG = re.compile(r"(?<=[^aeiouqg])(?:ie|ue)")

_SPANISH_ENDING = re.compile(r"(?<=\w\w)is?$")
"""What the stemmer leaves of "salió" and "vivís" where they lost their accents."""

_FUNCTION_WORDS = {
    "en": frozenset(
        "a an the of in on at to for from by with and or nor is are was were be been being am it its this "
        "that these those as what which who whom whose when where why how did do does done doing has have "
        "had s t d m re ve ll don didn doesn isn aren wasn not no but if than then so such there here "
        "their they them he she his her him you your yours we us our i my me mine will would can could "
        "may might shall should must into about between during after before over under also more most "
        "some any all each other just only very too much many please let".split()
    ),
    "es": frozenset(
        "el la los las lo un una unos unas de del al a en por para con sin y o u e es son soy eres somos "
        "fue fueron era eran ser sido siendo esta este esto estos estas estoy estan estaba ese esa eso "
        "esos esas aquel aquella que cual cuales quien quienes cuando donde como cuanto cuanta cuantos "
        "cuantas porque se su sus le les no ni si mas pero ha he han hay habia haber has hemos tiene "
        "tienen tenia tuvo tengo tienes ya muy tambien entre sobre hasta desde durante antes despues nos "
        "mi mis me tu tus te ti yo ella ellos ellas usted ustedes puede puedes puedo favor tan sois "
        "estais estamos teneis tenemos podeis podemos habeis nosotros vosotros nuestro nuestra nuestros "
        "nuestras vuestro vuestra vuestros vuestras os vos sos tenes podes".split()
    ),
}


class _Stemmer(Protocol):
    def stemWord(self, word: str, /) -> str: ...  # noqa: N802


_STEMMERS = {"en": "english", "es": "spanish"}
_INFINITIVE = ("ar", "er", "ir")
_GRAMMAR = "_"
"""Ends the stem of a word that carries grammar: "para", "como" and "son" are no forms of "parar", "comer" and
"sonar", which they would make words that every passage has."""
_ACCENTS = re.compile("[\u0300-\u034e\u0350-\u036f]+")


def fold(text: str) -> str:
    """Lower case without accents or compatibility forms."""
    if text.isascii():
        return text.lower()
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    if plain.isascii():
        return plain.lower()
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return _WORD.findall(fold(text))


def is_function_word(word: str, language: Language) -> bool:
    """Whether a folded word carries grammar rather than meaning; never where the language is unknown."""
    return word in _FUNCTION_WORDS.get(language, ())


def function_words(language: Language) -> frozenset[str]:
    return _FUNCTION_WORDS.get(language, frozenset())


def stems(folded: list[str], language: Language) -> list[str]:
    """Snowball stems of folded words; the words themselves where the language has no stemmer here.

    Spanish stems lose their diphthongs too: "juega" and "jugador", "calienta" and "calentar" are one word.
    Words that `SYNONYMS` holds to be one have one stem; that of a function word is no other word's.
    """
    stemmer = _stemmer(language)
    return [stemmer(word) for word in folded] if stemmer else folded


def grams(folded: list[str]) -> list[str]:
    """Groups of four letters with word boundaries: they survive inflection and cross related languages."""
    found: list[str] = []
    for word in folded:
        edged = f"_{word}_"
        found += [edged[i : i + _GRAM] for i in range(max(1, len(edged) - _GRAM + 1))]
    return found


def pairs(stemmed: list[str]) -> list[str]:
    """Neighbouring words."""
    return [f"{first} {second}" for first, second in pairwise(stemmed)]


@lru_cache(maxsize=8)
def _stemmer(language: Language) -> Callable[[str], str] | None:
    algorithm = _STEMMERS.get(language)
    if algorithm is None:
        return None
    snowball = cast(_Stemmer, Stemmer.Stemmer(algorithm, 0))  # pyright: ignore[reportUnknownMemberType]
    plain = _SPANISH_DIPHTHONG.sub

    def spanish(word: str) -> str:
        return plain(lambda found: "e" if found.group() == "ie" else "o", snowball.stemWord(word))

    stem = spanish if language == "es" else snowball.stemWord
    lines = [fold(line).split() for line in SYNONYMS[language]]
    listed, alike = _names(lines, stem)
    ending = _SPANISH_ENDING.sub if language == "es" else None
    grammar = function_words(language)

    def found(word: str) -> str:
        stemmed = stem(word)
        if word in grammar:
            return listed.get(word, stemmed) + _GRAMMAR
        return listed.get(word) or alike.get(stemmed) or (ending("", stemmed) if ending else stemmed)

    return lru_cache(maxsize=1 << 15)(found)


def _names(lines: list[list[str]], stem: Callable[[str], str]) -> tuple[dict[str, str], dict[str, str]]:
    """What stands for a line of synonyms, by its words and their plurals, and by their stems.

    Words of two lines may share a stem ("pared" and "parar", "miedo" and "medir"): the words keep to their
    own line, other forms go with the verb.
    """
    listed: dict[str, str] = {}
    alike: dict[str, str] = {}
    for line in sorted(lines, key=lambda line: not line[0].endswith(_INFINITIVE)):
        name = stem(line[0])
        if name in alike:
            name = line[0]
        for word in line:
            for form in (word, f"{word}s", f"{word}es"):
                listed.setdefault(form, name)
            alike.setdefault(stem(word), name)
    return listed, alike
