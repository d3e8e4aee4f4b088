"""Voices made of a person's recording at a vendor's: with their consent, for as long as it holds.

    make ─▶ consent + "making" ─▶ vendor ─▶ id ─▶ consent + "ready" ─▶ a voice that layers may choose
                 │                  └─ no answer ─▶ "lost"                │
                 └── died ──────────────────────────┴────────── the consent is over
                                                    ▼
                                    round: found by name, deleted, "gone"

The line is written before the vendor is asked: nothing of a person lies there that no record names.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Protocol

from gemelo.admin.services.checking import findable, permit, reason_of
from gemelo.admin.services.desk import Books, Desk
from gemelo.admin.services.samples import check_sample
from gemelo.context.tenancy.likeness import Clone, CloneState, Consent, Likeness
from gemelo.context.tenancy.people import THE_HOUSE, Action, Principal
from gemelo.models.errors import BadAudio, NotAllowed, ServiceError, Taken, Unsure, UsageError
from gemelo.models.seams import VoiceCloner
from gemelo.models.vocabulary import Language

log = logging.getLogger(__name__)

MAX_CLONES = 50
"""Of one consent, those that are gone included."""
LEASE_MS = 300_000
"""A deletion that fails is tried again after so long."""
_THERE = (CloneState.MAKING, CloneState.READY)


class Clones(Protocol):
    """Consents whose clones somebody has to look after; see `context.store.clones`."""

    async def claim(self, lease_ms: int, limit: int = 20) -> tuple[Consent, ...]:
        """Takes what is due; nobody else is given it while the lease lasts. Raises `StoreError`."""
        ...


class Cloning:
    """Has voices made, and deleted.

    Args:
        clones: what is due.
        cloners: vendors by name.
        now: ms since 1970 UTC.
        new_id: nobody can guess it.
    """

    def __init__(
        self,
        desk: Desk,
        clones: Clones,
        cloners: Mapping[str, VoiceCloner],
        now: Callable[[], int],
        new_id: Callable[[], str],
    ) -> None:
        self._desk = desk
        self._clones = clones
        self._cloners = cloners
        self._now = now
        self._new_id = new_id

    async def make(
        self, who: Principal, consent: str, vendor: str, language: Language, sample: bytes, why: str
    ) -> Clone:
        """Has a vendor make a voice of the file that a consent names, and writes its id into the consent.

        Args:
            sample: a WAV file.

        Raises:
            Unknown: there is no such consent for `who`.
            NotAllowed: they may not, or the consent does not hold, is for another file or for no voice.
            Taken: the vendor has one for this language.
            BadAudio: the file is no sample of a voice.
            VoiceError: the vendor made none.
            Unsure: nobody knows; what there may be is looked for and deleted.
            UsageError, StoreError.
        """
        if vendor not in self._cloners:
            known = ", ".join(self._cloners) or "none: no vendor's key is set"
            raise UsageError(f"no voice can be made there; vendors that clone here are {known}")
        name, hash = f"gemelo-{self._new_id()}", sha256(sample).hexdigest()
        clone = Clone(name, vendor, str(language), self._now(), who.id, hash)

        async def begin(books: Books) -> None:
            kept = (await books.get(Consent, findable(consent))).noun
            permit(who, Action.EDIT, talent=kept.talent)
            self._refuse(kept, clone)
            check_sample(sample)
            await books.replace(replace(kept, clones=(*kept.clones, clone)), action="clone")

        await self._desk.write(who, reason_of(why), begin)
        try:
            id = await self._cloners[vendor].clone(name, sample, language)
        except Unsure:
            await self._settle(consent, replace(clone, state=CloneState.LOST), f"{vendor} did not answer")
            raise
        except ServiceError as error:
            await self._settle(consent, replace(clone, state=CloneState.GONE), f"{vendor} made none")
            if error.of_asked:
                raise BadAudio(f"{vendor} makes no voice of this recording: send a clearer one") from None
            raise
        made = replace(clone, state=CloneState.READY, id=id)
        kept = await self._settle(consent, made, f"{vendor} has made it")
        if not kept.holds(self._now()):
            raise NotAllowed("the consent ended while the voice was made: it is deleted again")
        return made

    async def round(self) -> None:
        """Deletes at the vendors what nobody consents to any more, or nobody was told of; once.

        Raises:
            StoreError: the rest is the next round's.
        """
        for consent in await self._clones.claim(LEASE_MS):
            for clone in consent.clones:
                end = consent.end_of(clone)
                if end is not None and end <= self._now():
                    await self._end(consent, clone)

    def _refuse(self, consent: Consent, clone: Clone) -> None:
        if consent.kind is not Likeness.VOICE:
            raise NotAllowed("this consent is for no voice: one that is names the recording of it")
        if not consent.holds(self._now()):
            raise NotAllowed("this consent does not hold now: nothing may be made under it")
        if consent.sha256 != clone.sha256:
            raise NotAllowed("this consent is for another file: send the one whose sha256 it names")
        there = {(one.vendor, one.language) for one in consent.clones if one.state in _THERE}
        if (clone.vendor, clone.language) in there:
            raise Taken("the vendor has made this voice for this language, or is making it: look there first")
        if len(consent.clones) >= MAX_CLONES:
            raise UsageError(f"{MAX_CLONES} voices were made under this consent: take a new one")

    async def _settle(self, consent: str, clone: Clone, why: str) -> Consent:
        """Writes down what came of a clone, whoever may still see it."""

        async def work(books: Books) -> Consent:
            kept = (await books.get(Consent, consent)).noun
            clones = tuple(clone if one.name == clone.name else one for one in kept.clones)
            settled = replace(kept, clones=clones)
            await books.replace(settled)
            return settled

        return await self._desk.write(THE_HOUSE, why, work)

    async def _end(self, consent: Consent, clone: Clone) -> None:
        cloner = self._cloners.get(clone.vendor)
        if cloner is None:
            log.error("clone %s of consent %s stays: %s has no key", clone.name, consent.id, clone.vendor)
            return
        try:
            id = clone.id or await cloner.find(clone.name)
            if id:
                await cloner.delete(id)
        except ServiceError as error:
            log.warning("clone %s of consent %s is not deleted yet: %s", clone.name, consent.id, error)
            return
        why = f"deleted at {clone.vendor}" if id else f"{clone.vendor} has none of this name"
        await self._settle(consent.id, replace(clone, state=CloneState.GONE, id=id), why)
