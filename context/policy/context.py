"""What holds in one place: the immutable outcome of compiling a twin's layers.

A context is a value. Two contexts that mean the same are equal and have the same `hash`, whatever
order their layers' keys had; a turn runs under one from its first word to its last.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields
from typing import Any

from gemelo.context.guard.rulebook import Rulebook
from gemelo.context.knowledge.scope import Scope
from gemelo.context.policy.layers import Deflection, OnBlock
from gemelo.models.manner import NO_MANNER, Manner
from gemelo.models.routing import Route
from gemelo.models.vocabulary import Language, Speculation


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
    max_sentences: int
    likes_to_say: PerLanguage = PerLanguage()
    openers: PerLanguage = PerLanguage()
    manner: tuple[tuple[Language, Manner], ...] = ()

    def manner_in(self, language: Language) -> Manner:
        """The lines of one language; none where the talent has shown none in it."""
        return dict(self.manner).get(language, NO_MANNER)


@dataclass(frozen=True, slots=True)
class Drafts:
    """When replies are begun before a fan has finished, and what share of a mind's tokens that may waste."""

    when: Speculation = Speculation.SILENCE
    wasted_share: float = 0.12


@dataclass(frozen=True, slots=True)
class Vendors:
    """Which vendor is asked first, and what all of a talent's may cost a month; None: nobody set a budget."""

    route: Route = Route.ORDER
    monthly_budget: float | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """Whether facts may be kept of fans who agreed, and which other deployments' prompts may hold them."""

    keep: bool = False
    share: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sponsoring:
    """Who pays for this place, what must be said about that, and what may be said for them."""

    brand: str
    category: str
    lines: PerLanguage
    taglines: PerLanguage
    approved_claims: PerLanguage
    required: PerLanguage = PerLanguage()
    every_turns: int = 1

    def line(self, language: Language) -> str:
        """What goes with every branded reply: "Sponsored by BRAND.", then the required claims."""
        return " ".join((*self.lines.of(language), *self.required.of(language)))

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
    """What fans of one tier have; None where no layer sets a limit. Interactions are committed turns."""

    tier: str
    interactions_per_month: int | None = None
    seconds_per_session: int | None = None
    max_reply_sentences: int | None = None


@dataclass(frozen=True, slots=True)
class ToolText:
    """A tool that may be used at a place: its name, and its definition as canonical JSON."""

    name: str
    definition: str


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
        crisis: what a fan in a crisis is told, help lines of `country` filled in.
        blocked: what happens where a rule is broken, for those that a layer has set.
        tools: what the twin may use, and `toolset` those of them that a layer defines, by name.
        voice, avatar: their ids, empty where no layer chooses.
        retention_days: how long transcripts are kept, None where no layer says.
        memory: what may be kept of fans who agreed.
        knowledge: what is answered from: what is within all of these scopes, strongest layer first.
        drafts: when replies are begun, and what that may waste.
        vendors: who of them is asked first, and what they may cost.
        warnings: what a manager should look at; no part of the meaning, either.
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
    crisis: PerLanguage = PerLanguage()
    country: str = ""
    blocked: tuple[tuple[str, OnBlock], ...] = ()
    tools: tuple[str, ...] = ()
    toolset: tuple[ToolText, ...] = ()
    voice: str = ""
    avatar: str = ""
    retention_days: int | None = None
    drafts: Drafts = Drafts()
    memory: Memory = Memory()
    knowledge: tuple[Scope, ...] = ()
    vendors: Vendors = Vendors()
    warnings: tuple[Row, ...] = field(default=(), compare=False, repr=False)
    hash: str = field(init=False)
    """sha256 (hex) of the canonical form of everything above but `rows` and `warnings`."""

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

    def on_block(self, rule: str) -> OnBlock:
        """What happens where a reply breaks `rule`."""
        return dict(self.blocked).get(rule, OnBlock.DEFLECT)

    def crisis_script(self, language: Language) -> str:
        """What a fan in crisis is told: fixed words, with help lines, and no brand near."""
        return " ".join(self.crisis.of(language))

    @property
    def secret(self) -> str:
        """What of `prefix` no reply may repeat: all but what the twin is given to say."""
        secret = self.prefix
        liked = (phrase for _, phrases in self.persona.likes_to_say.entries for phrase in phrases)
        shown = (phrase for _, manner in self.persona.manner for phrase in manner.favourites)
        for said in (*liked, *shown, *self.rules.attested):
            secret = secret.replace(said, "")
        return secret

    def explain(self) -> list[Row]:
        """Every effective rule with the layer and the line it comes from."""
        return list(self.rows)


def _digest(context: Context) -> str:
    parts = (part.name for part in fields(context) if part.init and part.compare)
    meaning = {name: getattr(context, name) for name in parts}
    canonical = json.dumps(meaning, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_named)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _named(value: Any) -> dict[str, object]:
    """A dataclass as a mapping; `asdict` would copy all that is in it."""
    return {part.name: getattr(value, part.name) for part in fields(value)}
