"""What a talent has agreed to: licences of its likeness, consents to its voice and face.

Neither is ever changed: one is revoked, at once, and another one given.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TypeVar

from gemelo.admin.services.checking import findable, id_of, name_of, permit, reason_of, window_of
from gemelo.admin.services.desk import Books, Desk
from gemelo.context.hooks.topics import topic_of
from gemelo.context.tenancy.campaigns import MAX_CATEGORY
from gemelo.context.tenancy.likeness import Consent, Licence
from gemelo.context.tenancy.people import Action, Principal
from gemelo.context.twins import Brand, Talent
from gemelo.models.errors import UsageError

A = TypeVar("A", Licence, Consent)

MAX_LISTED = 300
"""Brands, topics or territories of one licence."""
_TERRITORY = re.compile(r"[A-Z]{2}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


async def license(desk: Desk, who: Principal, licence: Licence, why: str) -> Licence:
    """Says where and for whom a talent's twins may talk.

    Raises:
        Unknown: there is no such talent or brand.
        NotAllowed, Taken, UsageError, BadWindow, StoreError.
    """
    if any(len(listed) > MAX_LISTED for listed in (licence.brands, licence.topics, licence.territories)):
        raise UsageError(f"a licence names at most {MAX_LISTED} brands, and as many topics and territories")
    made = replace(
        licence,
        id=id_of(licence.id),
        term=window_of(licence.term),
        topics=frozenset(name_of(topic, MAX_CATEGORY) for topic in licence.topics),
        revoked=None,
    )
    if not all(map(_TERRITORY.fullmatch, made.territories)):
        raise UsageError("territories are ISO 3166 codes of two capitals, like 'ES'")

    async def work(books: Books) -> Licence:
        await _permit(books, who, made.talent)
        for brand in made.brands:
            await books.unfenced.get(Brand, findable(brand))
        await books.add(made)
        return made

    return await desk.write(who, reason_of(why), work)


async def consent(desk: Desk, who: Principal, given: Consent, why: str) -> Consent:
    """Keeps somebody's word that a recording or a picture of them may be used.

    Raises:
        Unknown, NotAllowed, Taken, UsageError, BadWindow, StoreError.
    """
    made = replace(
        given,
        id=id_of(given.id),
        who=name_of(given.who),
        term=window_of(given.term),
        revoked=None,
        clones=(),
    )
    if not _SHA256.fullmatch(made.sha256):
        raise UsageError("a consent names its very file: write the file's sha256, 64 hex digits")
    if not _NAME.fullmatch(made.name):
        raise UsageError("a voice or an avatar is named by up to 64 letters, digits, dots, hyphens")

    async def work(books: Books) -> Consent:
        await _permit(books, who, made.talent)
        await books.add(made)
        return made

    return await desk.write(who, reason_of(why), work)


async def revoke(desk: Desk, who: Principal, kind: type[A], id: str, now: int, why: str) -> A:
    """Ends a licence or a consent at once, and what goes on under it; again changes nothing.

    Args:
        now: ms since 1970 UTC.

    Raises:
        Unknown, NotAllowed, UsageError, StoreError.
    """

    async def work(books: Books) -> A:
        kept = (await books.get(kind, findable(id))).noun
        permit(who, Action.EDIT, talent=kept.talent)
        if kept.revoked is not None:
            return kept
        revoked = replace(kept, revoked=now)
        await books.replace(revoked, action="revoke")
        await books.post(topic_of(kind.__name__.lower(), "revoke"), kept.talent, {"id": kept.id})
        return revoked

    return await desk.write(who, reason_of(why), work)


async def _permit(books: Books, who: Principal, talent: str) -> None:
    await books.get(Talent, findable(talent))
    permit(who, Action.EDIT, talent=talent)
