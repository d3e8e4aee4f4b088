"""What the engine needs of a store."""

from __future__ import annotations

from typing import Protocol

from gemelo.context.records import TurnOutcome, TurnRecord
from gemelo.models.vocabulary import Exchange, TurnId


class Records(Protocol):
    """Keeps turns. Implemented by `gemelo.context.store`; in memory by `tests.fakes`."""

    async def commit(self, turn: TurnRecord) -> bool:
        """Stores a turn for good before its reply leaves.

        Returns:
            False where the session already has a turn with this `client_id`: nothing was stored,
            and no second reply may be made.

        Raises:
            StoreError: the store cannot be written; the turn must not be answered.
        """
        ...

    async def heard(self, turn: TurnId, text: str) -> None:
        """Notes how much of the reply the fan has heard so far."""
        ...

    async def finish(self, turn: TurnId, outcome: TurnOutcome) -> None:
        """Stores how a turn ended."""
        ...

    async def history(self, session: str, last: int) -> tuple[Exchange, ...]:
        """The last turns of a session as they were heard, oldest first."""
        ...
