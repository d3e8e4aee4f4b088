"""Stages of candidates on scripted services: what the house does for `Trying`, without its models."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gemelo.admin.services.compiling import parsed
from gemelo.admin.wiring.build import platform_layer
from gemelo.benchmarks.scripted import ScriptedMind
from gemelo.context.policy.compile import compile_context
from gemelo.context.policy.layers import Layer
from gemelo.context.tenancy.standing import Facts
from gemelo.context.twins import LayerText
from gemelo.engine.stage import Stage
from tests.fakes import WordGuard, World


@dataclass
class ScriptedStager:
    """Builds a scripted world's stage under a candidate's context; its guard stops the last name to avoid."""

    world: World = field(default_factory=lambda: World(mind=ScriptedMind(first_token_s=0, token_s=0)))
    platform: Layer = field(default_factory=platform_layer)
    built: list[str] = field(default_factory=list[str])
    """Hashes of the policies, one a stage that was built."""

    async def candidate(self, facts: Facts, layers: tuple[LayerText, ...]) -> Stage:
        context = compile_context(
            (self.platform, *map(parsed, layers)),
            deployment=facts.deployment.key,
            twin=facts.twin.id,
            talent=facts.talent.name,
            here=facts.deployment.languages,
        )
        self.built.append(context.hash)
        names = [avoided.name for avoided in context.rules.names]
        guard = WordGuard(banned=names[-1] if names else "")
        return replace(self.world.stage(), context=context, guard=guard)
