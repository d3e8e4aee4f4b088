"""A whole session on scripted services, in virtual time."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from gemelo.benchmarks.scripted import REPLY, ScriptedMind, ScriptedVoice, tokens
from gemelo.context.records import Decision, Drafting, TurnStatus
from gemelo.engine.events import (
    Audio,
    Event,
    FanHeard,
    Notice,
    ReplyEnded,
    ReplyStarted,
    ReplyText,
    SpeakingFlushed,
    SpeakingPaused,
    SpeakingResumed,
    SpeakingStarted,
    SpeakingStopped,
    TurnTimed,
    WordSpoken,
)
from gemelo.engine.session import Session
from gemelo.engine.turns import TurnRules
from gemelo.models.errors import BadText, MindError, VoiceError
from gemelo.models.vocabulary import FRAME_MS, Signal, Speculation
from tests.engine.scene import finished, listening, signal, text_of
from tests.fakes import ES, MemoryRecords, Outbox, WordGuard, World, with_limits
from tests.virtual import virtually


def test_a_typed_turn_is_stored_written_and_spoken() -> None:
    """The reply arrives whole as text and as sound, after the turn was stored."""

    async def main() -> None:
        world = World(records=MemoryRecords(write_s=0.5))
        session = world.session()
        session.say("who are you?")
        await finished(session)
        assert text_of(world.outbox) == REPLY
        assert world.outbox.when(ReplyStarted) >= 0
        assert world.outbox.when(ReplyText) >= 0.5, "text left before the turn was stored"
        [outcome] = world.records.outcomes.values()
        assert (outcome.status, outcome.heard, outcome.reply) == (TurnStatus.DONE, REPLY, REPLY)
        kinds = [type(event) for _, event in world.outbox.events if not isinstance(event, ReplyText)]
        assert kinds.index(SpeakingStarted) < kinds.index(Audio) < kinds.index(SpeakingStopped)

    virtually(main())


def test_nothing_is_synthesised_for_a_fan_who_only_reads() -> None:
    """Without voice the turn ends with its text."""

    async def main() -> None:
        world = World()
        session = world.session(spoken=False)
        session.say("who are you?")
        await finished(session)
        assert not world.outbox.of(Audio)
        [outcome] = world.records.outcomes.values()
        assert outcome.heard == REPLY

    virtually(main())


def test_the_first_turn_says_whose_twin_this_is() -> None:
    """Disclosure opens the first reply, and only the first."""

    async def main() -> None:
        world = World(mind=ScriptedMind(text="Good morning to you."))
        session = world.session(greeted=False)
        session.say("good morning")
        await session.drain()
        assert text_of(world.outbox) == "I am a virtual twin. Good morning to you."
        session.say("good morning again")
        await finished(session)
        assert text_of(world.outbox).count("virtual twin") == 1

    virtually(main())


def test_a_reply_comes_in_the_language_of_the_question() -> None:
    """A typed question in the other language changes the session's language."""

    async def main() -> None:
        world = World()
        session = world.session()
        session.say("¿quién eres?")
        await finished(session)
        assert world.mind.calls[0].language == ES

    virtually(main())


def test_audio_is_paced_with_a_bounded_lead() -> None:
    """No more than 300 ms of sound is ahead of the playhead at any time."""

    async def main() -> None:
        world = World(voice=ScriptedVoice(speed=100))
        session = world.session()
        session.say("who are you?")
        await finished(session)
        times = [at for at, event in world.outbox.events if isinstance(event, Audio)]
        for sent, at in enumerate(times, start=1):
            assert sent * FRAME_MS - (at - times[0]) * 1000 <= 300.5

    virtually(main())


def test_speech_of_a_draft_waits_for_the_decision() -> None:
    """A draft begun at a probable end has its first sound ready when the turn is decided."""

    async def main() -> None:
        world = World()
        session = world.session()
        await listening(session)
        await signal(world, Signal.START)
        await signal(world, Signal.EAGER_END, "who are you")
        await asyncio.sleep(1.0)
        assert not world.outbox.of(ReplyText)
        assert not world.records.turns
        await signal(world, Signal.END, "Who are you?")
        await finished(session)
        assert len(world.mind.calls) == 1
        assert world.outbox.when(Audio) == pytest.approx(1.0, abs=0.001)

    virtually(main())


def test_a_dropped_draft_leaves_no_trace() -> None:
    """Words that changed cancel the draft's model call; nothing of it is sent or stored."""

    async def main() -> None:
        world = World()
        session = world.session()
        await listening(session)
        await signal(world, Signal.EAGER_END, "who are")
        await asyncio.sleep(0.25)
        await signal(world, Signal.UPDATE, "who are you")
        await signal(world, Signal.END, "")
        await asyncio.sleep(1)
        await finished(session)
        assert world.mind.cancelled == 1
        assert not world.records.turns
        assert not world.outbox.of(ReplyText)

    virtually(main())


def test_a_back_channel_pauses_and_then_resumes_without_losing_a_sample() -> None:
    """All of the reply's sound arrives in spite of a "mhm" in the middle."""

    async def main() -> tuple[int, int]:
        counts: list[int] = []
        for interrupted in (False, True):
            world = World()
            session = world.session()
            await listening(session)
            session.say("who are you?")
            await asyncio.sleep(2)
            if interrupted:
                await signal(world, Signal.START)
                paused = len(world.outbox.of(Audio))
                await asyncio.sleep(0.3)
                assert len(world.outbox.of(Audio)) == paused, "sounded while paused"
                await signal(world, Signal.EAGER_END, "mhm")
                await asyncio.sleep(0.3)
                await signal(world, Signal.END, "mhm")
                assert world.outbox.of(SpeakingPaused)
                assert world.outbox.of(SpeakingResumed)
            await finished(session)
            [outcome] = world.records.outcomes.values()
            assert (outcome.status, outcome.heard) == (TurnStatus.DONE, REPLY)
            counts.append(len(world.outbox.of(Audio)))
        return counts[0], counts[1]

    whole, resumed = virtually(main())
    assert whole == resumed


def test_an_interruption_cuts_the_history_at_the_last_word_heard() -> None:
    """What the fan did not hear was never said."""

    async def main() -> None:
        world = World()
        session = world.session()
        await listening(session)
        session.say("who are you?")
        await asyncio.sleep(3)
        await signal(world, Signal.START)
        await signal(world, Signal.UPDATE, "no, stop that")
        sounded = len(world.outbox.of(Audio))
        [flushed] = world.outbox.of(SpeakingFlushed)
        assert REPLY.startswith(flushed.heard)
        assert 20 < len(flushed.heard) < len(REPLY)
        assert REPLY[len(flushed.heard)] == " ", "cut inside a word"
        await asyncio.sleep(1)
        assert len(world.outbox.of(Audio)) == sounded
        await signal(world, Signal.END, "no, stop that")
        await asyncio.sleep(0.1)
        assert world.mind.calls[-1].history[-1].twin == flushed.heard
        await finished(session)
        cut = next(o for o in world.records.outcomes.values() if o.status is TurnStatus.CUT)
        assert cut.heard == flushed.heard

    virtually(main())


def test_the_clients_own_report_moves_the_heard_cursor_back() -> None:
    """A slow client has heard less than the clock says."""

    async def main() -> None:
        heard: list[str] = []
        for lag_ms in (0, 1000):
            world = World()
            session = world.session()
            session.say("who are you?")
            await asyncio.sleep(4)
            [started] = world.outbox.of(SpeakingStarted)
            now = asyncio.get_running_loop().time()
            playing_ms = (now - world.outbox.when(SpeakingStarted)) * 1000
            session.played(started.turn, playing_ms - lag_ms)
            session.interrupt()
            heard.append(world.outbox.of(SpeakingFlushed)[0].heard)
            await finished(session)
        assert len(heard[1]) < len(heard[0])

    virtually(main())


def test_a_typed_message_interrupts() -> None:
    """Typing while the twin speaks cuts it and is answered."""

    async def main() -> None:
        world = World()
        session = world.session()
        session.say("who are you?")
        await asyncio.sleep(2)
        session.say("another question")
        await finished(session)
        statuses = [outcome.status for outcome in world.records.outcomes.values()]
        assert sorted(statuses) == [TurnStatus.CUT, TurnStatus.DONE]
        assert len(world.outbox.of(ReplyStarted)) == 2

    virtually(main())


@pytest.mark.parametrize(
    ("error", "statuses"),
    [(None, ["done", "done"]), (MindError("the language model hung up"), ["failed", "failed"])],
)
def test_a_message_that_follows_at_once_cuts_nothing(error: MindError | None, statuses: list[str]) -> None:
    """A turn that was read to its end is done, or failed, however quick the fan is."""

    class Hasty(Outbox):
        """Asks again as soon as the first reply is whole."""

        session: Session | None = None

        def send(self, event: Event) -> None:
            super().send(event)
            if isinstance(event, ReplyEnded) and len(self.of(ReplyEnded)) == 1:
                assert self.session is not None
                asyncio.get_running_loop().call_soon(self.session.say, "another question")

    outbox = Hasty()
    world = World(mind=ScriptedMind(error=error), outbox=outbox)

    async def main() -> None:
        outbox.session = world.session(spoken=False)
        outbox.session.say("who are you?")
        await finished(outbox.session)

    virtually(main())
    assert [outcome.status for outcome in world.records.outcomes.values()] == statuses


def test_a_turn_cut_before_it_was_stored_is_stored_all_the_same() -> None:
    """A fan who sends two messages at once loses neither."""

    async def main() -> None:
        world = World(records=MemoryRecords(write_s=0.2))
        session = world.session()
        session.say("first")
        session.say("second")
        await finished(session)
        assert sorted(turn.fan for turn in world.records.turns.values()) == ["first", "second"]
        assert len(world.records.outcomes) == 2

    virtually(main())


def test_a_message_sent_again_is_answered_from_the_record() -> None:
    """The same client id makes no second turn; the first answer comes again as text."""

    async def main() -> None:
        world = World()
        session = world.session(spoken=False)
        session.say("who are you?", "m1")
        await session.drain()
        session.say("who are you?", "m1")
        await finished(session)
        assert len(world.records.turns) == 1
        assert text_of(world.outbox) == REPLY + REPLY

    virtually(main())


def test_a_store_that_fails_lets_nothing_out() -> None:
    """A turn that cannot be kept is not answered, and the fan is told to send it again."""

    async def main() -> None:
        world = World(records=MemoryRecords(broken=True, write_s=0.05))
        session = world.session()
        session.say("who are you?")
        await asyncio.sleep(5)
        await finished(session)
        assert not world.outbox.of(ReplyText)
        assert not world.outbox.of(Audio)
        assert [event.code for event in world.outbox.of(Notice)] == ["store"]

    virtually(main())


@pytest.mark.parametrize("fails_after", [0, 20])
def test_a_mind_that_fails_is_covered_by_a_short_line(fails_after: int) -> None:
    """Down at once or dying in mid-sentence: an in-character line, a failed turn, a working next turn."""

    async def main() -> None:
        world = World(mind=ScriptedMind(error=MindError("the server is down"), fails_after=fails_after))
        session = world.session()
        session.say("who are you?")
        await session.drain()
        [outcome] = world.records.outcomes.values()
        assert (outcome.status, outcome.error) == (TurnStatus.FAILED, "mind")
        assert outcome.reply.endswith(("failed one.", "failed two."))
        assert outcome.heard == outcome.reply
        world.mind.error = None
        session.say("and now?")
        await finished(session)
        assert list(world.records.outcomes.values())[-1].status is TurnStatus.DONE

    virtually(main())


def test_a_draft_that_fails_before_the_commit_is_tried_again() -> None:
    """A failure while speculating costs nothing but the draft."""

    async def main() -> None:
        world = World(mind=ScriptedMind(error=MindError("busy")))
        session = world.session()
        await listening(session)
        await signal(world, Signal.EAGER_END, "who are you")
        await asyncio.sleep(0.5)
        world.mind.error = None
        await signal(world, Signal.END, "who are you")
        await finished(session)
        [outcome] = world.records.outcomes.values()
        assert outcome.status is TurnStatus.DONE

    virtually(main())


def test_a_voice_that_fails_leaves_the_text() -> None:
    """The reply goes on in writing, and counts as read."""

    async def main() -> None:
        world = World(voice=ScriptedVoice(error=VoiceError("no sound")))
        session = world.session()
        session.say("who are you?")
        await finished(session)
        [outcome] = world.records.outcomes.values()
        assert (outcome.status, outcome.heard) == (TurnStatus.DONE, REPLY)

    virtually(main())


@pytest.mark.parametrize("spoken", [True, False])
def test_a_blocked_word_is_neither_written_nor_spoken(spoken: bool) -> None:
    """The reply stops before the word, changes the subject and stays a finished turn."""

    async def main() -> None:
        world = World(guard=WordGuard("season"))
        session = world.session(spoken=spoken)
        session.say("who are you?")
        await finished(session)
        assert "season" not in text_of(world.outbox)
        assert not [word for word in world.outbox.of(WordSpoken) if "season" in word.text]
        [outcome] = world.records.outcomes.values()
        assert outcome.reply.endswith(("names one.", "names two."))
        assert outcome.receipt.verdicts[0].decision is Decision.BLOCK
        assert world.mind.cancelled == 1, "the mind went on writing"

    virtually(main())


def test_what_the_fan_said_is_masked_on_the_page() -> None:
    """A transcript shows bullets where the fan named what this page may not show."""

    async def main() -> None:
        world = World(guard=WordGuard("Kortaza"))
        session = world.session()
        await listening(session)
        await signal(world, Signal.END, "what about Kortaza boots")
        assert world.outbox.of(FanHeard)[0].text == "what about ••• boots"
        await finished(session)

    virtually(main())


def test_times_count_from_the_true_end_of_speech() -> None:
    """The ear's silence before its decision is part of the timeline."""

    async def main() -> None:
        world = World()
        session = world.session()
        await listening(session)
        await asyncio.sleep(2)
        await signal(world, Signal.END, "who are you", silence_ms=240)
        await finished(session)
        [timed] = world.outbox.of(TurnTimed)
        assert timed.timeline.end_of_turn == 240
        assert timed.timeline.first_token == pytest.approx(240 + 180, abs=1)
        assert timed.timeline.first_audio is not None

    virtually(main())


def test_closing_in_mid_reply_keeps_what_was_heard() -> None:
    """A fan who vanishes leaves a cut turn, and no task behind."""

    async def main() -> None:
        world = World()
        session = world.session()
        session.say("who are you?")
        await asyncio.sleep(3)
        await session.close()
        [outcome] = world.records.outcomes.values()
        assert outcome.status is TurnStatus.CUT
        assert 0 < len(outcome.heard) < len(REPLY)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    virtually(main())


def test_what_is_heard_is_stored_as_it_is_heard() -> None:
    """The store knows of each quarter second of speech soon after it was heard."""

    async def main() -> None:
        world = World()
        session = world.session()
        session.say("who are you?")
        await asyncio.sleep(5)
        [notes] = world.records.notes.values()
        assert len(notes) > 5
        assert notes == sorted(notes, key=len)
        assert REPLY.startswith(notes[-1])
        await finished(session)

    virtually(main())


def test_a_mind_without_end_is_stopped() -> None:
    """A reply that runs away ends at a sentence past the limit."""

    async def main() -> None:
        world = World(mind=ScriptedMind(text="On and on. " * 1000))
        session = world.session(spoken=False, stage=with_limits(world.stage(), reply_chars=300))
        session.say("go")
        await finished(session)
        assert 300 <= len(text_of(world.outbox)) < 400

    virtually(main())


def test_a_slow_search_is_left_out() -> None:
    """Retrieval has a hard deadline and never fails a turn."""

    class Slow:
        async def search(self, query: str, language: str, k: int = 5, before: object = ()) -> None:
            await asyncio.sleep(60)

    async def main() -> None:
        world = World()
        stage = replace(world.stage(), knowledge=Slow())  # type: ignore[arg-type]
        session = world.session(stage=stage)
        session.say("who are you?")
        await finished(session)
        assert world.outbox.when(ReplyText) == pytest.approx(1.18, abs=0.1)

    virtually(main())


def test_a_search_with_a_fault_leaves_no_turn_open() -> None:
    """Whatever goes wrong in a search, the fan gets a reply and the next turn works."""

    class Faulty:
        async def search(self, query: str, language: str, k: int = 5, before: object = ()) -> None:
            raise ValueError("arrays of different lengths")

    async def main() -> None:
        world = World()
        stage = replace(world.stage(), knowledge=Faulty())  # type: ignore[arg-type]
        session = world.session(stage=stage)
        session.say("who are you?")
        await session.drain()
        session.say("and where from?")
        await finished(session)
        assert [outcome.status for outcome in world.records.outcomes.values()] == [TurnStatus.DONE] * 2

    virtually(main())


def test_a_text_with_nothing_to_read_is_refused() -> None:
    """Invisible characters are no message; the session goes on."""

    async def main() -> None:
        world = World()
        session = world.session()
        with pytest.raises(BadText):
            session.say("\u200b\u200d \x00")
        assert not world.records.turns
        await session.close()

    virtually(main())


def test_interim_speculation_promotes_the_last_draft() -> None:
    """With drafts on every interim the promoted one is the one begun at the last words."""

    async def main() -> None:
        world = World()
        stage = replace(world.stage(), rules=TurnRules(speculation=Speculation.INTERIM))
        session = world.session(stage=stage)
        await listening(session)
        for text in ("who", "who are", "who are you"):
            await signal(world, Signal.UPDATE, text)
            await asyncio.sleep(0.1)
        await signal(world, Signal.END, "Who are you?")
        await finished(session)
        assert [call.question for call in world.mind.calls][-1] == "who are you"
        assert world.mind.cancelled == 2
        assert len(world.outbox.of(ReplyEnded)) == 1
        [timed] = world.outbox.of(TurnTimed)
        assert (timed.drafting.promoted, timed.drafting.dropped, timed.drafting.calls) == (1, 2, 3)
        assert stage.budget.wasted_share == 0  # neither had come to its first token

    virtually(main())


def test_what_a_dropped_draft_wrote_is_counted_as_wasted() -> None:
    """The turn that it was begun for answers for it, and the tenant's budget with it."""

    async def main() -> None:
        world = World()
        stage = world.stage()
        session = world.session(stage=stage)
        await listening(session)
        await signal(world, Signal.EAGER_END, "who are")
        await asyncio.sleep(0.18 + 9.5 * 0.015)
        await signal(world, Signal.END, "Who are you?")
        await finished(session)
        [timed] = world.outbox.of(TurnTimed)
        assert timed.drafting == Drafting(
            promoted=0, dropped=1, calls=2, tokens=10 + len(tokens(REPLY)), wasted=10
        )
        assert stage.budget.wasted_share == timed.drafting.wasted / timed.drafting.tokens

    virtually(main())


def test_a_lost_draft_is_counted_as_dropped() -> None:
    """A mind that fails before the commit is called again, and both calls are told."""

    async def main() -> None:
        world = World(mind=ScriptedMind(error=MindError("down")))
        session = world.session()
        await listening(session)
        await signal(world, Signal.EAGER_END, "who are you")
        await asyncio.sleep(0.3)
        await signal(world, Signal.END, "Who are you?")
        await finished(session)
        [timed] = world.outbox.of(TurnTimed)
        assert (timed.drafting.promoted, timed.drafting.dropped, timed.drafting.calls) == (0, 1, 2)

    virtually(main())


def test_the_prefix_is_warmed_when_a_session_opens() -> None:
    """The mind has seen the stable part of the prompt before the first question."""

    async def main() -> None:
        world = World()
        session = world.session()
        await asyncio.sleep(0)
        assert world.mind.warmed == [world.stage().context.prefix]
        await session.close()

    virtually(main())


def test_the_end_of_the_text_is_told_before_its_sound_has_been_played() -> None:
    """Labels and sources of the sentences need not wait for the voice."""

    async def main() -> None:
        world = World()
        session = world.session()
        session.say("who are you?")
        await finished(session)
        assert world.outbox.when(ReplyEnded) < world.outbox.when(SpeakingStopped) - 5
        assert world.outbox.of(ReplyEnded)[0].status is TurnStatus.DONE

    virtually(main())


def test_a_cut_after_the_text_has_ended_is_still_a_cut_turn() -> None:
    """The text was complete, the voice was not: the record keeps what was heard."""

    async def main() -> None:
        world = World()
        session = world.session()
        session.say("who are you?")
        await asyncio.sleep(4)
        assert world.outbox.of(ReplyEnded)
        session.interrupt()
        await finished(session)
        [outcome] = world.records.outcomes.values()
        assert (outcome.status, outcome.heard == REPLY) == (TurnStatus.CUT, False)

    virtually(main())
