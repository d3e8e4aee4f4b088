"""Turn-taking under every interleaving of signals that an ear, a keyboard and a button can make."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gemelo.engine.turns import (
    Commit,
    Cut,
    DraftLost,
    DropDraft,
    Heard,
    IllegalTransition,
    Pause,
    Replied,
    Resume,
    StartDraft,
    State,
    Stopped,
    Tick,
    TurnEvent,
    TurnMachine,
    TurnRules,
    Typed,
)
from gemelo.engine.words import gist
from gemelo.models.vocabulary import DraftId, Signal, Speculation, TurnSignal

TEXTS = st.sampled_from(
    [
        "",
        "mhm",
        "sí, sí",
        "stop",
        "why",
        "the",
        "tell me a story",
        "Tell me a story.",
        "Tell me a story, please",
    ]
)


class EveryInterleaving(RuleBasedStateMachine):
    """Keeps its own books of what was commanded and checks DESIGN.md's invariants on them."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.affords = True
        self.machine = TurnMachine(TurnRules(speculation=Speculation.INTERIM), lambda: self.affords)
        self.alive: dict[DraftId, str] = {}
        self.replying: int | None = None
        self.paused = False
        self.committed: list[int] = []
        self.ended: list[int] = []
        self.void = False

    def send(self, event: TurnEvent) -> list[type]:
        known = set(self.alive)
        commands = self.machine.handle(event, self.now)
        for command in commands:
            match command:
                case StartDraft(draft, text):
                    assert text, "a draft of nothing"
                    self.alive[draft] = text
                case DropDraft(draft):
                    del self.alive[draft]
                case Commit(number, draft, text):
                    assert self.replying is None, "two voices at once"
                    assert gist(self.alive.pop(draft)) == gist(text), "answered other words"
                    assert command.promoted is (draft in known), "a draft of this very moment was promoted"
                    self.committed.append(number)
                    self.replying, self.paused = number, False
                case Pause():
                    assert self.replying is not None
                    assert not self.paused
                    self.paused = True
                case Resume():
                    assert self.paused
                    self.paused = False
                case Cut(number):
                    assert self.replying == number, "cut a reply that nobody was giving"
                    self.replying, self.paused = None, False
                    self.ended.append(number)
            assert len(self.alive) <= 1, "two drafts alive"
        return [type(command) for command in commands]

    @rule(seconds=st.floats(0.01, 3))
    def time_passes(self, seconds: float) -> None:
        end = self.now + seconds
        deadline = self.machine.deadline
        if deadline is not None and deadline <= end:
            self.now = max(self.now, deadline)
            self.send(Tick())
        self.now = end

    @rule(affords=st.booleans())
    def the_budget_changes(self, affords: bool) -> None:
        self.affords = affords

    @rule(kind=st.sampled_from(Signal), text=TEXTS)
    def an_ear_signals(self, kind: Signal, text: str) -> None:
        before = self.replying
        void = self.void and kind is not Signal.START
        self.void = void and kind is not Signal.END
        sent = self.send(Heard(TurnSignal(kind, text)))
        if void:
            assert not sent, "what was half said when the fan typed came back"
        elif kind is Signal.END and text and before is None:
            assert Commit in sent, "a turn was lost"
        if Commit in sent:
            assert kind is Signal.END, "a reply without a decided turn"

    @rule(text=TEXTS.filter(bool))
    def the_fan_types(self, text: str) -> None:
        self.void = self.machine.state in (State.LISTENING, State.ENDING, State.PAUSED)
        sent = self.send(Typed(text))
        assert sent[-1] is Commit, "a typed message was lost"

    @rule()
    def the_fan_stops(self) -> None:
        sent = self.send(Stopped())
        assert sent in ([], [Cut])

    @precondition(lambda self: self.replying is not None)
    @rule()
    def the_reply_ends(self) -> None:
        assert self.replying is not None
        number, self.replying, self.paused = self.replying, None, False
        self.ended.append(number)
        self.send(Replied(number))

    @precondition(lambda self: bool(self.alive))
    @rule()
    def a_draft_is_lost(self) -> None:
        draft, _ = self.alive.popitem()
        assert self.send(DraftLost(draft)) == []

    @invariant()
    def every_reply_is_accounted_for(self) -> None:
        assert self.committed == sorted(set(self.committed))
        assert sorted([*self.ended, *([self.replying] if self.replying else [])]) == self.committed

    @invariant()
    def state_and_books_agree(self) -> None:
        assert (self.machine.state in (State.REPLYING, State.PAUSED)) == (self.replying is not None)
        assert (self.machine.state is State.PAUSED) == self.paused
        if self.machine.state is State.IDLE:
            assert not self.alive, "a draft outlived its turn"
        assert self.replying is None or not self.alive, "a draft was begun before the floor was taken"


TestEveryInterleaving = EveryInterleaving.TestCase
TestEveryInterleaving.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)


def heard(kind: Signal, text: str = "") -> Heard:
    return Heard(TurnSignal(kind, text))


def replying(rules: TurnRules | None = None) -> TurnMachine:
    """A machine whose twin is giving its first reply."""
    machine = TurnMachine(rules)
    machine.handle(Typed("hello there"), 0.0)
    return machine


def test_a_draft_begun_at_a_probable_end_is_promoted_when_the_words_stand() -> None:
    """EAGER_END starts a draft; END with the same words but for punctuation commits that very draft."""
    machine = TurnMachine()
    machine.handle(heard(Signal.START), 0.0)
    assert machine.handle(heard(Signal.EAGER_END, "who are you"), 1.0) == [
        StartDraft(DraftId(1), "who are you")
    ]
    assert machine.handle(heard(Signal.END, "Who are you?"), 1.3) == [
        Commit(1, DraftId(1), "Who are you?", typed=False, promoted=True)
    ]


def test_a_draft_for_other_words_is_dropped_before_the_right_one_starts() -> None:
    """END with other words than the draft's never promotes it."""
    machine = TurnMachine()
    machine.handle(heard(Signal.EAGER_END, "who are"), 1.0)
    assert machine.handle(heard(Signal.END, "who are you"), 1.3) == [
        DropDraft(DraftId(1)),
        StartDraft(DraftId(2), "who are you"),
        Commit(1, DraftId(2), "who are you", typed=False),
    ]


def test_drafts_in_silence_are_not_begun_at_interims() -> None:
    """The cheap policy calls the model only when the fan has probably finished."""
    machine = TurnMachine(TurnRules(speculation=Speculation.SILENCE))
    assert machine.handle(heard(Signal.UPDATE, "who"), 0.1) == []
    assert machine.handle(heard(Signal.UPDATE, "who are"), 0.2) == []


def test_a_draft_outlives_words_that_change_nothing() -> None:
    """Courtesies and hesitations do not throw a draft away; the turn is stored as it was said."""
    machine = TurnMachine(TurnRules(speculation=Speculation.INTERIM))
    machine.handle(heard(Signal.UPDATE, "tell me a story"), 0.1)
    assert machine.handle(heard(Signal.UPDATE, "tell me a story uh"), 0.2) == []
    assert machine.handle(heard(Signal.EAGER_END, "tell me a story uh please"), 0.3) == []
    assert machine.handle(heard(Signal.END, "Tell me a story, uh, please."), 0.4) == [
        Commit(1, DraftId(1), "Tell me a story, uh, please.", typed=False, promoted=True)
    ]


def test_a_turn_that_cannot_be_afforded_is_drafted_in_silence() -> None:
    """The budget is asked as a turn begins, and decides for the whole of it."""
    affords = False
    machine = TurnMachine(TurnRules(speculation=Speculation.INTERIM), lambda: affords)
    assert machine.handle(heard(Signal.UPDATE, "who"), 0.1) == []
    affords = True
    assert machine.handle(heard(Signal.UPDATE, "who are you"), 0.2) == []
    assert machine.handle(heard(Signal.EAGER_END, "who are you"), 0.3) == [
        StartDraft(DraftId(1), "who are you")
    ]
    machine.handle(heard(Signal.END, "who are you"), 0.4)
    machine.handle(Replied(1), 5.0)
    assert machine.handle(heard(Signal.UPDATE, "why"), 6.0) == [StartDraft(DraftId(2), "why")]


@pytest.mark.parametrize(
    ("speculation", "drafts"),
    [(Speculation.NEVER, (0, 0)), (Speculation.SILENCE, (0, 1)), (Speculation.INTERIM, (1, 1))],
)
def test_a_turn_that_interrupts_is_drafted_like_any_other(
    speculation: Speculation, drafts: tuple[int, int]
) -> None:
    """Once it has the floor, its words start drafts when the policy says."""
    machine = replying(TurnRules(speculation=speculation))
    machine.handle(heard(Signal.START), 1.0)
    during = machine.handle(heard(Signal.UPDATE, "no tell me"), 1.4)
    after = machine.handle(heard(Signal.EAGER_END, "no tell me another"), 1.8)
    assert during[0] == Cut(1)
    assert [sum(isinstance(c, StartDraft) for c in commands) for commands in (during, after)] == [*drafts]


def test_a_voice_that_outlasts_the_reply_begins_a_turn_of_its_own() -> None:
    """What it says after the twin has finished has its own allowance of drafts."""
    machine = TurnMachine(TurnRules(speculation=Speculation.INTERIM, drafts_a_turn=1))
    machine.handle(heard(Signal.UPDATE, "who are you"), 0.0)
    machine.handle(heard(Signal.END, "who are you"), 0.2)
    machine.handle(heard(Signal.START), 3.0)
    machine.handle(Replied(1), 3.1)
    assert len(machine.handle(heard(Signal.UPDATE, "and where"), 3.3)) == 1


@pytest.mark.parametrize("text", ["mhm", "ajá", "Sí, sí, claro.", "uh huh", "ok", ""])
def test_a_back_channel_pauses_and_resumes(text: str) -> None:
    """Short agreement, a cough or noise over the twin never cancels it."""
    machine = replying()
    assert machine.handle(heard(Signal.START), 1.0) == [Pause()]
    if text:
        assert machine.handle(heard(Signal.UPDATE, text), 1.2) == []
    assert machine.handle(heard(Signal.EAGER_END, text), 1.35) == []
    assert machine.handle(heard(Signal.END, text), 1.7) == [Resume()]


@pytest.mark.parametrize("text", ["stop", "¿por qué?", "no, wait", "Espera"])
def test_words_that_take_the_floor_cut_the_reply_at_once(text: str) -> None:
    """A real interruption cancels the reply as soon as its words are known."""
    machine = replying()
    machine.handle(heard(Signal.START), 1.0)
    assert machine.handle(heard(Signal.UPDATE, text), 1.3)[0] == Cut(1)
    assert machine.state is State.LISTENING


def test_long_voice_without_words_takes_the_floor() -> None:
    """An ear without words: length tells an interruption from a cough."""
    machine = replying()
    machine.handle(heard(Signal.START), 1.0)
    assert machine.deadline == pytest.approx(1.8)
    assert machine.handle(Tick(), 1.8) == [Cut(1)]


def test_silence_does_not_count_as_voice() -> None:
    """A cough followed by the ear's silence time-out stays a cough."""
    machine = replying()
    machine.handle(heard(Signal.START), 1.0)
    machine.handle(heard(Signal.EAGER_END), 1.3)
    assert machine.deadline is None
    assert machine.handle(heard(Signal.END), 2.3) == [Resume()]


def test_the_stop_button_cuts_without_a_new_turn() -> None:
    """Stop cancels what is being said and starts nothing."""
    machine = replying()
    assert machine.handle(Stopped(), 1.0) == [Cut(1)]
    assert machine.state is State.IDLE


def test_a_reply_that_nobody_gives_cannot_end() -> None:
    """The machine raises on a contradiction instead of guessing."""
    with pytest.raises(IllegalTransition):
        TurnMachine().handle(Replied(1), 0.0)


def test_a_flood_of_interims_starts_a_bounded_number_of_drafts() -> None:
    """A draft budget a turn bounds what a talkative ear may cost."""
    machine = TurnMachine(TurnRules(speculation=Speculation.INTERIM, drafts_a_turn=3))
    started = [
        command
        for n in range(50)
        for command in machine.handle(heard(Signal.UPDATE, f"word {n}"), n * 0.1)
        if isinstance(command, StartDraft)
    ]
    assert len(started) == 3
    end = machine.handle(heard(Signal.EAGER_END, "word 49 and the last"), 5.1)
    assert [type(command) for command in end] == [StartDraft], "the end of a long sentence is drafted too"


@given(st.floats(0, 1e6), st.floats(0.001, 0.7))
def test_a_tick_at_its_deadline_decides(start: float, gap: float) -> None:
    """However the clock rounds, an alarm that rings when it was asked for is not asked for again."""
    machine = TurnMachine()
    machine.handle(Typed("hello"), start)
    machine.handle(Heard(TurnSignal(Signal.START)), start + gap)
    deadline = machine.deadline
    assert deadline is not None
    machine.handle(Tick(), deadline)
    assert machine.deadline is None


def test_half_a_sentence_is_forgotten_when_the_fan_types() -> None:
    """The rest of what was being said neither interrupts the answer nor becomes a turn."""
    machine = TurnMachine()
    machine.handle(heard(Signal.START), 0.0)
    machine.handle(heard(Signal.UPDATE, "tell me"), 0.5)
    machine.handle(Typed("who are you?"), 0.6)
    assert machine.handle(heard(Signal.UPDATE, "tell me about offside"), 0.9) == []
    assert machine.handle(heard(Signal.END, "tell me about offside"), 1.4) == []
    assert machine.handle(heard(Signal.START), 3.0) == [Pause()]
