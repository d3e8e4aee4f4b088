"""What holds in one place: the immutable outcome of compiling a twin's layers.

A context is a value. Two contexts that mean the same are equal and have the same `hash`, whatever
order their layers' keys had; a session keeps the one it started under until it ends.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields

from gemelo.context.guard.rulebook import Rulebook
from gemelo.context.policy.layers import Deflection
from gemelo.models.vocabulary import Language


@dataclass(frozen=True, slots=True)
class PerLanguage:
    """Lines by language, in the order of the context's languages."""

    entries: tuple[tuple[Language, tuple[str, ...]], ...] = ()

    def of(self, language: Language) -> tuple[str, ...]:
        """The lines in `language`; in the twin's first language where it does not speak that one."""
        for spoken, lines in self.entries:
            if spoken == language:
                return lines
        return self.entries[0][1] if self.entries else ()


@dataclass(frozen=True, slots=True)
class Persona:
    name: str
    description: PerLanguage
    tone: tuple[str, ...]
    sentence_length: str


@dataclass(frozen=True, slots=True)
class Sponsoring:
    """Who pays for this place, what must be said about that, and what may be said for them."""

    brand: str
    category: str
    lines: PerLanguage
    taglines: PerLanguage
    approved_claims: PerLanguage

    def line(self, language: Language) -> str:
        """The sponsored line, e.g. "Sponsored by BRAND."."""
        return " ".join(self.lines.of(language))

    @property
    def approved(self) -> tuple[str, ...]:
        """The approved claims of every language."""
        return tuple(claim for _, claims in self.approved_claims.entries for claim in claims)

    def tagline(self, language: Language) -> str:
        return " ".join(self.taglines.of(language))

    def claims(self, language: Language) -> tuple[str, ...]:
        return self.approved_claims.of(language)


@dataclass(frozen=True, slots=True)
class Limit:
    """Interactions (committed turns) a month that fans of one tier have."""

    tier: str
    interactions_per_month: int


@dataclass(frozen=True, slots=True)
class Row:
    """One effective rule: what it says, which layer said it, and where (line 0: built in)."""

    rule: str
    value: str
    layer: str
    file: str
    line: int

    @property
    def place(self) -> str:
        """How a person finds it: `FILE:LINE`."""
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Context:
    """The rules of one deployment.

    Attributes:
        languages: spoken here, the preferred one first.
        disclosures: what the first turn must say (talent's name filled in), strongest layer first.
        rules: what the guard enforces.
        focus: topics to steer towards.
        prefix: the stable start of every prompt, byte-identical per `hash`.
        rows: where each rule comes from; no part of the meaning, so not of `hash` or equality.
    """

    deployment: str
    twin: str
    talent: str
    languages: tuple[Language, ...]
    persona: Persona
    disclosures: PerLanguage
    deflections: tuple[tuple[Deflection, PerLanguage], ...]
    rules: Rulebook
    focus: tuple[str, ...]
    sponsor: Sponsoring | None
    limits: tuple[Limit, ...]
    prefix: str
    rows: tuple[Row, ...] = field(compare=False, repr=False)
    hash: str = field(init=False)
    """sha256 (hex) of the canonical form of everything above but `rows`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "hash", _digest(self))

    def disclosure(self, language: Language) -> str:
        """What the first turn must say: whose AI twin this is, and who sponsors it."""
        return " ".join(self.disclosures.of(language))

    def deflection(self, kind: Deflection, language: Language, turn_number: int) -> str:
        """The in-character line for `kind`.

        Pure in its arguments: consecutive numbers never get the same line. A caller that counts
        its deflections instead of its turns never says one twice running.
        """
        lines = dict(self.deflections)[kind].of(language)
        return lines[turn_number % len(lines)]

    def explain(self) -> list[Row]:
        """Every effective rule with the layer and the line it comes from."""
        return list(self.rows)


def _digest(context: Context) -> str:
    parts = (part.name for part in fields(context) if part.init and part.compare)
    meaning = {name: getattr(context, name) for name in parts}
    canonical = json.dumps(meaning, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=asdict)
    return hashlib.sha256(canonical.encode()).hexdigest()
