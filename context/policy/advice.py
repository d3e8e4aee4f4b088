"""What a manager should look at although it compiles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from gemelo.context.guard.glyphs import fold
from gemelo.context.guard.names import NameMatcher, is_common
from gemelo.context.guard.skeleton import Reading, key, letters
from gemelo.context.policy.layers import Kind, Layer
from gemelo.context.policy.sample import sample
from gemelo.context.policy.source import Path
from gemelo.context.policy.stack import Stack
from gemelo.models.vocabulary import Language

_WORD = re.compile(r"\w+")


def advise(stack: Stack, spoken: Mapping[Kind, tuple[Language, ...]]) -> None:
    """Adds warnings about common words, languages that nobody speaks here, and rules said twice.

    Args:
        spoken: languages that are left at each layer.
    """
    for layer in stack.layers:
        for path, languages in _texts(layer):
            for language in languages:
                if language not in spoken[layer.kind]:
                    stack.warn(f"{language!r} is not spoken here: ignored", layer, *path, language)
        for index, avoided in enumerate(layer.document.names_to_avoid):
            for spelling in (avoided.name, *avoided.aliases):
                if is_common(spelling):
                    stack.warn(_common(spelling), layer, "names_to_avoid", index)
    _note_twins(stack)


def _common(spelling: str) -> str:
    """What a name that is a common word would block."""
    words = _WORD.findall(fold(spelling))
    what = "is a common word" if len(words) == 1 else "is made of common words"
    matcher = NameMatcher([(spelling, "")])
    first = next(iter(words), "")
    meant = [text for text in sample() if first in fold(text) and matcher.find(Reading(text))]
    return (
        f"{spelling!r} {what}: it is blocked where it is written as a name, "
        f"as in {len(meant)} of {len(sample())} sample sentences"
    )


def _texts(layer: Layer) -> Iterator[tuple[Path, Mapping[str, object]]]:
    """What a layer says by language."""
    document = layer.document
    yield ("persona", "description"), document.persona.description
    yield ("persona", "likes_to_say"), document.persona.likes_to_say
    yield ("persona", "openers"), document.persona.openers
    yield ("persona", "manner"), document.persona.manner
    for index, topic in enumerate(document.topics_to_avoid):
        yield ("topics_to_avoid", index, "examples"), topic.examples
    yield ("forbidden_claims",), document.forbidden_claims
    yield ("required_claims",), document.required_claims
    yield ("attested",), document.attested
    yield ("disclosures",), document.disclosures
    yield ("deflections",), document.deflections
    if document.sponsor:
        yield ("sponsor", "tagline"), document.sponsor.tagline
        yield ("sponsor", "approved_claims"), document.sponsor.approved_claims
    if document.crisis:
        yield ("crisis", "script"), document.crisis.script


def _note_twins(stack: Stack) -> None:
    """Warns of rules that say the same: letter case, accents, disguises and the order of words apart."""
    first: dict[tuple[str, str], str] = {}
    for layer in stack.layers:
        for path, rule, meaning in _rules(layer):
            place = layer.place(*path)
            before = first.setdefault((rule, meaning), place)
            if before != place:
                stack.warn(f"says the same as {before}", layer, *path)


@lru_cache(maxsize=8192)
def _key(spelling: str) -> str:
    return key(letters(spelling))


def _rules(layer: Layer) -> Iterator[tuple[Path, str, str]]:
    """The path of each restriction, its kind, and what it comes down to."""
    document = layer.document
    for index, name in enumerate(document.names_to_avoid):
        for spelling in {_key(spelling) for spelling in (name.name, *name.aliases)}:
            yield ("names_to_avoid", index), "name", spelling
    for index, topic in enumerate(document.topics_to_avoid):
        if layer.kind is not Kind.PERSONA:  # nobody wrote those line by line
            yield ("topics_to_avoid", index), "topic", topic.topic.casefold()
    for index, pattern in enumerate(document.patterns_to_avoid):
        yield ("patterns_to_avoid", index), "pattern", pattern.pattern.casefold()
    for language, claims in document.forbidden_claims.items():
        for index, claim in enumerate(claims):
            words = sorted(_WORD.findall(fold(claim)))
            yield ("forbidden_claims", language, index), "claim", " ".join(words)
