"""A fan's words without what a mind, a store or a page must not have.

It fails closed: where the guard raises, `MASK` stands for all of a text.
"""

from __future__ import annotations

import logging
from time import perf_counter_ns

from gemelo.context.guard.builtin import MASK, PLATFORM
from gemelo.context.guard.seam import Guard
from gemelo.context.records import Decision, Receipt, Verdict
from gemelo.engine.judging import GUARD_FAILED

log = logging.getLogger(__name__)


def redacted(guard: Guard, text: str, policy: str) -> tuple[str, Receipt]:
    """A text without the personal data in it, and the guard's account, blocked where the guard failed."""
    began = perf_counter_ns()
    try:
        redaction = guard.redact(text)
        kept, verdicts = redaction.text, redaction.verdicts
    except Exception as error:
        log.error("the guard failed: %s", type(error).__name__)
        kept, verdicts = MASK, (Verdict(Decision.BLOCK, GUARD_FAILED, PLATFORM, (0, len(text))),)
    return kept, Receipt(policy, guard.runs.redact, verdicts, (perf_counter_ns() - began) // 1000)


def masked(guard: Guard, text: str) -> str:
    """A text as a page may show it: without the names that its place avoids."""
    try:
        return guard.mask(text)
    except Exception as error:
        log.error("the guard failed: %s", type(error).__name__)
        return MASK
