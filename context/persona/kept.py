"""A twin's persona as it is kept, and which of its talent's documents a twin shares; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from gemelo.context.knowledge.seam import Document
from gemelo.context.persona.document import hash_of
from gemelo.context.persona.verdicts import Validation


@dataclass(frozen=True, slots=True)
class PersonaText:
    """The text that people work on.

    Attributes:
        approved: hash of the text that was approved; it is worth nothing once the text is another.
        by, at: who approved it, and when (ms since 1970 UTC).
        validation: the last run.
    """

    twin: str
    yaml: str
    approved: str = ""
    by: str = ""
    at: int = 0
    validation: Validation | None = None

    @property
    def id(self) -> str:
        return self.twin

    @property
    def hash(self) -> str:
        return hash_of(self.yaml)

    @property
    def is_approved(self) -> bool:
        """Whether somebody approved it to the letter."""
        return self.approved == self.hash


@dataclass(frozen=True, slots=True)
class Subset:
    """The documents of another twin of the same talent that a twin has, too.

    Attributes:
        source: whose documents they are.
        only: patterns of paths (`courses/*`), one of which fits; empty: any.
        languages: of documents, by most of their passages; empty: any.
    """

    twin: str
    source: str
    only: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.twin

    def holds(self, document: Document) -> bool:
        """Whether a document of the source's belongs to it."""
        fits = not self.only or any(fnmatchcase(document.path, pattern) for pattern in self.only)
        return fits and (not self.languages or language_of(document) in self.languages)


def language_of(document: Document) -> str:
    """What most passages of a document are in; empty where there are none."""
    found = [cut.language for cut in document.passages]
    return max(sorted(set(found)), key=found.count, default="")


def shared(subset: Subset, documents: Iterable[Document]) -> dict[str, Document]:
    """Those of the source's documents that belong to a subset, by path."""
    return {one.path: one for one in documents if subset.holds(one)}
