"""One reply, from the question to the last sound. Read `reply`: that is the whole of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from time import perf_counter_ns

from gemelo.context.guard.builtin import PLATFORM, Rule, restated
from gemelo.context.knowledge.choose import holds_all
from gemelo.context.knowledge.followups import Leaning, lean
from gemelo.context.knowledge.reranked import DEPTH
from gemelo.context.policy.context import Context
from gemelo.context.policy.layers import Deflection, OnBlock, deflection
from gemelo.context.records import Decision, Receipt, Verdict
from gemelo.engine.asides import Instead, instead
from gemelo.engine.branding import names
from gemelo.engine.draft import Draft
from gemelo.engine.judging import GUARD_FAILED
from gemelo.engine.notices import notice
from gemelo.engine.stage import Ask, Stage
from gemelo.engine.tools import conversed
from gemelo.engine.utterance import Utterance
from gemelo.engine.weighing import Weighing, guarded
from gemelo.models.clauses import first_clause_end
from gemelo.models.errors import GemeloError, MindError
from gemelo.models.usage import METER
from gemelo.models.vocabulary import Findings, Label, Passage, Prompt, Written

log = logging.getLogger(__name__)

_READ = 5
"""Passages that a mind reads."""


async def reply(stage: Stage, out: Draft) -> None:
    """Makes one reply: find passages, judge the question, ask the mind, judge each clause, speak it.

    The question is judged before a reranker or the mind is asked: a cry for help, or an order to the
    model, reaches no vendor's. It is judged after the search and not beside it, for both read the one
    encoding of the question, and two threads that want the interpreter keep each other waiting.

    Raises:
        ServiceError: the mind failed while the turn was still undecided, so that a fresh draft is
            worth trying. After the commit the fan hears a short line instead and `out.error` says why.
    """
    METER.set(out.meter)
    ask = out.ask
    out.account(ask.redaction)
    if unread := ask.redaction.blocked:
        out.turn_away()
        await _say_aside(deflection(unread.rule), stage, out)
        return
    findings = await _find(ask, stage, out)
    asked, micros = await _asked(ask, findings, stage)
    allowed = asked.decision is Decision.ALLOW
    out.account(Receipt(stage.context.hash, stage.guard.runs.ask, () if allowed else (asked,), micros))
    if not allowed:
        out.turn_away()
        await _turn_away(asked, stage, out)
        return
    if ask.spent:
        out.turn_away()
        out.declined = True
        await _say(_open(stage, out) + notice("quota", ask.language), stage, out)
        return
    out.clear()
    await _conclude(await _retried(findings, stage, out), stage, out)


async def _retried(findings: Findings, stage: Stage, out: Draft) -> Verdict | None:
    """Answers from what was found, twice where the policy says so; returns the verdict that ended it."""
    findings = await _leaning(await _ordered(findings, out.ask, stage), stage, out)
    other = instead(out.ask, stage.context, findings)
    out.declined, out.passages = other is not None and not other.answers, findings.passages
    prompt = replace(compose(out.ask, stage.context, findings, other), tools=stage.tools.specs)
    broken = await _answer(prompt, stage, out)
    if broken and not out.error and stage.context.on_block(broken.rule) is OnBlock.RETRY:
        broken = await _answer(replace(prompt, note=restated(broken.rule)), stage, out)
    return broken


async def _conclude(broken: Verdict | None, stage: Stage, out: Draft) -> None:
    """Says a line where a mind failed or a rule was broken."""
    if out.error:
        await _say_aside(Deflection.FAILED, stage, out)
    elif broken and not (broken.rule == Rule.SPONSOR and out.sent > len(out.opening) + 1):
        await _say_aside(deflection(broken.rule), stage, out)
    elif broken:
        out.end_text()


async def _answer(prompt: Prompt, stage: Stage, out: Draft) -> Verdict | None:
    """Lets the mind write and the voice read what it writes; returns the verdict that ended it, if any."""
    ask = out.ask
    weighing = guarded(ask, stage)
    async with Utterance(stage.voice if ask.spoken else None, ask.language, out, out.sent) as utterance:
        try:
            await _write(prompt, stage, out, weighing, utterance)
        finally:
            out.account(weighing.receipt())
        if out.worded:
            await out.ground(stage.off_loop)
        if not weighing.verdict and not out.error:
            out.end_text()  # before its last sound is made: who reads need not wait for it
    return weighing.verdict


async def _write(prompt: Prompt, stage: Stage, out: Draft, weighing: Weighing, utterance: Utterance) -> None:
    """Carries each piece from the mind to the voice at once, and to the fan when the guard lets it."""
    written = ""
    try:
        async with aclosing(_script(prompt, stage, out)) as script:
            async for piece in script:
                written += piece.text
                if "first_clause" not in out.marks and first_clause_end(written) is not None:
                    out.mark("first_clause")
                utterance.feed(piece.text)
                await _let_out(weighing.feed(piece), weighing, out, utterance)
                if weighing.verdict:
                    return
    except Exception as error:
        if not out.decided:
            out.lost = True
            raise
        out.error = error.code if isinstance(error, GemeloError) else "internal"
        log.warning("a reply failed: %s (%s)", type(error).__name__, out.error)
    await _let_out(weighing.finish(), weighing, out, utterance)


async def _asked(ask: Ask, findings: Findings, stage: Stage) -> tuple[Verdict, int]:
    """What the guard says of the question, and its time (us); it fails closed.

    A topic that the talent never talks about is turned away, unless they did: where what was found has
    every word of the question.
    """
    unasked = Rule.TOPICS in stage.guard.runs.ask and (
        findings.declined or not holds_all(ask.question, findings.passages[0], ask.language)
    )

    def judge() -> tuple[Verdict, int]:
        began = perf_counter_ns()
        verdict = stage.guard.ask(ask.question, ask.language)
        if unasked and verdict.decision is Decision.ALLOW:
            away = stage.guard.turned_away(ask.question, ask.language, answered=not findings.declined)
            verdict = away or verdict
        return verdict, (perf_counter_ns() - began) // 1000

    try:
        async with asyncio.timeout(stage.limits.guard_s):
            return await stage.off_loop(judge)
    except Exception as error:
        log.error("the guard failed: %s", type(error).__name__)
        return Verdict(Decision.BLOCK, GUARD_FAILED, "platform"), 0


async def _find(ask: Ask, stage: Stage, out: Draft) -> Findings:
    """Searches with a hard deadline: a reply without passages beats one that comes late, or never."""
    try:
        async with asyncio.timeout(stage.limits.retrieval_s):
            k = DEPTH if stage.order else _READ
            findings = await stage.knowledge.search(ask.question, ask.language, k, _before(ask))
    except Exception as error:
        log.warning("a search failed: %s", type(error).__name__)
        return Findings()
    finally:
        out.mark("retrieval")
    welcome = [
        passage for passage in findings.passages if ask.branded or passage.label is not Label.SPONSORED
    ]
    passages = tuple(passage for passage in welcome if not _planted(passage, stage))
    if refused := len(welcome) - len(passages):
        left_out = Verdict(Decision.REDACT, Rule.PLANTED, PLATFORM)
        out.account(Receipt(stage.context.hash, (Rule.PLANTED,), (left_out,) * refused))
    return replace(findings, passages=passages, declined=findings.declined or not passages)


async def _ordered(findings: Findings, ask: Ask, stage: Stage) -> Findings:
    """What a mind reads of what was found, in the order of a reranker where there is one.

    Only after the question was judged: a reranker may be a vendor's.
    """
    if not stage.order:
        return findings
    return await stage.order.of(findings, ask.question, ask.language, _READ, _before(ask))


def _before(ask: Ask) -> tuple[str, ...]:
    """What the fan said earlier, oldest first."""
    return tuple(exchange.fan for exchange in ask.history)


async def _leaning(findings: Findings, stage: Stage, out: Draft) -> Findings:
    """What is found for a question that leans on earlier ones, once a model has restated it.

    Only where nothing was found without one, and only after the question was judged: nothing reaches a
    vendor's model before. The model words a search; of what it writes the fan hears nothing.
    """
    ask = out.ask
    leans = ask.history and lean(ask.question, ask.language) is not Leaning.NONE
    if not (findings.declined and leans and stage.restater):
        return findings
    try:
        async with asyncio.timeout(stage.limits.restate_s):
            out.calls += 1
            restated = await stage.restater.restate(ask.question, ask.history, ask.language)
    except (MindError, TimeoutError) as error:
        log.info("a question was not restated: %s", type(error).__name__)
        return findings
    again = replace(ask, question=restated, history=())
    found = await _ordered(await _find(again, stage, out), again, stage)
    return findings if found.declined else found


def _planted(passage: Passage, stage: Stage) -> bool:
    """Whether what a mind would read of a passage gives it orders, for all that a guard can tell."""
    read = (passage.text, passage.source.document, passage.source.place)
    try:
        return any(stage.guard.planted(text) for text in read)
    except Exception as error:
        log.error("the guard failed: %s", type(error).__name__)
        return True


async def _script(prompt: Prompt, stage: Stage, out: Draft) -> AsyncGenerator[Written, None]:
    """All that this reply wants to say: the opening of a first turn, then the mind's own words."""
    ask, context = out.ask, stage.context
    sponsor = context.sponsor if ask.branded else None
    sponsored = ask.opening  # its disclosure names the sponsor
    if opening := _open(stage, out):
        yield Written(opening, Label.HOUSE)
    elif out.breaks_off:
        yield Written(" ", Label.HOUSE)
    written = ""
    async with aclosing(conversed(prompt, stage, out)) as pieces:
        async for piece in pieces:
            if piece.label is Label.SPONSORED and sponsor and not sponsored:
                sponsored = True
                yield Written(sponsor.line(ask.language) + " ", Label.HOUSE)
            yield piece
            written += piece.text
            if len(written) > stage.limits.reply_chars and written.rstrip().endswith((".", "!", "?", "…")):
                break
    if sponsor and not sponsored and names(sponsor, written):
        yield Written(" " + sponsor.line(ask.language), Label.HOUSE)


def _open(stage: Stage, out: Draft) -> str:
    """What a first turn begins with: whose AI twin this is, and who sponsors it where that may be said."""
    if not out.ask.opening or out.sent:
        return ""
    lines = stage.context.disclosures.of(out.ask.language)
    unwelcome = None if out.ask.branded else stage.context.sponsor
    out.opening = " ".join(line for line in lines if unwelcome is None or not names(unwelcome, line))
    return out.opening + " "


def compose(ask: Ask, context: Context, findings: Findings, other: Instead | None = None) -> Prompt:
    """Orders what the mind gets, most stable part first; `other` is said where the findings do not answer."""
    return Prompt(
        prefix=context.prefix,
        history=ask.history,
        findings=replace(findings, declined=True) if other else findings,
        question=ask.question,
        language=ask.language,
        aside=other.line if other else context.deflection(Deflection.DECLINED, ask.language, ask.number),
        offer=other.offer if other else None,
        tenant=context.talent,
        known=ask.known,
        manner=context.persona.manner_in(ask.language),
    )


async def _let_out(
    allowed: AsyncGenerator[Written, None], weighing: Weighing, out: Draft, utterance: Utterance
) -> None:
    async with aclosing(allowed) as pieces:
        async for piece in pieces:
            out.mark("guard")
            out.text(piece)
            utterance.allow(weighing.upto)


async def _turn_away(asked: Verdict, stage: Stage, out: Draft) -> None:
    """Answers in the mind's place: with the help a fan in crisis needs, or by declining."""
    ask, context = out.ask, stage.context
    out.crisis = asked.decision is Decision.CRISIS
    if out.crisis:
        await _say(context.crisis_script(ask.language), stage, out)
        return
    await _say_aside(deflection(asked.rule), stage, out)


async def _say_aside(kind: Deflection, stage: Stage, out: Draft) -> None:
    line = stage.context.deflection(kind, out.ask.language, out.ask.number)
    stop = "… " if out.in_mid_sentence else ""
    await _say(" " * out.breaks_off + stop + _open(stage, out) + line, stage, out)


async def _say(line: str, stage: Stage, out: Draft) -> None:
    """Says a fixed line of the policy, which was judged when the policy was compiled."""
    ask, base = out.ask, out.sent
    out.text(Written(line, Label.HOUSE))
    out.end_text()
    async with Utterance(stage.voice if ask.spoken else None, ask.language, out, base) as utterance:
        utterance.feed(line)
        utterance.allow(len(line))
