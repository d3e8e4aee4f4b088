"""A brand's campaign and its two keys, from the first draft to its end.

The rules are `context.tenancy.campaigns`; here they meet what is kept, in one transaction an act. A policy
of the terms is kept under its hash, so that both sides can try exactly what they approve.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from gemelo.admin.services.checking import findable, id_of, name_of, party_of, permit, reason_of, window_of
from gemelo.admin.services.compiling import Compiled, Compiler, Stack, parsed, told, under, warned
from gemelo.admin.services.desk import Books, Desk, Kept
from gemelo.context.hooks.topics import Topic, topic_of
from gemelo.context.tenancy import campaigns
from gemelo.context.tenancy.campaigns import Campaign, Terms
from gemelo.context.tenancy.likeness import Licence
from gemelo.context.tenancy.people import Action, Principal, Side
from gemelo.context.tenancy.standing import campaign_layer, licensed
from gemelo.context.twins import Brand, Deployment, Talent, Twin
from gemelo.models.errors import BadLayer, NotAllowed, Stale, Unknown, UsageError

_UNLICENSED = (
    "no licence of the talent covers this brand and category on this kind of page for the whole window: "
    "write one, or choose other dates"
)


@dataclass(frozen=True, slots=True)
class Tabled:
    """A campaign as it lies before both sides.

    Attributes:
        policy: hash under which its page is tried; empty where its layer does not go with the others.
        warnings: what a manager should look at.
        obstacles: everything that keeps it from being approved now.
    """

    campaign: Campaign
    revision: int
    policy: str = ""
    warnings: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()


Change = Callable[[Books, Campaign], Awaitable[Campaign]]
"""What an act makes of a campaign."""


class Campaigning:
    """What becomes of campaigns. What is said of each method holds for all.

    Args:
        now: the calendar's clock (ms since 1970 UTC).

    Every method may raise `Unknown` (there is none, or not for this principal), `NotAllowed`, `UsageError`
    and `StoreError`.
    """

    def __init__(self, desk: Desk, compiler: Compiler, now: Callable[[], int]) -> None:
        self._desk = desk
        self._compiler = compiler
        self._now = now

    async def look(self, who: Principal, id: str) -> Tabled:
        """A campaign as it stands, with all that keeps it from being approved."""

        async def work(books: Books) -> Tabled:
            return await self._tabled(books, who, await books.get(Campaign, findable(id)))

        return await self._desk.read(who, work)

    async def draft(self, who: Principal, campaign: Campaign, why: str) -> Tabled:
        """Begins a campaign. A brand's people begin one with a talent that they work with.

        Raises:
            BadLayer, BadWindow: the terms are wrong.
            Taken: there is one of this id.
        """
        made = Campaign(id_of(campaign.id), campaign.talent, campaign.brand, campaign.terms)

        async def work(books: Books) -> Tabled:
            await _meet(books, who, made)
            checked = replace(made, terms=await _checked(books, made, made.terms))
            await books.add(checked)
            return await self._kept(books, who, Kept(checked, 1), Topic.CAMPAIGN_DRAFTED)

        return await self._desk.write(who, reason_of(why), work)

    async def edit(self, who: Principal, id: str, terms: Terms, revision: int, why: str) -> Tabled:
        """Sets other terms; both keys are void.

        Raises:
            BadLayer, BadWindow: the terms are wrong.
            Stale: somebody has changed it since `revision`.
        """

        async def change(books: Books, campaign: Campaign) -> Campaign:
            return campaigns.edit(campaign, await _checked(books, campaign, terms), self._now())

        return await self._change(who, id, Action.EDIT_CAMPAIGN, "edit", why, change, revision)

    async def submit(self, who: Principal, id: str, why: str) -> Tabled:
        """Lays the terms before both sides.

        Raises:
            BadWindow: its window is over.
        """

        async def change(books: Books, campaign: Campaign) -> Campaign:
            return campaigns.submit(campaign, self._now())

        return await self._change(who, id, Action.EDIT_CAMPAIGN, "submit", why, change)

    async def approve(self, who: Principal, id: str, side: Side, hash: str, why: str) -> Tabled:
        """Turns one side's key on the terms of `hash`.

        Raises:
            Stale: the terms are no longer those.
            Clashes: other campaigns, or the layers above, are in its way; names all of them.
        """

        async def change(books: Books, campaign: Campaign) -> Campaign:
            _hold(who, campaign, side)
            obstacles = (await self._tabled(books, who, Kept(campaign, 0))).obstacles
            return campaigns.approve(campaign, side, who.id, hash, self._now(), obstacles)

        await self.look(who, id)  # what is slow is compiled before others have to wait
        return await self._change(who, id, Action.SEE, "approve", why, change)

    async def withdraw(self, who: Principal, id: str, side: Side, why: str) -> Tabled:
        """Takes one side's key back; a live campaign stops."""

        async def change(books: Books, campaign: Campaign) -> Campaign:
            _hold(who, campaign, side)
            return campaigns.withdraw(campaign, side)

        return await self._change(who, id, Action.SEE, "withdraw", why, change)

    async def suspend(self, who: Principal, id: str, why: str) -> Tabled:
        """Stops it until the same party resumes it."""

        async def change(books: Books, campaign: Campaign) -> Campaign:
            return campaigns.suspend(campaign, party_of(who, talent=campaign.talent, brand=campaign.brand))

        return await self._change(who, id, Action.STOP, "suspend", why, change)

    async def resume(self, who: Principal, id: str, why: str) -> Tabled:
        """Takes back what one's own party has stopped."""

        async def change(books: Books, campaign: Campaign) -> Campaign:
            return campaigns.resume(campaign, who.speaks_for(talent=campaign.talent, brand=campaign.brand))

        return await self._change(who, id, Action.STOP, "resume", why, change)

    async def end(self, who: Principal, id: str, why: str) -> Tabled:
        """Ends it for good."""

        async def change(books: Books, campaign: Campaign) -> Campaign:
            return campaigns.end(campaign, self._now())

        return await self._change(who, id, Action.STOP, "end", why, change)

    async def _change(
        self,
        who: Principal,
        id: str,
        action: Action,
        verb: str,
        why: str,
        change: Change,
        revision: int | None = None,
    ) -> Tabled:
        """One act on a campaign; what changes nothing is not written down."""

        async def work(books: Books) -> Tabled:
            kept = await books.get(Campaign, findable(id))
            permit(who, action, talent=kept.noun.talent, brand=kept.noun.brand)
            if revision is not None and revision != kept.revision:
                raise Stale("this campaign was changed meanwhile: look at it again")
            changed = await change(books, kept.noun)
            if changed == kept.noun:
                return await self._tabled(books, who, kept)
            revised = Kept(changed, await books.replace(changed, kept.revision, verb))
            return await self._kept(books, who, revised, topic_of("campaign", verb))

        return await self._desk.write(who, reason_of(why), work)

    async def _kept(self, books: Books, who: Principal, kept: Kept[Campaign], topic: Topic) -> Tabled:
        """Keeps what a campaign's terms compile to, and tells the world."""
        campaign = kept.noun
        stack, compiled = await self._compiled(books, campaign)
        if isinstance(compiled, Compiled):
            await books.unfenced.put_versions([stack.version(compiled.hash, who.id, self._now())])
        message = {"campaign": campaign.id, "brand": campaign.brand, "terms": campaign.terms.hash}
        await books.post(topic, campaign.talent, message)
        return await self._tabled(books, who, kept)

    async def _tabled(self, books: Books, who: Principal, kept: Kept[Campaign]) -> Tabled:
        campaign = kept.noun
        stack, compiled = await self._compiled(books, campaign)
        others = {one.id: one for one in await books.unfenced.all(Campaign, talent=campaign.talent)}
        obstacles = [
            str(clash) if _sees(who, others[clash.campaign]) else clash.nameless()
            for clash in campaigns.clashes(campaign, others.values())
        ]
        obstacles += _no_page(stack.facts.deployment)
        if not licensed(stack.facts, campaign):
            obstacles.append(_UNLICENSED)
        if isinstance(compiled, BadLayer):
            obstacles += told(compiled, who, campaign.talent)
            return Tabled(campaign, kept.revision, obstacles=tuple(obstacles))
        sees = who.may(Action.SEE, talent=campaign.talent)
        warnings = warned(stack, compiled, self._now()) if sees else compiled.open
        return Tabled(campaign, kept.revision, compiled.hash, warnings, tuple(obstacles))

    async def _compiled(self, books: Books, campaign: Campaign) -> tuple[Stack, Compiled | BadLayer]:
        """A campaign's page while it is live, or why it cannot be."""
        stack = under(await books.unfenced.facts(campaign.terms.deployment), campaign)
        try:
            return stack, await self._compiler.compile(stack)
        except BadLayer as error:
            return stack, error


def _no_page(place: Deployment) -> tuple[str, ...]:
    """Why a campaign may not run at a place; empty where it may."""
    if place.type in campaigns.PAGES:
        return ()
    return (f"{place.key} is a {place.type}, and a campaign runs on a campaign page or a portal: choose one",)


def _sees(who: Principal, campaign: Campaign) -> bool:
    return who.may(Action.SEE, talent=campaign.talent, brand=campaign.brand)


def _hold(who: Principal, campaign: Campaign, side: Side) -> None:
    if not who.holds(side, talent=campaign.talent, brand=campaign.brand):
        raise NotAllowed(
            f"you do not hold the {side}'s key of this campaign: somebody of theirs must turn it"
        )


async def _meet(books: Books, who: Principal, made: Campaign) -> None:
    """Raises `Unknown` where the two sides do not know each other, or one of them is not there, and
    `NotAllowed` where `who` may not draft for either.

    A brand's people know the talents whose licence names the brand, and those they have a campaign with.
    """
    all, talent, brand = books.unfenced, findable(made.talent), findable(made.brand)
    if not who.may(Action.SEE, talent=talent):
        if brand not in who.brands:
            raise Unknown(f"there is no brand {brand[:64]!r}")
        licences = await all.all(Licence, talent=talent)
        named = any(brand in licence.brands and licence.revoked is None for licence in licences)
        if not named and not await books.all(Campaign, talent=talent, brand=brand):
            raise Unknown(f"there is no talent {talent[:64]!r}")
    await all.get(Talent, talent)
    permit(who, Action.EDIT_CAMPAIGN, talent=talent, brand=brand)
    await all.get(Brand, brand)


async def _checked(books: Books, campaign: Campaign, terms: Terms) -> Terms:
    """Terms as they are kept.

    Raises:
        Unknown: the page is none of this talent's.
        UsageError: no campaign runs on such a page.
        BadLayer: the layer is wrong, or its sponsor is not the campaign's brand or category.
        BadWindow.
    """
    all = books.unfenced
    unknown = Unknown(f"this talent has no deployment {terms.deployment[:64]!r}")
    try:
        place = (await all.get(Deployment, findable(terms.deployment))).noun
    except Unknown:
        raise unknown from None
    if (await all.get(Twin, place.twin)).noun.talent != campaign.talent:
        raise unknown
    for refused in _no_page(place):
        raise UsageError(refused)
    checked = replace(
        terms, category=name_of(terms.category, campaigns.MAX_CATEGORY), window=window_of(terms.window)
    )
    layer = parsed(campaign_layer(replace(campaign, terms=checked)))
    sponsor = layer.document.sponsor
    if sponsor is None:
        raise BadLayer(f"{layer.place('layer')}: a campaign's layer says who pays: write 'sponsor:'")
    brand = (await all.get(Brand, campaign.brand)).noun
    if sponsor.brand.casefold() != brand.name.casefold():
        raise BadLayer(f"{layer.place('sponsor', 'brand')}: the sponsor here is {brand.name!r}")
    if sponsor.category.casefold() != checked.category.casefold():
        raise BadLayer(f"{layer.place('sponsor', 'category')}: write {checked.category!r}, as the terms do")
    return checked
