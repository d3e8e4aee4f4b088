"""What is kept of the fan of one session, on the way between the engine and the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gemelo.admin.services.badges import Badge, Badges, new_name
from gemelo.context.memory.account import Account, Erased, Remembered, Whose
from gemelo.context.memory.facts import Fact
from gemelo.engine.events import Agreed


class Fans(Protocol):
    """What is kept of fans. Every method names one deployment or session, and may raise `StoreError`."""

    async def agree(self, session: str, fan: str) -> bool:
        """Links a session to a fan; False where there is no such session."""
        ...

    async def part(self, session: str) -> None:
        """Takes the fan's name off a session."""
        ...

    async def keep(self, session: str, facts: Sequence[Fact]) -> int:
        """Keeps facts for the fan of a session; returns how many were."""
        ...

    async def knows(self, deployments: Sequence[str], fan: str) -> bool:
        """Whether anything is kept under a fan's name at any of these deployments."""
        ...

    async def facts(self, deployment: str, fan: str) -> tuple[Remembered, ...]: ...

    async def account(self, whose: Whose) -> Account:
        """Everything that is kept of a fan at one deployment."""
        ...

    async def erase(self, whose: Whose) -> Erased:
        """Deletes everything that is kept of a fan at one deployment."""
        ...

    async def expire(self, deployment: str, before: int, limit: int = 500) -> Erased:
        """Deletes sessions last seen before an instant (ms since 1970 UTC), and all that hangs on them; some
        of them, where there are more than `limit`."""
        ...


class Notebook:
    """`engine.memories.Memories` of one session.

    Args:
        badge: of a fan who agreed, None of one who did not.
        known: what is kept of the fan so far, as far as this deployment may use it.
    """

    def __init__(
        self,
        fans: Fans,
        badges: Badges,
        session: str,
        deployment: str,
        badge: Badge | None = None,
        known: Sequence[str] = (),
    ) -> None:
        self._fans = fans
        self._badges = badges
        self._session = session
        self._deployment = deployment
        self._badge = badge
        self._known = tuple(known)

    @property
    def consent(self) -> str:
        return self._badge.fan if self._badge else ""

    @property
    def known(self) -> tuple[str, ...]:
        return self._known

    async def keep(self, facts: Sequence[Fact]) -> None:
        """See `Memories.keep`."""
        if self._badge and await self._fans.keep(self._session, facts):
            self._known = tuple(dict.fromkeys((*self._known, *(fact.text for fact in facts))))

    async def agree(self, share: Sequence[str]) -> Agreed:
        """See `Memories.agree`. What the fan told before they agreed is not gone through for facts."""
        badge = self._badge or Badge(self._deployment, new_name())
        if not await self._fans.agree(self._session, badge.fan):
            return Agreed(on=False)
        self._badge = badge
        there = {key: Badge(key, badge.fan, (self._deployment,)) for key in share if key != self._deployment}
        return Agreed(
            True, self._badges.sign(badge), {key: self._badges.sign(badge) for key, badge in there.items()}
        )

    async def part(self) -> Agreed:
        """See `Memories.part`. Whom to forget is known until it is done, so that a fan can ask again."""
        self._known = ()
        await self._fans.part(self._session)
        if self._badge:
            await self._fans.erase(Whose(self._deployment, self._badge.fan))
        self._badge = None
        return Agreed(on=False)
