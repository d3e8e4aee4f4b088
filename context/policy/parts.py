"""The pieces that a layer's document is made of."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictInt

from gemelo.models.dates import is_date
from gemelo.models.routing import Route
from gemelo.models.vocabulary import Speculation

LANGUAGE, COUNTRY = "^[a-z]{2}$", "^[A-Z]{2}$"
"""How codes of languages and countries are written."""
MAX_NAMES = 5_000
"""Names that one layer may forbid, aliases and all; more is a mistake, and would slow every clause down."""
MAX_PATTERNS = 100
MAX_TOPICS = 50
MAX_CLAIMS = 1_000
MAX_OPENER = 40
"""Characters: an opener lasts about as long as a mind needs to begin."""
MAX_WASTED = 0.5
MAX_BUDGET = 1e9
MAX_LINE = 300
"""Characters of a line that a twin says as it stands."""
MAX_LINES = 20
MAX_SHARED = 20
"""Deployments that what a fan told one place may be used at."""
MIN_EXAMPLES = 5
"""Sentences in each language that a topic of one's own is known by."""


def _clean(text: str) -> str:
    text = unicodedata.normalize("NFC", text).strip()
    if not text:
        raise ValueError("is empty: write something, or leave it out")
    if any(unicodedata.category(character) in ("Cc", "Cs") and character != "\n" for character in text):
        raise ValueError("holds control characters: take them out")
    return text


def _named(text: str) -> str:
    if not any(character.isalpha() for character in text):
        raise ValueError("holds no letter: a name has some")
    return text


def _dated(text: str) -> str:
    if not is_date(text):
        raise ValueError("is no date: write a year, a month or a day, as '2024', '2024-03' or '2024-03-05'")
    return text


def unlike(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Refuses a line that is there twice."""
    if len(set(lines)) < len(lines):
        raise ValueError("says the same line twice: leave one out")
    return lines


Text = Annotated[str, Field(max_length=2_000), AfterValidator(_clean)]
Name = Annotated[str, Field(max_length=64), AfterValidator(_clean), AfterValidator(_named)]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
LanguageCode = Annotated[str, Field(pattern=LANGUAGE, description="ISO 639-1, in lower case")]
CountryCode = Annotated[str, Field(pattern=COUNTRY, description="ISO 3166-1 alpha-2, in capitals")]
Texts = Annotated[tuple[Text, ...], AfterValidator(unlike)]
Openers = Annotated[
    tuple[Annotated[Text, Field(max_length=MAX_OPENER)], ...], Field(min_length=2), AfterValidator(unlike)
]
Claims = Annotated[dict[LanguageCode, Annotated[Texts, Field(max_length=MAX_CLAIMS)]], Field()]
Day = Annotated[Text, AfterValidator(_dated)]
Count = Annotated[StrictInt, Field(ge=0)]


class Part(BaseModel):
    """A mapping that knows its keys and cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Lines = Annotated[
    tuple[Annotated[Text, Field(max_length=MAX_LINE)], ...],
    Field(max_length=MAX_LINES),
    AfterValidator(unlike),
]


class MannerPart(Part):
    """How the talent talks in one language: lines that may be said as they stand."""

    greetings: Lines = Field(default=(), description="Whole answers to a hello.")
    farewells: Lines = Field(default=(), description="Whole answers to a goodbye.")
    thanks: Lines = Field(default=(), description="Whole answers to thanks.")
    fillers: Lines = Field(default=(), description="Words that a sentence begins with, in small letters.")
    favourites: Lines = Field(default=(), description="Turns of phrase that mark the talent out.")
    not_known: Lines = Field(default=(), description="Whole lines for what is not known.")
    topics: Lines = Field(default=(), description="What the talent knows most about, most first.")
    traits: Lines = Field(default=(), description="The manner in plain English, a sentence each.")


class Persona(Part):
    """Who the twin is and how it speaks."""

    name: Name | None = Field(
        default=None, description="What the twin is called; the talent's name if left out."
    )
    description: dict[LanguageCode, Text] = Field(default={}, description="Who it is, in each language.")
    tone: Texts = Field(default=(), description="Words for its manner, the strongest first.")
    sentence_length: Literal["short", "medium", "long"] | None = Field(
        default=None, description="Of most sentences."
    )
    max_sentences: Annotated[StrictInt, Field(ge=1, le=12)] | None = Field(
        default=None, description="Sentences of one answer, at most (4 if left out)."
    )
    likes_to_say: dict[LanguageCode, Texts] = Field(
        default={}, description="Turns of phrase that it uses now and then, in each language."
    )
    openers: dict[LanguageCode, Openers] = Field(
        default={},
        description="Short beginnings in its manner, in each language, two or more so that none is said "
        "twice running. They are spoken at once where an answer is not ready yet; none, if left out.",
    )
    manner: dict[LanguageCode, MannerPart] = Field(
        default={}, description="How the talent talks, in each language; an approved persona writes it."
    )


class DraftPolicy(Part):
    """When a reply is begun before the fan has finished."""

    when: Speculation | None = Field(
        default=None,
        description="`never`; at a probable end (`silence`, if left out); or at every word (`interim`), as "
        "long as the talent's drafts waste no more than `wasted_share`, and in silence past that.",
    )
    wasted_share: Annotated[float, Field(gt=0, le=MAX_WASTED)] | None = Field(
        default=None,
        description="Talent layer only: the share of a model's tokens that drafts may waste (0.12 if left "
        f"out, at most {MAX_WASTED}).",
    )


class VendorPolicy(Part):
    """Which of the vendors that a server has is asked first."""

    route: Route | None = Field(
        default=None,
        description="`order`: the first of the server's list (if left out); `fastest`: whoever lately took "
        "least; `cheapest`.",
    )
    monthly_budget: Annotated[float, Field(gt=0, le=MAX_BUDGET)] | None = Field(
        default=None,
        description="Talent layer only: what vendors may cost a month (UTC), in the currency of the server's "
        "prices. Where it is nearly spent the cheaper one is asked.",
    )


class AvoidedName(Part):
    """A name that never leaves, in any disguise."""

    name: Name = Field(description="As its owner writes it.")
    aliases: tuple[Name, ...] = Field(
        default=(), description="Other names for the same: in other scripts, abbreviations, nicknames."
    )
    reason: Text | None = Field(default=None, description="Why, for whoever reads `gemelo explain`.")


def few_spellings(names: tuple[AvoidedName, ...]) -> tuple[AvoidedName, ...]:
    """Refuses more names and aliases together than a guard can look for."""
    spellings = sum(1 + len(avoided.aliases) for avoided in names)
    if spellings > MAX_NAMES:
        raise ValueError(f"has {spellings:,} names and aliases: a layer may have {MAX_NAMES:,}")
    return names


class Topic(Part):
    """A topic that no reply enters."""

    topic: Name = Field(
        description="One that the guard knows (alcohol, betting, financial, legal, medical, politics, "
        "religion, sexual, violence), or a name of one's own."
    )
    examples: dict[LanguageCode, Texts] = Field(
        default={},
        description=f"Sentences that enter it: {MIN_EXAMPLES} or more in each spoken language for a "
        "topic of one's own, more of the same for one that the guard knows.",
    )
    asked: StrictBool = Field(
        default=False,
        description="Whether questions on it are turned away, too; for a topic that the guard knows.",
    )


class Pattern(Part):
    """A regular expression that no reply matches."""

    pattern: Annotated[Text, Field(max_length=200)] = Field(
        description="In the syntax of Python's `regex` library; letter case is ignored."
    )
    reason: Text | None = Field(default=None, description="Why, for whoever reads `gemelo explain`.")


class Sponsor(Part):
    """Who pays for a campaign, and what may be said of them."""

    brand: Name = Field(description="The sponsor's name.")
    category: Text = Field(description="What it sells, in a few words.")
    tagline: dict[LanguageCode, Text] = Field(default={}, description="One line about it, in each language.")
    approved_claims: Claims = Field(
        default={}, description="All that may be said of it; prices and figures in these words are facts."
    )
    every_turns: Annotated[StrictInt, Field(ge=1, le=1_000)] = Field(
        default=1, description="It is mentioned in at most one of so many turns."
    )


class TierLimits(Part):
    """What fans of one tier have."""

    interactions_per_month: Count | None = Field(default=None, description="Turns a month.")
    seconds_per_session: Count | None = Field(default=None, description="How long one session lasts.")
    max_reply_sentences: Annotated[StrictInt, Field(ge=1)] | None = Field(
        default=None, description="Sentences of one reply."
    )


class MemoryPolicy(Part):
    """What may be kept of fans who agreed."""

    keep: StrictBool | None = Field(
        default=None, description="Whether a few facts may be kept of a fan who agreed; no, if nobody says."
    )
    share: Annotated[tuple[Key, ...], Field(max_length=MAX_SHARED), AfterValidator(unlike)] | None = Field(
        default=None,
        description="Deployments whose prompts may hold what a fan told here, where the fan agreed to that "
        "too; none, if left out.",
    )


class KnowledgePolicy(Part):
    """Which of what the twin has learned it answers from."""

    sources: Annotated[Texts, Field(max_length=MAX_SHARED)] = Field(
        default=(),
        description="Kinds of documents (text, page, pdf, office, book, subtitles, table, recording), their "
        "paths, or patterns of paths; all, if left out.",
    )
    since: Day | None = Field(default=None, description="Nothing older, and nothing that tells no date.")
    until: Day | None = Field(default=None, description="Nothing newer, and nothing that tells no date.")


class Chosen(Part):
    """A voice or an avatar."""

    id: Key = Field(description="As it is called where it is kept.")


class HelpLine(Part):
    """Somebody who listens to people in a crisis."""

    name: Name = Field(description="What it is called, so that it can be said aloud.")
    number: Annotated[Text, Field(max_length=40)] = Field(description="As it is dialled.")
    languages: Annotated[tuple[LanguageCode, ...], Field(min_length=1)] = Field(
        description="It answers in these."
    )


class Elsewhere(Part):
    """What is said where the fan's country is not known, or has no help lines here."""

    emergency: Text = Field(description="Stands for `{emergency}`: words for the local emergency number.")
    help: Text = Field(description="Ends the list that stands for `{help}`.")
    countries: tuple[CountryCode, ...] = Field(
        default=(), description="Where most speakers of the language live: their first help lines are said."
    )


class Crisis(Part):
    """What a fan in a crisis is told, whatever the campaign."""

    script: dict[LanguageCode, Annotated[Texts, Field(min_length=1)]] = Field(
        description="Its sentences; `{emergency}` is filled with a number, `{help}` with help lines."
    )
    emergency: dict[CountryCode, Annotated[Text, Field(max_length=40)]] = Field(
        default={}, description="Emergency number of each country."
    )
    help_lines: dict[CountryCode, Annotated[tuple[HelpLine, ...], Field(min_length=1)]] = Field(
        default={}, description="Help lines of each country, the most widely known first."
    )
    elsewhere: dict[LanguageCode, Elsewhere] = Field(description="For all other countries.")
