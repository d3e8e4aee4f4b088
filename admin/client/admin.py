"""The operations of the admin API by name; what they take and answer are `gemelo.admin.shapes`.

async with AdminClient("https://twins.example", key) as admin:
    twin = await admin.twin("trina-coach")
    await admin.change_twin(twin, TwinTerms(name=twin.name, state="live", reason="goes live"))

What was read knows its revision, so a change of it says by itself what was seen.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import TracebackType

from gemelo.admin.client.line import Line
from gemelo.admin.shapes import catalogue as shapes
from gemelo.admin.shapes import people
from gemelo.admin.shapes.base import Change


class AdminClient(Line):
    """One key's way to the admin API of one server."""

    async def __aenter__(self) -> AdminClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def talents(self) -> AsyncIterator[shapes.TalentShape]:
        return self.each(shapes.TalentShape, "talents")

    async def talent(self, id: str) -> shapes.TalentShape:
        return await self.see(shapes.TalentShape, "talents", id)

    async def make_talent(self, new: shapes.NewTalent) -> shapes.TalentShape:
        return await self.do(shapes.TalentShape, new, "talents")

    async def change_talent(self, seen: shapes.TalentShape, to: shapes.TalentTerms) -> shapes.TalentShape:
        return await self.put(shapes.TalentShape, to, "talents", seen.id, seen=seen)

    def brands(self) -> AsyncIterator[shapes.BrandShape]:
        return self.each(shapes.BrandShape, "brands")

    async def brand(self, id: str) -> shapes.BrandShape:
        return await self.see(shapes.BrandShape, "brands", id)

    async def make_brand(self, new: shapes.NewBrand) -> shapes.BrandShape:
        return await self.do(shapes.BrandShape, new, "brands")

    async def change_brand(self, seen: shapes.BrandShape, to: shapes.BrandTerms) -> shapes.BrandShape:
        return await self.put(shapes.BrandShape, to, "brands", seen.id, seen=seen)

    def twins(self, talent: str = "") -> AsyncIterator[shapes.TwinShape]:
        return self.each(shapes.TwinShape, "twins", **({"talent": talent} if talent else {}))

    async def twin(self, id: str) -> shapes.TwinShape:
        return await self.see(shapes.TwinShape, "twins", id)

    async def make_twin(self, new: shapes.NewTwin) -> shapes.TwinShape:
        return await self.do(shapes.TwinShape, new, "twins")

    async def change_twin(self, seen: shapes.TwinShape, to: shapes.TwinTerms) -> shapes.TwinShape:
        return await self.put(shapes.TwinShape, to, "twins", seen.id, seen=seen)

    def deployments(self, twin: str = "") -> AsyncIterator[shapes.DeploymentShape]:
        return self.each(shapes.DeploymentShape, "deployments", **({"twin": twin} if twin else {}))

    async def deployment(self, key: str) -> shapes.DeploymentShape:
        return await self.see(shapes.DeploymentShape, "deployments", key)

    async def make_deployment(self, new: shapes.NewDeployment) -> shapes.DeploymentShape:
        return await self.do(shapes.DeploymentShape, new, "deployments")

    async def change_deployment(
        self, seen: shapes.DeploymentShape, to: shapes.DeploymentTerms
    ) -> shapes.DeploymentShape:
        return await self.put(shapes.DeploymentShape, to, "deployments", seen.key, seen=seen)

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
