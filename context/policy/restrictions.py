"""What layers forbid or require. Restrictions of all layers add up; of limits the strictest holds."""

from __future__ import annotations

from collections.abc import Callable

from gemelo.context.guard.builtin import TOPICS
from gemelo.context.guard.rulebook import AvoidedNames, AvoidedPattern, AvoidedTopic, ForbiddenClaim
from gemelo.context.knowledge.scope import EVERYTHING, Scope
from gemelo.context.policy.context import Limit
from gemelo.context.policy.layers import Kind, Layer
from gemelo.context.policy.parts import MIN_EXAMPLES, TierLimits
from gemelo.context.policy.patterns import LONGEST_MS, LONGEST_OF_A_SESSION_MS, refused
from gemelo.context.policy.stack import Stack, loosened
from gemelo.models.dates import first_day, last_day
from gemelo.models.vocabulary import Language


def names(stack: Stack) -> tuple[AvoidedNames, ...]:
    """Names to avoid; those that differ in letter case only are one, their aliases joined."""
    merged: dict[str, AvoidedNames] = {}
    for layer in stack.layers:
        stated = layer.document.names_to_avoid
        for index, avoided in sorted(enumerate(stated), key=lambda entry: entry[1].name):
            stack.note(
                _reasoned("; ".join((avoided.name, *avoided.aliases)), avoided.reason),
                layer, "names_to_avoid", index,
            )  # fmt: skip
            key = avoided.name.casefold()
            known = merged.get(key, AvoidedNames(avoided.name, (), layer.kind))
            aliases = tuple(sorted({*known.aliases, *avoided.aliases}))
            merged[key] = AvoidedNames(known.name, aliases, known.layer)
    return tuple(merged[key] for key in sorted(merged))


def knowledge(stack: Stack) -> tuple[Scope, ...]:
    """What is answered from: what is within all of these.

    Raises:
        BadLayer: a layer's span of time ends before it begins.
    """
    scopes: list[Scope] = []
    for layer in stack.layers:
        stated = layer.document.knowledge
        since, until = stated.since or "", stated.until or ""
        if since and until and first_day(since) > last_day(until):
            raise layer.fault(
                f"nothing is both since {since} and until {until}: swap them", "knowledge", "until"
            )
        for name, said in (("sources", stated.sources), ("since", since), ("until", until)):
            if said:
                stack.note(said, layer, "knowledge", name)
        scopes.append(Scope((), tuple(sorted(stated.sources)), since, until))
    return tuple(dict.fromkeys(scope for scope in scopes if scope != EVERYTHING))


def topics(stack: Stack) -> tuple[AvoidedTopic, ...]:
    """Topics to avoid, with all layers' examples in the languages spoken here.

    Raises:
        BadLayer: a topic that the guard does not know has too few examples in a spoken language, or would
            have to be known in a question.
    """
    examples: dict[str, dict[Language, set[str]]] = {}
    stated_by: dict[str, tuple[Layer, int]] = {}
    unasked: dict[str, str] = {}
    for layer in stack.layers:
        for index, topic in enumerate(layer.document.topics_to_avoid):
            name = topic.topic.casefold()
            stated_by.setdefault(name, (layer, index))
            known = examples.setdefault(name, {language: set() for language in stack.languages})
            for language, texts in known.items():
                texts.update(topic.examples.get(language, ()))
            stack.say(topic.topic, layer, "topics_to_avoid", index)
            if topic.asked and name not in TOPICS:
                raise layer.fault(
                    f"questions on {name!r} cannot be told from others: leave 'asked' out, or choose among "
                    f"{', '.join(TOPICS)}",
                    "topics_to_avoid",
                    index,
                )
            if topic.asked:
                unasked.setdefault(name, layer.kind)
    for name, (layer, index) in stated_by.items():
        for language, texts in examples[name].items():
            if name not in TOPICS and len(texts) < MIN_EXAMPLES:
                raise layer.fault(
                    f"the guard does not know the topic {name!r}: give it {MIN_EXAMPLES} examples or more in "
                    f"{language!r}, not {len(texts)}, or choose among {', '.join(TOPICS)}",
                    "topics_to_avoid",
                    index,
                )
    return tuple(
        AvoidedTopic(
            name,
            tuple(sorted(set[str]().union(*examples[name].values()))),
            stated_by[name][0].kind,
            unasked.get(name, ""),
        )
        for name in sorted(examples)
    )


def patterns(stack: Stack) -> tuple[AvoidedPattern, ...]:
    """Patterns to avoid.

    Raises:
        BadLayer: one does not compile, takes too long, or stops ordinary text.
    """
    merged: dict[str, AvoidedPattern] = {}
    for layer in stack.layers:
        longest_ms = LONGEST_OF_A_SESSION_MS if layer.kind is Kind.SESSION else LONGEST_MS
        for index, avoided in enumerate(layer.document.patterns_to_avoid):
            path = ("patterns_to_avoid", index)
            if why := refused(avoided.pattern, longest_ms):
                raise layer.fault(f"the pattern {avoided.pattern!r} {why}", *path)
            stack.note(_reasoned(avoided.pattern, avoided.reason), layer, *path)
            merged.setdefault(avoided.pattern, AvoidedPattern(avoided.pattern, layer.kind))
    return tuple(merged[pattern] for pattern in sorted(merged))


def forbidden_claims(stack: Stack) -> tuple[ForbiddenClaim, ...]:
    """Statements not to be made, in the languages spoken here."""
    merged: dict[str, ForbiddenClaim] = {}
    for language in stack.languages:
        for layer, index, text in stack.each(language, lambda document: document.forbidden_claims):
            stack.note(text, layer, "forbidden_claims", language, index)
            merged.setdefault(text, ForbiddenClaim(text, layer.kind))
    return tuple(merged[text] for text in sorted(merged))


def required_claims(stack: Stack, language: Language) -> tuple[str, ...]:
    """What goes with every reply that names the sponsor, strongest layer's first.

    Raises:
        BadLayer: a layer requires a claim in one spoken language and none in another.
    """
    for layer in stack.layers:
        stated = layer.document.required_claims
        if stated and not stated.get(language):
            raise layer.fault(
                f"claims are required in {', '.join(sorted(stated))} and none in {language!r}: write them in "
                f"each language that is spoken",
                "required_claims",
            )
    required: dict[str, None] = {}
    for layer, index, text in stack.each(language, lambda document: document.required_claims):
        path = ("required_claims", language, index)
        filled = stack.filled(text, layer, *path)
        required[filled] = None
        stack.say(filled, layer, *path)
    return tuple(required)


def disclosures(stack: Stack, language: Language) -> tuple[str, ...]:
    """Every layer's lines, the platform's first.

    Raises:
        BadLayer: the platform's do not say whose twin this is, or another layer empties them.
    """
    path = ("disclosures", language)
    platform = stack.platform
    if not any("{talent}" in line for line in platform.document.disclosures.get(language, ())):
        raise platform.fault(f"no disclosure in {language!r} says {{talent}}, whose twin this is", *path)
    for layer in stack.layers:
        if layer.document.disclosures.get(language) == ():
            raise loosened(f"no disclosure in {language!r}", layer, path, platform, path)
    disclosed: list[str] = []
    for layer, index, line in stack.each(language, lambda document: document.disclosures):
        disclosed.append(stack.filled(line, layer, *path, index))
        stack.say(disclosed[-1], layer, *path, index)
    return tuple(disclosed)


def limits(stack: Stack) -> tuple[Limit, ...]:
    """What each tier has: the strictest that any layer says."""
    tiers = sorted({tier for layer in stack.layers for tier in layer.document.limits})

    def strictest(tier: str, key: str) -> int | None:
        def states(layer: Layer) -> int | None:
            stated = layer.document.limits.get(tier)
            return getattr(stated, key) if stated else None

        return _strictest(stack, "limit", states, "limits", tier, key)

    return tuple(
        Limit(tier, **{key: strictest(tier, key) for key in TierLimits.model_fields}) for tier in tiers
    )


def retention_days(stack: Stack) -> int | None:
    """The shortest time that any layer says."""
    return _strictest(stack, "retention", lambda layer: layer.document.retention_days, "retention_days")


def _strictest(stack: Stack, what: str, states: Callable[[Layer], int | None], *path: str) -> int | None:
    strictest: tuple[int, Layer] | None = None
    for layer in stack.layers:
        stated = states(layer)
        if stated is None:
            continue
        if strictest and stated > strictest[0]:
            most = f"write {strictest[0]} or less"
            raise loosened(f"{what} {stated}", layer, path, strictest[1], path, most)
        strictest = stated, layer
    if strictest is None:
        return None
    stack.note(str(strictest[0]), strictest[1], *path)
    return strictest[0]


def _reasoned(rule: str, reason: str | None) -> str:
    return f"{rule} ({reason})" if reason else rule
