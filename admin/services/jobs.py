"""Background work, one round of each: delivering what was posted, deleting what was kept long enough.

A round can be run again, beside another or after one that died: deliveries are claimed row by row and keep
their ids, and what is deleted is deleted.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from gemelo.admin.services.compiling import parsed
from gemelo.admin.services.notebook import Fans
from gemelo.context.hooks.deliveries import Attempt, Backlog, Delivery
from gemelo.context.hooks.webhook import signed, wait_ms
from gemelo.context.memory.account import Erased
from gemelo.context.policy.layers import Layer
from gemelo.context.requests import Requests
from gemelo.context.tenancy.standing import Facts, campaign_layer
from gemelo.context.twins import Deployment
from gemelo.models.errors import BadLayer, CourierError
from gemelo.models.seams import Courier

log = logging.getLogger(__name__)

LEASE_MS = 60_000
"""How long a sending may take, all included, before somebody else may think it has died."""
AT_ONCE = 4
"""Messages on the way to one endpoint."""
LANES = 64
"""Endpoints posted to at the same time by one process."""
LANES_OF_TALENT = 4
"""Of them one talent's: whose endpoints hang holds up none but its own."""
DAY_MS = 86_400_000
QUIET_MS = 3_600_000
"""A session in which nothing was said for so long is over, however short its talk is kept."""
POSTED_DAYS = 30
"""How long messages stay to be looked at once they are done with."""
_SESSIONS_AT_ONCE = 100
_GONE = 410
"""The endpoint says that it wants no more of this (Standard Webhooks)."""


class Outbox(Protocol):
    """Messages on their way out; see `context.store.outbox`. Every method may raise `StoreError`."""

    async def spread(self, limit: int = 100) -> int:
        """Makes deliveries of new messages; returns of how many."""
        ...

    async def waiting(self) -> tuple[tuple[str, str], ...]:
        """The endpoints that something is due for, each with its talent; who has waited longest first."""
        ...

    async def claim(self, webhook: str, lease_ms: int, limit: int = 50) -> tuple[Delivery, ...]:
        """Takes what is due for an endpoint; nobody else is given it while the lease lasts."""
        ...

    async def settle(self, delivery: Delivery, error: str = "", again_in_ms: int | None = None) -> bool:
        """Notes how a sending went; after an error when to try again (None: never)."""
        ...

    async def backlog(self) -> Backlog: ...

    async def attempts(self, last: int = 50) -> tuple[Attempt, ...]:
        """Deliveries, the newest messages first."""
        ...

    async def prune(self, before: int) -> int:
        """Deletes what was done with before an instant; returns how many messages."""
        ...


class Places(Protocol):
    """Deployments and what was set about them. Every method may raise `StoreError`."""

    async def deployments(self, twin: str | None = None) -> tuple[Deployment, ...]: ...
    async def places(self, twin: str) -> tuple[Facts, ...]: ...


@dataclass(frozen=True, slots=True)
class Sent:
    """How sendings went."""

    arrived: int = 0
    failed: int = 0
    given_up: int = 0

    def __add__(self, other: Sent) -> Sent:
        return Sent(self.arrived + other.arrived, self.failed + other.failed, self.given_up + other.given_up)


class Postroom:
    """Sends what is due, each endpoint in a lane of its own: one that hangs holds nobody else up.

        round ─▶ spread ─▶ a lane for each endpoint that waits ─▶ claim, post, settle, until nothing is due
                                                                  or the endpoint does not answer

    Args:
        now: ms since 1970 UTC.

    Attributes:
        sent: how it went so far.
    """

    def __init__(self, outbox: Outbox, courier: Courier, now: Callable[[], int]) -> None:
        self._outbox = outbox
        self._courier = courier
        self._now = now
        self._lanes: dict[tuple[str, str], asyncio.Task[None]] = {}
        self.sent = Sent()

    async def round(self) -> bool:
        """Begins to send what is due, and does not wait for it. Returns whether anything is on its way.

        Raises:
            StoreError: also where a lane could not note what it had sent, which is sent again later.
        """
        self._clear()
        while await self._outbox.spread():
            pass
        for lane in await self._outbox.waiting():
            if self._has_room(lane):
                self._lanes[lane] = asyncio.create_task(self._run(lane[0]))
        return bool(self._lanes)

    async def settled(self) -> None:
        """Waits until nothing is on its way."""
        if self._lanes:
            await asyncio.wait(self._lanes.values())

    async def close(self) -> None:
        """Stops sending; what was on its way is sent again later."""
        for lane in self._lanes.values():
            lane.cancel()
        await asyncio.gather(*self._lanes.values(), return_exceptions=True)

    def _clear(self) -> None:
        """Forgets lanes that are through. Raises what went wrong in one of them."""
        over = [lane for lane, task in self._lanes.items() if task.done()]
        failures = [self._lanes.pop(lane).exception() for lane in over]
        for failure in filter(None, failures):
            raise failure

    def _has_room(self, lane: tuple[str, str]) -> bool:
        theirs = sum(talent == lane[1] for _, talent in self._lanes)
        return lane not in self._lanes and len(self._lanes) < LANES and theirs < LANES_OF_TALENT

    async def _run(self, webhook: str) -> None:
        answers = True
        while answers and (claimed := await self._outbox.claim(webhook, LEASE_MS, AT_ONCE)):
            answers = all(await asyncio.gather(*map(self._send, claimed)))

    async def _send(self, delivery: Delivery) -> bool:
        """Returns whether the endpoint answered, whatever it said."""
        message, webhook = delivery.message, delivery.webhook
        body, status, error = message.body(), 0, ""
        try:
            headers = signed(webhook.secret, message.id, self._now(), body)
            status = await self._courier.post(webhook.url, headers, body)
        except CourierError as failure:
            error = str(failure)
        if 200 <= status < 300:
            await self._outbox.settle(delivery)
            self.sent += Sent(arrived=1)
            return True
        error = error or f"status {status}"
        again = None if status == _GONE else wait_ms(delivery.tries)
        await self._outbox.settle(delivery, error, again)
        log.warning("webhook %s: %s (try %d)", webhook.id, error, delivery.tries)
        self.sent += Sent(failed=1) if again is not None else Sent(given_up=1)
        return status != 0


async def tidy(outbox: Outbox, requests: Requests, now: int) -> None:
    """Deletes what nobody needs any more of messages, and of requests that could have come twice.

    Raises:
        StoreError: the rest is the next round's.
    """
    await outbox.prune(now - POSTED_DAYS * DAY_MS)
    await requests.prune()


async def expire(places: Places, fans: Fans, platform: Layer, now: int) -> Erased:
    """Deletes talk that is older than its place keeps it, with the facts that hang on it.

    Also at places that are closed: what an ended campaign heard expires too.

    Raises:
        StoreError: some may be deleted; the rest is the next round's.
    """
    erased = Erased()
    for twin in dict.fromkeys(deployment.twin for deployment in await places.deployments()):
        for facts in await places.places(twin):
            days = kept_days(platform, facts)
            if days is None:
                continue
            before = now - max(days * DAY_MS, QUIET_MS)
            while (gone := await fans.expire(facts.deployment.key, before, _SESSIONS_AT_ONCE)).sessions:
                erased += gone
    return erased


def kept_days(platform: Layer, facts: Facts) -> int | None:
    """How long talk is kept at a place: the strictest of its layers, None where none says.

    A campaign's counts as soon as both keys are turned, and after it has ended: what was said under it is
    still there. A draft that nobody approved deletes nothing.
    """
    approved = (campaign_layer(one) for one in facts.campaigns if one.has_both_keys)
    stated = [platform.document.retention_days]
    for text in (*facts.layers, *approved):
        try:
            layer = parsed(text)
        except BadLayer as error:
            log.warning("a layer of %s is left out of its retention: %s", facts.deployment.key, error)
        else:
            stated.append(layer.document.retention_days)
    return min((days for days in stated if days is not None), default=None)
