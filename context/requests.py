"""Writes that a client may send twice, and what was answered the first time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Answered:
    """A request that was begun under a key.

    Attributes:
        sha256: of all that was asked.
        status: of the answer; 0 where none was ever written down.
        body: the answer, as its writer encoded it.
    """

    sha256: str
    status: int = 0
    body: str = ""


class Requests(Protocol):
    """Remembers requests by principal and key. Every method may raise `StoreError`."""

    async def claim(self, principal: str, key: str, sha256: str) -> Answered | None:
        """Begins a request. None: it is the caller's to run, and nobody else will. Otherwise somebody
        has begun it before."""
        ...

    async def finish(self, principal: str, key: str, status: int, body: str) -> None:
        """Writes down the answer of a request that was claimed."""
        ...

    async def prune(self) -> int:
        """Forgets what is too old, of all principals; returns how many requests."""
        ...

    async def release(self, principal: str, key: str) -> None:
        """Forgets a claim: what was asked did not happen."""
        ...
