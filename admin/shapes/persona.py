"""Personas, as the admin API shows and takes them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, StringConstraints

from gemelo.admin.shapes.base import POLICY, Instant, Reason, Revised, Shown, TermsHash, asked, example
from gemelo.admin.shapes.publishing import if_ever
from gemelo.context.persona.kept import PersonaText
from gemelo.context.persona.verdicts import Failure, Score, Validation

_YAML = "format: 1\ntwin: trina--coach\ndrawn_from: ''\n"
_HASH = "0" * 32
_VALIDATION = {
    "persona": _HASH,
    "index": "3b1f0a6de5c94c5f",
    "policy": POLICY,
    "deployment": "trina--portal",
    "at": "2026-11-20T10:00:00Z",
    "passed": True,
    "scores": [{"category": "fact", "right": 19, "asked": 20, "needed": 0.7}],
    "failures": [
        {
            "category": "fact",
            "language": "en",
            "question": "Who founded the club?",
            "why": "it is declined, and the answer stands in club.md",
            "reply": "I do not know that one.",
        }
    ],
}
MAX_YAML = 300_000
PersonaYaml = Annotated[str, StringConstraints(min_length=1, max_length=MAX_YAML, pattern=r"^[^\x00]+$")]
"""A persona as docs/persona.md explains it."""


class ScoreShape(Shown[Score]):
    """How many conversations of a category were right, and the share that must be."""

    category: str
    right: int
    asked: int
    needed: float


class FailureShape(Shown[Failure]):
    """A conversation that was not answered as it should be, and why not."""

    category: str
    language: str
    question: str
    why: str
    reply: str


class FitnessShape(Shown[Validation]):
    """A run of conversations: on which persona, index and policy, and what came of it."""

    model_config = example(**_VALIDATION)

    persona: str
    index: str
    policy: str
    deployment: str
    at: Instant
    passed: bool
    scores: tuple[ScoreShape, ...]
    failures: tuple[FailureShape, ...]


class PersonaShape(Revised[PersonaText]):
    """A twin's persona: the text that people work on, its hash, and whether it is approved to the letter.
    `validation` is the last run; it may be of another text."""

    model_config = example(
        twin="trina--coach",
        yaml=_YAML,
        hash=_HASH,
        is_approved=True,
        approved=_HASH,
        by="marta",
        at="2026-11-20T10:00:00Z",
        validation=_VALIDATION,
        revision=3,
    )

    twin: str
    yaml: str
    hash: str
    is_approved: bool
    approved: str
    by: str
    at: Annotated[Instant | None, BeforeValidator(if_ever)]
    validation: FitnessShape | None
    revision: int


class DraftShape(BaseModel):
    """What a twin's documents show of how its talent talks, as a persona's text."""

    model_config = example(yaml=_YAML)

    yaml: str


class NewDraft(BaseModel):
    """Has a persona drawn. It is kept where the twin has none, and with `anew` in place of the one it has;
    `enrich` asks the language model for further traits."""

    model_config = asked(reason="the first look")

    anew: bool = False
    enrich: bool = False
    reason: Reason


class PersonaEdit(BaseModel):
    """A persona's text as a person has edited it."""

    model_config = asked(yaml=_YAML, reason="she never says that")

    yaml: PersonaYaml
    reason: Reason


class PersonaApproval(BaseModel):
    """Approves the text of this hash."""

    model_config = asked(hash=_HASH, reason="that is how she talks")

    hash: TermsHash
    reason: Reason
