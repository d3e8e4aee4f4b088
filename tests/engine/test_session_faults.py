"""What breaks behind a session, and what the fan gets all the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, replace

import pytest

from gemelo.benchmarks.scripted import REPLY, ScriptedEars, ScriptedMind, ScriptedVoice
from gemelo.context.guard.seam import GuardStream
from gemelo.context.records import TurnStatus
from gemelo.engine.events import (
    FanHeard,
    Notice,
    ReplyEnded,
    ReplyStarted,
    SpeakingFlushed,
    TurnTimed,
)
from gemelo.models.errors import EarError, MindError
from gemelo.models.seams import Ear
from gemelo.models.vocabulary import (
    Language,
    Signal,
    Source,
    Speech,
    Transcript,
    TurnSignal,
)
from tests.engine.scene import QuotingMind, listening, signal, text_of
from tests.fakes import MemoryRecords, WordGuard, World, sponsored
from tests.virtual import virtually


class FaultyVoice(ScriptedVoice):
    async def speak(self, text: AsyncIterator[str], language: Language) -> AsyncGenerator[Speech, None]:
        async for _ in text:
            raise ValueError("what the fan said")
        yield Speech(b"", 0)


class FaultyGuard(WordGuard):
    def open(self, language: Language, *, spoken: bool = False, branded: bool = True) -> GuardStream:
        raise ZeroDivisionError


@dataclass
class DeafEars(ScriptedEars):
    """Ears that cannot be opened for a while."""

    broken: bool = True
    tries: int = 0

    async def open(self, language: Language, emit: Callable[[TurnSignal], None]) -> Ear:
        self.tries += 1
        if self.broken:
            raise EarError("no process")
        return await super().open(language, emit)


class EchoingEars(ScriptedEars):
    """Ears that give back each transcript as an update."""

    last: Transcript

    def transcript(self, transcript: Transcript) -> None:
        self.last = transcript
        assert self.emit is not None
        self.emit(TurnSignal(Signal.UPDATE, transcript.text))


def test_a_mind_that_fails_just_before_the_commit_is_answered_for() -> None:
    """A draft whose speech waits at the gate is lost at once, not when its turn has been decided."""

    async def main() -> None:
        mind = ScriptedMind(error=MindError("down"), fails_after=30)
        world = World(mind=mind, voice=ScriptedVoice(speed=1000))
        session = world.session()
        await listening(session)
        await signal(world, Signal.EAGER_END, "who are you")
        await asyncio.sleep(2)
        await signal(world, Signal.END, "who are you")
        await session.drain()
        [outcome] = world.records.outcomes.values()
        assert (outcome.status, outcome.error) == (TurnStatus.FAILED, "mind")
        await session.close()

    virtually(main())


def test_a_fault_in_the_voice_leaves_the_text(caplog: pytest.LogCaptureFixture) -> None:
    """Any error of a voice costs the sound only, and its message is not logged: it may quote speech."""

    async def main() -> None:
        world = World(voice=FaultyVoice())
        session = world.session()
        session.say("who are you?")
        await session.drain()
        [outcome] = world.records.outcomes.values()
        assert (outcome.status, outcome.heard) == (TurnStatus.DONE, REPLY)
        await session.close()

    virtually(main())
    assert "what the fan said" not in caplog.text


def test_a_fault_of_the_program_ends_the_turn_and_not_the_session() -> None:
    """A guard that raises fails the turn; the next message is taken."""

    async def main() -> None:
        world = World(guard=FaultyGuard())
        session = world.session()
        session.say("who are you?")
        await session.drain()
        [outcome] = world.records.outcomes.values()
        assert (outcome.status, outcome.error) == (TurnStatus.FAILED, "internal")
        assert world.outbox.of(ReplyEnded)[0].status is TurnStatus.FAILED
        session.say("still there?")
        await session.drain()
        assert len(world.records.outcomes) == 2
        await session.close()

    virtually(main())


def test_a_turn_cut_before_it_began_tells_the_client_nothing() -> None:
    """A client never hears the end of a reply whose beginning it was not told."""

    async def main() -> None:
        world = World(records=MemoryRecords(write_s=0.2))
        session = world.session()
        session.say("first")
        session.say("second")
        await session.drain()
        started = {event.turn for event in world.outbox.of(ReplyStarted)}
        for kind in (ReplyEnded, SpeakingFlushed, TurnTimed):
            assert {event.turn for event in world.outbox.of(kind)} <= started
        await session.close()

    virtually(main())


def test_a_message_that_was_cut_and_could_not_be_stored_is_asked_for_again() -> None:
    """Nothing that the fan wrote is lost silently."""

    async def main() -> None:
        world = World(records=MemoryRecords(write_s=0.2, broken=True))
        session = world.session()
        session.say("first")
        session.interrupt()
        await asyncio.sleep(1)
        assert [event.code for event in world.outbox.of(Notice)] == ["store"]
        await session.close()

    virtually(main())


def test_an_old_answer_is_judged_by_the_rules_of_today() -> None:
    """A message sent again after a policy change does not bring back what is forbidden now."""

    async def main() -> None:
        world = World()
        session = world.session(spoken=False)
        session.say("who are you?", "m1")
        await session.drain()
        await session.close()
        world.guard.banned = "team"
        world.outbox.events.clear()
        again = world.session(spoken=False)
        again.say("who are you?", "m1")
        await again.drain()
        repeated = text_of(world.outbox)
        assert REPLY.startswith(repeated)
        assert repeated
        sent = [sentence.text for event in world.outbox.of(ReplyEnded) for sentence in event.sentences]
        assert not [text for text in (repeated, *sent) if "team" in text]
        await again.close()

    virtually(main())


def test_a_source_named_like_what_this_place_avoids_is_masked() -> None:
    """File names and headings reach the page, so they are masked like a fan's own words."""

    async def main() -> None:
        world = World(mind=QuotingMind(), guard=WordGuard("Kortaza"))
        session = world.session(spoken=False)
        session.say("how is it?")
        await session.drain()
        [sentence] = world.outbox.of(ReplyEnded)[0].sentences
        assert sentence.source == Source("•••/notes.md", "About •••")
        await session.close()

    virtually(main())


def test_a_closed_microphone_stays_closed() -> None:
    """Frames that were still on their way neither open the ear again nor are heard by the next one."""

    async def main() -> None:
        world = World()
        session = world.session()
        session.hear(bytes(640))
        session.close_ear()
        session.hear(bytes(640))
        await asyncio.sleep(1)
        assert world.ears.emit is None
        session.open_ear()
        await asyncio.sleep(1)
        assert world.ears.emit is not None
        assert world.ears.heard_bytes == 0
        await session.close()

    virtually(main())


def test_an_ear_that_does_not_open_is_told_of_once_and_tried_again_when_asked() -> None:
    """A failing recogniser costs the fan one notice; the microphone button tries again."""

    async def main() -> None:
        ears = DeafEars()
        world = World(ears=ears)
        session = world.session()
        for _ in range(50):
            session.hear(bytes(640))
            await asyncio.sleep(0.02)
        assert (ears.tries, [event.code for event in world.outbox.of(Notice)]) == (1, ["ear_failed"])
        ears.broken = False
        session.open_ear()
        await asyncio.sleep(0.1)
        assert ears.emit is not None
        await session.close()

    virtually(main())


def test_an_ear_that_nobody_hears_with_any_more_is_told_of() -> None:
    """The fan gets the notice that the ear does not answer; no turn begins."""

    async def main() -> None:
        world = World()
        session = world.session()
        await listening(session)
        assert world.ears.emit is not None
        world.ears.emit(TurnSignal(Signal.DEAF))
        await session.drain()
        assert [event.code for event in world.outbox.of(Notice)] == ["ear_failed"]
        assert not world.outbox.of(FanHeard)
        await session.close()

    virtually(main())


def test_a_browsers_words_are_cleaned_and_its_captions_renewed_at_a_bounded_rate() -> None:
    """Control characters are dropped; a flood of interims makes about ten captions a second."""

    async def main() -> None:
        ears = EchoingEars()
        world = World(ears=ears)
        session = world.session()
        await listening(session)
        for _ in range(100):
            session.transcript(Transcript("one\x00 \ud800two", False))
            await asyncio.sleep(0.01)
        assert ears.last.text == "one two"
        assert 5 <= len(world.outbox.of(FanHeard)) <= 12
        await session.close()

    virtually(main())


@pytest.mark.parametrize("brand", ["BRISALTA", "brisalta"])
def test_whoever_names_the_sponsor_says_that_it_is_one(brand: str) -> None:
    """A mind that words its own replies is sponsored speech as soon as it names the brand."""

    async def main() -> None:
        world = World(mind=ScriptedMind(text=f"Have some {brand} after the match."))
        stage = world.stage()
        session = world.session(spoken=False, stage=replace(stage, context=sponsored(stage.context)))
        session.say("what now?")
        await session.drain()
        [outcome] = world.records.outcomes.values()
        assert outcome.reply.endswith("Sponsored by Brisalta.")
        await session.close()

    virtually(main())
