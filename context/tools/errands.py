"""What a tool is run with, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from gemelo.context.records import ToolVerdict
from gemelo.models.vocabulary import Exchange, Language


@dataclass(frozen=True, slots=True)
class Errand:
    """What a call is made for.

    Attributes:
        key: the same whenever this very call is made again, of no other.
        question: what the fan has just said, without personal data.
        talk: what went before, as it was heard.
        contact: the last address or number that the fan gave in this session, empty where none; no mind
            and no log sees it.
        held: what that was in the turn before: a yes of this turn is about no other.
    """

    key: str
    session: str
    language: Language
    question: str = ""
    talk: tuple[Exchange, ...] = ()
    contact: str = field(default="", repr=False)
    held: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool says: `result` is JSON for the mind.

    Where `say` is set the twin says that line of the policy, and nothing else in this turn.
    """

    verdict: ToolVerdict
    result: Mapping[str, Any]
    say: str = ""


def failed(verdict: ToolVerdict, sentence: str) -> Answer:
    """An answer that tells the mind what went wrong and what it may do."""
    return Answer(verdict, {"error": sentence})


@dataclass(frozen=True, slots=True)
class Lead:
    """How to reach a fan who agreed to be reached, and what about. `created`: ms since 1970 UTC.

    `consent` is the question that the fan said yes to, word for word.
    """

    id: str
    deployment: str
    session: str
    tool: str
    name: str = field(repr=False)
    contact: str = field(repr=False)
    interest: str = field(repr=False)
    language: Language
    consent: str
    created: int


class Leads(Protocol):
    """Keeps leads."""

    async def keep(self, lead: Lead) -> bool:
        """Keeps a lead and tells the talent's people, once for its id; False where its session is gone.

        Raises:
            StoreError: nothing was kept.
        """
        ...


def spoken(lines: Mapping[str, str], language: Language) -> str:
    """A text in a language, or in the first other one that there is."""
    return lines.get(language) or next(iter(lines.values()), "")
