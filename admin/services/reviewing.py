"""Saying what one found: of a turn that was said, or of the terms of a campaign.

A finding changes nothing. It stands in the audit log, where who decides reads it: of a turn the talent's
people, of a campaign both sides.
"""

from __future__ import annotations

from enum import StrEnum

from gemelo.admin.services.checking import findable, permit, reason_of
from gemelo.admin.services.desk import Books, Desk
from gemelo.admin.services.talks import Talks
from gemelo.context.tenancy.campaigns import Campaign
from gemelo.context.tenancy.people import Action, Principal
from gemelo.context.twins import Deployment, Twin
from gemelo.models.errors import Stale


class Finding(StrEnum):
    CONFORMS = "conforms"
    FLAGGED = "flagged"
    """Somebody who decides should look."""


class Reviewing:
    """What reviewers find. Every method may raise `Unknown`, `NotAllowed`, `UsageError` and `StoreError`."""

    def __init__(self, desk: Desk, talks: Talks) -> None:
        self._desk = desk
        self._talks = talks

    async def turn(self, who: Principal, id: str, finding: Finding, why: str) -> None:
        """Says what is found of a turn; the words themselves are not repeated."""
        told = await self._talks.turn(who, findable(id))
        session = await self._talks.session(who, told.turn.session)

        async def work(books: Books) -> None:
            place = (await books.get(Deployment, session.deployment)).noun
            permit(who, Action.REVIEW, talent=(await books.get(Twin, place.twin)).noun.talent)
            await books.note("review", place, {"turn": id, "session": session.id, "finding": finding})

        await self._desk.write(who, reason_of(why, needed=True), work)

    async def campaign(self, who: Principal, id: str, hash: str, finding: Finding, why: str) -> None:
        """Says what is found of a campaign's terms; turns no key.

        Raises:
            Stale: the terms are no longer those of `hash`.
        """

        async def work(books: Books) -> None:
            campaign = (await books.get(Campaign, findable(id))).noun
            permit(who, Action.REVIEW, talent=campaign.talent)
            if hash != campaign.terms.hash:
                raise Stale("the terms have changed since: read them again before you review them")
            await books.note("review", campaign, {"terms": hash, "finding": finding})

        await self._desk.write(who, reason_of(why, needed=True), work)
