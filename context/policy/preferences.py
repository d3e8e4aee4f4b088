"""What layers would rather have. A preference goes to the nearest layer that states one."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import get_args

from gemelo.context.guard.builtin import Rule
from gemelo.context.policy.context import Drafts, PerLanguage, Persona, Vendors
from gemelo.context.policy.layers import Breakable, Deflection, Document, Kind, OnBlock
from gemelo.context.policy.stack import Stack
from gemelo.models.manner import NO_MANNER, Manner
from gemelo.models.vocabulary import Language

_MAX_SENTENCES = 4
_OWN_LINES = frozenset(
    (
        Deflection.DECLINED,
        Deflection.NAMES,
        Deflection.BLOCKED,
        Deflection.FAILED,
        Deflection.BUSY,
        Deflection.OFF_TOPIC,
    )
)
"""Deflections that need lines of their own; the others fall back to `BLOCKED`."""


def persona(stack: Stack) -> Persona:
    def description(language: Language) -> tuple[str, ...]:
        said = stack.prefer(
            lambda document: document.persona.description.get(language), "persona", "description", language
        )
        return (said,) if said else ()

    def likes_to_say(language: Language) -> tuple[str, ...]:
        liked = stack.prefer(
            lambda document: document.persona.likes_to_say.get(language), "persona", "likes_to_say", language
        )
        return tuple(sorted(liked or ()))

    def openers(language: Language) -> tuple[str, ...]:
        said = stack.prefer(
            lambda document: document.persona.openers.get(language), "persona", "openers", language
        )
        return tuple(sorted(said or ()))

    at_most = stack.nearest(lambda document: document.persona.max_sentences)
    if at_most:
        stack.note(str(at_most[0]), at_most[1], "persona", "max_sentences")
    name = stack.prefer(lambda document: document.persona.name, "persona", "name")
    length = stack.prefer(lambda document: document.persona.sentence_length, "persona", "sentence_length")
    return Persona(
        name=name or stack.talent,
        description=stack.by_language(description),
        tone=stack.prefer(lambda document: document.persona.tone, "persona", "tone") or (),
        sentence_length=length or "short",
        max_sentences=at_most[0] if at_most else _MAX_SENTENCES,
        likes_to_say=stack.by_language(likes_to_say),
        openers=stack.by_language(openers),
        manner=_manner(stack),
    )


def _manner(stack: Stack) -> tuple[tuple[Language, Manner], ...]:
    """The talent's own lines, list by list; languages without any are left out."""

    def lines(language: Language, name: str) -> tuple[str, ...]:
        return (
            stack.prefer(
                lambda document: getattr(document.persona.manner.get(language), name, ()),
                "persona", "manner", language, name,
            )
            or ()
        )  # fmt: skip

    found = {
        language: Manner(**{field.name: lines(language, field.name) for field in fields(Manner)})
        for language in stack.languages
    }
    return tuple((language, manner) for language, manner in found.items() if manner != NO_MANNER)


def focus(stack: Stack) -> tuple[str, ...]:
    """Topics to steer towards."""
    return stack.prefer(lambda document: document.focus, "focus") or ()


def drafts(stack: Stack) -> Drafts:
    """When replies are begun before a fan has finished, and what that may waste.

    Raises:
        BadLayer: another layer than the talent's says what may be wasted.
    """
    for layer in stack.layers:
        if layer.document.drafts.wasted_share is not None and layer.kind is not Kind.TALENT:
            what = "only a talent layer may set drafts.wasted_share: take it out here"
            raise layer.fault(what, "drafts", "wasted_share")
    found = Drafts()
    if when := stack.nearest(lambda document: document.drafts.when):
        stack.note(when[0].value, when[1], "drafts", "when")
        found = replace(found, when=when[0])
    if share := stack.nearest(lambda document: document.drafts.wasted_share):
        stack.note(str(share[0]), share[1], "drafts", "wasted_share")
        found = replace(found, wasted_share=share[0])
    return found


def vendors(stack: Stack) -> Vendors:
    """Which vendor is asked first, and what all of them may cost a month.

    Raises:
        BadLayer: another layer than the talent's sets a budget.
    """
    for layer in stack.layers:
        if layer.document.vendors.monthly_budget is not None and layer.kind is not Kind.TALENT:
            what = "only a talent layer may set vendors.monthly_budget: take it out here"
            raise layer.fault(what, "vendors", "monthly_budget")
    found = Vendors()
    if route := stack.nearest(lambda document: document.vendors.route):
        stack.note(route[0].value, route[1], "vendors", "route")
        found = replace(found, route=route[0])
    if budget := stack.nearest(lambda document: document.vendors.monthly_budget):
        stack.note(str(budget[0]), budget[1], "vendors", "monthly_budget")
        found = replace(found, monthly_budget=budget[0])
    return found


def country(stack: Stack) -> str:
    """Where the fans are, empty where no layer says."""
    return stack.prefer(lambda document: document.country, "country") or ""


def deflections(stack: Stack) -> tuple[tuple[Deflection, PerLanguage], ...]:
    """The fixed lines of each kind in every language spoken here.

    Raises:
        BadLayer: no layer says what to say for one that needs lines of its own.
    """

    def of(kind: Deflection) -> PerLanguage:
        return stack.by_language(lambda language: _deflections(stack, kind, language))

    return tuple((kind, of(kind)) for kind in Deflection)


def _deflections(stack: Stack, kind: Deflection, language: Language) -> tuple[str, ...]:
    """The nearest layer's lines; a layer's `BLOCKED` ones stand in for those that it leaves out."""
    kinds = (kind,) if kind in _OWN_LINES else (kind, Deflection.BLOCKED)
    for layer in reversed(stack.layers):
        stated = layer.document.deflections.get(language, {})
        if lines := next((stated[kind] for kind in kinds if kind in stated), None):
            path = ("deflections", language, kind.value)
            filled = stack.filled(lines, layer, *path)
            stack.say(filled, layer, *path)
            return filled
    raise stack.platform.fault(
        f"no layer says what to say in {language!r} when {kind.value}", "deflections", language
    )


def on_block(stack: Stack) -> tuple[tuple[str, OnBlock], ...]:
    """What happens where a rule is broken, for the rules that a layer has set."""
    rules: tuple[Rule, ...] = get_args(Breakable)

    def states(rule: Rule) -> tuple[str, OnBlock] | None:
        def stated(document: Document) -> OnBlock | None:
            return document.on_block.get(rule)  # pyright: ignore[reportArgumentType, reportCallIssue]

        if not (found := stack.nearest(stated)):
            return None
        stack.note(found[0].value, found[1], "on_block", rule.value)
        return rule.value, found[0]

    return tuple(filter(None, (states(rule) for rule in sorted(rules))))
