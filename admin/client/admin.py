"""The operations of the admin API by name; what they take and answer are `gemelo.admin.shapes`.

async with AdminClient("https://twins.example", key) as admin:
    twin = await admin.twin("trina-coach")
    await admin.change_twin(twin, TwinTerms(name=twin.name, state="live", reason="goes live"))

What was read knows its revision, so a change of it says by itself what was seen.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import TracebackType

from gemelo.admin.client.places import Places
from gemelo.admin.client.work import Work
from gemelo.admin.shapes import people
from gemelo.admin.shapes.base import Change


class AdminClient(Places, Work):
    """One key's way to the admin API of one server."""

    async def __aenter__(self) -> AdminClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def me(self) -> people.PrincipalShape:
        return await self.see(people.PrincipalShape, "me")

    def principals(self) -> AsyncIterator[people.PrincipalShape]:
        return self.each(people.PrincipalShape, "principals")

    async def principal(self, id: str) -> people.PrincipalShape:
        return await self.see(people.PrincipalShape, "principals", id)

    async def make_principal(self, new: people.NewPrincipal) -> people.PrincipalShape:
        return await self.do(people.PrincipalShape, new, "principals")

    async def set_grants(self, seen: people.PrincipalShape, to: people.Grants) -> people.PrincipalShape:
        return await self.put(people.PrincipalShape, to, "principals", seen.id, "grants", seen=seen)

    def keys(self, principal: str) -> AsyncIterator[people.KeyShape]:
        return self.each(people.KeyShape, "principals", principal, "keys")

    async def give_key(self, principal: str, reason: str) -> people.GivenKey:
        return await self.do(people.GivenKey, Change(reason=reason), "principals", principal, "keys")

    async def revoke_key(self, key: str, reason: str) -> people.KeyShape:
        return await self.do(people.KeyShape, Change(reason=reason), "keys", key, "revoke")
