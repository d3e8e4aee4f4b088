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
            False where the session has answered a turn with this `client_id` before: nothing was
            stored, and no second reply may be made (`reply_of` has the first). A turn that the
            death of a process left unanswered is opened again, in its old place.

        Raises:
            Forgotten: the session was erased, perhaps by another server; it is over.
            StoreError: the store cannot be written; the turn must not be answered.
        """
        ...

    async def heard(self, turn: TurnId, text: str) -> None:
        """Notes how much of the reply the fan has heard so far."""
        ...

    async def finish(self, turn: TurnId, outcome: TurnOutcome) -> None:
        """Stores how a turn ended."""
        ...

    async def reply_of(self, session: str, client_id: str) -> TurnOutcome | None:
        """How the turn with this `client_id` ended, if it did."""
        ...

    async def history(self, session: str, last: int) -> tuple[Exchange, ...]:
        """The last turns of a session as they were heard, oldest first."""
        ...

    async def in_crisis(self, session: str) -> bool:
        """Whether the guard heard a crisis in any turn of a session."""
        ...

    async def last_number(self, session: str) -> int:
        """Number of the newest turn of a session; 0 for none."""
        ...
