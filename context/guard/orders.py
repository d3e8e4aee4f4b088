"""Telling when a text gives the twin orders: to show its instructions, to drop them, to be another.

Fans try it in a message, others plant it in a document or in what a tool returns. One cue of `orders`
is enough; those of `role`, of which every long script of a role to play has many, must come together.
"""

from __future__ import annotations

import re

from gemelo.context.guard.cues import cues
from gemelo.context.guard.skeleton import Reading

_MANY = 5
"""Cues, each counted once, that only a script of a role has."""
_TAGS = re.compile(
    r"<<?/?sys(?:tem)?>>?|\[/?inst\]|<\|(?:im_start|system|assistant)|^\s*#{2,}\s*(?:system|instruction)"
    r"|(?:^|[\[(.]\s*)(?:system|sistema)\s*:(?!\s*\d)|\bnew instructions?\s*:|\bnuevas instrucciones\s*:",
    re.IGNORECASE | re.MULTILINE,
)
"""Marks by which chat templates set a system's words apart."""


def gives_orders(text: str) -> bool:
    """Whether `text` tells a model what to do against its instructions."""
    if _TAGS.search(text):
        return True
    readings = [" ".join(skeleton.spoken) for skeleton in Reading(text).skeletons]
    many = len({cue[0] for cue in cues("role").finditer(readings[0])}) >= _MANY
    return many or any(cues("orders").search(said) for said in readings)
