"""What a guard is compiled from: plain values that a policy's layers were merged into.

The arrow goes one way: `context.policy` writes a rulebook, `context.guard` reads it.
"""

from __future__ import annotations

from dataclasses import dataclass

import regex

_FLAGS = regex.IGNORECASE | regex.V1
_VERBOSE = regex.compile(r"\(\?\w*x")


@dataclass(frozen=True, slots=True)
class AvoidedNames:
    """One name that must never leave, its aliases, and the layer that forbids it."""

    name: str
    aliases: tuple[str, ...]
    layer: str


@dataclass(frozen=True, slots=True)
class AvoidedTopic:
    """A topic that no reply may enter.

    `name` is one of the platform's own topics (`builtin.TOPICS`), or a new one, which is then known
    by its `examples`: sentences that enter it, in any language. `unasked` is the layer that turns
    questions on it away, too; empty where none does.
    """

    name: str
    examples: tuple[str, ...]
    layer: str
    unasked: str = ""


@dataclass(frozen=True, slots=True)
class ForbiddenClaim:
    """A statement that must not be made, in these words or in others."""

    text: str
    layer: str


@dataclass(frozen=True, slots=True)
class AvoidedPattern:
    """A regular expression (of the `regex` library) that no reply may match, letter case apart."""

    pattern: str
    layer: str

    def compiled(self) -> regex.Pattern[str]:
        """Ready to search.

        Raises:
            regex.error: it is no regular expression.
        """
        return regex.compile(self.pattern, _FLAGS)

    def unfinished(self) -> regex.Pattern[str]:
        """Never matches; its partial matches are those that more text could make, or make longer."""
        end = "\n" if _VERBOSE.search(self.pattern) else ""  # ends a comment that it may end in
        return regex.compile(f"(?:{self.pattern}{end})(?!)", _FLAGS)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Every rule of one context.

    Attributes:
        talent: whose twin this is; the twin may not claim to be them.
        names, topics, forbidden, patterns: what must not be said, each in the order of its text.
        brand: the sponsor's name, empty where there is none.
        approved: what may be said of the sponsor, and rows of tools that are facts, in every language; prices
            and figures in it are facts.
        attested: what the talent has attested to have experienced with products, in its own words.
        redacted: rules whose breach is taken out of a written reply, which then goes on.
    """

    talent: str
    names: tuple[AvoidedNames, ...] = ()
    topics: tuple[AvoidedTopic, ...] = ()
    forbidden: tuple[ForbiddenClaim, ...] = ()
    patterns: tuple[AvoidedPattern, ...] = ()
    brand: str = ""
    approved: tuple[str, ...] = ()
    attested: tuple[str, ...] = ()
    redacted: tuple[str, ...] = ()
