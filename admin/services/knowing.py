"""Opening the notebook of a session: whose it is, and what its place may know of them."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from gemelo.admin.services.badges import Badge, Badges
from gemelo.admin.services.house import House, Place
from gemelo.admin.services.notebook import Notebook
from gemelo.models.errors import BadLayer, UnknownDeployment

log = logging.getLogger(__name__)


async def open_notebook(
    house: House, badges: Badges, place: Place, session: str, token: str, fan: str
) -> Notebook:
    """The notebook of a session that is in the store; a fan who came with a badge is linked to it.

    Args:
        token: the badge that the fan came with, empty where none.
        fan: who agreed in this session to be known again, empty where nobody did.

    Raises:
        StoreError: the store cannot be read or written.
    """
    key = place.deployment.key
    badge = badges.read(token, key) if token else None
    if badge is None and fan:
        badge = Badge(key, fan)  # the session goes on, its fan agreed in it
    if badge is None or not place.stage.context.memory.keep:
        return Notebook(house.fans, badges, session, key)
    await house.fans.agree(session, badge.fan)
    known = [fact.text for fact in await house.fans.facts(key, badge.fan)]
    for source in badge.sources:
        known += await _shared(house, place, source, badge.fan)
    return Notebook(house.fans, badges, session, key, badge, tuple(dict.fromkeys(known)))


async def _shared(house: House, place: Place, source: str, fan: str) -> Sequence[str]:
    """What a fan told another place of the same talent, as long as that place's own rules share it."""
    try:
        told_at = await house.place(source)
    except (UnknownDeployment, BadLayer):
        return ()
    memory = told_at.stage.context.memory
    if told_at.talent.id != place.talent.id or place.deployment.key not in memory.share or not memory.keep:
        return ()
    return [fact.text for fact in await house.fans.facts(source, fan)]
