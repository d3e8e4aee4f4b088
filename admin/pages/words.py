"""A campaign's rules in a few words, for who reads no YAML; pure. What holds is the text itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gemelo.context.policy.layers import Document, parse_layer
from gemelo.models.errors import BadLayer

Words = tuple[str, tuple[str, ...]]
"""What is said of something, and each thing that it is said of."""


def in_words(yaml: str) -> tuple[Words, ...]:
    """What a campaign's layer asks of the twin; nothing where the text is no layer."""
    try:
        document = parse_layer(yaml, "campaign").document
    except BadLayer:
        return ()
    return tuple((label, items) for label, items in _told(document) if items)


def _told(document: Document) -> Iterator[Words]:
    sponsor = document.sponsor
    yield "Says at the start", tuple(_each(document.disclosures))
    yield "Steers towards", document.focus
    if sponsor:
        yield "Its line", tuple(f"{line} ({language})" for language, line in sponsor.tagline.items())
        yield "May say of it", tuple(_each(sponsor.approved_claims))
    yield "Must say with it", tuple(_each(document.required_claims))
    yield "Never claims", tuple(_each(document.forbidden_claims))
    yield "Never names", tuple(one.name for one in document.names_to_avoid)
    yield "Never enters", tuple(one.topic for one in document.topics_to_avoid)


def _each(texts: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Sentences of each language, with its code."""
    for language, said in texts.items():
        yield from (f"{one} ({language})" for one in said)
