"""Merging a place's layers into one context.

    platform > talent > deployment > campaign > session          (PRODUCT.md, rule 2)

Restrictions add up, permissions intersect, preferences go to the nearest layer that states one; each has
a module of its own. A lower layer that would loosen what a higher one says is an error that names both
layers and both lines.
"""

from __future__ import annotations

from collections.abc import Sequence

from gemelo.context.guard.rulebook import Rulebook
from gemelo.context.policy import permissions, preferences, restrictions
from gemelo.context.policy.advice import advise
from gemelo.context.policy.checks import BUILT_IN_ROWS, refuse_broken
from gemelo.context.policy.context import Context, PerLanguage, Sponsoring, ToolText
from gemelo.context.policy.crisis import crisis
from gemelo.context.policy.layers import Layer, OnBlock
from gemelo.context.policy.prefix import prompt_prefix
from gemelo.context.policy.stack import Stack
from gemelo.models.vocabulary import Language


def compile_context(
    layers: Sequence[Layer], *, deployment: str, twin: str, talent: str, here: Sequence[Language] = ()
) -> Context:
    """Compiles the layers of one deployment; pure, and independent of the layers' order.

    Args:
        layers: at most one of each kind, a platform layer among them.
        deployment: key of the deployment.
        twin: id of the twin.
        talent: name that fans know the talent by; fills `{talent}` in fixed lines.
        here: languages that the deployment itself is kept to; empty: any that its layers allow.

    Raises:
        BadLayer: a layer loosens another, forbids what it must say, sets what it may not, a required line
            is missing, or no language is left.
    """
    stack = Stack(layers, talent)
    spoken = permissions.languages(stack, here)
    persona = preferences.persona(stack)
    focus = preferences.focus(stack)
    country = preferences.country(stack)
    disclosures = stack.by_language(lambda language: restrictions.disclosures(stack, language))
    sponsor = permissions.sponsoring(stack)
    blocked = preferences.on_block(stack)
    tools = permissions.tools(stack)
    toolset = permissions.toolset(stack, tools)
    facts = tuple(text for tool in toolset.values() if tool.approved_facts for text in tool.told())
    rules = _rulebook(stack, sponsor, blocked, facts)
    advise(stack, spoken)
    context = Context(
        deployment=deployment,
        twin=twin,
        talent=talent,
        languages=stack.languages,
        persona=persona,
        disclosures=_with(disclosures, sponsor.required) if sponsor else disclosures,
        deflections=preferences.deflections(stack),
        rules=rules,
        focus=focus,
        sponsor=sponsor,
        limits=restrictions.limits(stack),
        prefix=prompt_prefix(persona, deployment, stack.languages, focus, tuple(toolset), rules, sponsor),
        crisis=crisis(stack, country),
        country=country,
        blocked=blocked,
        tools=tools,
        toolset=tuple(ToolText(name, tool.canonical()) for name, tool in toolset.items()),
        voice=permissions.chosen(stack, lambda d: d.voice, lambda d: d.voices, "voice"),
        avatar=permissions.chosen(stack, lambda d: d.avatar, lambda d: d.avatars, "avatar"),
        retention_days=restrictions.retention_days(stack),
        drafts=preferences.drafts(stack),
        vendors=preferences.vendors(stack),
        memory=permissions.memory(stack),
        knowledge=restrictions.knowledge(stack),
        rows=(*stack.rows, *BUILT_IN_ROWS.values()),
        warnings=tuple(stack.warnings),
    )
    refuse_broken(stack, rules)
    return context


def _rulebook(
    stack: Stack,
    sponsor: Sponsoring | None,
    blocked: tuple[tuple[str, OnBlock], ...],
    facts: tuple[str, ...],
) -> Rulebook:
    return Rulebook(
        talent=stack.talent,
        names=restrictions.names(stack),
        topics=restrictions.topics(stack),
        forbidden=restrictions.forbidden_claims(stack),
        patterns=restrictions.patterns(stack),
        brand=sponsor.brand if sponsor else "",
        approved=(*(sponsor.approved if sponsor else ()), *facts),
        attested=permissions.attested(stack),
        redacted=tuple(rule for rule, done in blocked if done is OnBlock.REDACT),
    )


def _with(lines: PerLanguage, more: PerLanguage) -> PerLanguage:
    """A first turn names the sponsor, so it carries the required claims."""
    return PerLanguage(tuple((language, said + more.of(language)) for language, said in lines.entries))
