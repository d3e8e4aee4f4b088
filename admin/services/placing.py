"""Making and changing places so that their layers still go together there.

A deployment's languages keep it to some of those that its layers speak. With none left, or with one in
which a campaign discloses nothing, nobody could be let in: that is refused to whoever sets them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from gemelo.admin.services import catalogue
from gemelo.admin.services.checking import findable
from gemelo.admin.services.compiling import Compiler, Stack, stacks
from gemelo.admin.services.desk import Books, Desk, Kept
from gemelo.context.tenancy.people import Principal
from gemelo.context.tenancy.standing import Facts
from gemelo.context.twins import Deployment, LayerKind, Talent, Twin
from gemelo.models.errors import BadLayer


class Placing:
    """What becomes of deployments.

    Args:
        now: the calendar's clock (ms since 1970 UTC).
    """

    def __init__(self, desk: Desk, compiler: Compiler, now: Callable[[], int]) -> None:
        self._desk = desk
        self._compiler = compiler
        self._now = now

    async def make(self, who: Principal, place: Deployment, why: str) -> Deployment:
        """Keeps a new place.

        Raises:
            BadLayer: its languages leave none that its twin's layers speak.
            Unknown, NotAllowed, Taken, UsageError, BadWindow, StoreError: see `catalogue.create`.
        """

        async def check(books: Books, made: Deployment) -> None:
            twin = (await books.get(Twin, findable(made.twin))).noun
            talent = (await books.get(Talent, twin.talent)).noun
            layers = await books.layers(twin.id, None, LayerKind.TALENT, last=1)
            await self._refuse_broken(Facts(replace(made, languages=()), twin, talent, layers), made)

        return await catalogue.create(self._desk, who, place, why, check)

    async def change(self, who: Principal, place: Deployment, revision: int, why: str) -> Kept[Deployment]:
        """Sets what a place is to be from now on.

        Raises:
            BadLayer: its layers, or those of a campaign with both keys, no longer go together there.
            Stale, Unknown, NotAllowed, UsageError, BadWindow, StoreError: see `catalogue.change`.
        """

        async def check(books: Books, wanted: Deployment) -> None:
            known = await books.unfenced.facts(wanted.key)
            if known.deployment.languages != wanted.languages:
                await self._refuse_broken(known, wanted)

        return await catalogue.change(self._desk, who, place, revision, why, check)

    async def _refuse_broken(self, known: Facts, wanted: Deployment) -> None:
        """Raises `BadLayer` where `wanted` breaks what compiles now: what does not, its layers must mend."""
        for stack in stacks(known, None, self._now()):
            changed = replace(stack, facts=replace(known, deployment=wanted))
            if await self._broken(stack) is None and (fault := await self._broken(changed)):
                raise BadLayer(f"{fault} (at {stack.place})")

    async def _broken(self, stack: Stack) -> BadLayer | None:
        try:
            await self._compiler.compile(stack)
        except BadLayer as error:
            return error
        return None
