"""Posting what happened in a session, in the transaction in which it did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.hooks.topics import Topic
from gemelo.context.store.schema import deployments, outbox, sessions, twins, webhooks


async def post_of_session(
    connection: AsyncConnection, session: str, topic: Topic, told: Mapping[str, Any], now: int
) -> None:
    """Puts a message of a session's talent into the outbox; none where nobody would hear it.

    Args:
        told: nothing that a fan said; the session and its deployment are added.
    """
    whose = (
        select(sessions.c.deployment, twins.c.talent)
        .join(deployments, deployments.c.key == sessions.c.deployment)
        .join(twins, twins.c.id == deployments.c.twin)
        .where(sessions.c.id == session, exists().where(webhooks.c.talent == twins.c.talent))
    )
    row = (await connection.execute(whose)).one_or_none()
    if row is None:
        return
    deployment, talent = row
    payload = {"session": session, "deployment": deployment, **told}
    message = {"talent": talent, "topic": topic, "payload": payload, "created": now, "due": now}
    await connection.execute(insert(outbox), message)
