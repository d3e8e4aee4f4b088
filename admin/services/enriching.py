"""Further traits of a manner, named by a language model; only those that quote the talent are kept."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing

from gemelo.context.persona.corpus import Said
from gemelo.context.persona.document import MAX_SENTENCE, Evidence, Line, PersonaDocument
from gemelo.context.policy.parts import MAX_LINES
from gemelo.models.seams import LanguageModel
from gemelo.models.vocabulary import Findings, Language, Passage, Prompt, Source, Written

_SHOWN = 30
"""Sentences that a model reads of each language."""
_MOST = 5
_LONGEST = 160
_FEWEST_WORDS = 3
"""Words of a quotation that shows something."""
_PREFIX = (
    "You describe how a person talks, for somebody who will speak in their manner. You read notes: sentences "
    "of theirs. You never invent."
)
_QUESTION = (
    f"Name at most {_MOST} traits of this person's manner of speaking. One trait a line, as a plain English "
    "sentence, then ' | ', then the words of one note that show it, copied exactly. Nothing else."
)


async def enriched(
    document: PersonaDocument, corpus: Sequence[Said], mind: LanguageModel, tenant: str
) -> PersonaDocument:
    """A persona with what a model adds. A mind that cannot do it adds nothing.

    Raises:
        MindError.
    """
    manner = dict(document.manner)
    for code, tongue in manner.items():
        own = [one for one in corpus if one.language == code]
        said = await _asked(own[:: max(1, len(own) // _SHOWN)][:_SHOWN], mind, tenant)
        traits = (*tongue.traits, *_founded(said, own))[:MAX_LINES]
        manner[code] = tongue.model_copy(update={"traits": traits})
    return document.model_copy(update={"manner": manner})


async def _asked(shown: Sequence[Said], mind: LanguageModel, tenant: str) -> str:
    notes = tuple(
        Passage(str(number), one.text, Source(""), sentences=(one.text,)) for number, one in enumerate(shown)
    )
    prompt = Prompt(_PREFIX, (), Findings(notes, declined=False), _QUESTION, Language("en"), tenant=tenant)
    async with aclosing(mind.reply(prompt)) as pieces:
        return "".join([piece.text async for piece in pieces if isinstance(piece, Written)])


def _founded(said: str, own: Sequence[Said]) -> tuple[Line, ...]:
    """The lines whose quotation stands in the corpus, each with where it does."""
    found: list[Line] = []
    for line in said.splitlines():
        trait, separator, quoted = line.strip().lstrip("-*• ").partition(" | ")
        quotation = quoted.strip().strip("\"'“”«»").strip()
        if not separator or len(quotation.split()) < _FEWEST_WORDS or not 0 < len(trait) <= _LONGEST:
            continue
        holding = next((one for one in own if quotation in one.text[:MAX_SENTENCE]), None)
        if holding and all(trait != other.text for other in found):
            evidence = Evidence(at=holding.at, sentence=holding.text[:MAX_SENTENCE])
            found.append(Line(text=trait.strip(), evidence=(evidence,)))
    return tuple(found[:_MOST])
