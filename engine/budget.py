"""What a tenant's drafts may waste.

Drafts at every interim answer sooner and throw about half of what a mind writes away; drafts in silence
throw little away. Between the two decides how much was wasted lately, over all of a tenant's sessions.
"""

from __future__ import annotations

from collections import deque

from gemelo.context.records import Drafting

_LATELY = 100
"""Turns."""


class DraftBudget:
    """Keeps the share of a tenant's tokens that drafts waste near what was bought. Pure.

    Args:
        share: of all tokens that minds write for this tenant (0-1).
    """

    def __init__(self, share: float) -> None:
        self._share = share
        self._lately: deque[Drafting] = deque(maxlen=_LATELY)

    @property
    def wasted_share(self) -> float:
        """Of the tokens of the last turns."""
        tokens = sum(turn.tokens for turn in self._lately)
        return sum(turn.wasted for turn in self._lately) / tokens if tokens else 0.0

    def affords(self) -> bool:
        """Whether drafts may be begun at the next turn's interims."""
        return self.wasted_share < self._share

    def spend(self, turn: Drafting) -> None:
        """Takes what one turn cost."""
        self._lately.append(turn)
