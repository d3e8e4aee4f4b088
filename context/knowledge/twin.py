"""What a twin knows, opened for searching: `Library` keeps the indexes, `TwinKnowledge` asks them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from time import perf_counter_ns
from urllib.parse import quote

import numpy as np

from gemelo.context.knowledge import building, index
from gemelo.context.knowledge.asking import pith, readings, spelled_out
from gemelo.context.knowledge.calibration import RIVALS, SURER, TOGETHER
from gemelo.context.knowledge.choose import findings
from gemelo.context.knowledge.crossing import asked_of
from gemelo.context.knowledge.followups import Leaning, lean, named_first, standing
from gemelo.context.knowledge.index import Index
from gemelo.context.knowledge.language import UNDETERMINED, guess, in_english
from gemelo.context.knowledge.scope import EVERYTHING, Scope
from gemelo.context.knowledge.score import Allowed, leanings, search
from gemelo.context.knowledge.shelf import Entry, Shelf
from gemelo.context.knowledge.words import words
from gemelo.models.seams import Embedder, Translator
from gemelo.models.vocabulary import Findings, Label, Language

_SPONSOR = {
    "es": "¿Quién patrocina esto? ¿Quién es tu patrocinador? {}",
    "en": "Who sponsors this? Who is your sponsor? {}",
}
"""What fans ask of a campaign's claims; they stand below it as below a heading."""
MAX_QUERY = 1_000
"""Characters of a question that are searched: its last ones, where the asking is done."""
MAX_READINGS = 3
"""Clauses of a declined message that are searched one by one."""
_SCARCE = 2 / 3
"""A twin with fewer passages than so many times those in another language is asked in that one too."""

_NOTHING: tuple[str, Index] = ("", {})
"""What a twin knows that has learned nothing."""


@dataclass(frozen=True, slots=True)
class Stack:
    """Shelves of one language that are searched together.

    Attributes:
        gains: what passages gain by the focus.
        allowed: which passages of each shelf are within the place's scopes.
    """

    shelves: tuple[Shelf, ...]
    gains: dict[str, float]
    allowed: tuple[Allowed, ...]

    def narrowed(self, scope: Scope) -> Sequence[Allowed]:
        """What is allowed of each shelf when one more scope has to be kept to."""
        if scope == EVERYTHING:
            return self.allowed
        return [own & held(shelf, (scope,)) for shelf, own in zip(self.shelves, self.allowed, strict=True)]


def held(shelf: Shelf, scopes: Sequence[Scope]) -> Allowed:
    """Which passages of a shelf are within all of some scopes; claims are no document and always are."""
    if not any(scope != EVERYTHING for scope in scopes):
        return np.ones(len(shelf.entries), np.bool_)
    spoken = all(scope.speaks(shelf.language) for scope in scopes)
    within = [
        one.label is Label.SPONSORED
        or (spoken and all(scope.holds(one.document, one.dated) for scope in scopes))
        for one in shelf.sources.names
    ]
    return np.array(within, np.bool_)[shelf.sources.of]


def is_lopsided(stacks: Mapping[Language, Stack], spoken: Language, written: Language) -> bool:
    """Whether a twin knows so much less in the language of a question that it is worth translating it.

    What is there in both languages is found in either, and a translation costs a turn milliseconds and the
    server ten processes.
    """
    own, other = (
        sum(len(shelf.entries) for shelf in stacks[language].shelves) if language in stacks else 0
        for language in (spoken, written)
    )
    return own < _SCARCE * other


class Library:
    """Keeps the current index of every twin, and notices when a twin has learned.

    A search holds on to the index that it began with; a newer one serves the next search. Another
    process may learn: the pointer on disk is read each time, which takes microseconds.
    """

    def __init__(self, root: Path, embedder: Embedder, translator: Translator | None = None) -> None:
        self.embedder = embedder
        self.translator = translator
        self._root = root
        self._opened: dict[str, tuple[str, Index]] = {}
        self._lock = Lock()

    def folder(self, twin: str) -> Path:
        """Where a twin's index lies; any name is one folder inside the library's."""
        return self._root / f"twin-{quote(twin, safe='')}"

    def version(self, twin: str) -> str:
        """The version of a twin's index; empty where it has learned nothing."""
        return index.current(self.folder(twin)) or ""

    def open(self, twin: str) -> tuple[str, Index]:
        """The version and index of what a twin has learned; empty where it has learned nothing.

        Raises:
            StoreError: the index is damaged or was made by another encoder.
        """
        version = self.version(twin)
        opened = self._opened.get(twin, _NOTHING)
        if opened[0] == version:
            return opened
        with self._lock:
            opened = self._opened.get(twin, _NOTHING)
            if opened[0] != version:  # nobody has opened it while this waited
                opened = self._opened[twin] = index.latest(self.folder(twin), self.embedder.name)
            return opened


class TwinKnowledge:
    """A twin's documents and a campaign's approved claims, searched together. Implements `Knowledge`.

    Args:
        claims: sentences per language that the deployment's layers approve; they are one passage,
            labelled sponsored, with `brand` as its document.
        executor: runs the searches; the loop's own threads where it is None.
        focus: topics to steer towards; of passages that answer about equally well, those come first
            that are about one of them.
        scopes: what this place is kept to; claims belong to the place and are always found.
    """

    def __init__(
        self,
        library: Library,
        twin: str,
        claims: Mapping[Language, Sequence[str]] | None = None,
        brand: str = "",
        executor: Executor | None = None,
        *,
        focus: Sequence[str] = (),
        scopes: Sequence[Scope] = (),
    ) -> None:
        self._library = library
        self._twin = twin
        self._claims = {
            language: Entry(
                f"{brand}#1",
                tuple(own),
                brand,
                "",
                _SPONSOR.get(language, "{}").format(brand),
                Label.SPONSORED,
            )
            for language, own in (claims or {}).items()
            if own
        }
        self._executor = executor
        self._topics = tuple(focus)
        self._scopes = tuple(scopes)
        self._stacks: tuple[str, dict[Language, Stack]] | None = None

    async def search(
        self,
        query: str,
        language: Language,
        k: int = 5,
        before: Sequence[str] = (),
        within: Scope = EVERYTHING,
    ) -> Findings:
        """Finds passages in the language of the question; in another only where those do not answer.

        A question that leans on those `before` it is searched for with what they were about.

        Raises:
            StoreError: the index is damaged or was made by another encoder.
            EmbedderError: the encoder failed.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self.find, query, language, k, before, within)

    def find(
        self,
        query: str,
        language: Language,
        k: int = 5,
        before: Sequence[str] = (),
        within: Scope = EVERYTHING,
    ) -> Findings:
        """`search`, in the caller's thread."""
        begun = perf_counter_ns()
        leaning = lean(query, language)
        asked = standing(before, language) if leaning is not Leaning.NONE else ""
        if asked:
            found = self._leaning(query, asked, leaning, language, k, within)
        else:
            found = self._answer(query, language, k, within)
        return replace(found, micros=(perf_counter_ns() - begun) // 1000)

    def _leaning(
        self, query: str, asked: str, leaning: Leaning, language: Language, k: int, within: Scope
    ) -> Findings:
        """What is found for a question together with the one `asked` before it.

        What names something of its own is first taken as it stands, and has to be surer then.
        """
        if leaning is Leaning.SOME:
            text = pith(spelled_out(query[-MAX_QUERY:], language), language)
            own = self._find(text, language, k, within, SURER) if words(text) else Findings(declined=True)
            if not own.declined:
                return own
        both = spelled_out(f"{asked} {query}"[-MAX_QUERY:], language)
        found = self._find(pith(both, language), language, k, within, -TOGETHER)
        if leaning is Leaning.SOME:
            found = replace(found, passages=named_first(query, found.passages, language))
        return found

    def _answer(self, query: str, language: Language, k: int, within: Scope) -> Findings:
        message = spelled_out(query[-MAX_QUERY:], language)
        text = pith(message, language)
        found = Findings()
        if words(text):
            found = self._find(text, language, k, within)
        if found.declined:
            parts = readings(text, language)[:MAX_READINGS] or ((message,) if message != text else ())
            others = (self._find(part, language, k, within, SURER) for part in parts)
            found = next((other for other in others if not other.declined), found)
        return found

    def _find(self, text: str, language: Language, k: int, within: Scope, surer: float = 0.0) -> Findings:
        stacks = self._stacked()
        own = Findings()
        for written in sorted(stacks, key=lambda written: written != language):
            spoken = written if language == UNDETERMINED else language
            lopsided = is_lopsided(stacks, spoken, written)
            translator = self._library.translator if lopsided else None
            asked = asked_of(text, spoken, written, self._library.embedder, translator)
            stack = stacks[written]
            hits = search(asked, stack.shelves, max(k, RIVALS + 1), stack.narrowed(within))
            needed = surer if written == spoken else max(surer, 0.0 if lopsided else SURER)
            found = findings(asked, hits, stack.shelves[0], needed, stack.gains)
            found = replace(found, passages=found.passages[:k])
            if not found.declined:
                return found
            own = own if own.passages else found
        return own

    def _stacked(self) -> dict[Language, Stack]:
        """The shelves of each language; claims are shelved anew when the twin has learned."""
        version, opened = self._library.open(self._twin)
        if self._stacks is None or self._stacks[0] != version:
            stacks = {language: [own] for language, own in opened.items()}
            for language, entry in self._claims.items():
                own = stacks.setdefault(language, [])
                like = own[0] if own else None
                own.append(building.build(language, [entry], self._library.embedder, like))
            self._stacks = (version, {language: self._stack(own) for language, own in stacks.items()})
        return self._stacks[1]

    def _stack(self, shelves: Sequence[Shelf]) -> Stack:
        english = [in_english(topic, guess(topic)) for topic in self._topics]
        topics = self._library.embedder.embed(english) if english else ()
        gains = {id: gain for own in shelves for id, gain in leanings(own, topics).items()}
        return Stack(tuple(shelves), gains, tuple(held(own, self._scopes) for own in shelves))
