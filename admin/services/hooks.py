"""Webhooks of a talent: where its people are told of what happens. The work itself is `jobs`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gemelo.admin.services.checking import check_page, findable, id_within, permit, reason_of
from gemelo.admin.services.desk import Books, Desk, Kept, Page
from gemelo.context.hooks.topics import Topic
from gemelo.context.hooks.webhook import MAX_OF_TALENT, Webhook, new_secret, url_of
from gemelo.context.tenancy.people import Action, Principal
from gemelo.context.twins import Talent
from gemelo.models.errors import BadWebhook, Unknown

_HIDDEN = ""
"""Stands for a secret that was shown when its webhook was made."""


async def make_webhook(
    desk: Desk, who: Principal, webhook: Webhook, why: str = "", *, loopback: bool = False
) -> Webhook:
    """Keeps an endpoint, with a fresh secret that is shown now and never again.

    Args:
        loopback: whether this machine itself may be posted to.

    Raises:
        BadWebhook: nothing may be posted to its URL, it is one too many, or there is no such topic.
        Unknown: there is no such talent for `who`.
        NotAllowed, Taken, UsageError, StoreError.
    """
    url, topics = url_of(webhook.url, loopback=loopback), _topics(webhook.topics)
    made = replace(webhook, url=url, secret=new_secret(), topics=topics)

    async def work(books: Books) -> Webhook:
        await books.get(Talent, findable(made.talent))
        permit(who, Action.EDIT, talent=made.talent)
        id_within(made.id, made.talent, who)
        if len(await books.all(Webhook, talent=made.talent)) >= MAX_OF_TALENT:
            raise BadWebhook(f"a talent has at most {MAX_OF_TALENT} webhooks: delete one of them first")
        await books.add(made)
        return made

    return await desk.write(who, reason_of(why), work)


async def change_webhook(
    desk: Desk,
    who: Principal,
    id: str,
    revision: int,
    *,
    topics: Sequence[str] | None = None,
    paused: bool | None = None,
    fresh_secret: bool = False,
    why: str = "",
) -> Kept[Webhook]:
    """Changes what an endpoint hears, pauses it, or gives it a fresh secret, which is shown now.

    Raises:
        BadWebhook: there is no such topic.
        Unknown, NotAllowed, Stale, UsageError, StoreError.
    """
    chosen = None if topics is None else _topics(tuple(topics))

    async def work(books: Books) -> Kept[Webhook]:
        known = (await books.get(Webhook, findable(id))).noun
        permit(who, Action.EDIT, talent=known.talent)
        wanted = replace(
            known,
            topics=known.topics if chosen is None else chosen,
            paused=known.paused if paused is None else paused,
            secret=new_secret() if fresh_secret else known.secret,
        )
        kept = Kept(wanted, await books.replace(wanted, revision))
        return kept if fresh_secret else _hidden(kept)

    return await desk.write(who, reason_of(why), work)


async def delete_webhook(desk: Desk, who: Principal, id: str, why: str = "") -> None:
    """Deletes an endpoint with all that it was still to hear. Once it is deleted that is no change.

    Raises:
        Unknown: there never was one, or not for `who`.
        NotAllowed, UsageError, StoreError.
    """

    async def work(books: Books) -> None:
        try:
            known = (await books.get(Webhook, findable(id))).noun
        except Unknown:
            past = await books.trail(limit=1, kind="webhook", target=id, action="delete")
            if not past.items:
                raise
            permit(who, Action.EDIT, talent=past.items[0].talent)
            return
        permit(who, Action.EDIT, talent=known.talent)
        await books.remove(known)

    await desk.write(who, reason_of(why), work)


async def webhooks(
    desk: Desk, who: Principal, talent: str, after: str = "", limit: int = 50
) -> Page[Kept[Webhook]]:
    """A talent's endpoints, by id, without their secrets.

    Raises:
        Unknown, NotAllowed, UsageError, StoreError.
    """
    check_page(limit, after)

    async def work(books: Books) -> Page[Kept[Webhook]]:
        await books.get(Talent, findable(talent))
        permit(who, Action.EDIT, talent=talent)
        page = await books.page(Webhook, after=after, limit=limit, talent=talent)
        return Page(tuple(_hidden(kept) for kept in page.items), page.after)

    return await desk.read(who, work)


def _hidden(kept: Kept[Webhook]) -> Kept[Webhook]:
    return Kept(replace(kept.noun, secret=_HIDDEN), kept.revision)


def _topics(topics: tuple[str, ...]) -> tuple[str, ...]:
    if not set(Topic).issuperset(topics):
        raise BadWebhook(
            f"no such topic is ever posted: name some of {', '.join(Topic)}; or none, to hear all"
        )
    return tuple(sorted(set(topics)))
