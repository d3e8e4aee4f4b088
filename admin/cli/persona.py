"""`gemelo persona`: how a twin talks, drawn from what it has learned, edited, validated and approved."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gemelo.admin.cli.workshop import Commands, Workshop, add_json, add_twin, answer, show, tell
from gemelo.admin.services.desk import Kept
from gemelo.admin.services.personas import MAX_YAML, Personas, personas_at
from gemelo.admin.services.search import known
from gemelo.context.persona.kept import PersonaText
from gemelo.context.persona.verdicts import Validation
from gemelo.context.tenancy.people import THE_HOUSE
from gemelo.models.errors import Unknown, UsageError

_DESCRIPTION = """\
Draws a persona from what a twin has learned: how it greets, what it says again and again, what it knows
most about and what it thinks, each line with the sentences that show it. A person looks at it, edits it,
and approves it; then the twin talks so.

    gemelo persona --twin my-twin --out persona.yaml
    gemelo persona --twin my-twin --put persona.yaml --validate
    gemelo persona --twin my-twin --approve

--validate holds at least forty conversations with the twin as the text stands (facts, opinions, small talk,
what it cannot know, attacks) and scores them; the exit status is 1 where it is below the bar. A text is
approved to the letter: who edits it approves it again.
"""
_WHY = "at the command line"


def add(commands: Commands) -> None:
    parser = commands.add_parser(
        "persona",
        help="how a twin talks: draft, validate and approve it",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_twin(parser)
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the text here, not to the terminal")
    parser.add_argument("--put", type=Path, metavar="FILE", help="keep this text, edited by a person")
    parser.add_argument("--anew", action="store_true", help="draw it anew, in place of the text that is kept")
    parser.add_argument(
        "--enrich", action="store_true", help="ask the language model for further traits when drawing"
    )
    parser.add_argument("--validate", action="store_true", help="hold conversations and score them")
    parser.add_argument("--approve", action="store_true", help="approve the text that is kept")
    add_json(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    if arguments.put and arguments.anew:
        raise UsageError("either keep a text (--put) or draw one (--anew)")
    house = await workshop.house()
    twin: str = arguments.twin
    await known(house, twin)
    personas, validating = personas_at(house)
    kept = await _kept(personas, arguments)
    result: Validation | None = None
    if arguments.validate:
        result = await validating.validate(THE_HOUSE, twin)
    if arguments.approve:
        kept = await personas.approve(THE_HOUSE, twin, kept.noun.hash, _WHY)
    if arguments.out:
        arguments.out.write_text(kept.noun.yaml, "utf-8")
        tell(f"the persona of {twin} is in {arguments.out}")
    if arguments.json:
        answer(_document(kept.noun, result))
    else:
        _show(kept.noun, result, arguments)
    return 0 if result is None or result.passed else 1


async def _kept(personas: Personas, arguments: argparse.Namespace) -> Kept[PersonaText]:
    """The text to work on: the one given, the one that is kept, or a new draft."""
    twin: str = arguments.twin
    if arguments.put:
        return await personas.put(THE_HOUSE, twin, _read(arguments.put), None, _WHY)
    if arguments.anew or arguments.enrich:
        await personas.draft(THE_HOUSE, twin, _WHY, anew=arguments.anew, enrich=arguments.enrich)
        return await personas.see(THE_HOUSE, twin)
    try:
        return await personas.see(THE_HOUSE, twin)
    except Unknown:
        await personas.draft(THE_HOUSE, twin, _WHY)
        return await personas.see(THE_HOUSE, twin)


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > 4 * MAX_YAML:
            raise UsageError(f"{path} is too large for a persona: take lines out")
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as text: {type(error).__name__}") from None


def _document(kept: PersonaText, result: Validation | None) -> dict[str, Any]:
    last = result or kept.validation
    return {
        "twin": kept.twin,
        "hash": kept.hash,
        "approved": kept.is_approved,
        "by": kept.by,
        "yaml": kept.yaml,
        "validation": last.document() if last else None,
    }


def _show(kept: PersonaText, result: Validation | None, arguments: argparse.Namespace) -> None:
    if not (arguments.out or arguments.put or arguments.validate or arguments.approve):
        show(kept.yaml, end="")
    if result is not None:
        for score in result.scores:
            bar = "ok" if score.passed else f"below the bar of {score.needed:.0%}"
            show(f"{score.category:10}  {score.right:3} of {score.asked:3}  {bar}")
        for failure in result.failures:
            show(f"  {failure.category} ({failure.language}) {failure.question}\n    {failure.why}")
        show(f"{result.asked} conversations: {'fit to go live' if result.passed else 'not fit to go live'}")
    state = f"approved by {kept.by or 'the house'}" if kept.is_approved else "not approved as it stands"
    tell(f"persona {kept.hash[:8]} of {kept.twin}: {state}")
