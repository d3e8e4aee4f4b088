"""The switches that end live sessions at once: a talent's kill switch, and a twin's.

Each party takes back its own stop: what the platform stopped no manager starts again.
"""

from __future__ import annotations

from dataclasses import replace

from gemelo.admin.services.checking import findable, party_of, permit, reason_of
from gemelo.admin.services.desk import Books, Desk
from gemelo.context.tenancy.people import Action, Principal
from gemelo.context.twins import Talent, Twin, TwinState
from gemelo.models.errors import NotAllowed


async def stop(desk: Desk, who: Principal, talent: str, why: str) -> Talent:
    """Nothing of a talent talks anywhere until it is started again.

    Raises:
        Unknown, NotAllowed, UsageError, StoreError.
    """

    async def work(books: Books) -> Talent:
        kept = (await books.get(Talent, findable(talent))).noun
        permit(who, Action.STOP, talent=talent)
        return await _set(books, kept, kept.stopped | {party_of(who, talent=talent)}, "stop")

    return await desk.write(who, reason_of(why), work)


async def start(desk: Desk, who: Principal, talent: str, why: str) -> Talent:
    """Takes back one's own stop.

    Raises:
        NotAllowed: only others have stopped it, or `who` may not.
        Unknown, UsageError, StoreError.
    """

    async def work(books: Books) -> Talent:
        kept = (await books.get(Talent, findable(talent))).noun
        permit(who, Action.STOP, talent=talent)
        left = kept.stopped - who.speaks_for(talent=talent)
        if kept.stopped and left == kept.stopped:
            raise NotAllowed(f"only the {' and the '.join(sorted(left))} can start again what they stopped")
        return await _set(books, kept, left, "start")

    return await desk.write(who, reason_of(why), work)


async def suspend(desk: Desk, who: Principal, twin: str, why: str) -> Twin:
    """Stops a live twin.

    Raises:
        NotAllowed: it is not live, or `who` may not.
        Unknown, UsageError, StoreError.
    """
    return await _turn(desk, who, twin, (TwinState.LIVE, TwinState.SUSPENDED), "suspend", why)


async def resume(desk: Desk, who: Principal, twin: str, why: str) -> Twin:
    """Lets a suspended twin go live again.

    Raises:
        NotAllowed: it is not suspended, or `who` may not.
        Unknown, UsageError, StoreError.
    """
    return await _turn(desk, who, twin, (TwinState.SUSPENDED, TwinState.LIVE), "resume", why)


async def _set(books: Books, talent: Talent, stopped: frozenset[object], action: str) -> Talent:
    if stopped == talent.stopped:
        return talent
    changed = replace(talent, stopped=stopped)
    await books.replace(changed, action=action)
    await books.post(f"talent.{action}", talent.id, {"talent": talent.id})
    return changed


async def _turn(
    desk: Desk, who: Principal, twin: str, way: tuple[TwinState, TwinState], verb: str, why: str
) -> Twin:
    """Brings a twin from one state to another; one that is there already stays."""
    before, after = way

    async def work(books: Books) -> Twin:
        kept = (await books.get(Twin, findable(twin))).noun
        permit(who, Action.STOP, talent=kept.talent)
        if kept.state is after:
            return kept
        if kept.state is not before:
            raise NotAllowed(f"this twin is {kept.state}: only one that is {before} can be {after}")
        changed = replace(kept, state=after)
        await books.replace(changed, action=verb)
        await books.post(f"twin.{verb}", kept.talent, {"twin": kept.id})
        return changed

    return await desk.write(who, reason_of(why), work)
