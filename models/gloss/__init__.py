"""Spanish read as English words, one by one, for encoders that know English only; pure.

"¿Cuándo es fuera de juego?" -> "when is offside"

No translation: words keep their order, and what the lexicon does not know stays as it is. The lexicon
is this project's own (`*.txt` beside this file: `form|form = english`, folded); inflected forms are
found by their Snowball stem.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

import Stemmer

_WORD = re.compile(r"[^\W_]+")
_LONGEST = 4
"""Words of an expression."""
_stemmer = Stemmer.Stemmer("spanish")  # pyright: ignore


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


@cache
def _lexicon() -> tuple[dict[str, str], dict[str, str]]:
    """Forms and expressions that their stem does not tell, and words by their stem; the first entry wins."""
    forms: dict[str, str] = {}
    stems: dict[str, str] = {}
    folder = files("gemelo.models") / "gloss"
    for file in sorted(folder.iterdir(), key=lambda file: file.name, reverse=True):
        if not file.name.endswith(".txt"):
            continue
        for line in file.read_text("utf-8").splitlines():
            written, separator, meant = line.partition(" = ")
            if not separator or line.startswith("#"):
                continue
            for form in written.split("|"):
                forms.setdefault(form.strip(), meant.strip())
                if " " not in form:
                    stems.setdefault(_stem(form.strip()), meant.strip())
    told = {form: meant for form, meant in forms.items() if " " in form or stems[_stem(form)] != meant}
    return told, stems


def _fold(word: str) -> str:
    split = unicodedata.normalize("NFD", word.lower())
    return "".join(character for character in split if not unicodedata.combining(character))


def _stem(word: str) -> str:
    return str(_stemmer.stemWord(word))  # pyright: ignore
