"""Spanish read as English words, one by one, for encoders that know English only; pure.

"¿Cuándo es fuera de juego?" -> "when is offside"

No translation: words keep their order, and what the lexicon does not know stays as it is. The lexicon
is this project's own (`*.txt` beside this file: `form|form = english`, folded); inflected forms are
found by their Snowball stem.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import Stemmer

_WORD = re.compile(r"[^\W_]+")
_LONGEST = 4
"""Words of an expression."""
_READ_FIRST, _OTHERS = "football", ("verbs", "talk", "nouns")
"""Files; of two entries for one form the first counts."""
_stemmer = Stemmer.Stemmer("spanish")  # pyright: ignore
_stemmer.maxCacheSize = 0  # its cache costs more than the stemming, in time and in memory


def gloss(text: str) -> str:
    """Reads a Spanish text as English words; about 3 us a word."""
    words = [_fold(word) for word in _WORD.findall(text)]
    expressions, stems = _lexicon()
    found: list[str] = []
    at = 0
    while at < len(words):
        for count in range(min(_LONGEST, len(words) - at), 0, -1):
            meant = expressions.get(" ".join(words[at : at + count]))
            if meant is not None:
                break
        else:
            count, meant = 1, stems.get(_stem(words[at]), words[at])
        found.append(meant)
        at += count
    return " ".join(found)


def is_plain(word: str, language: str) -> bool:
    """Whether a folded word of Spanish or English stands in the lexicon: such a word is hardly a name."""
    if language == "es":
        expressions, stems = _lexicon()
        return word in expressions or _stem(word) in stems
    plain, stems = _meant()
    stem = str(_english().stemWord(word))  # pyright: ignore
    return word in plain or (stem != word and stem in stems)  # "messi" is not the stem of "messy"


@cache
def _meant() -> tuple[frozenset[str], frozenset[str]]:
    """The English words that anything is read as, and their stems."""
    expressions, stems = _lexicon()
    read = frozenset(word for meant in (*expressions.values(), *stems.values()) for word in meant.split())
    return read, frozenset(str(_english().stemWord(word)) for word in read)  # pyright: ignore


@cache
def _english() -> Stemmer.Stemmer:  # pyright: ignore
    return Stemmer.Stemmer("english", 0)  # pyright: ignore


@cache
def _lexicon() -> tuple[dict[str, str], dict[str, str]]:
    """Forms and expressions that their stem does not tell, and words by their stem."""
    forms: dict[str, str] = {}
    stems: dict[str, str] = {}
    own = dict(_entries(_READ_FIRST))
    for form, meant in (*own.items(), *(entry for file in _OTHERS for entry in _entries(file))):
        forms.setdefault(form, meant)
        if " " not in form and form not in own:
            stems.setdefault(_stem(form), meant)
    for form, meant in own.items():
        if " " not in form:
            stems.setdefault(_stem(form), meant)
    told = {form: meant for form, meant in forms.items() if " " in form or stems[_stem(form)] != meant}
    return told, stems


def _entries(file: str) -> Iterator[tuple[str, str]]:
    for line in (files("gemelo.models") / "gloss" / f"{file}.txt").read_text("utf-8").splitlines():
        written, separator, meant = line.partition(" = ")
        if separator and not line.startswith("#"):
            yield from ((form.strip(), meant.strip()) for form in written.split("|"))


def _fold(word: str) -> str:
    split = unicodedata.normalize("NFD", word.lower())
    return "".join(character for character in split if not unicodedata.combining(character))


def _stem(word: str) -> str:
    return str(_stemmer.stemWord(word))  # pyright: ignore
