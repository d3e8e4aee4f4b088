"""How much a fan may still talk here."""

from __future__ import annotations

from typing import Protocol

from gemelo.context.policy.context import Context


class Allowance(Protocol):
    """What one fan has left. Neither method waits for anything."""

    def affords(self, context: Context) -> bool:
        """Whether another turn may be answered under these rules."""
        ...

    def spend(self) -> None:
        """A turn is answered."""
        ...
