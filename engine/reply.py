"""One reply, from the question to the last sound. Read `reply`: that is the whole of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from gemelo.context.policy.context import Context
from gemelo.context.policy.layers import Deflection
from gemelo.engine.draft import Draft
from gemelo.engine.judging import Judging
from gemelo.engine.stage import Ask, Stage
from gemelo.engine.utterance import Utterance
from gemelo.models.clauses import first_clause_end
from gemelo.models.errors import GemeloError
from gemelo.models.vocabulary import Findings, Label, Prompt, Written

log = logging.getLogger(__name__)


async def reply(stage: Stage, out: Draft) -> None:
    """Makes one reply: find passages, ask the mind, judge each word, speak what may leave.

    Raises:
        ServiceError: the mind failed while the turn was still undecided, so that a fresh draft is
            worth trying. After the commit the fan hears a short line instead and `out.error` says why.
    """
    ask = out.ask
    judging = Judging(stage.guard.open(ask.language))
    voice = stage.voice if ask.spoken else None
    aside: Deflection | None = None
    written = ""
    findings = await _find(ask, stage, out)
    async with Utterance(voice, ask.language, out, 0) as utterance:
        try:
            async with aclosing(_script(ask, stage, findings, out)) as script:
                async for piece in script:
                    written += piece.text
                    if "first_clause" not in out.marks and first_clause_end(written) is not None:
                        out.mark("first_clause")
                    utterance.feed(piece.text)
                    _let_out(judging.feed(piece), out)
                    utterance.allow(judging.upto)
                    if judging.verdict:
                        break
        except Exception as error:
            if not out.decided:
                out.lost = True
                raise
            out.error = error.code if isinstance(error, GemeloError) else "internal"
            log.warning("a reply failed: %s (%s)", type(error).__name__, out.error)
            aside = Deflection.FAILED
        if not judging.verdict:
            _let_out(judging.finish(), out)
            utterance.allow(judging.upto)
        if judging.verdict:
            aside = Deflection.NAMES if judging.verdict.rule.startswith("names") else Deflection.BLOCKED
        out.receipt = judging.receipt()
        out.declined = findings.declined
        if not aside:
            out.end_text()
    if aside:
        await _say_aside(aside, ask, stage, out, judging.upto)


async def _find(ask: Ask, stage: Stage, out: Draft) -> Findings:
    """Searches with a hard deadline: a reply without passages beats one that comes late, or never."""
    try:
        async with asyncio.timeout(stage.limits.retrieval_s):
            return await stage.knowledge.search(ask.question, ask.language)
    except Exception as error:
        log.warning("a search failed: %s", type(error).__name__)
        return Findings()
    finally:
        out.mark("retrieval")


async def _script(ask: Ask, stage: Stage, findings: Findings, out: Draft) -> AsyncGenerator[Written, None]:
    """All that this reply wants to say: the opening of a first turn, then the mind's own words."""
    context = stage.context
    sponsored = ask.opening
    if ask.opening:
        yield Written(context.disclosure(ask.language) + " ", Label.HOUSE)
    written = ""
    async with aclosing(stage.mind.reply(compose(ask, context, findings))) as pieces:
        async for piece in pieces:
            out.mark("first_token")
            if piece.label is Label.SPONSORED and context.sponsor and not sponsored:
                sponsored = True
                yield Written(context.sponsor.line(ask.language) + " ", Label.HOUSE)
            yield piece
            written += piece.text
            if len(written) > stage.limits.reply_chars and written.rstrip().endswith((".", "!", "?", "…")):
                break
    if context.sponsor and not sponsored and context.sponsor.brand.casefold() in written.casefold():
        yield Written(" " + context.sponsor.line(ask.language), Label.HOUSE)


def compose(ask: Ask, context: Context, findings: Findings) -> Prompt:
    """Orders what the mind gets, most stable part first."""
    return Prompt(
        prefix=context.prefix,
        history=ask.history,
        findings=findings,
        question=ask.question,
        language=ask.language,
        aside=context.deflection(Deflection.DECLINED, ask.language, ask.number),
        tenant=context.talent,
    )


def _let_out(pieces: list[Written], out: Draft) -> None:
    for piece in pieces:
        out.mark("guard")
        out.text(piece)


async def _say_aside(kind: Deflection, ask: Ask, stage: Stage, out: Draft, text_base: int) -> None:
    """Says a fixed line of the policy, which was judged when the policy was compiled."""
    line = " " * out.breaks_off + stage.context.deflection(kind, ask.language, ask.number)
    out.text(Written(line, Label.HOUSE))
    out.end_text()
    async with Utterance(stage.voice if ask.spoken else None, ask.language, out, text_base) as utterance:
        utterance.feed(line)
        utterance.allow(len(line))
