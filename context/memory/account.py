"""All that is kept of one fan at one deployment, and whose it is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from gemelo.context.memory.facts import Kind
from gemelo.context.tools.errands import Lead
from gemelo.context.twins import SessionRecord
from gemelo.models.vocabulary import Language


@dataclass(frozen=True, slots=True)
class Whose:
    """One fan who agreed to be known again at a deployment, or one session of a fan who did not.

    Raises:
        ValueError: neither or both are named: an empty name would be that of every fan nobody knows.
    """

    deployment: str
    fan: str = ""
    session: str = ""

    def __post_init__(self) -> None:
        if bool(self.fan) is bool(self.session) or not self.deployment:
            raise ValueError("name a deployment, and either a fan or a session")


@dataclass(frozen=True, slots=True)
class Remembered:
    """A fact that a fan agreed to have kept. `created`: when it was last said (ms since 1970 UTC)."""

    kind: Kind
    text: str
    language: Language
    created: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """One turn as a fan may see it again: what they said, and what they got of the reply."""

    number: int
    fan: str
    twin: str
    language: Language
    created: int


@dataclass(frozen=True, slots=True)
class Talk:
    """One session with all its turns, oldest first."""

    session: SessionRecord
    turns: tuple[Spoken, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that is kept of one fan at one place."""

    deployment: str
    facts: tuple[Remembered, ...] = ()
    talks: tuple[Talk, ...] = ()
    leads: tuple[Lead, ...] = ()


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was erased. `sessions` are the ids: who is still in one must leave it."""

    sessions: tuple[str, ...] = ()
    turns: int = 0
    facts: int = 0
    leads: int = 0

    def __add__(self, other: Erased) -> Erased:
        return Erased(
            self.sessions + other.sessions,
            self.turns + other.turns,
            self.facts + other.facts,
            self.leads + other.leads,
        )


def memory_id(deployment: str, fan: str, kind: Kind) -> str:
    """Where a fact is kept: each fan has one place for each kind at each deployment."""
    whose = hashlib.sha256(f"{deployment}\0{fan}".encode()).hexdigest()
    return f"{kind}:{whose}"


def kind_of(id: str) -> Kind:
    """What the fact that is kept there is about."""
    return Kind(id.partition(":")[0])
