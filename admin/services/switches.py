"""The switches that end live sessions at once: a talent's kill switch, and a twin's.

Each party takes back its own stop: what the platform stopped no manager starts again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gemelo.admin.services.checking import findable, party_of, permit, reason_of
from gemelo.admin.services.desk import Books, Desk
from gemelo.context.hooks.topics import topic_of
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
    """Stops a live twin until every party that has suspended it resumes it.

    Raises:
        NotAllowed: it is not live, or `who` may not.
        Unknown, UsageError, StoreError.
    """

    def change(kept: Twin) -> Twin:
        if kept.state not in (TwinState.LIVE, TwinState.SUSPENDED):
            raise NotAllowed(f"this twin is {kept.state}: only one that is live can be suspended")
        by = party_of(who, talent=kept.talent)
        return replace(kept, state=TwinState.SUSPENDED, suspended=kept.suspended | {by})

    return await _turn(desk, who, twin, change, "suspend", why)


async def resume(desk: Desk, who: Principal, twin: str, why: str) -> Twin:
    """Takes back one's own suspension; the twin is live again once no other is left.

    Raises:
        NotAllowed: it is not suspended or only by others, or `who` may not.
        Unknown, UsageError, StoreError.
    """

    def change(kept: Twin) -> Twin:
        if kept.state not in (TwinState.LIVE, TwinState.SUSPENDED):
            raise NotAllowed(f"this twin is {kept.state}: only one that is suspended can be live")
        left = kept.suspended - who.speaks_for(talent=kept.talent)
        if kept.suspended and left == kept.suspended:
            raise NotAllowed(f"only the {' and the '.join(sorted(left))} can resume what they suspended")
        return replace(kept, state=TwinState.SUSPENDED if left else TwinState.LIVE, suspended=left)

    return await _turn(desk, who, twin, change, "resume", why)


async def _set(books: Books, talent: Talent, stopped: frozenset[object], action: str) -> Talent:
    if stopped == talent.stopped:
        return talent
    changed = replace(talent, stopped=stopped)
    await books.replace(changed, action=action)
    await books.post(topic_of("talent", action), talent.id, {"talent": talent.id})
    return changed


async def _turn(
    desk: Desk, who: Principal, twin: str, change: Callable[[Twin], Twin], verb: str, why: str
) -> Twin:
    """Changes a twin's state; one that is so already stays."""

    async def work(books: Books) -> Twin:
        kept = (await books.get(Twin, findable(twin))).noun
        permit(who, Action.STOP, talent=kept.talent)
        changed = change(kept)
        if changed != kept:
            await books.replace(changed, action=verb)
            await books.post(topic_of("twin", verb), kept.talent, {"twin": kept.id})
        return changed

    return await desk.write(who, reason_of(why), work)
