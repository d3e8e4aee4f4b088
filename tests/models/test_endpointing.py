from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gemelo.models.endpointing import ROUGH, Endpointer, EndpointingParameters, Output, Probe, Request, State
from gemelo.models.vocabulary import Language, Signal, Transcript, TurnSignal

VOICE, UNSURE, SILENCE = 0.9, 0.4, 0.05
SURE = 0.999
P = EndpointingParameters()


class Ear:
    """Drives an endpointer on a clock that moves with the audio, and keeps what it says."""

    def __init__(
        self,
        *,
        recogniser: bool = False,
        max_chars: int = P.max_chars,
        parameters: EndpointingParameters | None = None,
    ) -> None:
        parameters = parameters or EndpointingParameters(max_chars=max_chars)
        self.machine = Endpointer(Language("en"), recogniser=recogniser, parameters=parameters)
        self.now = 0.0
        self.said: list[Output] = []

    def hear(self, probability: float, windows: int = 1) -> None:
        for _ in range(windows):
            self.now += P.window_ms
            self.said += self.machine.window(probability, self.now)

    def words(self, text: str, *, final: bool = False) -> None:
        self.said += self.machine.transcript(Transcript(text, final), self.now)

    def judge(self, probability: float, pause: int | None = None) -> None:
        asked = [output.pause for output in self.said if isinstance(output, Probe)]
        self.said += self.machine.judged(pause or asked[-1], probability, self.now)

    def wait(self, ms: float) -> None:
        self.now += ms
        self.said += self.machine.tick(self.now)

    @property
    def signals(self) -> list[TurnSignal]:
        return [output for output in self.said if isinstance(output, TurnSignal)]

    @property
    def asked(self) -> bool:
        return any(isinstance(output, Probe) for output in self.said)

    @property
    def kinds(self) -> list[str]:
        return [signal.kind.value for signal in self.signals]


def test_a_voice_is_two_windows() -> None:
    """A single loud window is no voice, two in a row are."""
    ear = Ear()
    ear.hear(VOICE)
    ear.hear(SILENCE)
    assert ear.kinds == []
    ear.hear(VOICE, 2)
    assert ear.kinds == ["start"]


def test_unsure_windows_do_not_end_speech() -> None:
    """Between the two thresholds a speaker goes on speaking."""
    ear = Ear()
    ear.hear(VOICE, 2)
    ear.hear(UNSURE, 50)
    assert ear.machine.state is State.SPEAKING


def test_a_finished_turn_ends_with_its_words() -> None:
    """Silence with words is an eager end; the detector's yes makes it an end once the final is in."""
    ear = Ear(recogniser=True)
    ear.hear(VOICE, 10)
    ear.words("who are")
    ear.hear(SILENCE, 4)
    ear.words("who are you", final=True)
    ear.judge(SURE)
    assert ear.signals == [
        TurnSignal(Signal.START),
        TurnSignal(Signal.UPDATE, "who are"),
        TurnSignal(Signal.EAGER_END, "who are"),
        TurnSignal(Signal.EAGER_END, "who are you"),
        TurnSignal(Signal.END, "who are you"),
    ]


def test_a_decided_turn_waits_for_its_final() -> None:
    """The detector may be quicker than the recogniser; the end then comes with the final."""
    ear = Ear(recogniser=True)
    ear.hear(VOICE, 10)
    ear.hear(SILENCE, 4)
    ear.judge(SURE)
    assert ear.machine.state is State.DECIDED
    ear.words("hello", final=True)
    assert ear.signals[-1] == TurnSignal(Signal.END, "hello")


def test_a_final_that_comes_unasked_is_not_asked_for() -> None:
    """A recogniser that finds ends by itself has given its words; only the decision is waited for."""
    ear = Ear(recogniser=True)
    ear.hear(VOICE, 10)
    ear.words("tell me about goals")
    ear.hear(SILENCE, 2)
    ear.words("Tell me about goals.", final=True)
    ear.hear(SILENCE, 2)
    assert Request.SETTLE not in ear.said
    ear.judge(SURE)
    assert ear.signals[-1] == TurnSignal(Signal.END, "Tell me about goals.")


def test_words_that_follow_an_unasked_final_are_waited_for() -> None:
    """A final may be of the sentence's first half: while more words have no final the turn stays open."""
    ear = Ear(recogniser=True)
    ear.hear(VOICE, 10)
    ear.hear(SILENCE, 2)
    ear.words("tell me", final=True)
    ear.words("about goals")
    ear.hear(SILENCE, 2)
    ear.judge(SURE)
    assert ear.machine.state is State.DECIDED
    ear.words("about goals", final=True)
    assert ear.signals[-1] == TurnSignal(Signal.END, "tell me about goals")


def test_an_unasked_final_in_mid_speech_ends_nothing() -> None:
    """What was final before the pause is part of the turn; the pause has a final of its own, empty here."""
    ear = Ear(recogniser=True)
    ear.hear(VOICE, 10)
    ear.words("tell me about goals", final=True)
    ear.hear(SILENCE, 4)
    assert Request.SETTLE in ear.said
    ear.judge(SURE)
    assert ear.machine.state is State.DECIDED
    ear.words("", final=True)
    assert ear.signals[-1] == TurnSignal(Signal.END, "tell me about goals")


def test_the_wait_for_a_final_is_bounded() -> None:
    """A final that never comes leaves the turn with the words that did, and is ignored if it comes late."""
    ear = Ear(recogniser=True)
    ear.hear(VOICE, 10)
    ear.words("hello")
    ear.hear(SILENCE, 4)
    ear.judge(SURE)
    ear.wait(P.final_wait_ms)
    assert ear.signals[-1] == TurnSignal(Signal.END, "hello")
    ear.words("hello there", final=True)
    assert ear.machine.state is State.IDLE


def test_the_voice_takes_an_eager_end_back() -> None:
    """A pause inside a sentence is resumed, and both halves make one text."""
    ear = Ear(recogniser=True)
    ear.hear(VOICE, 10)
    ear.words("tell me")
    ear.hear(SILENCE, 4)
    ear.words("tell me", final=True)
    ear.judge(0.2)
    ear.hear(VOICE, 4)
    ear.words("about goals")
    ear.hear(SILENCE, 4)
    ear.words("about goals", final=True)
    ear.judge(SURE)
    assert ear.kinds == ["start", "update", "eager_end", "resume", "update", "eager_end", "end"]
    assert ear.signals[-1].text == "tell me about goals"
    assert [output for output in ear.said if isinstance(output, Request)] == [
        Request.BEGIN,
        Request.SETTLE,
        Request.BEGIN,
        Request.SETTLE,
    ]


def test_the_detector_is_asked_once_a_pause() -> None:
    """However long a pause is, it is probed once."""
    ear = Ear()
    ear.hear(VOICE, 3)
    ear.hear(SILENCE, 25)
    assert ear.said.count(Probe(1)) == 1


def test_an_answer_about_an_earlier_pause_is_ignored() -> None:
    """A yes that comes after the fan went on ends nothing."""
    ear = Ear()
    ear.hear(VOICE, 3)
    ear.hear(SILENCE, 5)
    ear.hear(VOICE, 3)
    ear.hear(SILENCE, 2)
    ear.judge(SURE, pause=1)
    assert ear.machine.state is State.PAUSED


def test_silence_ends_an_open_clause_later() -> None:
    """Where the detector says no the time-out decides; a clause that is clearly open has longer."""
    lengths: list[int] = []
    for text in ("tell me about goals", "tell me about the"):
        ear = Ear(recogniser=True)
        ear.hear(VOICE, 3)
        ear.hear(SILENCE, 3)
        ear.words(text, final=True)
        ear.hear(SILENCE, 2)
        if ear.asked:
            ear.judge(0.02)
        windows = 5
        while "end" not in ear.kinds:
            ear.hear(SILENCE)
            windows += 1
        lengths.append(windows)
    expected = (P.ending.timeout_ms, P.ending.unfinished_ms)
    assert lengths == [math.ceil(ms / P.window_ms) for ms in expected]


def test_words_heard_in_a_click_are_noise() -> None:
    """A recogniser finds words in anything; a voice that hardly was one said none of them."""
    texts: list[str] = []
    for windows in (P.turn_windows - 1, P.turn_windows):
        ear = Ear(recogniser=True)
        ear.hear(VOICE, windows)
        ear.hear(SILENCE, 3)
        ear.words("yes please", final=True)
        ear.hear(SILENCE, 3)
        assert ear.kinds[-1] == "end"
        texts.append(ear.signals[-1].text)
    assert texts == ["", "yes please"]


def test_words_that_leave_no_doubt_need_no_detector() -> None:
    """A complete answer ends its turn, an open clause keeps it open, and neither is asked about."""
    kinds: list[str] = []
    for text in ("yes please", "tell me about the"):
        ear = Ear(recogniser=True)
        ear.hear(VOICE, 10)
        ear.hear(SILENCE, 3)
        ear.words(text, final=True)
        ear.hear(SILENCE, 3)
        assert not ear.asked
        kinds.append(ear.kinds[-1])
    assert kinds == ["end", "eager_end"]


@pytest.mark.parametrize("text", ["yes please", "tell me about the"])
def test_words_of_a_rough_recogniser_decide_nothing(text: str) -> None:
    """The detector is asked whatever was understood, and its yes is enough."""
    ear = Ear(recogniser=True, parameters=ROUGH)
    ear.hear(VOICE, 10)
    ear.hear(SILENCE, 3)
    ear.words(text, final=True)
    ear.hear(SILENCE, 3)
    assert ear.asked
    assert "end" not in ear.kinds
    ear.judge(0.95)
    assert (ear.kinds[-1], ear.signals[-1].text) == ("end", text)


def test_a_final_may_take_a_decision_back() -> None:
    """The detector was sure before the words were known; they show that the clause is open."""
    ear = Ear(recogniser=True)
    ear.hear(VOICE, 10)
    ear.hear(SILENCE, 4)
    ear.judge(SURE)
    assert ear.machine.state is State.DECIDED
    ear.words("tell me about the", final=True)
    assert ear.machine.state is State.PAUSED
    ear.hear(VOICE, 2)
    assert ear.kinds == ["start", "eager_end", "eager_end", "resume"]


def test_noise_ends_empty() -> None:
    """Where the recogniser heard no word in a noise, the turn ends at once with an empty text."""
    ear = Ear(recogniser=True)
    ear.hear(VOICE, 3)
    ear.hear(SILENCE, 3)
    ear.words("", final=True)
    assert ear.kinds == ["start", "eager_end", "end"]
    assert ear.signals[-1].text == ""


def test_an_ear_without_words_ends_empty_at_once() -> None:
    """No recogniser and a browser that never said a word: nothing to wait for."""
    ear = Ear()
    ear.hear(VOICE, 3)
    ear.hear(SILENCE, 4)
    ear.judge(SURE)
    assert ear.signals[-1] == TurnSignal(Signal.END)


def test_words_without_audio_make_a_turn() -> None:
    """A browser that sends words and no audio: a final is an eager end, and soon after the end."""
    ear = Ear()
    ear.words("hola")
    ear.words("hola qué tal", final=True)
    ear.wait(P.text_wait_ms)
    assert ear.kinds == ["start", "update", "update", "eager_end", "end"]
    assert ear.signals[-1].text == "hola qué tal"


def test_a_final_ends_a_turn_that_the_voice_decided() -> None:
    """A browser's final that comes after the decision ends the turn with no further wait."""
    ear = Ear()
    ear.hear(VOICE, 10)
    ear.words("hola qué")
    ear.hear(SILENCE, 4)
    ear.judge(SURE)
    assert ear.kinds[-1] == "eager_end"
    ear.words("hola qué tal", final=True)
    assert ear.signals[-2:] == [
        TurnSignal(Signal.EAGER_END, "hola qué tal"),
        TurnSignal(Signal.END, "hola qué tal"),
    ]


def test_audio_that_stops_ends_the_turn() -> None:
    """A microphone that goes away in mid-word does not leave a turn open."""
    ear = Ear()
    ear.hear(VOICE, 5)
    ear.wait(P.stall_ms)
    assert ear.kinds == ["start", "end"]


def test_a_flood_of_finals_becomes_bounded_turns() -> None:
    """Finals that never pause end their turn at the longest text; those that follow are the next one's."""
    ear = Ear()
    words = [f"w{number:04} " * 20 for number in range(1_000)]
    for text in words:
        ear.wait(10)
        ear.words(text, final=True)
    ear.wait(P.text_wait_ms)
    turns = [signal.text for signal in ear.signals if signal.kind is Signal.END]
    assert len(turns) > 20
    assert all(len(text) <= P.max_chars + len(words[0]) for text in turns)
    assert " ".join(turns).split() == "".join(words).split()


def test_a_turn_that_grows_too_long_ends_under_the_voice() -> None:
    """A fan who is still talking begins a new turn with what comes next."""
    ear = Ear()
    ear.hear(VOICE, 10)
    ear.words("a " * P.max_chars, final=True)
    ear.hear(VOICE, 2)
    assert ear.kinds == ["start", "update", "end", "start"]


def test_words_that_say_nothing_new_put_off_no_end() -> None:
    """A page that repeats empty finals cannot keep a turn open."""
    ear = Ear()
    ear.words("hola", final=True)
    for _ in range(4):
        ear.wait(P.text_wait_ms / 4)
        ear.words("", final=True)
    assert ear.kinds[-1] == "end"


INPUTS = st.lists(
    st.one_of(
        st.tuples(
            st.just("hear"), st.sampled_from([VOICE, UNSURE, SILENCE]), st.integers(min_value=1, max_value=12)
        ),
        st.tuples(st.just("words"), st.sampled_from(["", "a", "a b", "c"]), st.booleans()),
        st.tuples(st.just("judge"), st.sampled_from([0.02, 0.3, 0.9]), st.integers(1, 4)),
        st.tuples(st.just("wait"), st.sampled_from([10.0, 300.0, 1200.0, 3000.0]), st.none()),
    ),
    max_size=40,
)


def run(ear: Ear, inputs: list[tuple[str, object, object]]) -> None:
    for name, value, more in inputs:
        match name:
            case "hear":
                ear.hear(value, more)  # type: ignore[arg-type]
            case "words":
                ear.words(value, final=more)  # type: ignore[arg-type]
            case "judge":
                ear.judge(value, pause=more)  # type: ignore[arg-type]
            case _:
                ear.wait(value)  # type: ignore[arg-type]


@settings(max_examples=400)
@given(INPUTS, st.booleans(), st.sampled_from([4, P.max_chars]))
def test_signals_come_in_a_legal_order(
    inputs: list[tuple[str, object, object]], recogniser: bool, max_chars: int
) -> None:
    """Whatever comes: a turn starts once, ends once, is resumed only after an eager end, and its end
    has the last words that were said of it."""
    ear = Ear(recogniser=recogniser, max_chars=max_chars)
    run(ear, inputs)
    in_turn = eager = False
    last = ""
    for signal in ear.signals:
        assert in_turn is (signal.kind is not Signal.START)
        match signal.kind:
            case Signal.START:
                in_turn, eager, last = True, False, ""
            case Signal.UPDATE:
                assert not eager
                last = signal.text
            case Signal.EAGER_END:
                eager, last = True, signal.text
            case Signal.RESUME:
                assert eager
                eager = False
            case Signal.END:
                assert signal.text in (last, "")
                in_turn = False
            case Signal.DEAF:
                pytest.fail("this ear is never deaf")


@settings(max_examples=200)
@given(INPUTS, st.booleans())
def test_no_turn_stays_open(inputs: list[tuple[str, object, object]], recogniser: bool) -> None:
    """When nothing comes any more, deadlines end the turn."""
    ear = Ear(recogniser=recogniser)
    run(ear, inputs)
    for _ in range(3):
        if ear.machine.deadline is not None:
            ear.wait(ear.machine.deadline - ear.now)
    assert ear.machine.state is State.IDLE
    assert ear.kinds.count("start") == ear.kinds.count("end")


@settings(max_examples=200)
@given(INPUTS)
def test_the_recogniser_is_asked_in_pairs(inputs: list[tuple[str, object, object]]) -> None:
    """Nothing is settled that was not begun."""
    ear = Ear(recogniser=True)
    run(ear, inputs)
    asked = [output for output in ear.said if isinstance(output, Request)]
    assert asked[:1] in ([], [Request.BEGIN])
    assert (Request.SETTLE, Request.SETTLE) not in pairwise(asked)
