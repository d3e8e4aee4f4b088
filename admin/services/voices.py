"""Which voice speaks at a place: the one that layers chose, with somebody's consent; else the neutral one.

A consent may end, or be revoked, while fans talk: what speaks is decided each time that a place is opened.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from gemelo.admin.services.desk import Books, Desk
from gemelo.admin.services.state import Shared
from gemelo.context.hooks.topics import Topic
from gemelo.context.policy.context import Context
from gemelo.context.tenancy.likeness import Likeness, cloned
from gemelo.context.tenancy.people import THE_HOUSE
from gemelo.context.tenancy.standing import Facts, may_use
from gemelo.models.errors import StateError, StoreError
from gemelo.models.seams import TextToSpeech

log = logging.getLogger(__name__)

Ids = Mapping[str, Mapping[str, str]]
"""Of one voice: what each vendor calls it in each language."""

_KEPT_S = 90 * 24 * 3600
"""So long a manager is not told again of the same place and version."""


class Voices:
    """The voices of a house.

    Args:
        neutral: nobody's.
        named: voices of persons, by their talent and the name that its layers and consents call them.
        clones: makes a voice of this name, of what vendors made under a consent; None where none can speak.
    """

    def __init__(
        self,
        neutral: TextToSpeech,
        named: Mapping[tuple[str, str], TextToSpeech],
        desk: Desk,
        shared: Shared,
        clones: Callable[[str, Ids], TextToSpeech | None] = lambda _name, _ids: None,
    ) -> None:
        self.neutral = neutral
        self._named = named
        self._clones = clones
        self._desk = desk
        self._shared = shared

    @property
    def all(self) -> tuple[TextToSpeech, ...]:
        """Every voice that is installed."""
        return self.neutral, *self._named.values()

    @staticmethod
    def agreed(facts: Facts, now: int) -> dict[str, Ids]:
        """The voices that may be used at a place at an instant (ms since 1970 UTC), with their clones."""
        names = {consent.name for consent in facts.consents if consent.kind is Likeness.VOICE}
        return {
            name: _clones_of(facts, name, now) for name in names if may_use(facts, Likeness.VOICE, name, now)
        }

    def at(self, facts: Facts, context: Context, now: int) -> TextToSpeech:
        """What speaks at a place; never a person's voice without their consent, nor another talent's."""
        if not context.voice or not may_use(facts, Likeness.VOICE, context.voice, now):
            return self.neutral
        ids = _clones_of(facts, context.voice, now)
        if ids and (voice := self._clones(context.voice, ids)):
            return voice
        own = facts.talent.id, context.voice  # whoever manages another talent may give any name a consent
        if own not in self._named:
            log.warning(
                "%s: no voice %s is installed: the neutral one speaks", context.deployment, "/".join(own)
            )
        return self._named.get(own, self.neutral)

    @staticmethod
    def face(facts: Facts, context: Context, now: int) -> tuple[str, str] | None:
        """A vendor, and its id of the face that layers chose for a place; None without somebody's consent."""
        ids = Voices.faces(facts, now).get(context.avatar, {})
        return next(((vendor, known[""]) for vendor, known in ids.items() if "" in known), None)

    @staticmethod
    def faces(facts: Facts, now: int) -> dict[str, Ids]:
        """As `agreed`, of faces."""
        names = {consent.name for consent in facts.consents if consent.kind is Likeness.AVATAR}
        channel = facts.deployment.type
        return {name: cloned(facts.consents, Likeness.AVATAR, name, channel, now) for name in names}

    async def tell(self, facts: Facts, context: Context, now: int) -> None:
        """Tells the talent's managers of a voice that may not be used here, once a place and version."""
        if not context.voice or may_use(facts, Likeness.VOICE, context.voice, now):
            return
        log.warning(
            "%s: nobody consents to voice %s here: the neutral one speaks", context.deployment, context.voice
        )
        about = {"deployment": context.deployment, "voice": context.voice, "policy": context.hash}

        async def work(books: Books) -> None:
            await books.post(Topic.VOICE_REPLACED, facts.talent.id, about)

        try:
            once = f"told:{Topic.VOICE_REPLACED}:{context.deployment}:{context.hash}"
            if await self._shared.first(once, _KEPT_S):
                await self._desk.write(THE_HOUSE, "a voice that nobody consents to", work)
        except (StateError, StoreError) as error:
            log.error("%s: no manager could be told: %s", context.deployment, error)


def _clones_of(facts: Facts, name: str, now: int) -> Ids:
    return cloned(facts.consents, Likeness.VOICE, name, facts.deployment.type, now)
