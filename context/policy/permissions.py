"""What layers allow. Permissions intersect: a lower layer may leave something out and adds nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gemelo.context.policy.context import Memory, PerLanguage, Row, Sponsoring
from gemelo.context.policy.layers import Chosen, Document, Kind, Layer
from gemelo.context.policy.restrictions import required_claims
from gemelo.context.policy.stack import Stack, loosened
from gemelo.context.tools.definitions import ToolDefinition
from gemelo.models.errors import BadLayer
from gemelo.models.vocabulary import Language

Allowed = tuple[str, ...]
_WHOLE_TWIN = (Kind.PLATFORM, Kind.PERSONA, Kind.TALENT)
"""Layers that hold at other places, too."""


def languages(stack: Stack, here: Sequence[Language] = ()) -> dict[Kind, tuple[Language, ...]]:
    """Languages that are left at each layer; sets the stack's, which are those of the weakest.

    Args:
        here: those that the place itself is kept to; empty: any.

    Raises:
        BadLayer: no layer names any, one adds some, or the place and its layers have none in common.
    """
    left = _intersected(stack, lambda document: document.languages, "language", "languages")
    if left is None:
        raise stack.platform.fault("no layer says which languages are spoken")
    allowed, at, stated_by = left
    spoken = tuple(Language(language) for language in allowed if not here or language in here)
    if not spoken:
        raise stated_by.fault(
            f"no language is left: this layer allows {', '.join(allowed)}, the deployment itself "
            f"{', '.join(here)}: give one of both a language of the other",
            "languages",
        )
    stack.languages = spoken
    if spoken == allowed:
        stack.say(spoken, stated_by, "languages")
    else:
        stack.rows.append(Row("languages", "; ".join(spoken), Kind.DEPLOYMENT, "the deployment itself", 0))
    return {
        kind: tuple(Language(one) for one in left if kind in _WHOLE_TWIN or not here or one in here) or spoken
        for kind, left in at.items()
    }


def tools(stack: Stack) -> Allowed:
    """Tools that the twin may use; none where no layer names any."""
    left = _intersected(stack, lambda document: document.tools, "tool", "tools")
    if left is None:
        return ()
    stack.say(left[0], left[2], "tools")
    return tuple(sorted(left[0]))


def toolset(stack: Stack, allowed: Allowed) -> dict[str, ToolDefinition]:
    """The definitions of tools that may be used here, by name, placeholders filled in.

    Raises:
        BadLayer: two layers define one name, or a lead is asked for in a language without its question.
    """
    owners: dict[str, Layer] = {}
    found: dict[str, ToolDefinition] = {}
    for layer in stack.layers:
        for name, tool in layer.document.tool_definitions.items():
            path = ("tool_definitions", name)
            if name in owners:
                raise _twice(name, layer, owners[name])
            owners[name] = layer
            if name not in allowed:
                stack.warn(f"the tool {name!r} is not among `tools`: ignored", layer, *path)
                continue
            if missing := [one for one in stack.languages if tool.consent and one not in tool.consent]:
                raise layer.fault(f"asks for consent in no {missing[0]!r}: write it in each language", *path)
            asked = {
                language: stack.filled(text, layer, *path, "consent", language)
                for language, text in tool.consent.items()
            }
            found[name] = tool.model_copy(update={"consent": asked})
            stack.note(f"{tool.kind}: {tool.description}", layer, *path)
            for text in found[name].told():
                stack.say(text, layer, *path)
    return {name: found[name] for name in sorted(found)}


def _twice(name: str, layer: Layer, owner: Layer) -> BadLayer:
    path = ("tool_definitions", name)
    told, mend = f"{layer.place(*path)}: the tool {name!r} is defined", "give this one another name"
    return BadLayer(
        f"{told} already, by the {owner.place(*path)}: {mend}",
        layer.kind,
        f"{told} by the {owner.kind} already: {mend}",
    )


def _intersected(
    stack: Stack, states: Callable[[Document], Allowed | None], what: str, key: str
) -> tuple[Allowed, dict[Kind, Allowed], Layer] | None:
    """What is left in the end and at each layer, and who said it last; None where nobody states anything.

    Raises:
        BadLayer: a layer allows what one above it does not.
    """
    above: Layer | None = None
    allowed: Allowed = ()
    at: dict[Kind, Allowed] = {}
    for layer in stack.layers:
        stated = states(layer.document)
        if stated is not None:
            for index, item in enumerate(stated):
                if above and item not in allowed:
                    mend = f"choose among {', '.join(allowed)}" if allowed else "leave it out"
                    raise loosened(f"{what} {item!r}", layer, (key, index), above, (key,), mend)
            above, allowed = layer, stated
        at[layer.kind] = allowed
    if above is None:
        return None
    return allowed, at, above


def chosen(
    stack: Stack,
    states: Callable[[Document], Chosen | None],
    offers: Callable[[Document], Allowed | None],
    key: str,
) -> str:
    """The voice or avatar that the nearest layer chooses, among those that the talent offers.

    Raises:
        BadLayer: a layer chooses another.
    """
    offered = stack.nearest(offers)
    for layer in stack.layers:
        choice = states(layer.document)
        if choice and offered and choice.id not in offered[0]:
            raise loosened(f"{key} {choice.id!r}", layer, (key, "id"), offered[1], (f"{key}s",))
    if not (found := stack.nearest(states)):
        return ""
    stack.note(found[0].id, found[1], key, "id")
    return found[0].id


def memory(stack: Stack) -> Memory:
    """What may be kept of fans who agreed. The talent's side allows it; a campaign may only keep less.

    Raises:
        BadLayer: a layer keeps or shares what one above it does not, or a campaign begins to.
    """
    keep = _keeping(stack)
    share = _sharing(stack)
    return Memory(keep, tuple(sorted(share))) if keep else Memory()


def _keeping(stack: Stack) -> bool:
    path = ("memory", "keep")
    kept: tuple[bool, Layer] = True, stack.platform
    stated = False
    for layer in stack.layers:
        keep = layer.document.memory.keep
        if keep is None:
            continue
        if keep and not (kept[0] and (stated or _may_begin(layer))):
            raise loosened("keeping facts of fans", layer, path, kept[1], path)
        kept, stated = (keep, layer), True
        stack.note("yes" if keep else "no", layer, *path)
    return stated and kept[0]


def _sharing(stack: Stack) -> Allowed:
    path = ("memory", "share")
    shared: tuple[Allowed | None, Layer] = None, stack.platform
    for layer in stack.layers:
        share = layer.document.memory.share
        if share is None:
            continue
        if not (shared[0] is None and _may_begin(layer)):
            for index, key in enumerate(share):
                if key not in (shared[0] or ()):
                    raise loosened(f"sharing with {key!r}", layer, (*path, index), shared[1], path)
        shared = share, layer
        stack.note(share, layer, *path)
    return shared[0] or ()


def _may_begin(layer: Layer) -> bool:
    """Whose fans they are decides what is kept of them: no brand, and no page."""
    return layer.kind not in (Kind.CAMPAIGN, Kind.SESSION)


def attested(stack: Stack) -> Allowed:
    """The experience with products that the talent attests, in the languages spoken here."""
    sentences: set[str] = set()
    for language in stack.languages:
        for layer, index, text in stack.each(language, lambda document: document.attested):
            sentences.add(text)
            stack.say(text, layer, "attested", language, index)
    return tuple(sorted(sentences))


def sponsoring(stack: Stack) -> Sponsoring | None:
    """The sponsor, and what may and must be said of it.

    Raises:
        BadLayer: no disclosure in a spoken language names it, or one that is required is missing.
    """
    layer = stack.campaign
    if layer is None or layer.document.sponsor is None:
        return None
    sponsor = layer.document.sponsor
    stack.say(f"{sponsor.brand} ({sponsor.category})", layer, "sponsor", "brand")
    stack.note(str(sponsor.every_turns), layer, "sponsor", "every_turns")

    def lines(language: Language) -> Allowed:
        said = stack.filled(layer.document.disclosures.get(language, ()), layer, "disclosures", language)
        if not any(sponsor.brand in line for line in said):
            raise layer.fault(
                f"no disclosure in {language!r} names the sponsor of {layer.place('sponsor', 'brand')}: "
                f"write a sentence with {sponsor.brand!r} or {{brand}} in it",
                "disclosures",
                language,
            )
        return said

    def tagline(language: Language) -> Allowed:
        def states(document: Document) -> str | None:
            return document.sponsor and document.sponsor.tagline.get(language)

        said = stack.prefer(states, "sponsor", "tagline", language)
        return (said,) if said else ()

    def claims(language: Language) -> Allowed:
        path = ("sponsor", "approved_claims", language)
        approved = stack.filled(sponsor.approved_claims.get(language, ()), layer, *path)
        for index, claim in enumerate(approved):
            stack.say(claim, layer, *path, index)
        return tuple(sorted(approved))

    def required(language: Language) -> Allowed:
        return required_claims(stack, language)

    by_language: Callable[[Callable[[Language], Allowed]], PerLanguage] = stack.by_language
    return Sponsoring(
        brand=sponsor.brand,
        category=sponsor.category,
        lines=by_language(lines),
        taglines=by_language(tagline),
        approved_claims=by_language(claims),
        required=by_language(required),
        every_turns=sponsor.every_turns,
    )
