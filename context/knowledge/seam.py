"""Finding what a talent said about something."""

from __future__ import annotations

from typing import Protocol

from gemelo.models.vocabulary import Findings, Language


class Knowledge(Protocol):
    """What one twin knows in one place (its documents, and the campaign's approved claims)."""

    async def search(self, query: str, language: Language, k: int = 5) -> Findings:
        """Finds the passages that answer `query`, best first; runs off the event loop.

        `Findings.declined` says that none is good enough. Each passage names the sentences that
        answer best in `Passage.best`.
        """
        ...
