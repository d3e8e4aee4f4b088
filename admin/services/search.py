"""Asking a twin's knowledge directly, for `gemelo search`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gemelo.admin.services.house import House
from gemelo.context.knowledge.language import guess
from gemelo.context.knowledge.scope import EVERYTHING, Scope, kind_of
from gemelo.context.knowledge.twin import TwinKnowledge
from gemelo.models.dates import first_day, is_date, last_day
from gemelo.models.errors import UnknownTwin, UsageError
from gemelo.models.text import clean
from gemelo.models.vocabulary import Findings, Language


async def search(house: House, twin: str, query: str, k: int, within: Scope = EVERYTHING) -> Findings:
    """Finds the passages that a twin would answer `query` from, of those within a scope.

    Raises:
        UnknownTwin: there is none of this id.
        BadText: there is nothing to read in the query, or too much.
        StoreError, EmbedderError.
    """
    text = clean(query)
    await known(house, twin)
    knowledge = house.ordered(TwinKnowledge(house.library, twin))
    await knowledge.search(text, guess(text), 1)  # opens the index: `micros` is then what a fan waits for
    return await knowledge.search(text, guess(text), k, within=within)


async def known(house: House, twin: str) -> None:
    """Makes sure that there is such a twin.

    Raises:
        UnknownTwin: there is not.
        StoreError: the store cannot be read.
    """
    if await house.twins.twin(twin) is None:
        raise UnknownTwin(f"there is no twin {twin[:64]!r}: check its id")


def found_json(found: Findings) -> dict[str, Any]:
    """The JSON shape that scripts read."""
    return {
        "passages": [
            {
                "id": passage.id,
                "score": round(passage.score, 4),
                "text": passage.text,
                "source": {
                    "document": passage.source.document,
                    "place": passage.source.place,
                    "kind": kind_of(passage.source.document).value,
                    "dated": passage.dated,
                },
            }
            for passage in found.passages
        ],
        "declined": found.declined,
        "micros": found.micros,
    }


def scope_of(languages: Sequence[str], sources: Sequence[str], since: str, until: str) -> Scope:
    """What somebody wants searched, as they have typed it.

    Raises:
        UsageError: a date is none, or the span ends before it begins.
    """
    for dated in filter(None, (since, until)):
        if not is_date(dated):
            raise UsageError(f"{dated[:40]!r} is no date: write 2024, 2024-03 or 2024-03-05")
    if since and until and first_day(since) > last_day(until):
        raise UsageError(f"nothing is both since {since} and until {until}: swap them")
    return Scope(tuple(map(Language, languages)), tuple(sources), since, until)
