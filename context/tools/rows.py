"""Finding rows of a catalogue and days of a schedule; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from gemelo.context.guard.classes import stems
from gemelo.context.guard.glyphs import fold
from gemelo.context.tools.definitions import Event, Item
from gemelo.context.tools.errands import spoken
from gemelo.models.vocabulary import Language

MOST = 8
"""Rows that a mind is told at once."""
_NAMED = 3
"""A word in a name counts as much as so many in the text."""
_SHORT = 3
"""Words of fewer letters find nothing."""


def matching(rows: Sequence[Item], query: str, language: Language) -> tuple[Item, ...]:
    """The rows that share words with a query, best first; all of them in their order for an empty one."""
    asked = _stems(query)
    if not asked:
        return tuple(rows)

    def score(row: Item) -> int:
        named, told = _stems(row.name), _stems(" ".join(row.details.values()))
        return _NAMED * len(asked & named) + len(asked & told - named)

    scored = [(score(row), row) for row in rows]
    return tuple(row for points, row in sorted(scored, key=lambda one: -one[0]) if points)


def catalogue(rows: Sequence[Item], query: str, language: Language) -> dict[str, Any]:
    """What a mind is told of what it looked for; where nothing is found, what there is."""
    found = matching(rows, query, language)
    if not found:
        return {"found": [], "there_is": [row.name for row in rows[: MOST * 3]]}
    told = [{"name": row.name, "details": spoken(row.details, language)} for row in found[:MOST]]
    more = [row.name for row in found[MOST : MOST * 4]]
    return {"found": told} | ({"more": more} if more else {})


def upcoming(
    events: Sequence[Event], first: date | None, last: date | None, now_ms: int
) -> tuple[Event, ...]:
    """What takes place from a day to another, the next first; from now on where no day is named."""
    now = datetime.fromtimestamp(now_ms / 1000, UTC)

    def wanted(event: Event) -> bool:
        day = event.starts.date()  # where it takes place
        begins = day >= first if first else event.starts >= now
        return begins and (last is None or day <= last)

    return tuple(sorted(filter(wanted, events), key=lambda event: event.starts))


def schedule(
    events: Sequence[Event], first: date | None, last: date | None, now_ms: int, language: Language
) -> dict[str, Any]:
    """What a mind is told of these days."""
    found = upcoming(events, first, last, now_ms)
    told = [
        {"title": event.title, "starts": event.starts.isoformat(timespec="minutes")}
        | ({"details": spoken(event.details, language)} if event.details else {})
        for event in found[:MOST]
    ]
    today = datetime.fromtimestamp(now_ms / 1000, UTC).date().isoformat()
    return {"today": today, "events": told} | ({"more": len(found) - MOST} if len(found) > MOST else {})


def _stems(text: str) -> frozenset[str]:
    words = (word for word in re.findall(r"\w+", fold(text)) if len(word) >= _SHORT)
    return frozenset(stem for word in words for stem in stems(word))
