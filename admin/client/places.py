"""The client's operations on talents, brands, twins, deployments and their layers."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator

from gemelo.admin.client.line import Line
from gemelo.admin.shapes import catalogue as shapes
from gemelo.admin.shapes.base import Change
from gemelo.admin.shapes.knowledge import DocumentShape, NewUpload, Removal, UploadShape
from gemelo.admin.shapes.persona import (
    DraftShape,
    FitnessShape,
    NewDraft,
    PersonaApproval,
    PersonaEdit,
    PersonaShape,
)
from gemelo.admin.shapes.publishing import (
    Candidate,
    History,
    LayerShape,
    ProposalShape,
    Publication,
    Rollback,
)
from gemelo.admin.shapes.talk import Again, ExplainedShape, Question, ReplayShape, TriedShape


class Places(Line):
    """Who lives where, under which rules. A layer is a twin's, or that of the deployment it is asked of."""

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

    async def stop(self, talent: str, reason: str) -> shapes.TalentShape:
        return await self.do(shapes.TalentShape, Change(reason=reason), "talents", talent, "stop")

    async def start(self, talent: str, reason: str) -> shapes.TalentShape:
        return await self.do(shapes.TalentShape, Change(reason=reason), "talents", talent, "start")

    async def suspend_twin(self, twin: str, reason: str) -> shapes.TwinShape:
        return await self.do(shapes.TwinShape, Change(reason=reason), "twins", twin, "suspend")

    async def resume_twin(self, twin: str, reason: str) -> shapes.TwinShape:
        return await self.do(shapes.TwinShape, Change(reason=reason), "twins", twin, "resume")

    async def layer(self, *, twin: str = "", deployment: str = "") -> LayerShape:
        return await self.see(LayerShape, *_at(twin, deployment))

    async def propose(self, yaml: str, *, twin: str = "", deployment: str = "") -> ProposalShape:
        return await self.do(ProposalShape, Candidate(yaml=yaml), *_at(twin, deployment), "proposals")

    async def publish(self, seen: LayerShape, yaml: str, reason: str) -> ProposalShape:
        """In place of the layer that was seen."""
        where = _at("" if seen.deployment else seen.twin, seen.deployment or "")
        body = Publication(yaml=yaml, reason=reason)
        return await self.put(ProposalShape, body, *where, seen=_Version(seen.version))

    async def layer_history(self, *, twin: str = "", deployment: str = "", last: int = 20) -> History:
        return await self.see(History, *_at(twin, deployment), "versions", last=last)

    async def roll_back(
        self, version: int, reason: str, *, twin: str = "", deployment: str = ""
    ) -> ProposalShape:
        body = Rollback(version=version, reason=reason)
        return await self.do(ProposalShape, body, *_at(twin, deployment), "rollbacks")

    async def send_document(self, twin: str, path: str, data: bytes, reason: str) -> UploadShape:
        """Sends a file to be learned; `sent` tells what became of it."""
        new = NewUpload(path=path, content=b64encode(data).decode(), reason=reason)
        return await self.do(UploadShape, new, "twins", twin, "documents")

    async def sent(self, upload: UploadShape) -> UploadShape:
        return await self.see(UploadShape, "twins", upload.twin, "documents", "sent", upload.id)

    def all_sent(self, twin: str) -> AsyncIterator[UploadShape]:
        return self.each(UploadShape, "twins", twin, "documents", "sent")

    def documents(self, twin: str) -> AsyncIterator[DocumentShape]:
        return self.each(DocumentShape, "twins", twin, "documents")

    async def forget(self, twin: str, path: str, reason: str) -> DocumentShape:
        removal = Removal(path=path, reason=reason)
        return await self.do(DocumentShape, removal, "twins", twin, "documents", "removals")

    async def persona(self, twin: str) -> PersonaShape:
        return await self.see(PersonaShape, "twins", twin, "persona")

    async def draft_persona(self, twin: str, reason: str, *, anew: bool = False) -> DraftShape:
        """Kept where the twin has none, or `anew` in place of the one it has."""
        return await self.do(
            DraftShape, NewDraft(anew=anew, reason=reason), "twins", twin, "persona", "drafts"
        )

    async def edit_persona(self, seen: PersonaShape, yaml: str, reason: str) -> PersonaShape:
        """In place of the text that was seen."""
        body = PersonaEdit(yaml=yaml, reason=reason)
        return await self.put(PersonaShape, body, "twins", seen.twin, "persona", seen=seen)

    async def approve_persona(self, seen: PersonaShape, reason: str) -> PersonaShape:
        """The text that was seen, to the letter."""
        body = PersonaApproval(hash=seen.hash, reason=reason)
        return await self.do(PersonaShape, body, "twins", seen.twin, "persona", "approvals")

    async def validate_persona(self, twin: str, reason: str) -> FitnessShape:
        """Holds the conversations; with a language model that may take a minute."""
        return await self.do(FitnessShape, Change(reason=reason), "twins", twin, "persona", "validations")

    async def explain(self, deployment: str, policy: str) -> ExplainedShape:
        return await self.see(ExplainedShape, "deployments", deployment, "versions", policy, "rules")

    async def try_(self, deployment: str, policy: str, text: str) -> TriedShape:
        where = ("deployments", deployment, "versions", policy, "tries")
        return await self.do(TriedShape, Question(text=text), *where)

    async def replay(self, deployment: str, policy: str, last: int = 50) -> ReplayShape:
        where = ("deployments", deployment, "versions", policy, "replays")
        return await self.do(ReplayShape, Again(last=last), *where)


class _Version:
    """A layer's version, which is its revision."""

    def __init__(self, version: int) -> None:
        self.revision = version


def _at(twin: str, deployment: str) -> tuple[str, ...]:
    return ("deployments", deployment, "layer") if deployment else ("twins", twin, "layer")
