"""Talents, twins, deployments and brands: looking at them, making them, changing them.

What a role may not see does not exist for it (`Unknown`); what it sees and may not change is `NotAllowed`.
What has a verb of its own is not changed here: a talent is stopped and a twin suspended by `switches`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeAlias, TypeVar

from gemelo.admin.services.checking import (
    check_page,
    findable,
    id_of,
    id_within,
    name_of,
    origins_of,
    permit,
    reason_of,
    theme_of,
    window_of,
)
from gemelo.admin.services.desk import Books, Desk, Kept, Page
from gemelo.context.tenancy.campaigns import Campaign
from gemelo.context.tenancy.likeness import Consent, Licence
from gemelo.context.tenancy.people import Action, ApiKey, Principal
from gemelo.context.tenancy.windows import Window
from gemelo.context.twins import Brand, Deployment, DeploymentStatus, Talent, Twin, TwinState
from gemelo.models.errors import NotAllowed, UsageError
from gemelo.models.vocabulary import Language

T = TypeVar("T")
Noun: TypeAlias = Talent | Twin | Deployment | Brand
N = TypeVar("N", bound=Noun)
Check: TypeAlias = Callable[[Books, N], Awaitable[None]]

_ASKED: dict[type, frozenset[str]] = {
    Twin: frozenset({"talent", "state"}),
    Deployment: frozenset({"talent", "twin", "type", "status"}),
    Campaign: frozenset({"talent", "brand", "deployment"}),
    Licence: frozenset({"talent"}),
    Consent: frozenset({"talent", "kind", "name"}),
    ApiKey: frozenset({"principal"}),
}
"""By which fields things are asked for."""
MAX_BRAND = 64
"""Characters of a brand's name: a layer's sponsor has no more."""
MAX_LANGUAGES = 10


async def see(desk: Desk, who: Principal, kind: type[T], id: str) -> Kept[T]:
    """One thing of any kind that `Books` keeps.

    Raises:
        Unknown, StoreError.
    """
    return await desk.read(who, lambda books: books.get(kind, findable(id)))


async def page(
    desk: Desk, who: Principal, kind: type[T], after: str = "", limit: int = 50, **where: str
) -> Page[Kept[T]]:
    """Those that `who` may see and whose fields equal `where`, by id.

    Raises:
        UsageError: there is no such field, the limit is not 1 to 200, or the place to go on from is made up.
        StoreError.
    """
    if unknown := where.keys() - _ASKED.get(kind, frozenset()):
        raise UsageError(f"there is no field {min(unknown)[:40]!r} to ask for")
    check_page(limit, after, *where.values())
    return await desk.read(who, lambda books: books.page(kind, after=after, limit=limit, **where))


async def create(desk: Desk, who: Principal, noun: N, why: str, check: Check[N] | None = None) -> N:
    """Keeps something new.

    Args:
        check: looks at it in the same transaction, and raises what is wrong with it.

    Raises:
        NotAllowed: talents and brands are made by the platform, the rest by who manages the talent.
        Unknown: what it belongs to is not there for `who`.
        Taken, UsageError, BadWindow, StoreError.
    """
    made: N = _checked(noun)
    if isinstance(made, Talent | Brand):
        id_of(_id(made))
    if isinstance(made, Talent | Brand) and not who.is_platform:
        raise NotAllowed(f"a {type(made).__name__.lower()} is made by the platform: ask there")
    if isinstance(made, Talent) and made.stopped:
        raise UsageError("a talent is made first and stopped then")
    if isinstance(made, Twin) and (made.state is TwinState.SUSPENDED or made.suspended):
        raise UsageError("a twin is made first and suspended then")

    async def work(books: Books) -> N:
        await _permit(books, who, made)
        if isinstance(made, Twin | Deployment):
            id_within(_id(made), await talent_of(books, made), who)
        if check:
            await check(books, made)
        await books.add(made)
        return made

    return await desk.write(who, reason_of(why), work)


async def change(
    desk: Desk, who: Principal, noun: N, revision: int, why: str, check: Check[N] | None = None
) -> Kept[N]:
    """Sets what something is to be from now on. The same again changes nothing.

    Args:
        revision: of the one that `who` has looked at.
        check: see `create`.

    Raises:
        Unknown, NotAllowed, UsageError, BadWindow, StoreError.
        Stale: somebody has changed it meanwhile.
    """
    wanted: N = _checked(noun)

    async def work(books: Books) -> Kept[N]:
        known: Kept[N] = await books.get(type(wanted), findable(_id(wanted)))
        await _permit(books, who, known.noun)
        _refuse_moves(known.noun, wanted)
        if known == Kept(wanted, revision):
            return known
        if check:
            await check(books, wanted)
        return Kept(wanted, await books.replace(wanted, revision))

    return await desk.write(who, reason_of(why), work)


async def talent_of(books: Books, noun: Noun) -> str:
    """The talent that something belongs to; empty for a brand.

    Raises:
        Unknown: it belongs to what is not there.
    """
    match noun:
        case Talent():
            return noun.id
        case Twin():
            return noun.talent
        case Deployment():
            return (await books.get(Twin, findable(noun.twin))).noun.talent
        case Brand():
            return ""


async def _permit(books: Books, who: Principal, noun: Noun) -> None:
    talent = await talent_of(books, noun)
    if isinstance(noun, Twin):
        await books.get(Talent, findable(talent))  # what one does not see is not there to be added to
    permit(who, Action.EDIT, talent=talent, brand=noun.id if isinstance(noun, Brand) else "")


def _id(noun: Noun) -> str:
    return noun.key if isinstance(noun, Deployment) else noun.id


def _checked(noun: Noun) -> Any:
    match noun:
        case Brand():
            return replace(noun, name=name_of(noun.name, MAX_BRAND))
        case Talent() | Twin():
            return replace(noun, name=name_of(noun.name))
        case Deployment():
            return replace(
                noun,
                origins=origins_of(noun.origins),
                languages=_languages(noun.languages),
                theme=theme_of(noun.theme),
                schedule=_schedule(noun),
            )


def _schedule(place: Deployment) -> Window | None:
    if place.schedule:
        return window_of(place.schedule)
    if place.status is DeploymentStatus.SCHEDULED:
        raise UsageError("a scheduled deployment needs its schedule: say from when until when it is open")
    return None


def _languages(languages: tuple[Language, ...]) -> tuple[Language, ...]:
    if len(languages) > MAX_LANGUAGES or not all(_is_code(language) for language in languages):
        raise UsageError("languages are two small letters each, like 'es', ten at most")
    return tuple(dict.fromkeys(languages))


def _is_code(language: str) -> bool:
    return len(language) == 2 and language.isascii() and language.isalpha() and language.islower()


def _refuse_moves(known: Noun, wanted: Noun) -> None:
    """Refuses what would move a thing to another tenant, and what has a verb of its own."""
    match known, wanted:
        case Talent(), Talent() if known.stopped != wanted.stopped:
            raise UsageError("a talent is stopped and started by verbs of their own")
        case Twin(), Twin():
            if known.talent != wanted.talent:
                raise UsageError("a twin stays with its talent: make another one")
            if known.suspended != wanted.suspended or (
                known.state != wanted.state and TwinState.SUSPENDED in (known.state, wanted.state)
            ):
                raise UsageError("a twin is suspended and resumed by verbs of their own")
        case Deployment(), Deployment() if (known.twin, known.type) != (wanted.twin, wanted.type):
            raise UsageError("a deployment keeps its twin and its type: make another one")
        case _:
            return
