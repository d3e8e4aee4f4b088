"""The client's operations on campaigns, licences, consents and what was said."""

from __future__ import annotations

from collections.abc import AsyncIterator

from gemelo.admin.client.line import Line
from gemelo.admin.services.reviewing import Finding
from gemelo.admin.shapes import campaigns as shapes
from gemelo.admin.shapes.base import Change
from gemelo.admin.shapes.fans import (
    AccountShape,
    ErasedShape,
    LeadShape,
    NewWebhook,
    WebhookChange,
    WebhookShape,
)
from gemelo.admin.shapes.likeness import (
    ConsentShape,
    LicenceShape,
    NewClone,
    NewConsent,
    NewLicence,
)
from gemelo.admin.shapes.people import EntryShape
from gemelo.admin.shapes.talk import (
    ReceiptShape,
    ReviewedShape,
    SessionShape,
    TalkShape,
    TurnReview,
    TurnShape,
)
from gemelo.admin.shapes.usage import UsageShape
from gemelo.context.tenancy.people import Side


class Work(Line):
    """What is agreed, and what comes of it."""

    def campaigns(self, **where: str) -> AsyncIterator[shapes.CampaignShape]:
        """All, or those of a `talent` or a `brand`."""
        return self.each(shapes.CampaignShape, "campaigns", **where)

    async def campaign(self, id: str) -> shapes.TabledShape:
        return await self.see(shapes.TabledShape, "campaigns", id)

    async def draft(self, new: shapes.NewCampaign) -> shapes.TabledShape:
        return await self.do(shapes.TabledShape, new, "campaigns")

    async def edit(self, seen: shapes.CampaignShape, to: shapes.CampaignTerms) -> shapes.TabledShape:
        return await self.put(shapes.TabledShape, to, "campaigns", seen.id, seen=seen)

    async def submit(self, id: str, reason: str) -> shapes.TabledShape:
        return await self._act(id, "submit", reason)

    async def approve(self, seen: shapes.CampaignShape, side: Side, reason: str) -> shapes.TabledShape:
        """Turns one side's key on the terms that were seen."""
        turning = shapes.Turning(side=side, hash=seen.hash, reason=reason)
        return await self.do(shapes.TabledShape, turning, "campaigns", seen.id, "approvals")

    async def review(self, seen: shapes.CampaignShape, finding: Finding, reason: str) -> shapes.TabledShape:
        """Says what is found of the terms that were seen."""
        body = shapes.TermsReview(hash=seen.hash, finding=finding, reason=reason)
        return await self.do(shapes.TabledShape, body, "campaigns", seen.id, "reviews")

    async def withdraw(self, id: str, side: Side, reason: str) -> shapes.TabledShape:
        taking = shapes.Withdrawing(side=side, reason=reason)
        return await self.do(shapes.TabledShape, taking, "campaigns", id, "withdraw")

    async def suspend(self, id: str, reason: str) -> shapes.TabledShape:
        return await self._act(id, "suspend", reason)

    async def resume(self, id: str, reason: str) -> shapes.TabledShape:
        return await self._act(id, "resume", reason)

    async def end(self, id: str, reason: str) -> shapes.TabledShape:
        return await self._act(id, "end", reason)

    def licences(self, talent: str = "") -> AsyncIterator[LicenceShape]:
        return self.each(LicenceShape, "licences", **_of(talent))

    async def licence(self, id: str) -> LicenceShape:
        return await self.see(LicenceShape, "licences", id)

    async def give_licence(self, new: NewLicence) -> LicenceShape:
        return await self.do(LicenceShape, new, "licences")

    async def revoke_licence(self, id: str, reason: str) -> LicenceShape:
        return await self.do(LicenceShape, Change(reason=reason), "licences", id, "revoke")

    def consents(self, talent: str = "") -> AsyncIterator[ConsentShape]:
        return self.each(ConsentShape, "consents", **_of(talent))

    async def consent(self, id: str) -> ConsentShape:
        return await self.see(ConsentShape, "consents", id)

    async def keep_consent(self, new: NewConsent) -> ConsentShape:
        return await self.do(ConsentShape, new, "consents")

    async def revoke_consent(self, id: str, reason: str) -> ConsentShape:
        return await self.do(ConsentShape, Change(reason=reason), "consents", id, "revoke")

    async def clone(self, consent: str, new: NewClone) -> ConsentShape:
        return await self.do(ConsentShape, new, "consents", consent, "clones")

    def sessions(self, deployment: str) -> AsyncIterator[SessionShape]:
        return self.each(SessionShape, "deployments", deployment, "sessions")

    async def talk(self, session: str) -> TalkShape:
        return await self.see(TalkShape, "sessions", session)

    async def fan(self, session: str) -> AccountShape:
        """All that is kept of the fan of a session, at its deployment."""
        return await self.see(AccountShape, "sessions", session, "fan")

    async def erase_fan(self, session: str, reason: str) -> ErasedShape:
        return await self.do(ErasedShape, Change(reason=reason), "sessions", session, "fan", "erase")

    def leads(self, talent: str) -> AsyncIterator[LeadShape]:
        """Fans who agreed to be reached, the newest first."""
        return self.each(LeadShape, "talents", talent, "leads")

    def webhooks(self, talent: str) -> AsyncIterator[WebhookShape]:
        return self.each(WebhookShape, "talents", talent, "webhooks")

    async def make_webhook(self, new: NewWebhook) -> WebhookShape:
        """Its secret is in this answer and in no other."""
        return await self.do(WebhookShape, new, "webhooks")

    async def change_webhook(self, seen: WebhookShape, to: WebhookChange) -> WebhookShape:
        """A fresh secret, where one was asked for, is in this answer and in no other."""
        return await self.put(WebhookShape, to, "webhooks", seen.id, seen=seen)

    async def delete_webhook(self, id: str, reason: str) -> None:
        await self.delete("webhooks", id, reason=reason)

    async def turn(self, id: str) -> TurnShape:
        return await self.see(TurnShape, "turns", id)

    async def review_turn(self, id: str, finding: Finding, reason: str) -> ReviewedShape:
        body = TurnReview(finding=finding, reason=reason)
        return await self.do(ReviewedShape, body, "turns", id, "reviews")

    async def receipt(self, turn: str) -> ReceiptShape:
        return await self.see(ReceiptShape, "turns", turn, "receipt")

    async def usage(self, deployment: str, months: int = 12) -> UsageShape:
        return await self.see(UsageShape, "deployments", deployment, "usage", months=months)

    def audit(self, **where: str) -> AsyncIterator[EntryShape]:
        """The audit log, newest first; of a `talent`, a `brand`, a `kind` or a `target`."""
        return self.each(EntryShape, "audit", **where)

    async def _act(self, id: str, verb: str, reason: str) -> shapes.TabledShape:
        return await self.do(shapes.TabledShape, Change(reason=reason), "campaigns", id, verb)


def _of(talent: str) -> dict[str, str]:
    return {"talent": talent} if talent else {}
