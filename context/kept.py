"""How what is kept is handed out: one thing with its revision, a page of many, a line of the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from gemelo.context.records import TurnOutcome, TurnRecord
from gemelo.models.usage import Used

T = TypeVar("T")

PAST_ALL = 2**31 - 1
"""No line of the audit log and no version has this number: all come before it."""


@dataclass(frozen=True, slots=True)
class Kept(Generic[T]):
    """Something as it is kept. `revision` counts its changes: who changes it says which one they saw."""

    noun: T
    revision: int


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of many, in order. `after` is where the next page begins; empty where there is none."""

    items: tuple[T, ...]
    after: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A turn with how it ended and when it was committed (ms since 1970 UTC)."""

    turn: TurnRecord
    outcome: TurnOutcome
    created: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What one place was used in one month of UTC, e.g. "2026-12".

    A session counts in the month in which it was opened. `spoken` are the turns that were not typed,
    `voiced_s` for how long the twin was heard (s), whether or not it was asked by voice. `services`: what its
    turns took of each service that is paid for, by name.
    """

    month: str
    sessions: int
    turns: int
    spoken: int
    voiced_s: float
    services: tuple[Used, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit log: who did what to which thing when (ms since 1970 UTC), and why.

    `change` holds the fields that changed, each as [before, after].
    """

    id: int
    at: int
    who: str
    action: str
    kind: str
    target: str
    talent: str
    brand: str
    change: Mapping[str, Any]
    why: str
