"""The outbox: messages that were posted in the transactions that they tell of, until they are delivered.

    outbox row ──spread──▶ one delivery for each endpoint that hears it ──claim──▶ sent ──▶ settle

A claim is a lease: it puts the delivery off until the lease is over, so that no two processes send it at
the same time, and one that dies leaves it to the next. Whoever dies between sending and settling has it
sent twice, under the same id.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.hooks.deliveries import Attempt, Backlog, Delivery
from gemelo.context.hooks.webhook import Message, Webhook
from gemelo.context.store.clock import now_ms
from gemelo.context.store.database import Database
from gemelo.context.store.schema import deliveries, is_given_up, is_left, is_new, outbox, webhooks

_ENDPOINT = ("id", "talent", "url", "secret", "topics", "paused")


class SqlOutbox:
    """Hands out what is to be delivered. Every method may raise `StoreError`."""

    def __init__(self, database: Database, now: Callable[[], int] = now_ms) -> None:
        self._database = database
        self._now = now

    async def spread(self, limit: int = 100) -> int:
        """Makes deliveries of messages that are new; returns of how many messages."""
        now = self._now()
        due = (
            select(outbox.c.id, outbox.c.talent, outbox.c.topic)
            .where(is_new, outbox.c.due <= now)
            .order_by(outbox.c.due, outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )

        async def work(connection: AsyncConnection) -> int:
            messages = (await connection.execute(due)).all()
            if not messages:
                return 0
            known = await _endpoints(connection, {talent for _, talent, _ in messages})
            rows = [
                {"message": id, "webhook": webhook.id, "due": now}
                for id, talent, topic in messages
                for webhook in known
                if webhook.talent == talent and webhook.hears(topic)
            ]
            if rows:
                await connection.execute(insert(deliveries), rows)
            spread = [id for id, _, _ in messages]
            await connection.execute(update(outbox).where(outbox.c.id.in_(spread)).values(done=now))
            return len(messages)

        return await self._database.write(work)

    async def waiting(self) -> tuple[tuple[str, str], ...]:
        """The endpoints that something is due for, each with its talent; who has waited longest first."""
        due = (
            select(deliveries.c.webhook, webhooks.c.talent)
            .join(webhooks, webhooks.c.id == deliveries.c.webhook)
            .where(is_left, deliveries.c.due <= self._now(), webhooks.c.paused.is_(False))
            .group_by(deliveries.c.webhook, webhooks.c.talent)
            .order_by(func.min(deliveries.c.due), deliveries.c.webhook)
        )

        async def work(connection: AsyncConnection) -> tuple[tuple[str, str], ...]:
            return tuple((webhook, talent) for webhook, talent in await connection.execute(due))

        return await self._database.read(work)

    async def claim(self, webhook: str, lease_ms: int, limit: int = 50) -> tuple[Delivery, ...]:
        """Takes what is due for an endpoint, for `lease_ms`; nobody else is given it until then."""
        now = self._now()
        theirs = deliveries.c.webhook == webhook
        due = (
            select(deliveries.c.message, deliveries.c.webhook, deliveries.c.tries, outbox, webhooks)
            .join(outbox, outbox.c.id == deliveries.c.message)
            .join(webhooks, webhooks.c.id == deliveries.c.webhook)
            .where(theirs, is_left, deliveries.c.due <= now, webhooks.c.paused.is_(False))
            .order_by(deliveries.c.due, deliveries.c.message)
            .limit(limit)
            .with_for_update(skip_locked=True, of=deliveries)
        )

        async def work(connection: AsyncConnection) -> tuple[Delivery, ...]:
            rows = (await connection.execute(due)).mappings().all()
            claimed = tuple(_delivery(row) for row in rows)
            for one in claimed:
                lease = update(deliveries).where(_is(one)).values(due=now + lease_ms, tries=one.tries)
                await connection.execute(lease)
            return claimed

        return await self._database.write(work)

    async def settle(self, delivery: Delivery, error: str = "", again_in_ms: int | None = None) -> bool:
        """Notes how a sending went.

        Args:
            error: a short code; empty: it arrived.
            again_in_ms: when to try again after an error; None: never.

        Returns:
            False where the lease was over, and somebody else has the delivery now.
        """
        now = self._now()
        left = error and again_in_ms is not None
        values = {"error": error, "done": None if left else now} | (
            {"due": now + (again_in_ms or 0)} if left else {}
        )
        mine = and_(_is(delivery), deliveries.c.tries == delivery.tries, is_left)

        async def work(connection: AsyncConnection) -> bool:
            return (await connection.execute(update(deliveries).where(mine).values(values))).rowcount == 1

        return await self._database.write(work)

    async def backlog(self) -> Backlog:
        """How much is left."""
        posted = func.min(outbox.c.created)
        going = select(deliveries.c.message).where(is_left)
        waiting = select(func.count(), posted).where(is_new)
        pending = select(func.count(), func.count(case((deliveries.c.tries > 0, 1)))).where(is_left)
        lost = select(func.count()).where(is_given_up)
        before = select(posted).where(outbox.c.id.in_(going))

        async def work(connection: AsyncConnection) -> Backlog:
            messages, *oldest = (await connection.execute(waiting)).one()
            sendings, failing = (await connection.execute(pending)).one()
            oldest.append(await connection.scalar(before))
            left = min((at for at in oldest if at is not None), default=None)
            return Backlog(messages, sendings, failing, (await connection.execute(lost)).scalar_one(), left)

        return await self._database.read(work)

    async def attempts(self, last: int = 50) -> tuple[Attempt, ...]:
        """Deliveries, the newest messages first."""
        order = (deliveries.c.message.desc(), deliveries.c.webhook)
        newest = select(deliveries).order_by(*order).limit(last).subquery()
        query = (
            select(
                newest.c.message, outbox.c.topic, outbox.c.talent, newest.c.webhook, webhooks.c.url,
                outbox.c.created, newest.c.due, newest.c.tries, newest.c.done, newest.c.error,
            )
            .join(outbox, outbox.c.id == newest.c.message)
            .join(webhooks, webhooks.c.id == newest.c.webhook)
            .order_by(newest.c.message.desc(), newest.c.webhook)
        )  # fmt: skip

        async def work(connection: AsyncConnection) -> tuple[Attempt, ...]:
            return tuple(Attempt(**row) for row in (await connection.execute(query)).mappings())

        return await self._database.read(work)

    async def prune(self, before: int) -> int:
        """Deletes messages that were done with before an instant, with their deliveries."""
        left = select(deliveries.c.message).where(
            or_(deliveries.c.done.is_(None), deliveries.c.done >= before)
        )
        old = and_(outbox.c.done.is_not(None), outbox.c.done < before, outbox.c.id.not_in(left))

        async def work(connection: AsyncConnection) -> int:
            return (await connection.execute(delete(outbox).where(old))).rowcount

        return await self._database.write(work)


async def _endpoints(connection: AsyncConnection, talents: set[str]) -> Sequence[Webhook]:
    query: Select[Any] = select(*(webhooks.c[name] for name in _ENDPOINT)).where(
        webhooks.c.talent.in_(talents)
    )
    return [Webhook(**row) for row in (await connection.execute(query)).mappings()]


def _is(delivery: Delivery) -> ColumnElement[bool]:
    return and_(deliveries.c.message == delivery.number, deliveries.c.webhook == delivery.webhook.id)


def _delivery(row: Any) -> Delivery:
    number, topic, talent, payload, created = (
        row[outbox.c[name]] for name in ("id", "topic", "talent", "payload", "created")
    )
    message = Message(f"msg_{number}_{created}", topic, talent, payload, created)
    webhook = Webhook(**{name: row[webhooks.c[name]] for name in _ENDPOINT})
    return Delivery(message, webhook, number, row[deliveries.c.tries] + 1)
