"""Merging a place's layers into one context.

    platform > talent > deployment > campaign > session          (PRODUCT.md, rule 2)

Restrictions add up (names to avoid, disclosures, limits), permissions intersect (languages),
preferences go to the nearest layer that states one (persona, focus, deflections). A lower layer that
would loosen what a higher one says is an error that names both layers and both lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from gemelo.context.guard.builtin import BUILT_IN, Rule
from gemelo.context.guard.names import NameMatcher
from gemelo.context.guard.rulebook import AvoidedNames, Rulebook
from gemelo.context.guard.rules import SpanRules
from gemelo.context.guard.skeleton import Reading
from gemelo.context.policy.context import Context, Limit, PerLanguage, Persona, Row, Sponsoring
from gemelo.context.policy.layers import Deflection, Document, Kind, Layer
from gemelo.context.policy.prefix import prompt_prefix
from gemelo.context.policy.source import Path
from gemelo.models.errors import BadLayer
from gemelo.models.vocabulary import Language

Preference = TypeVar("Preference", str, tuple[str, ...])

_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_BUILT_IN = {rule: Row(rule, what, Kind.PLATFORM, "built in", 0) for rule, what in BUILT_IN.items()}
_RULES = frozenset(Rule)
_RANK = {kind: rank for rank, kind in enumerate(Kind)}


def compile_context(layers: Sequence[Layer], *, deployment: str, twin: str, talent: str) -> Context:
    """Compiles the layers of one deployment; pure, and independent of the layers' order.

    Args:
        layers: at most one of each kind, a platform layer among them.
        deployment: key of the deployment.
        twin: id of the twin.
        talent: name that fans know the talent by; fills `{talent}` in fixed lines.

    Raises:
        BadLayer: a layer loosens another, forbids what it must say, or a required line is missing.
    """
    return _Compiler(_ordered(layers), deployment, twin, talent).context()


def _ordered(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    by_kind: dict[Kind, Layer] = {}
    for layer in layers:
        twice = by_kind.setdefault(layer.kind, layer)
        if twice is not layer:
            raise BadLayer(f"two layers of one kind: {twice.place('layer')} and {layer.place('layer')}")
    if Kind.PLATFORM not in by_kind:
        raise BadLayer("there is no platform layer; its rules are always on")
    return tuple(sorted(by_kind.values(), key=lambda layer: _RANK[layer.kind]))


def _loosened(what: str, layer: Layer, path: Path, above: Layer, above_path: Path) -> BadLayer:
    return BadLayer(f"{layer.place(*path)}: {what} loosens {above.place(*above_path)}")


def _refuse_broken_rules(
    rows: Sequence[Row], names: Sequence[tuple[str, Row]], talent: str, approved: Sequence[str]
) -> None:
    """Refuses rules that would make the twin say what another rule forbids."""
    matcher = NameMatcher((name, str(index)) for index, (name, _) in enumerate(names))
    guard = SpanRules(matcher, talent, approved)
    for row in rows:
        if row.rule not in _RULES and (broken := guard.judge(Reading(row.value))):
            rule = Rule(broken[0].rule)
            above = names[int(broken[0].layer)][1] if rule is Rule.NAMES else _BUILT_IN[rule]
            raise BadLayer(
                f"{row.layer} layer, {row.place}: {row.rule} says what {above.rule} of the "
                f"{above.layer} layer, {above.place}, forbids"
            )


class _Compiler:
    """One compilation: the layers, strongest first, and what was noted on the way.

    `_rows` explains the outcome, `_forbidden` says which row forbids each spelling of a name.
    """

    def __init__(self, layers: tuple[Layer, ...], deployment: str, twin: str, talent: str) -> None:
        self._layers = layers
        self._deployment = deployment
        self._twin = twin
        self._talent = talent
        self._rows: list[Row] = []
        self._forbidden: list[tuple[str, Row]] = []
        self._sponsoring = self._sponsoring_layer()
        self._languages = self._merge_languages()

    def context(self) -> Context:
        persona = self._merge_persona()
        focus = self._prefer("focus", lambda document: document.focus, "focus") or ()
        names = self._merge_names()
        disclosures = self._by_language(self._disclosures)
        sponsor = self._merge_sponsor()
        deflections = tuple((kind, self._merge_deflections(kind)) for kind in Deflection)
        limits = self._merge_limits()
        self._rows += _BUILT_IN.values()
        _refuse_broken_rules(self._rows, self._forbidden, self._talent, sponsor.approved if sponsor else ())
        return Context(
            deployment=self._deployment,
            twin=self._twin,
            talent=self._talent,
            languages=self._languages,
            persona=persona,
            disclosures=disclosures,
            deflections=deflections,
            rules=Rulebook(
                talent=self._talent,
                names=names,
                brand=sponsor.brand if sponsor else "",
                approved=sponsor.approved if sponsor else (),
            ),
            focus=focus,
            sponsor=sponsor,
            limits=limits,
            prefix=prompt_prefix(
                persona=persona,
                deployment=self._deployment,
                talent=self._talent,
                languages=self._languages,
                focus=focus,
                sponsor=sponsor,
            ),
            rows=tuple(self._rows),
        )

    def _note(self, rule: str, value: str | tuple[str, ...], layer: Layer, *path: str | int) -> None:
        spelled = value if isinstance(value, str) else "; ".join(value)
        self._rows.append(Row(rule, spelled, layer.kind, layer.source.file, layer.line(*path)))

    def _prefer(
        self, rule: str, says: Callable[[Document], Preference | None], *path: str | int
    ) -> Preference | None:
        """What the weakest layer that states this preference says, placeholders filled in."""
        for layer in reversed(self._layers):
            if value := says(layer.document):
                filled = self._filled(value, layer, *path)
                self._note(rule, filled, layer, *path)
                return filled
        return None

    def _filled(self, value: Preference, layer: Layer, *path: str | int) -> Preference:
        brand = self._sponsoring.document.sponsor if self._sponsoring else None
        known = {"talent": self._talent, "brand": brand.brand if brand else None}

        def fill(found: re.Match[str]) -> str:
            word = known.get(found[1])
            if word is None:
                raise BadLayer(f"{layer.place(*path)}: nothing to fill {found[0]} with")
            return word

        if isinstance(value, str):
            return _PLACEHOLDER.sub(fill, value)
        return tuple(_PLACEHOLDER.sub(fill, line) for line in value)

    def _by_language(self, lines: Callable[[Language], tuple[str, ...]]) -> PerLanguage:
        return PerLanguage(tuple((language, lines(language)) for language in self._languages))

    def _sponsoring_layer(self) -> Layer | None:
        found = [layer for layer in self._layers if layer.document.sponsor]
        for layer in found:
            if layer.kind is not Kind.CAMPAIGN:
                raise BadLayer(f"{layer.place('sponsor')}: only a campaign has a sponsor")
        return found[0] if found else None

    def _merge_languages(self) -> tuple[Language, ...]:
        above: Layer | None = None
        allowed: tuple[str, ...] = ()
        for layer in self._layers:
            spoken = layer.document.languages
            if spoken is None:
                continue
            for index, language in enumerate(spoken):
                if above and language not in allowed:
                    path = ("languages", index)
                    raise _loosened(f"language {language!r}", layer, path, above, ("languages",))
            above, allowed = layer, spoken
        if above is None:
            raise BadLayer(f"{self._layers[0].place()}: no layer says which languages are spoken")
        self._note("languages", allowed, above, "languages")
        return tuple(Language(language) for language in allowed)

    def _merge_persona(self) -> Persona:
        def description(language: Language) -> tuple[str, ...]:
            path = ("persona", "description", language)
            said = self._prefer(
                ".".join(path), lambda document: document.persona.description.get(language), *path
            )
            return (said,) if said else ()

        length_path = ("persona", "sentence_length")
        return Persona(
            name=self._prefer("persona.name", lambda document: document.persona.name, "persona", "name")
            or self._talent,
            description=self._by_language(description),
            tone=self._prefer("persona.tone", lambda document: document.persona.tone, "persona", "tone")
            or (),
            sentence_length=self._prefer(
                ".".join(length_path), lambda document: document.persona.sentence_length, *length_path
            )
            or "short",
        )

    def _merge_names(self) -> tuple[AvoidedNames, ...]:
        merged: dict[str, AvoidedNames] = {}
        for layer in self._layers:
            for index, avoided in enumerate(layer.document.names_to_avoid):
                spellings = (avoided.name, *avoided.aliases)
                self._note(Rule.NAMES, spellings, layer, Rule.NAMES, index)
                self._forbidden += [(spelling, self._rows[-1]) for spelling in spellings]
                key = avoided.name.casefold()
                known = merged.get(key, AvoidedNames(avoided.name, (), layer.kind))
                aliases = tuple(sorted({*known.aliases, *avoided.aliases}))
                merged[key] = AvoidedNames(known.name, aliases, known.layer)
        return tuple(merged[key] for key in sorted(merged))

    def _disclosures(self, language: Language) -> tuple[str, ...]:
        """Every layer's lines, the platform's first."""
        path = ("disclosures", language)
        platform = self._layers[0]
        if not any("{talent}" in line for line in platform.document.disclosures.get(language, ())):
            raise BadLayer(
                f"{platform.place(*path)}: no disclosure in {language!r} says {{talent}}, whose twin this is"
            )
        disclosed: list[str] = []
        for layer in self._layers:
            lines = layer.document.disclosures.get(language)
            if lines == ():
                raise _loosened(f"no disclosure in {language!r}", layer, path, platform, path)
            for index, line in enumerate(lines or ()):
                disclosed.append(self._filled(line, layer, *path, index))
                self._note(".".join(path), disclosed[-1], layer, *path, index)
        return tuple(disclosed)

    def _merge_sponsor(self) -> Sponsoring | None:
        layer = self._sponsoring
        if layer is None or layer.document.sponsor is None:
            return None
        sponsor = layer.document.sponsor
        self._note("sponsor.brand", f"{sponsor.brand} ({sponsor.category})", layer, "sponsor", "brand")

        def lines(language: Language) -> tuple[str, ...]:
            said = self._filled(layer.document.disclosures.get(language, ()), layer, "disclosures", language)
            if not any(sponsor.brand in line for line in said):
                raise BadLayer(
                    f"{layer.place('disclosures', language)}: no disclosure in {language!r} names the "
                    f"sponsor of {layer.place('sponsor', 'brand')}"
                )
            return said

        def tagline(language: Language) -> tuple[str, ...]:
            path = ("sponsor", "tagline", language)
            said = self._prefer(
                ".".join(path),
                lambda document: document.sponsor and document.sponsor.tagline.get(language),
                *path,
            )
            return (said,) if said else ()

        def claims(language: Language) -> tuple[str, ...]:
            path = ("sponsor", "approved_claims", language)
            approved = sponsor.approved_claims.get(language, ())
            for index, claim in enumerate(approved):
                self._note(".".join(path), claim, layer, *path, index)
            return approved

        return Sponsoring(
            brand=sponsor.brand,
            category=sponsor.category,
            lines=self._by_language(lines),
            taglines=self._by_language(tagline),
            approved_claims=self._by_language(claims),
        )

    def _merge_deflections(self, kind: Deflection) -> PerLanguage:
        def lines(language: Language) -> tuple[str, ...]:
            path = ("deflections", language, kind.value)
            said = self._prefer(
                ".".join(path),
                lambda document: document.deflections.get(language, {}).get(kind),
                *path,
            )
            if not said:
                raise BadLayer(
                    f"{self._layers[0].place('deflections', language)}: no layer says what to say "
                    f"in {language!r} when {kind.value}"
                )
            return said

        return self._by_language(lines)

    def _merge_limits(self) -> tuple[Limit, ...]:
        strictest: dict[str, tuple[int, Layer]] = {}
        for layer in self._layers:
            for tier, limits in layer.document.limits.items():
                path = ("limits", tier, "interactions_per_month")
                allowed = limits.interactions_per_month
                if tier in strictest and allowed > strictest[tier][0]:
                    raise _loosened(f"limit {allowed}", layer, path, strictest[tier][1], path)
                strictest[tier] = (allowed, layer)
        for tier, (allowed, layer) in sorted(strictest.items()):
            path = ("limits", tier, "interactions_per_month")
            self._note(".".join(path), str(allowed), layer, *path)
        return tuple(Limit(tier, allowed) for tier, (allowed, _) in sorted(strictest.items()))
