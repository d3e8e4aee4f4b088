"""Layers, their versions and what they compile to, as the admin API shows and takes them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator

from gemelo.admin.services.publishing import Past, Proposal, Touched
from gemelo.admin.shapes.base import POLICY, Instant, LayerYaml, Reason, Shown, Whole, asked, example
from gemelo.context.twins import LayerKind, LayerText

_YAML = "layer: talent\nname: trina\nlanguages: [es, en]\n"
_LAYER = {
    "twin": "trina--coach",
    "deployment": None,
    "kind": "talent",
    "version": 4,
    "yaml": _YAML,
    "author": "marta",
    "created": "2026-11-20T10:00:00Z",
    "reason": "no prices any more",
}


def if_ever(ms: Any) -> Any:
    """No time where there has been none."""
    return ms or None


class LayerShape(Shown[LayerText]):
    """One version of a layer. `version` 0: nothing was published yet. `deployment` is null where it holds
    for the whole twin."""

    model_config = example(**_LAYER)

    twin: str
    deployment: str | None
    kind: LayerKind
    version: int
    yaml: str
    author: str
    created: Annotated[Instant | None, BeforeValidator(if_ever)]
    reason: str


class PastShape(Shown[Past]):
    """One version of a layer, and what it changed in the one before, as a unified diff."""

    layer: LayerShape
    diff: str


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


class TouchedShape(Shown[Touched]):
    """One place under a candidate, and the hash under which it is tried there. `campaign` is the one that
    is live there or will be; empty for the place without one."""

    deployment: str
    campaign: str
    policy: str
    warnings: tuple[str, ...]


class ProposalShape(Shown[Proposal]):
    """A text that could be published or just was. `base` is the version that it follows."""

    model_config = example(
        layer=_LAYER,
        base=3,
        diff="--- talent@3\n+++ talent@4",
        touched=[{"deployment": "trina--portal", "campaign": "", "policy": POLICY, "warnings": []}],
    )

    layer: LayerShape
    base: int
    diff: str
    touched: tuple[TouchedShape, ...]


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

    model_config = asked(version=1, reason="fans missed it")

    version: Whole
    reason: Reason
