"""A guard that fails while it takes out what a mind, a store or a page must not have."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from gemelo.benchmarks.scripted import REPLY
from gemelo.context.guard.builtin import MASK
from gemelo.context.guard.seam import Redacted
from gemelo.context.records import Decision, TurnOutcome, Verdict
from gemelo.engine.events import FanHeard, ReplyEnded
from gemelo.engine.judging import GUARD_FAILED
from gemelo.models.vocabulary import Signal, Source
from tests.engine.scene import QuotingMind, finished, listening, signal, text_of
from tests.fakes import WordGuard, World
from tests.virtual import virtually

SPEECH = "I live at number nine"


@dataclass
class FailsAt(WordGuard):
    """Fails whenever it is to take personal data out of `words`, or at every mask."""

    words: str = ""
    masks: bool = False

    def redact(self, text: str) -> Redacted:
        if self.words in text:
            raise ZeroDivisionError(text)
        return super().redact(text)

    def mask(self, text: str) -> str:
        if self.masks:
            raise ZeroDivisionError(text)
        return super().mask(text)


async def typed(world: World, *messages: str) -> list[TurnOutcome]:
    session = world.session(spoken=False)
    for message in messages:
        session.say(message)
        await session.drain()
    await session.close()
    return list(world.records.outcomes.values())


def test_words_that_cannot_be_redacted_are_neither_answered_nor_kept(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The fan hears a line of the twin's own, no mind and no store gets the words, the session goes on."""
    world = World(guard=FailsAt(words=SPEECH))
    refused, answered = virtually(typed(world, SPEECH, "who are you?"))
    assert refused.reply in ("blocked one.", "blocked two.")
    assert [turn.fan for turn in world.records.turns.values()] == [MASK, "who are you?"]
    assert refused.receipt.verdicts == (Verdict(Decision.BLOCK, GUARD_FAILED, "platform", (0, len(SPEECH))),)
    assert answered.reply == REPLY
    [asked] = world.mind.calls
    assert SPEECH not in f"{asked}"
    assert "the guard failed: ZeroDivisionError" in caplog.text
    assert SPEECH not in caplog.text


def test_a_guard_that_fails_only_at_the_commit_keeps_the_words_from_the_store() -> None:
    """Its draft was made from words that passed; what did not is hidden, and the receipt says so."""

    async def main() -> None:
        world = World(guard=FailsAt(words="Nine."))
        session = world.session(spoken=False)
        await listening(session)
        await signal(world, Signal.EAGER_END, "i live at number nine")
        await asyncio.sleep(1)
        await signal(world, Signal.END, "I live at number Nine.")
        await finished(session)
        assert [turn.fan for turn in world.records.turns.values()] == [MASK]
        [outcome] = world.records.outcomes.values()
        assert outcome.reply == REPLY
        assert [verdict.rule for verdict in outcome.receipt.verdicts] == [GUARD_FAILED]

    virtually(main())


def test_a_caption_that_cannot_be_masked_is_hidden() -> None:
    """The turn is heard and answered all the same."""

    async def main() -> None:
        world = World(guard=FailsAt(words=SPEECH, masks=True))
        session = world.session(spoken=False)
        await listening(session)
        await signal(world, Signal.START)
        await signal(world, Signal.END, "who are you?")
        await finished(session)
        assert [event.text for event in world.outbox.of(FanHeard)] == [MASK]
        assert text_of(world.outbox) == REPLY

    virtually(main())


def test_a_source_that_cannot_be_masked_is_hidden() -> None:
    """The reply ends as it should, and its sentence has a source without a name."""
    world = World(mind=QuotingMind(), guard=FailsAt(words=SPEECH, masks=True))
    virtually(typed(world, "how is it?"))
    [sentence] = world.outbox.of(ReplyEnded)[0].sentences
    assert sentence.source == Source(MASK, MASK)
