"""Who may come in: principals, their grants, and the keys by which they are known.

A key's secret is shown once and never kept; who holds a copy of the store cannot come in with it.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from hashlib import sha256

from gemelo.admin.services.checking import findable, id_of, name_of, permit, reason_of
from gemelo.admin.services.desk import Books, Desk
from gemelo.context.tenancy.people import THE_HOUSE, Action, ApiKey, Grant, Principal
from gemelo.context.twins import Brand, Talent
from gemelo.models.errors import TokenRefused, Unknown, UsageError

MAX_GRANTS = 100
_PREFIX = "gml_"
_LONGEST = 200


async def make_principal(desk: Desk, who: Principal, principal: Principal, why: str) -> Principal:
    """Keeps a new person or program and what it may do.

    Raises:
        NotAllowed: only the platform grants.
        Unknown: a grant names a talent or a brand that is not there.
        Taken, UsageError, StoreError.
    """
    permit(who, Action.GRANT, talent="")
    made = replace(principal, id=id_of(principal.id), name=name_of(principal.name))

    async def work(books: Books) -> Principal:
        await _check_grants(books, made.grants)
        await books.add(made)
        return made

    return await desk.write(who, reason_of(why), work)


async def set_grants(
    desk: Desk, who: Principal, id: str, grants: frozenset[Grant], revision: int, why: str
) -> Principal:
    """Sets what a principal may do from its next request on.

    Raises:
        NotAllowed, Unknown, Stale, UsageError, StoreError.
    """
    permit(who, Action.GRANT, talent="")

    async def work(books: Books) -> Principal:
        await _check_grants(books, grants)
        changed = replace((await books.get(Principal, findable(id))).noun, grants=grants)
        await books.replace(changed, revision, "grant")
        return changed

    return await desk.write(who, reason_of(why), work)


async def give_key(desk: Desk, who: Principal, principal_id: str, now: int, why: str) -> tuple[ApiKey, str]:
    """Makes a key of a principal.

    Args:
        now: ms since 1970 UTC.

    Returns:
        The key, and its secret, which nobody can ever read again.

    Raises:
        NotAllowed, Unknown, UsageError, StoreError.
    """
    permit(who, Action.GRANT, talent="")
    secret = _PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(secrets.token_hex(8), findable(principal_id), digest(secret), now)

    async def work(books: Books) -> None:
        await books.get(Principal, principal_id)
        await books.add(key)

    await desk.write(who, reason_of(why), work)
    return key, secret


async def revoke_key(desk: Desk, who: Principal, key_id: str, now: int, why: str) -> ApiKey:
    """Ends a key at once. The platform ends any, everybody their own.

    Raises:
        Unknown, UsageError, StoreError.
    """

    async def work(books: Books) -> ApiKey:
        key = (await books.get(ApiKey, findable(key_id))).noun
        if key.revoked is not None:
            return key
        revoked = replace(key, revoked=now)
        await books.replace(revoked, action="revoke")
        return revoked

    return await desk.write(who, reason_of(why), work)


def digest(secret: str) -> str:
    """What is kept of a key's secret."""
    return sha256(secret.encode()).hexdigest()


def is_key(secret: str) -> bool:
    """Whether something claims to be a key of this house."""
    return secret.startswith(_PREFIX)


async def known(desk: Desk, secret: str) -> Principal:
    """Whose key this is.

    Raises:
        TokenRefused: nobody's, or it was revoked.
        StoreError.
    """
    if not is_key(secret) or len(secret) > _LONGEST or not secret.isascii():
        raise _refused()
    return (await visiting(desk, digest(secret)))[0]


async def visiting(desk: Desk, digest: str) -> tuple[Principal, int]:
    """Whose key has this digest, and how often they have signed out with it.

    Raises:
        TokenRefused: nobody's, or it was revoked.
        StoreError.
    """

    async def work(books: Books) -> tuple[Principal, int]:
        key = await _open(books, digest)
        return (await books.get(Principal, key.principal)).noun, key.visits

    return await desk.read(THE_HOUSE, work)


async def sign_out(desk: Desk, who: Principal, digest: str) -> None:
    """Ends every visit that was begun with a key of one's own, wherever; the key itself stays.

    Raises:
        TokenRefused: it was revoked meanwhile.
        Unknown: it is somebody else's.
        StoreError.
    """

    async def work(books: Books) -> None:
        key = await _open(books, digest)
        await books.replace(replace(key, visits=key.visits + 1), action="sign_out")

    await desk.write(who, "on the console", work)


async def _open(books: Books, digest: str) -> ApiKey:
    """The key that has this digest. Raises `TokenRefused`: none, or it was revoked."""
    for key in await books.all(ApiKey, sha256=digest):
        if key.revoked is None:
            return key
    raise _refused()


async def _check_grants(books: Books, grants: frozenset[Grant]) -> None:
    if len(grants) > MAX_GRANTS:
        raise UsageError(f"a principal has at most {MAX_GRANTS} grants")
    for grant in grants:
        try:
            if grant.talent:
                await books.get(Talent, findable(grant.talent))
            if grant.brand:
                await books.get(Brand, findable(grant.brand))
        except Unknown:
            raise Unknown(f"nothing can be granted for {(grant.talent or grant.brand)[:64]!r}: it is not there") from None  # noqa: E501  # fmt: skip


def _refused() -> TokenRefused:
    return TokenRefused("this key opens nothing here: ask for a new one")
