"""What became of a message at one endpoint, and how much is left to do."""

from __future__ import annotations

from dataclasses import dataclass

from gemelo.context.hooks.webhook import Message, Webhook


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on the way to one endpoint, claimed for a while; `tries` counts this one."""

    message: Message
    webhook: Webhook
    number: int
    """Of the message in the outbox."""
    tries: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """A delivery as people look at it. Times are ms since 1970 UTC.

    `done` with an `error` was given up; without one it arrived; neither: it is waiting until `due`.
    """

    message: int
    topic: str
    talent: str
    webhook: str
    url: str
    created: int
    due: int
    tries: int
    done: int | None
    error: str


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is left to deliver: `waiting` messages not looked at, `pending` deliveries, of them `failing` that
    were tried, `given_up` for good; `oldest` is when the oldest of what is left was posted."""

    waiting: int = 0
    pending: int = 0
    failing: int = 0
    given_up: int = 0
    oldest: int | None = None
