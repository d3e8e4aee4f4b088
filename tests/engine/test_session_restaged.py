"""Tests for a session whose rules change under it, and for one that the house ends."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from gemelo.benchmarks.scripted import REPLY, ScriptedMind
from gemelo.context.policy.context import Context, PerLanguage
from gemelo.context.records import TurnStatus
from gemelo.engine.events import Audio, Notice, ReplyEnded, ReplyStarted, ReplyText, Restaged
from gemelo.engine.stage import Stage
from gemelo.engine.turns import TurnRules
from gemelo.models.vocabulary import Signal, Speculation
from tests.engine.scene import finished, listening, signal, text_of
from tests.fakes import EN, ES, WordGuard, World, context, sponsored
from tests.virtual import virtually


def under(world: World, context: Context) -> Stage:
    return replace(world.stage(), context=context)


def with_sponsor() -> Context:
    """Under a campaign, which adds a line to what the first turn must say."""
    place = sponsored(context())
    lines = ((EN, ("I am a virtual twin.", "Sponsored by Brisalta.")), (ES, ("Soy un gemelo virtual.",)))
    return replace(place, disclosures=PerLanguage(lines))


def stricter() -> Context:
    return replace(context(), prefix="You are Tess, and mild.")


def test_the_very_next_turn_runs_under_the_new_rules() -> None:
    """A turn that was begun ends under its own rules, the one after it names the new ones."""

    async def main() -> None:
        world = World()
        session = world.session(spoken=False)
        session.say("who are you?")
        await asyncio.sleep(0.5)
        assert world.outbox.of(ReplyText)
        session.restage(under(world, stricter()))
        await session.drain()
        session.say("and now?")
        await finished(session)
        assert [turn.policy for turn in world.records.turns.values()] == [context().hash, stricter().hash]
        assert [outcome.reply for outcome in world.records.outcomes.values()] == [REPLY, REPLY]
        assert [call.prefix for call in world.mind.calls] == [context().prefix, stricter().prefix]
        assert [event.policy for event in world.outbox.of(Restaged)] == [stricter().hash]

    virtually(main())


def test_a_draft_of_the_old_rules_is_begun_anew() -> None:
    """What was speculated under the old rules is never heard, whatever the fan's words."""

    async def main() -> None:
        world = World(guard=WordGuard(secret="Ana"))
        session = world.session()
        await listening(session)
        await signal(world, Signal.START)
        await signal(world, Signal.EAGER_END, "I am Ana, who are you")
        await asyncio.sleep(0.25)
        assert len(world.mind.calls) == 1
        session.restage(under(world, stricter()))
        await signal(world, Signal.END, "I am Ana, who are you?")
        await finished(session)
        first, second = world.mind.calls
        assert (first.prefix, second.prefix) == (context().prefix, stricter().prefix)
        assert first.question == second.question == "I am •••, who are you"
        [turn] = world.records.turns.values()
        assert turn.policy == stricter().hash
        [ended] = world.outbox.of(ReplyEnded)
        assert ended.status is TurnStatus.DONE

    virtually(main())


def test_a_new_sponsor_is_disclosed() -> None:
    """Who knows whose twin this is hears, once, who pays from now on."""

    async def main() -> None:
        world = World(mind=ScriptedMind(text="Good morning to you."))
        session = world.session(spoken=False)
        session.restage(under(world, with_sponsor()))
        for _ in range(2):
            session.say("good morning")
            await session.drain()
        await session.close()
        once = "I am a virtual twin. Sponsored by Brisalta. Good morning to you."
        assert text_of(world.outbox) == once + "Good morning to you."
        [told] = world.outbox.of(Restaged)
        assert (told.sponsor, dict(told.lines)[EN]) == ("Brisalta", "Sponsored by Brisalta.")

    virtually(main())


def test_a_disclosure_begun_under_the_old_rules_tells_nothing_of_a_new_sponsor() -> None:
    """A first reply that is under way when a campaign begins does not stand for its disclosure."""

    async def main() -> None:
        world = World(mind=ScriptedMind(text="Good morning to you."))
        session = world.session(spoken=False, greeted=False)
        session.say("good morning")
        await asyncio.sleep(0.1)
        session.restage(under(world, with_sponsor()))
        await session.drain()
        session.say("and now?")
        await finished(session)
        replies = [outcome.reply for outcome in world.records.outcomes.values()]
        assert replies[0].startswith("I am a virtual twin. Good")
        assert replies[1].startswith("I am a virtual twin. Sponsored by Brisalta.")

    virtually(main())


def test_rules_without_a_sponsor_disclose_nothing_anew() -> None:
    """When a campaign ends the talk goes on, and the page is told to show no sponsor."""

    async def main() -> None:
        world = World(mind=ScriptedMind(text="Good morning to you."))
        session = world.session(spoken=False, stage=under(world, with_sponsor()), greeted=False)
        session.say("good morning")
        await session.drain()
        session.restage(under(world, context()))
        session.say("good morning")
        await finished(session)
        assert [o.reply for o in world.records.outcomes.values()][1] == "Good morning to you."
        assert world.outbox.of(Restaged) == [Restaged(context().hash)]

    virtually(main())


def test_no_sponsor_is_shown_to_a_fan_who_was_in_crisis() -> None:
    """A campaign that begins after a crisis brings no brand near."""

    async def main() -> None:
        world = World(guard=WordGuard(despair="end it"))
        session = world.session(spoken=False)
        session.say("I want to end it")
        await session.drain()
        session.restage(under(world, with_sponsor()))
        await finished(session)
        assert world.outbox.of(Restaged) == [Restaged(with_sponsor().hash)]

    virtually(main())


def test_a_language_that_is_spoken_no_more_is_left() -> None:
    """The next turn is in the first language of the new rules."""

    async def main() -> None:
        world = World()
        session = world.session(spoken=False)
        session.restage(under(world, replace(context(), languages=(ES,))))
        session.say("hello")
        await finished(session)
        [turn] = world.records.turns.values()
        assert turn.language == ES

    virtually(main())


def test_drafts_follow_the_new_rules() -> None:
    """A place that no longer speculates begins nothing before its turn is decided."""

    async def main() -> None:
        world = World()
        session = world.session()
        never = replace(under(world, stricter()), rules=TurnRules(speculation=Speculation.NEVER))
        session.restage(never)
        await listening(session)
        await signal(world, Signal.START)
        await signal(world, Signal.EAGER_END, "who are you")
        await asyncio.sleep(1)
        assert not world.mind.calls
        await session.close()

    virtually(main())


@pytest.mark.parametrize(("language", "says"), [(EN, "This is where"), (ES, "Hasta aquí")])
def test_a_session_that_ends_lets_the_reply_be_heard_and_says_why(language: str, says: str) -> None:
    """Without a cut the reply under way comes whole, then the notice, and nothing is begun after it."""

    async def main() -> None:
        world = World()
        session = world.session()
        if language == ES:
            session.use_language(ES)
        session.say("¿quién eres?" if language == ES else "who are you?")
        await asyncio.sleep(0.5)
        ending = asyncio.create_task(session.finish("no_live_campaign", cut=False))
        await asyncio.sleep(0)
        session.say("one more")
        session.restage(under(world, stricter()))
        await ending
        [outcome] = world.records.outcomes.values()
        assert (outcome.status, outcome.heard) == (TurnStatus.DONE, REPLY)
        [last] = world.outbox.of(Notice)
        assert last.code == "no_live_campaign"
        assert last.text.startswith(says)
        assert not world.outbox.of(Restaged)
        assert world.outbox.events[-1][1] == last

    virtually(main())


def test_a_stop_cuts_at_once() -> None:
    """The reply ends at the last word heard; the fan is told, and half a question is forgotten."""

    async def main() -> None:
        world = World()
        session = world.session()
        session.say("who are you?")
        await asyncio.sleep(1)
        before = asyncio.get_running_loop().time()
        await session.finish("talent_stopped", cut=True)
        assert asyncio.get_running_loop().time() == before
        [outcome] = world.records.outcomes.values()
        assert outcome.status is TurnStatus.CUT
        assert len(outcome.heard) < len(REPLY)
        assert [notice.code for notice in world.outbox.of(Notice)] == ["talent_stopped"]
        sounds = len(world.outbox.of(Audio))
        await asyncio.sleep(5)
        assert len(world.outbox.of(Audio)) == sounds

    virtually(main())


def test_a_stop_overtakes_an_end_that_waits_for_a_reply() -> None:
    """A session that was to end politely is cut when the talent is stopped meanwhile; it says one notice."""

    async def main() -> None:
        world = World()
        session = world.session()
        session.say("who are you?")
        await asyncio.sleep(1)
        ending = asyncio.create_task(session.finish("outside_schedule", cut=False))
        await asyncio.sleep(0.2)
        before = asyncio.get_running_loop().time()
        await session.finish("talent_stopped", cut=True)
        await ending
        assert asyncio.get_running_loop().time() == before
        assert len(world.outbox.of(Notice)) == 1

    virtually(main())


def test_words_that_are_half_said_when_a_session_ends_begin_no_turn() -> None:
    """Over a reply that is heard to its end the fan may speak, and is not answered any more."""

    async def main() -> None:
        world = World()
        session = world.session()
        await listening(session)
        session.say("who are you?")
        await asyncio.sleep(0.5)
        await signal(world, Signal.START)
        await signal(world, Signal.UPDATE, "stop")
        await session.finish("no_live_campaign", cut=False)
        assert len(world.outbox.of(ReplyStarted)) == 1
        assert len(world.records.turns) == 1

    virtually(main())


def test_help_in_a_crisis_is_heard_to_its_end() -> None:
    """Not even a stop cuts the help lines short."""

    async def main() -> None:
        crisis = replace(context(), crisis=PerLanguage(((EN, ("Please call 112 now.",)),)))
        world = World(guard=WordGuard(despair="end it"))
        session = world.session(stage=under(world, crisis))
        session.say("I want to end it")
        await asyncio.sleep(0.4)
        await session.finish("talent_stopped", cut=True)
        [outcome] = world.records.outcomes.values()
        assert (outcome.status, outcome.heard) == (TurnStatus.DONE, "Please call 112 now.")

    virtually(main())
