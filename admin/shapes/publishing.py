"""Layers, their versions and what they compile to, as the admin API shows and takes them."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from gemelo.admin.services.publishing import Past, Proposal
from gemelo.admin.shapes.base import LayerYaml, Reason, Whole, asked, example, instant
from gemelo.context.twins import LayerKind, LayerText

_YAML = "layer: talent\nname: trina\nlanguages: [es, en]\n"
_HASH = "3b1f0a6de5c94c5f8f3f0c1b7c0b7f65"
_LAYER = {
    "twin": "trina-coach",
    "deployment": None,
    "kind": "talent",
    "version": 4,
    "yaml": _YAML,
    "author": "marta",
    "created": "2026-11-20T10:00:00Z",
    "reason": "no prices any more",
}


class LayerShape(BaseModel):
    """One version of a layer. `version` 0: nothing was published yet. `deployment` is null where it holds
    for the whole twin."""

    model_config = example(**_LAYER)

    twin: str
    deployment: str | None
    kind: LayerKind
    version: int
    yaml: str
    author: str
    created: datetime | None
    reason: str

    @staticmethod
    def of(layer: LayerText) -> LayerShape:
        return LayerShape(
            twin=layer.twin,
            deployment=layer.deployment,
            kind=layer.kind,
            version=layer.version,
            yaml=layer.yaml,
            author=layer.author,
            created=instant(layer.created) if layer.created else None,
            reason=layer.reason,
        )


class PastShape(BaseModel):
    """One version of a layer, and what it changed in the one before, as a unified diff."""

    layer: LayerShape
    diff: str

    @staticmethod
    def of(past: Past) -> PastShape:
        return PastShape(layer=LayerShape.of(past.layer), diff=past.diff)


class History(BaseModel):
    """A layer's last versions, newest first."""

    model_config = example(
        items=[
            {
                "layer": _LAYER,
                "diff": "--- talent@3\n+++ talent@4\n@@ -1 +1 @@\n-name: t\n+name: trina",
            }
        ]
    )

    items: tuple[PastShape, ...]


class TouchedShape(BaseModel):
    """One place under a candidate, and the hash under which it is tried there. `campaign` is the one that
    is live there or will be; empty for the place without one."""

    deployment: str
    campaign: str
    policy: str
    warnings: tuple[str, ...]


class ProposalShape(BaseModel):
    """A text that could be published or just was. `base` is the version that it follows."""

    model_config = example(
        layer=_LAYER,
        base=3,
        diff="--- talent@3\n+++ talent@4",
        touched=[{"deployment": "trina-portal", "campaign": "", "policy": _HASH, "warnings": []}],
    )

    layer: LayerShape
    base: int
    diff: str
    touched: tuple[TouchedShape, ...]

    @staticmethod
    def of(proposal: Proposal) -> ProposalShape:
        return ProposalShape(
            layer=LayerShape.of(proposal.layer),
            base=proposal.base,
            diff=proposal.diff,
            touched=tuple(
                TouchedShape(
                    deployment=one.deployment, campaign=one.campaign, policy=one.hash, warnings=one.warnings
                )
                for one in proposal.touched
            ),
        )


class Candidate(BaseModel):
    """A text to be compiled and tried."""

    model_config = asked(yaml=_YAML)

    yaml: LayerYaml


class Publication(BaseModel):
    """A text to be published."""

    model_config = asked(yaml=_YAML, reason="no prices any more")

    yaml: LayerYaml
    reason: Reason


class Rollback(BaseModel):
    """An old version whose text is published anew."""

    model_config = asked(version=3, reason="fans missed it")

    version: Whole
    reason: Reason
