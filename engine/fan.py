"""Who is on the other side of a session."""

from __future__ import annotations

from dataclasses import dataclass, field

from gemelo.engine.allowance import Allowance
from gemelo.engine.memories import Memories
from gemelo.models.vocabulary import Exchange, Language


@dataclass(frozen=True, slots=True)
class Fan:
    """Who is here: the session's id, the language to begin in, and what was said before.

    `in_crisis` says that this fan was in crisis at any time of the session, however long ago. `memories`
    are what may be kept of this fan here, None where nothing may; `allowance` is how much the fan may still
    talk, None where nobody counts. `contact` is the last address or number that the fan gave in `history`.
    """

    session: str
    language: Language
    history: tuple[Exchange, ...] = ()
    turns: int = 0
    in_crisis: bool = False
    memories: Memories | None = None
    allowance: Allowance | None = None
    contact: str = field(default="", repr=False)
