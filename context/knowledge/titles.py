"""What passages are about, by the titles above them; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gemelo.models.clauses import sentences

_NUMBERING = re.compile(
    r"^(?:(?:chapter|part|section|cap[ií]tulo|parte|secci[oó]n)\s+)?(?:\d+(?:\.\d+)*|[IVXLC]+)[.):]*\s+(?=\w)",
    re.I,
)
_EDGES = ' .:;,“”«»"'


def titles(place: str) -> Iterator[str]:
    """The titles that a passage stands below, the nearest first, without numbers: "2.1 Kilns" is "Kilns"."""
    for heading in reversed(place.split(" › ")):
        for title in sentences(heading):
            if plain := _NUMBERING.sub("", title).strip(_EDGES):
                yield plain
