"""`persona.yaml`: what was learned of how a talent talks, for a person to edit and approve; pure.

    text ──parse──▶ PersonaDocument ──layer──▶ the twin's persona layer, named by the text's hash

Every line cites the sentences that it was read from, or says which person wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Annotated, Literal
from unicodedata import normalize

import yaml
from pydantic import AfterValidator, Field, StrictFloat, StrictInt, ValidationError, model_validator

from gemelo.context.guard.builtin import TOPICS
from gemelo.context.knowledge.seam import Document
from gemelo.context.policy.faults import faults
from gemelo.context.policy.layers import Deflection
from gemelo.context.policy.parts import MAX_LINE, MAX_LINES, Key, LanguageCode, Name, Part, Text
from gemelo.context.policy.source import read
from gemelo.models.errors import BadLayer, BadPersona

FORMAT = 1
MAX_OPINIONS = 24
MAX_SENTENCE = 240
"""Characters of a sentence that evidence repeats."""
_NAMED = "persona "
"""What the name of a persona layer begins with; the hash of its text follows."""


class Evidence(Part):
    """Where a line was read."""

    at: Annotated[Text, Field(max_length=1_000)] = Field(description="DOCUMENT#PASSAGE")
    sentence: Text = Field(description="The sentence, or its beginning.")


class Line(Part):
    """One line, with what it rests on."""

    text: Annotated[Text, Field(max_length=MAX_LINE)]
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=4)] = ()
    by: Name | None = Field(default=None, description="Who wrote it, where nobody can cite it.")

    @model_validator(mode="after")
    def _founded(self) -> Line:
        if not self.evidence and self.by is None:
            raise ValueError("has no evidence: cite a sentence, or say in 'by' who wrote it")
        return self


Lines = Annotated[tuple[Line, ...], Field(max_length=MAX_LINES)]


class Figures(Part):
    """What was counted."""

    sentences: StrictInt = 0
    words: StrictInt = 0
    median_words: StrictFloat = 0.0
    long_words: StrictFloat = 0.0
    asks: StrictFloat = 0.0
    exclaims: StrictFloat = 0.0
    switching: StrictFloat = 0.0
    address: Key = "none"


class Tongue(Part):
    """The manner in one language."""

    measured: Figures = Figures()
    greetings: Lines = ()
    farewells: Lines = ()
    thanks: Lines = ()
    fillers: Lines = ()
    favourites: Lines = ()
    not_known: Lines = ()
    topics: Lines = ()
    traits: Lines = ()
    opinions: Annotated[tuple[Line, ...], Field(max_length=MAX_OPINIONS)] = ()


SAID = ("greetings", "farewells", "thanks", "fillers", "favourites", "not_known", "topics", "traits")
"""The lists of a tongue that go into a layer."""
_LISTS = (*SAID, "opinions")


def _known(topics: tuple[str, ...]) -> tuple[str, ...]:
    if unknown := set(topics) - set(TOPICS):
        raise ValueError(f"there is no topic {min(unknown)!r}: choose among {', '.join(TOPICS)}")
    return topics


class PersonaDocument(Part):
    """The whole of it."""

    format: Literal[1]
    twin: Text
    drawn_from: Annotated[str, Field(max_length=64)] = Field(description="Version of what was learned.")
    sentence_length: Literal["short", "medium", "long"] = "medium"
    manner: dict[LanguageCode, Tongue] = Field(default={})
    never_talks_about: Annotated[tuple[str, ...], AfterValidator(_known)] = Field(
        default=(), description="Topics of the platform's that nothing was said about."
    )

    def to_yaml(self) -> str:
        """As a person edits it; `parse` reads it back."""
        plain = self.model_dump(mode="json", exclude_defaults=True)
        return yaml.safe_dump({"format": FORMAT, **plain}, allow_unicode=True, sort_keys=False, width=110)

    def lines(self) -> Iterator[tuple[str, Line]]:
        """Every line, and where it stands (`manner.es.greetings`)."""
        for language, tongue in self.manner.items():
            for name in _LISTS:
                for line in getattr(tongue, name):
                    yield f"manner.{language}.{name}", line


def parse(text: str, file: str = "persona.yaml") -> PersonaDocument:
    """Reads and checks a persona.

    Raises:
        BadPersona: a key or a line is wrong; says of each where it stands and what would be right.
    """
    try:
        source = read(text, file)
    except BadLayer as error:
        raise BadPersona(str(error)) from None
    try:
        return PersonaDocument.model_validate(source.value)
    except ValidationError as error:
        told = faults(error, source, PersonaDocument)
        raise BadPersona(told.replace("`gemelo explain --schema`", "docs/persona.md")) from None


def hash_of(text: str) -> str:
    """What an approval is bound to: of every letter."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def layer(text: str) -> str:
    """A persona as the policy layer that its twin talks under.

    Raises:
        BadPersona.
    """
    document = parse(text)
    manner = {language: _said(tongue) for language, tongue in document.manner.items()}
    kinds = (Deflection.DECLINED, *((Deflection.TOPICS,) if document.never_talks_about else ()))
    declined = {
        language: {kind.value: list(said["not_known"]) for kind in kinds}
        for language, said in manner.items()
        if len(said.get("not_known", ())) > 1
    }
    never = [{"topic": topic, "asked": True} for topic in document.never_talks_about]
    written = {
        "layer": "persona",
        "name": _NAMED + hash_of(text),
        "persona": {"sentence_length": document.sentence_length, "manner": manner},
        **({"topics_to_avoid": never} if never else {}),
        **({"deflections": declined} if declined else {}),
    }
    return yaml.safe_dump(written, allow_unicode=True, sort_keys=False, width=110)


def hash_in(name: str) -> str:
    """The hash of the persona that a layer of this name holds; empty where it holds none."""
    return name.removeprefix(_NAMED) if name.startswith(_NAMED) else ""


def unfounded(document: PersonaDocument, documents: Iterable[Document]) -> tuple[str, ...]:
    """What a persona cites and nobody can find any more, a sentence each."""
    texts = {
        f"{one.path}#{number}": normalize("NFC", cut.text)
        for one in documents
        for number, cut in enumerate(one.passages, 1)
    }
    return tuple(
        f"{where}: {line.text[:80]!r} cites {evidence.at}, which does not say so"
        + (" (any more)" if evidence.at not in texts else "")
        for where, line in document.lines()
        for evidence in line.evidence
        if evidence.sentence not in texts.get(evidence.at, "")
    )


def without(document: PersonaDocument, path: str) -> PersonaDocument:
    """A persona without what it has of one document: citations, and lines that nothing else shows."""

    def kept(lines: tuple[Line, ...]) -> tuple[Line, ...]:
        cited = (
            (line, tuple(one for one in line.evidence if one.at.rpartition("#")[0] != path)) for line in lines
        )
        return tuple(
            line.model_copy(update={"evidence": left}) for line, left in cited if left or not line.evidence
        )

    manner = {
        language: tongue.model_copy(update={name: kept(getattr(tongue, name)) for name in _LISTS})
        for language, tongue in document.manner.items()
    }
    return document.model_copy(update={"manner": manner})


def _said(tongue: Tongue) -> dict[str, list[str]]:
    """The lists of a tongue that have lines, each line once."""
    lists = {name: list(dict.fromkeys(line.text for line in getattr(tongue, name))) for name in SAID}
    return {name: texts for name, texts in lists.items() if texts}
