"""Endpointing: when a fan's turn starts, may have ended, goes on, and is over.

Pure state machine for an ear that has voice activity, a model that judges whether a turn sounds
finished, and words from a recogniser or from the fan's browser (late, or with no audio at all).
Facts with a time go in, signals and requests come out; the caller runs the models and the timer.

    IDLE ──voice──▶ SPEAKING ◀──voice── PAUSED ──silent long enough──▶ DECIDED ──words in──▶ IDLE, or PAUSED
      │                 ▲ └───silence─────▲                                         │
      │                 └────────────────────────────────voice──────────────────────┘
      └──words──▶ WORDS ──voice──▶ SPEAKING
                    └──final, then a short wait──▶ IDLE

Silence is counted in windows of audio, so that a burst of late packets cannot end a turn; waits for
what may never come are deadlines on the caller's clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from gemelo.models.completeness import Completeness, completeness
from gemelo.models.ending import EndingParameters, Pause
from gemelo.models.text import MAX_CHARS
from gemelo.models.vocabulary import Language, Signal, Transcript, TurnSignal

_ROUNDING_MS = 0.001
"""A timer set in seconds may fire this much early."""


@dataclass(frozen=True, slots=True)
class EndpointingParameters:
    """Thresholds (probabilities 0-1) and times (ms)."""

    window_ms: float = 32
    """Length of one voice activity window."""
    onset: float = 0.5
    onset_windows: int = 2
    """So many windows in a row at `onset` are a voice."""
    turn_windows: int = 5
    """What a recogniser hears in a turn with fewer windows at `onset` is noise: a short "no" has seven."""
    offset: float = 0.35
    """A speaker is silent from the first window below this."""
    lag_ms: float = 70
    """How much later than the sound the voice activity model falls silent."""
    settle_ms: float = 96
    """Silence after which the recogniser is asked for its final."""
    ending: EndingParameters = field(default_factory=EndingParameters)
    """When a pause is an end."""
    words_tell: bool = True
    """Whether the words say if a clause is open. Those of a recogniser that errs in most sentences do not."""
    final_wait_ms: float = 800
    """How long a decided turn waits for its words."""
    text_wait_ms: float = 250
    """A final without a voice ends its turn after this."""
    text_stall_ms: float = 2000
    """Interims without a voice that stop for this long end their turn."""
    stall_ms: float = 1000
    """Audio that stops for this long in mid-turn counts as silence."""
    max_chars: int = MAX_CHARS
    """A turn whose text grows past this is over, whoever goes on; words that follow are a new turn."""
    stale_ms: float = 2000
    """How long after a turn's end late transcripts of it are expected."""


ROUGH = EndpointingParameters(ending=EndingParameters(timeout_ms=600, doubling_ms=350), words_tell=False)
"""For the embedded recogniser, a demo's: the sound alone decides, and is given less time for its doubts.
Where it decides alone, more trust in its odds costs no false end (docs/endpoint.md)."""


class State(Enum):
    IDLE = "idle"
    SPEAKING = "speaking"
    PAUSED = "paused"
    DECIDED = "decided"
    """The turn is over but its final transcript is still to come."""
    WORDS = "words"
    """Words came although no voice was heard."""


class Request(Enum):
    """What the recogniser is to do."""

    BEGIN = "begin"
    SETTLE = "settle"


@dataclass(frozen=True, slots=True)
class Probe:
    """Asks whether the turn sounds finished; the answer goes to `Endpointer.judged`."""

    pause: int


Output = TurnSignal | Request | Probe


class Endpointer:
    """The state machine of one ear. Times are ms on any monotonic clock.

    Args:
        language: that the fan speaks, as far as is known.
        recogniser: whether every `Request.SETTLE` will be answered by a final transcript. One that gives
            finals unasked is not asked where its final has come in the pause already. Without a
            recogniser, words may come from a browser, or never.
        parameters: thresholds and times.
    """

    def __init__(
        self, language: Language, *, recogniser: bool, parameters: EndpointingParameters | None = None
    ) -> None:
        self._language = language
        self._recogniser = recogniser
        self._p = parameters or EndpointingParameters()
        self._state = State.IDLE
        self._deadline: float | None = None
        self._voiced = 0  # windows at `onset` in a row
        self._voice_windows = 0  # windows at `onset` in this turn
        self._silent_ms = 0.0
        self._pauses = 0
        self._pause = Pause(self._p.ending)
        self._finals: list[str] = []
        self._interim = ""
        self._words = Completeness.DOUBTFUL
        self._eager = False  # EAGER_END was said and not taken back
        self._listening = False  # the recogniser has begun and not settled
        self._owed = 0  # finals that the recogniser still has to give
        self._stale = 0  # finals still to come that belong to turns already over
        self._stale_until = 0.0
        self._browser_heard = False

    @property
    def state(self) -> State:
        return self._state

    @property
    def deadline(self) -> float | None:
        """When `tick` is to be called next."""
        return self._deadline

    @property
    def text(self) -> str:
        """The turn's words so far."""
        return " ".join(part for part in (*self._finals, self._interim) if part)

    def window(self, probability: float, now: float) -> list[Output]:
        """Takes the voice activity of the next window."""
        self._voiced = self._voiced + 1 if probability >= self._p.onset else 0
        self._voice_windows += probability >= self._p.onset
        voice = self._voiced >= self._p.onset_windows
        if self._state not in (State.IDLE, State.WORDS):
            return self._window_in_turn(probability, voice, now)
        if not voice:
            return []
        self._voice_windows = self._voiced
        started: list[Output] = [TurnSignal(Signal.START)] if self._state is State.IDLE else []
        return started + self._speak(now)

    def transcript(self, transcript: Transcript, now: float) -> list[Output]:
        """Takes what the recogniser or the browser heard."""
        self._browser_heard = self._browser_heard or not self._recogniser
        if self._stale and now < self._stale_until:
            self._stale -= transcript.final
            return []
        self._stale = 0
        before, words = self.text, transcript.text.strip()
        if self._state is State.IDLE and not words:
            return []
        self._interim = "" if transcript.final else words
        if transcript.final:
            self._finals += [words] if words else []
            self._take_final()
        changed = self.text != before
        self._words = completeness(self.text, self._language) if changed else self._words
        take = self._words_alone if self._state in (State.IDLE, State.WORDS) else self._words_of_voice
        out = take(changed, transcript.final, now)
        return out + self._end(now) if len(self.text) > self._p.max_chars else out

    def judged(self, pause: int, probability: float, now: float) -> list[Output]:
        """Takes the answer to a `Probe`. An answer about an earlier pause means nothing."""
        if pause != self._pauses:
            return []
        self._pause.judged(probability)
        return self._decide(now) if self._state is State.PAUSED and self._is_end() else []

    def tick(self, now: float) -> list[Output]:
        """Lets a deadline pass."""
        if self._deadline is None or now < self._deadline - _ROUNDING_MS:
            return []
        if self._state in (State.SPEAKING, State.PAUSED):
            return self._decide(now)
        return self._end(now)

    def _window_in_turn(self, probability: float, voice: bool, now: float) -> list[Output]:
        if self._state is not State.DECIDED:
            self._deadline = now + self._p.stall_ms
        if self._state is State.SPEAKING:
            return self._fall_silent() if probability < self._p.offset else []
        if voice:
            return self._speak(now)
        self._silent_ms += self._p.window_ms
        return self._stay_silent(now) if self._state is State.PAUSED else []

    def _speak(self, now: float) -> list[Output]:
        out: list[Output] = [TurnSignal(Signal.RESUME, self.text)] if self._eager else []
        self._state, self._eager, self._silent_ms = State.SPEAKING, False, 0.0
        self._deadline = now + self._p.stall_ms
        if not self._listening:
            self._listening = True
            out.append(Request.BEGIN)
        return out

    def _fall_silent(self) -> list[Output]:
        self._state = State.PAUSED
        self._silent_ms = self._p.window_ms
        self._pauses += 1
        self._pause = Pause(self._p.ending)
        return self._eager_end()

    def _stay_silent(self, now: float) -> list[Output]:
        out: list[Output] = []
        if self._silent_ms >= self._p.settle_ms:
            out += self._settle()
        if self._pause.asks(self._silent_ms, self._known_words()):
            out.append(Probe(self._pauses))
        if self._is_end():
            out += self._decide(now)
        return out

    def _is_end(self) -> bool:
        return self._pause.is_end(self._silent_ms, self._known_words())

    def _known_words(self) -> Completeness:
        """What the words say: nothing where they are wrong too often, or some may still be to come."""
        is_told = self._p.words_tell and not self._words_missing()
        return self._words if is_told else Completeness.DOUBTFUL

    def _words_alone(self, changed: bool, final: bool, now: float) -> list[Output]:
        out: list[Output] = [TurnSignal(Signal.START)] if self._state is State.IDLE else []
        self._state = State.WORDS
        due = now + (self._p.text_wait_ms if final else self._p.text_stall_ms)
        self._deadline = due if changed else min(due, self._deadline or due)
        if self._eager and changed:
            self._eager = False
            out.append(TurnSignal(Signal.RESUME, self.text))
        if changed:
            out.append(TurnSignal(Signal.UPDATE, self.text))
        return out + self._eager_end() if final and self.text else out

    def _words_of_voice(self, changed: bool, final: bool, now: float) -> list[Output]:
        if self._state is State.SPEAKING:
            return [TurnSignal(Signal.UPDATE, self.text)] if changed and self.text else []
        out = self._eager_end() if changed and self.text else []
        noise = self._recogniser and final and not self.text and not self._owed
        if noise or (self._state is State.DECIDED and not self._words_missing() and self._is_end()):
            out += self._end(now)
        elif self._state is State.DECIDED and not self._words_missing():  # the words say otherwise
            self._state, self._deadline = State.PAUSED, now + self._p.stall_ms
        return out

    def _eager_end(self) -> list[Output]:
        """Says that the voice paused, with the words so far: none of them yet, perhaps."""
        self._eager = True
        return [TurnSignal(Signal.EAGER_END, self.text, self._silence())]

    def _silence(self) -> float:
        """Ms since the last sound; 0 where no voice was heard."""
        return 0.0 if self._state is State.WORDS else self._silent_ms + self._p.lag_ms

    def _settle(self) -> list[Output]:
        if not self._listening:
            return []
        self._listening = False
        self._owed += self._recogniser
        return [Request.SETTLE]

    def _take_final(self) -> None:
        """One final less is owed; where none was, a recogniser that finds ends by itself has settled."""
        if self._owed:
            self._owed -= 1
        elif self._state is State.PAUSED:
            self._listening = False

    def _words_missing(self) -> bool:
        if self._recogniser:
            return self._owed > 0 or bool(self._interim)
        return bool(self._interim) or (self._browser_heard and not self.text)

    def _decide(self, now: float) -> list[Output]:
        out = self._settle()
        self._state = State.DECIDED
        self._deadline = now + self._p.final_wait_ms
        return out if self._words_missing() else out + self._end(now)

    def _end(self, now: float) -> list[Output]:
        is_noise = self._recogniser and self._voice_windows < self._p.turn_windows
        ended = TurnSignal(Signal.END, "" if is_noise else self.text, self._silence())
        out = [*self._settle(), ended]
        self._state, self._deadline, self._voiced = State.IDLE, None, 0
        if ended.text:  # words of an empty turn that come late are not lost but a turn of their own
            self._stale = max(self._owed, int(bool(self._interim)))
            self._stale_until = now + self._p.stale_ms
        self._finals, self._interim, self._eager, self._owed = [], "", False, 0
        self._words = Completeness.DOUBTFUL
        return out
