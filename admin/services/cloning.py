"""Voices and faces made of a person's recordings at a vendor's: with consent, for as long as it holds.

    make, train ─▶ consent + "making" ─▶ vendor ─▶ id ─▶ "ready", or "training" ─▶ "ready"
                        │                  └─ no answer ─▶ "lost"                     │
                        └── died ──────────────────────────┴───── the consent is over, or the training failed
                                                           ▼
                                           round: found by name, deleted, "gone"

The line is written before the vendor is asked: nothing of a person lies there that no record names.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Protocol, TypeVar

from gemelo.admin.services.checking import findable, permit, reason_of
from gemelo.admin.services.desk import Books, Desk
from gemelo.admin.services.samples import check_address, check_sample
from gemelo.context.tenancy.likeness import Clone, CloneState, Consent, Likeness
from gemelo.context.tenancy.people import THE_HOUSE, Action, Principal
from gemelo.models.errors import (
    AvatarError,
    BadAudio,
    NotAllowed,
    ServiceError,
    Taken,
    Unsure,
    UsageError,
    VoiceError,
)
from gemelo.models.seams import FaceCloner, Hasher, VoiceCloner
from gemelo.models.vocabulary import Language

log = logging.getLogger(__name__)

MAX_CLONES = 50
"""Of one consent, those that are gone included."""
ROUND_S = 600
"""A round that takes longer is ended."""
LEASE_MS = (ROUND_S + 60) * 1000
"""A deletion that fails is tried again after so long: no other round has it while one is at it."""
_SILENT = ("slow:", "down:")
MAX_FILM = 2_000_000_000
"""Bytes of a film that a face is trained of."""
_THERE = (CloneState.MAKING, CloneState.TRAINING, CloneState.READY)
_DONE = {CloneState.READY: "made", CloneState.TRAINING: "begun"}
C = TypeVar("C", VoiceCloner, FaceCloner)


class Clones(Protocol):
    """Consents whose clones somebody has to look after; see `context.store.clones`."""

    async def claim(self, lease_ms: int, limit: int = 20) -> tuple[Consent, ...]:
        """Takes what is due; nobody else is given it while the lease lasts. Raises `StoreError`."""
        ...


@dataclass(frozen=True, slots=True)
class Vendors:
    """Who makes clones, by name.

    Attributes:
        files: reads films, to see that they are the very ones.
        loopback: whether films may lie on this machine, for tests and laptops.
    """

    voices: Mapping[str, VoiceCloner]
    faces: Mapping[str, FaceCloner]
    files: Hasher
    loopback: bool = False

    def of(self, kind: Likeness) -> Mapping[str, VoiceCloner | FaceCloner]:
        return self.voices if kind is Likeness.VOICE else self.faces


class Cloning:
    """Has voices and faces made, and deleted.

    Args:
        clones: what is due.
        vendors: who makes them.
        now: ms since 1970 UTC.
        new_id: nobody can guess it.
    """

    def __init__(
        self,
        desk: Desk,
        clones: Clones,
        vendors: Vendors,
        now: Callable[[], int],
        new_id: Callable[[], str],
    ) -> None:
        self._desk = desk
        self._clones = clones
        self._vendors = vendors
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
        cloner = _known(self._vendors.voices, vendor)
        clone = self._new(who, vendor, str(language), sha256(sample).hexdigest())
        kept = await self._read(who, consent, clone, Likeness.VOICE)
        check_sample(sample)
        return await self._made(
            who, kept, clone, CloneState.READY, lambda: cloner.clone(clone.name, sample, language), why
        )

    async def train(
        self, who: Principal, consent: str, vendor: str, film: str, agreed: str, why: str
    ) -> Clone:
        """Has a vendor train a face of the film that a consent names; `round` sees when it is ready.

        Args:
            film, agreed: where the vendor may fetch the film, and the one in which its person agrees.

        Raises:
            Unknown, NotAllowed, Taken: as `make`; of a consent to a face.
            CourierError: the film cannot be read, to see that it is the very one.
            AvatarError: the vendor has not begun.
            Unsure, UsageError, StoreError.
        """
        cloner = _known(self._vendors.faces, vendor)
        for address in (film, agreed):
            check_address(address, loopback=self._vendors.loopback)
        kept = await self._read(who, consent, None, Likeness.AVATAR)
        clone = self._new(who, vendor, "", await self._vendors.files.sha256(film, MAX_FILM))
        return await self._made(
            who, kept, clone, CloneState.TRAINING, lambda: cloner.train(clone.name, film, agreed), why
        )

    def _new(self, who: Principal, vendor: str, language: str, hash: str) -> Clone:
        return Clone(f"gemelo-{self._new_id()}", vendor, language, self._now(), who.id, hash)

    async def _read(self, who: Principal, consent: str, clone: Clone | None, kind: Likeness) -> Consent:
        kept = (await self._desk.read(who, lambda books: books.get(Consent, findable(consent)))).noun
        permit(who, Action.EDIT, talent=kept.talent)
        self._refuse(kept, clone, kind)
        return kept

    async def _made(
        self,
        who: Principal,
        consent: Consent,
        clone: Clone,
        then: CloneState,
        ask: Callable[[], Awaitable[str]],
        why: str,
    ) -> Clone:
        """Writes down that a clone is asked for, asks for it, and writes down what came of it."""

        async def begin(books: Books) -> None:
            kept = (await books.get(Consent, consent.id)).noun
            permit(who, Action.EDIT, talent=kept.talent)
            self._refuse(kept, clone, consent.kind)
            await books.replace(replace(kept, clones=(*kept.clones, clone)), action="clone")

        await self._desk.write(who, reason_of(why), begin)
        try:
            id = await ask()
        except Unsure:
            await self._settle(consent.id, replace(clone, state=CloneState.LOST), "no answer came")
            raise
        except ServiceError as error:
            await self._settle(consent.id, replace(clone, state=CloneState.GONE), f"{clone.vendor} made none")
            if error.of_asked:
                raise BadAudio(
                    f"{clone.vendor} makes nothing of this recording: send a clearer one"
                ) from None
            raise
        made = replace(clone, state=then, id=id)
        kept = await self._settle(consent.id, made, f"{clone.vendor} has {_DONE[then]} it")
        if not kept.holds(self._now()):
            raise NotAllowed("the consent ended while it was made: it is deleted again")
        return made

    async def round(self) -> None:
        """Deletes at the vendors what nobody consents to any more, or nobody was told of; once.

        A vendor that is silent is not asked again in it: what lies at the others need not wait.

        Raises:
            StoreError: nobody knows what is due.
        """
        silent = set[str]()
        for consent in await self._clones.claim(LEASE_MS):
            try:
                await self._look_after_all(consent, silent)
            except Exception as error:
                log.error("clones of consent %s wait: %s", consent.id, type(error).__name__)

    def _refuse(self, consent: Consent, clone: Clone | None, kind: Likeness) -> None:
        if consent.kind is not kind:
            raise NotAllowed(f"this consent is for no {kind}: one that is names the recording of it")
        if not consent.holds(self._now()):
            raise NotAllowed("this consent does not hold now: nothing may be made under it")
        if clone is None:
            return
        if consent.sha256 != clone.sha256:
            raise NotAllowed("this consent is for another file: send the one whose sha256 it names")
        there = {(one.vendor, one.language) for one in consent.clones if one.state in _THERE}
        if (clone.vendor, clone.language) in there:
            raise Taken("the vendor has made this under the consent, or is making it: look there first")
        if len(consent.clones) >= MAX_CLONES:
            raise UsageError(f"{MAX_CLONES} clones were made under this consent: take a new one")

    async def _settle(self, consent: str, clone: Clone, why: str) -> Consent:
        """Writes down what came of a clone, whoever may still see it."""

        async def work(books: Books) -> Consent:
            kept = (await books.get(Consent, consent)).noun
            clones = tuple(clone if one.name == clone.name else one for one in kept.clones)
            settled = replace(kept, clones=clones)
            await books.replace(settled)
            return settled

        return await self._desk.write(THE_HOUSE, why, work)

    async def _look_after_all(self, consent: Consent, silent: set[str]) -> None:
        """`silent` gets the vendors that do not answer, and those in it are left alone."""
        for clone in consent.clones:
            end = consent.end_of(clone)
            due = end is not None and end <= self._now() and clone.vendor not in silent
            if due and not await self._look_after(consent, clone):
                silent.add(clone.vendor)

    async def _look_after(self, consent: Consent, clone: Clone) -> bool:
        """Whether its vendor answers."""
        cloner = self._vendors.of(consent.kind).get(clone.vendor)
        if cloner is None:
            log.error("clone %s of consent %s stays: %s has no key", clone.name, consent.id, clone.vendor)
            return True
        try:
            if clone.state is CloneState.TRAINING and consent.holds(self._now()):
                await self._follow(consent, clone)
            else:
                await self._end(consent, clone, cloner)
        except (VoiceError, AvatarError) as error:
            log.warning("clone %s of consent %s waits: %s", clone.name, consent.id, error)
            return not str(error).startswith(_SILENT)
        return True

    async def _follow(self, consent: Consent, clone: Clone) -> None:
        """Writes down what a training has come to, where that is anything."""
        cloner = self._vendors.faces[clone.vendor]
        match await cloner.trained(clone.id):
            case True:
                ready = replace(clone, state=CloneState.READY)
                await self._settle(consent.id, ready, f"{clone.vendor} has trained it")
            case False:
                log.warning("clone %s of consent %s: the training failed", clone.name, consent.id)
                await self._end(consent, clone, cloner)
            case None:
                return

    async def _end(self, consent: Consent, clone: Clone, cloner: VoiceCloner | FaceCloner) -> None:
        """Has the vendor delete a clone."""
        id = clone.id or await cloner.find(clone.name)
        if id:
            await cloner.delete(id)
        why = f"deleted at {clone.vendor}" if id else f"{clone.vendor} has none of this name"
        await self._settle(consent.id, replace(clone, state=CloneState.GONE, id=id), why)


def _known(cloners: Mapping[str, C], vendor: str) -> C:
    if vendor not in cloners:
        known = ", ".join(cloners) or "none: no vendor's key is set"
        raise UsageError(f"nothing can be made there; vendors that clone this here are {known}")
    return cloners[vendor]
