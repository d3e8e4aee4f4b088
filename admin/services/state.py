"""What the processes of one house share beside the database: hints, counters, and what may happen once.

None of it is the truth about anything. A hint that is lost costs at most the time until versions are
compared; a counter that is lost lets somebody in who has had their share.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Protocol

Hint = frozenset[str] | None
"""Talents of whom something changed, or a `resumed` session; None: some may have been missed, so compare."""
_RESUMED = "session:"
"""No id of a talent has a colon."""


def resumed(session: str, entry: str) -> frozenset[str]:
    """A hint that a session goes on at another socket, which came in by the pass `entry`."""
    return frozenset({f"{_RESUMED}{session}:{entry}"})


def resumptions(hint: frozenset[str]) -> dict[str, str]:
    """The sessions that go on elsewhere, each with its newest entry."""
    told = (name.removeprefix(_RESUMED).partition(":") for name in hint if name.startswith(_RESUMED))
    return {session: entry for session, _, entry in told}


class Shared(Protocol):
    """Keys are the caller's own, e.g. `pass:NONCE`; times are whole seconds."""

    async def first(self, key: str, for_s: int) -> bool:
        """Whether this is the first time within `for_s` that anybody asks; then it counts as taken.

        Raises:
            StateError: it cannot be told now.
        """
        ...

    async def count(self, key: str, for_s: int, by: int = 1) -> int:
        """Adds to a counter, which is forgotten `for_s` after it was begun; returns what it says then.

        Raises:
            StateError: it cannot be told now.
        """
        ...

    async def keep(self, key: str, value: str, for_s: int) -> None:
        """Writes a value down for so long, over what stood there.

        Raises:
            StateError: it cannot be written now.
        """
        ...

    async def kept(self, key: str) -> str:
        """What was written down under a key; empty where nothing was, or no longer is.

        Raises:
            StateError: it cannot be told now.
        """
        ...

    async def tell(self, hint: frozenset[str]) -> None:
        """Says to every process what changed, e.g. of which talents. Never fails; may not arrive."""
        ...

    def listen(self) -> AsyncGenerator[Hint]:
        """What is told from now on, by this process and others. Begins with None, once it listens."""
        ...

    async def ping(self) -> None:
        """Raises `StateError` where the processes cannot share anything now."""
        ...
