"""Which of what a twin has learned is searched: by language, source and date. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from gemelo.models.dates import first_day, last_day
from gemelo.models.vocabulary import Language


class Kind(StrEnum):
    """What sort of document a source is."""

    TEXT = "text"
    PAGE = "page"
    """Of the web."""
    PDF = "pdf"
    OFFICE = "office"
    BOOK = "book"
    SUBTITLES = "subtitles"
    TABLE = "table"
    RECORDING = "recording"
    """Sound or film, as it was heard."""


_KINDS = {
    **dict.fromkeys((".html", ".htm", ".xhtml"), Kind.PAGE),
    ".pdf": Kind.PDF,
    **dict.fromkeys((".docx", ".odt"), Kind.OFFICE),
    ".epub": Kind.BOOK,
    **dict.fromkeys((".srt", ".vtt"), Kind.SUBTITLES),
    **dict.fromkeys((".csv", ".tsv", ".json", ".jsonl"), Kind.TABLE),
    **dict.fromkeys((".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a"), Kind.RECORDING),
    **dict.fromkeys((".mp4", ".mov", ".webm", ".mkv"), Kind.RECORDING),
}


def kind_of(document: str) -> Kind:
    """The kind of a document, by the ending of its path; text where that tells nothing else."""
    return _KINDS.get(PurePosixPath(document).suffix.lower(), Kind.TEXT)


@dataclass(frozen=True, slots=True)
class Scope:
    """What is searched; where nothing is said, everything.

    Attributes:
        languages: of passages.
        sources: kinds of documents, their paths, or patterns of paths ("interviews/*"); one has to fit.
        since, until: ISO 8601, as exact as `2024`, `2024-03` or `2024-03-05`, both included. A document that
            tells no date is in no span of time.
    """

    languages: tuple[Language, ...] = ()
    sources: tuple[str, ...] = ()
    since: str = ""
    until: str = ""

    def speaks(self, language: Language) -> bool:
        """Whether passages of a language are searched."""
        return not self.languages or language in self.languages

    def holds(self, document: str, dated: str) -> bool:
        """Whether passages of a document, by its path and date, are searched."""
        return self._is_source(document) and self._is_of_time(dated)

    def _is_source(self, document: str) -> bool:
        kind = kind_of(document).value
        return not self.sources or any(
            source in (kind, document) or fnmatchcase(document, source) for source in self.sources
        )

    def _is_of_time(self, dated: str) -> bool:
        if not (self.since or self.until):
            return True
        starts_late = bool(self.since) and last_day(dated) < first_day(self.since)
        ends_early = bool(self.until) and first_day(dated) > last_day(self.until)
        return bool(dated) and not starts_late and not ends_early


EVERYTHING = Scope()
