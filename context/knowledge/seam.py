"""Finding what a talent said about something, and keeping the documents it is found in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from gemelo.context.knowledge.scope import EVERYTHING, Kind, Scope, kind_of
from gemelo.models.vocabulary import Findings, Language


class Knowledge(Protocol):
    """What one twin knows in one place (its documents, and the campaign's approved claims)."""

    async def search(
        self,
        query: str,
        language: Language,
        k: int = 5,
        before: Sequence[str] = (),
        within: Scope = EVERYTHING,
    ) -> Findings:
        """Finds the passages that answer `query`, best first; runs off the event loop.

        `before` is what the fan said earlier, oldest first, for a query that leans on it ("and why?"); no
        passage out of `within` is found.

        `Findings.declined` says that none is good enough. Each passage names the sentences that
        answer best in `Passage.best`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Cut:
    """A passage as it was cut from a document, before any question.

    `headings` is the path of headings above it, outermost first; `spans` are the (start, end)
    indices of its sentences in `text`, in reading order, with nothing but white space between.
    """

    text: str
    spans: tuple[tuple[int, int], ...]
    headings: tuple[str, ...]
    language: Language

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(self.text[start:end] for start, end in self.spans)

    @property
    def place(self) -> str:
        return " › ".join(self.headings)


@dataclass(frozen=True, slots=True)
class Document:
    """One learned document. `path` names it within its twin; `sha256` is that of the file's bytes.

    `note` says what is odd about it, one plain sentence; `recipe` by which rules it was read, cut and
    screened: one made by others is read again. `dated` is when it is from (see `models.dates`), where it or
    its name tells.
    """

    path: str
    sha256: str
    passages: tuple[Cut, ...]
    note: str = ""
    recipe: str = ""
    dated: str = ""


@dataclass(frozen=True, slots=True)
class Title:
    """A document without its text: how many passages it gave, its note, and when it is from."""

    path: str
    sha256: str
    passages: int
    note: str
    dated: str = ""

    @property
    def kind(self) -> Kind:
        """What sort of document it is."""
        return kind_of(self.path)


class Documents(Protocol):
    """Keeps what twins have learned; a document is there whole or not at all.

    Raises:
        StoreError: the store cannot be read or written; nothing changed.
    """

    async def put(self, twin: str, document: Document) -> None:
        """Stores a document with all its passages, in place of the one of the same path."""
        ...

    async def all(self, twin: str) -> tuple[Document, ...]:
        """Every document of a twin, ordered by path, passages in reading order."""
        ...

    async def edition(self, twin: str) -> str:
        """A hash that changes whenever what a twin has learned does; no text is read for it."""
        ...

    async def titles(self, twin: str, after: str = "", limit: int = 50) -> tuple[Title, ...]:
        """Documents of a twin whose paths come after one, ordered by path."""
        ...

    async def title(self, twin: str, path: str) -> Title | None:
        """One of them; None where there is none."""
        ...

    async def remove(self, twin: str, path: str) -> bool:
        """Forgets a document; False where there was none."""
        ...

    async def scrub(self) -> None:
        """Takes what was forgotten or replaced out of the store's files too."""
        ...
