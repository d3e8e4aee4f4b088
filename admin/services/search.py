"""Asking a twin's knowledge directly, for `gemelo search`."""

from __future__ import annotations

from typing import Any

from gemelo.admin.services.house import House
from gemelo.context.knowledge.language import guess
from gemelo.context.knowledge.twin import TwinKnowledge
from gemelo.models.errors import UnknownTwin
from gemelo.models.text import clean
from gemelo.models.vocabulary import Findings


async def search(house: House, twin: str, query: str, k: int) -> Findings:
    """Finds the passages that a twin would answer `query` from.

    Raises:
        UnknownTwin: there is none of this id.
        BadText: there is nothing to read in the query, or too much.
        StoreError, EmbedderError.
    """
    text = clean(query)
    await known(house, twin)
    knowledge = TwinKnowledge(house.library, twin)
    await knowledge.search(text, guess(text), 1)  # opens the index: `micros` is then what a fan waits for
    return await knowledge.search(text, guess(text), k)


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
                "source": {"document": passage.source.document, "place": passage.source.place},
            }
            for passage in found.passages
        ],
        "declined": found.declined,
        "micros": found.micros,
    }
