"""The layers of one place on top of each other, and what merging them brings to light."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from gemelo.context.guard.builtin import TOPICS
from gemelo.context.policy.context import PerLanguage, Row
from gemelo.context.policy.layers import Document, Kind, Layer
from gemelo.context.policy.source import Path
from gemelo.models.errors import BadLayer
from gemelo.models.vocabulary import Language

Said = TypeVar("Said", str, tuple[str, ...])
T = TypeVar("T")

_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_RANK = {kind: rank for rank, kind in enumerate(Kind)}
_MAY_SET: dict[str, tuple[Kind, ...]] = {
    "crisis": (Kind.PLATFORM,),
    "attested": (Kind.TALENT,),
    "voices": (Kind.TALENT,),
    "avatars": (Kind.TALENT,),
    "sponsor": (Kind.CAMPAIGN,),
    "tool_definitions": (Kind.TALENT, Kind.CAMPAIGN),
    "country": (Kind.DEPLOYMENT, Kind.CAMPAIGN, Kind.SESSION),
}
"""Keys that only some layers may set."""
_SESSION_SETS = frozenset(
    "layer name persona languages country names_to_avoid topics_to_avoid patterns_to_avoid forbidden_claims "
    "limits".split()
)
_SESSION_PERSONA = frozenset(("tone", "sentence_length", "max_sentences"))
_SESSION_TONE = re.compile(r"[^\W\d_]{2,20}")
_SESSION_TONES = 5
_SESSION_PATTERNS = 5


class Stack:
    """At most one layer of each kind, strongest first.

    Attributes:
        rows: every effective rule noted so far, and where it comes from.
        said: those of them that the twin may say or its mind reads.
        warnings: what a manager should look at.
        languages: spoken here; set once they are merged.
    """

    def __init__(self, layers: Sequence[Layer], talent: str) -> None:
        """Orders the layers.

        Raises:
            BadLayer: two are of one kind, none is the platform's, or one sets what it may not.
        """
        self.layers = _ordered(layers)
        self.talent = talent
        self.rows: list[Row] = []
        self.said: list[Row] = []
        self.warnings: list[Row] = []
        self.languages: tuple[Language, ...] = ()
        _refuse_misplaced(self.layers)
        self.campaign = next((layer for layer in self.layers if layer.document.sponsor), None)

    @property
    def platform(self) -> Layer:
        return self.layers[0]

    def note(self, value: str | tuple[str, ...], layer: Layer, *path: str | int) -> Row:
        """Remembers an effective rule; indices in `path` name its line, not the rule."""
        row = self._row(value if isinstance(value, str) else "; ".join(value), layer, path)
        self.rows.append(row)
        return row

    def say(self, value: str | tuple[str, ...], layer: Layer, *path: str | int) -> None:
        """Notes a rule that the twin may say or its mind reads."""
        self.said.append(self.note(value, layer, *path))

    def warn(self, message: str, layer: Layer, *path: str | int) -> None:
        self.warnings.append(self._row(message, layer, path))

    def nearest(self, states: Callable[[Document], T | None]) -> tuple[T, Layer] | None:
        """What the weakest layer that states something says, and which layer that is."""
        for layer in reversed(self.layers):
            if stated := states(layer.document):
                return stated, layer
        return None

    def prefer(self, states: Callable[[Document], Said | None], *path: str | int) -> Said | None:
        """The nearest layer's words, placeholders filled in, noted."""
        if not (found := self.nearest(states)):
            return None
        words, layer = found
        filled = self.filled(words, layer, *path)
        self.say(filled, layer, *path)
        return filled

    def each(self, language: Language, states: Callable[[Document], dict[str, tuple[str, ...]]]) -> Iterator[
        tuple[Layer, int, str]
    ]:  # fmt: skip
        """Every layer's texts in one language, strongest layer first, with their indices."""
        for layer in self.layers:
            for index, text in enumerate(states(layer.document).get(language, ())):
                yield layer, index, text

    def by_language(self, lines: Callable[[Language], tuple[str, ...]]) -> PerLanguage:
        return PerLanguage(tuple((language, lines(language)) for language in self.languages))

    def filled(
        self, words: Said, layer: Layer, *path: str | int, known: Mapping[str, str] | None = None
    ) -> Said:
        """Fills placeholders in: `{talent}` and `{brand}`, or the `known` ones.

        Raises:
            BadLayer: the words hold another placeholder, or there is no sponsor.
        """
        if known is None:
            sponsor = self.campaign.document.sponsor if self.campaign else None
            known = {"talent": self.talent, **({"brand": sponsor.brand} if sponsor else {})}

        def fill(found: re.Match[str]) -> str:
            if found[1] not in known:
                filled = ", ".join(f"{{{name}}}" for name in known)
                raise layer.fault(f"nothing to fill {found[0]} with: only {filled} can be filled", *path)
            return known[found[1]]

        if isinstance(words, str):
            return _PLACEHOLDER.sub(fill, words)
        return tuple(_PLACEHOLDER.sub(fill, line) for line in words)

    def _row(self, value: str, layer: Layer, path: Path) -> Row:
        rule = ".".join(step for step in path if isinstance(step, str))
        return Row(rule, value, layer.kind, layer.source.file, layer.line(*path))


def loosened(
    what: str, layer: Layer, path: Path, above: Layer, above_path: Path, mend: str = "leave it out"
) -> BadLayer:
    """The error for a layer that allows more than one above it: names both, and both lines."""
    told = f"{layer.place(*path)}: {what} loosens"
    change = "" if above.kind is Kind.PLATFORM else ", or have that layer allow it"
    return BadLayer(
        f"{told} {above.place(*above_path)}: {mend}{change}",
        layer.kind,
        f"{told} a rule of the {above.kind}'s: leave it out",
    )


def _ordered(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    by_kind: dict[Kind, Layer] = {}
    for layer in layers:
        twice = by_kind.setdefault(layer.kind, layer)
        if twice is not layer:
            raise BadLayer(f"two layers of one kind: {twice.place('layer')} and {layer.place('layer')}")
    if Kind.PLATFORM not in by_kind:
        raise BadLayer("there is no platform layer; its rules are always on")
    return tuple(sorted(by_kind.values(), key=lambda layer: _RANK[layer.kind]))


def _refuse_misplaced(layers: Sequence[Layer]) -> None:
    for layer in layers:
        for key in sorted(layer.document.model_fields_set):
            kinds = _MAY_SET.get(key, tuple(Kind))
            if layer.kind not in kinds or (layer.kind is Kind.SESSION and key not in _SESSION_SETS):
                raise _misplaced(key, kinds, layer, layers)
        if layer.kind is Kind.SESSION:
            _refuse_bold(layer)


def _refuse_bold(layer: Layer) -> None:
    """Refuses what an unknown page could steer a mind or stop a guard with.

    Of its words a mind reads the tone and the names of topics; patterns are measured one by one.
    """
    document = layer.document
    for key in sorted(document.persona.model_fields_set - _SESSION_PERSONA):
        raise layer.fault(f"no session may set persona.{key}: take it out here", "persona", key)
    tone = document.persona.tone
    if len(tone) > _SESSION_TONES or not all(map(_SESSION_TONE.fullmatch, tone)):
        raise layer.fault(f"a session's tone is at most {_SESSION_TONES} words", "persona", "tone")
    for index, topic in enumerate(document.topics_to_avoid):
        if topic.topic.casefold() not in TOPICS:
            raise layer.fault(
                f"a session avoids topics that the guard knows, not {topic.topic!r}: choose among "
                f"{', '.join(TOPICS)}",
                "topics_to_avoid",
                index,
            )
    if len(document.patterns_to_avoid) > _SESSION_PATTERNS:
        raise layer.fault(f"a session has at most {_SESSION_PATTERNS} patterns", "patterns_to_avoid")


def _misplaced(key: str, kinds: tuple[Kind, ...], layer: Layer, layers: Sequence[Layer]) -> BadLayer:
    """The error for a key that a layer may not set; says where it is set by one that may."""
    if kinds == tuple(Kind):
        return layer.fault(f"no session may set {key}: take it out here", key)
    owner = next(
        (layer for layer in layers if layer.kind in kinds and key in layer.document.model_fields_set), None
    )
    told = f"{layer.place(key)}: only a {' or '.join(kinds)} layer may set {key}"
    stands = f", as {owner.place(key)} does" if owner else ""
    mend = "take it out here"
    return BadLayer(f"{told}{stands}: {mend}", layer.kind, f"{told}: {mend}")
