"""What a talent said, sentence by sentence, as far as a twin has learned it; pure.

documents ──said──▶ Said (text, language, where it stands) ──▶ phrases, manner, topics, opinions
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from gemelo.context.knowledge.seam import Document
from gemelo.context.knowledge.words import fold
from gemelo.models.vocabulary import Language

_UNREADABLE = frozenset(("Cc", "Cs"))
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True)
class Said:
    """One sentence.

    Attributes:
        at: the passage that holds it, as a search names it: `DOCUMENT#NUMBER`.
        place: the headings above it, outermost first, joined as a citation shows them.
        heading: the last of them; empty where there is none.
    """

    text: str
    language: Language
    at: str
    place: str = ""
    heading: str = ""

    @property
    def document(self) -> str:
        return self.at.rpartition("#")[0]

    @cached_property
    def written(self) -> tuple[str, ...]:
        """Its words as they are written."""
        return tuple(_WORD.findall(self.text))

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """Its words in small letters, without accents or apostrophes."""
        return tuple(fold(word).replace("'", "").replace("’", "") for word in self.written)


def said(documents: Iterable[Document]) -> tuple[Said, ...]:
    """Every sentence of some documents, in reading order; one that a document repeats counts once.

    What holds characters that nobody can read was read badly, and is left out.
    """
    found: dict[tuple[str, str], Said] = {}
    for document in documents:
        for number, cut in enumerate(document.passages, 1):
            heading = cut.headings[-1] if cut.headings else ""
            for text in cut.sentences:
                one = Said(text, cut.language, f"{document.path}#{number}", cut.place, heading)
                if one.written and _is_readable(text) and _is_readable(document.path):
                    found.setdefault((document.path, text), one)
    return tuple(found.values())


def _is_readable(text: str) -> bool:
    return not any(unicodedata.category(letter) in _UNREADABLE for letter in text)


def languages(corpus: Iterable[Said]) -> tuple[Language, ...]:
    """Those that something is said in, the most used first."""
    counted: dict[Language, int] = {}
    for one in corpus:
        counted[one.language] = counted.get(one.language, 0) + len(one.written)
    return tuple(sorted(counted, key=lambda language: (-counted[language], language)))
