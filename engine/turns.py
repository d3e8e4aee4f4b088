"""Turn-taking, decided purely: signals with a time in, commands out, nothing awaited.

    IDLE ──START──▶ LISTENING ──EAGER_END──▶ ENDING ──END──▶ REPLYING ──Replied──▶ IDLE
                      ▲   ▲                    │ RESUME         │  ▲
                      │   └────────────────────┘          START │  │ "mhm", a cough, noise: Resume
                      │                                         ▼  │
                      └──── the fan took the floor: Cut ────── PAUSED

A *draft* is a reply begun on a guess, at most one alive. `Commit` opens its gate when the turn is
decided and the words still say the same; until then nothing of it may be heard, stored or acted on.
While the twin replies, the fan's voice pauses it at once and the next second tells why: a
back-channel (resumed) or an interruption (cut). Told apart by the word where an ear gives words, else
by the length of the voice. A typed message and the stop button always take the floor.

What a draft does before its commit: "A turn, step by step" in ARCHITECTURE.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from gemelo.engine.words import FLOOR_TAKERS, gist, is_back_channel, normalise
from gemelo.models.vocabulary import DraftId, Signal, Speculation, TurnSignal


class State(Enum):
    IDLE = auto()
    """Nobody speaks."""
    LISTENING = auto()
    """The fan is speaking."""
    ENDING = auto()
    """The fan has probably finished."""
    REPLYING = auto()
    """A turn was committed; the twin thinks or speaks."""
    PAUSED = auto()
    """The fan's voice set in over the twin; nobody knows yet what it is."""


_LEGAL: dict[State, frozenset[State]] = {
    State.IDLE: frozenset({State.LISTENING, State.REPLYING}),
    State.LISTENING: frozenset({State.IDLE, State.ENDING, State.REPLYING}),
    State.ENDING: frozenset({State.IDLE, State.LISTENING, State.REPLYING}),
    State.REPLYING: frozenset({State.IDLE, State.PAUSED}),
    State.PAUSED: frozenset({State.REPLYING, State.LISTENING, State.IDLE}),
}


class IllegalTransition(RuntimeError):
    """The session broke the machine's contract: a bug, never a fan's doing."""


@dataclass(frozen=True, slots=True)
class TurnRules:
    """Limits of turn-taking, in seconds of the fan's voice."""

    speculation: Speculation = Speculation.SILENCE
    drafts_a_turn: int = 40
    """At interims, and as many again at probable ends: an ear that says too much costs no more."""
    wordless_interrupts_s: float = 0.8
    """Voice without any known word takes the floor after this long; a cough is shorter."""
    word_interrupts_s: float = 0.45
    """A single unremarkable word takes the floor only when the voice lasted this long."""
    back_channel_limit_s: float = 2.5
    """Nobody says "mhm" for longer than this."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An ear gave a signal."""

    signal: TurnSignal


@dataclass(frozen=True, slots=True)
class Typed:
    """The fan sent a typed message; `client_id` is the client's own id for it."""

    text: str
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """The fan pressed the stop button."""


@dataclass(frozen=True, slots=True)
class Replied:
    """The reply to turn `number` has been played to its end (or failed)."""

    number: int


@dataclass(frozen=True, slots=True)
class DraftLost:
    """A draft failed before its commit; a fresh one is worth trying."""

    draft: DraftId


@dataclass(frozen=True, slots=True)
class Tick:
    """The `deadline` has passed."""


TurnEvent = Heard | Typed | Stopped | Replied | DraftLost | Tick


@dataclass(frozen=True, slots=True)
class StartDraft:
    draft: DraftId
    text: str


@dataclass(frozen=True, slots=True)
class DropDraft:
    draft: DraftId


@dataclass(frozen=True, slots=True)
class Commit:
    """Turn `number` is decided: store it, then let its draft be heard; `promoted` if begun before."""

    number: int
    draft: DraftId
    text: str
    typed: bool
    client_id: str | None = None
    promoted: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop sounding, keep everything."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on sounding where it stopped."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Cancel the reply to turn `number`; its history ends at the last word heard."""

    number: int


Command = StartDraft | DropDraft | Commit | Pause | Resume | Cut

_ROUNDING_S = 1e-6
"""Clocks are floats: without it a `Tick` at the deadline could come a rounding error too early for ever."""


class TurnMachine:
    """Takes the turns of one session. `handle` is the only door; `deadline` asks for a `Tick`.

    Args:
        rules: limits, and when drafts are begun.
        affords: asked as a turn begins: whether drafts may be begun at its interims. If not, they are
            begun in silence only.
    """

    def __init__(self, rules: TurnRules | None = None, affords: Callable[[], bool] = lambda: True) -> None:
        self._rules = rules or TurnRules()
        self._affords = affords
        self._speculation = self._rules.speculation
        self.state = State.IDLE
        self._text = ""
        self._draft: tuple[DraftId, str] | None = None
        self._drafts_started = 0
        self._drafts_this_turn = 0
        self._number = 0
        self._voice_since: float | None = None
        self._voiced = 0.0
        self._void = False

    @property
    def deadline(self) -> float | None:
        """When to send a `Tick`: the voice over the twin will then have lasted long enough."""
        if self.state is not State.PAUSED or self._voice_since is None:
            return None
        return self._voice_since + self._patience() - self._voiced

    def use(self, rules: TurnRules) -> None:
        """Other rules hold for the turns to come."""
        self._rules = rules

    def handle(self, event: TurnEvent, now: float) -> list[Command]:
        """Takes one event at `now` (s, monotonic) and says what to do, in order.

        Raises:
            IllegalTransition: the event contradicts what this machine has commanded.
        """
        match event:
            case Heard(signal):
                return self._heard(signal, now)
            case Typed(text, client_id):
                self._void = self.state in (State.LISTENING, State.ENDING, State.PAUSED)
                return [*self._take_floor(), *self._commit(text, typed=True, client_id=client_id)]
            case Stopped():
                return self._stop()
            case Replied(number):
                return self._replied(number)
            case DraftLost(draft):
                if self._draft and self._draft[0] == draft:
                    self._draft = None
                return []
            case Tick():
                return self._judge_voice(now)

    # -- the fan's voice ------------------------------------------------------------------------

    def _heard(self, signal: TurnSignal, now: float) -> list[Command]:
        if signal.kind is Signal.DEAF:  # it belongs to no turn
            return []
        if self._void:  # what was half said when the fan typed is no turn of its own
            self._void = signal.kind not in (Signal.START, Signal.END)
            if signal.kind is not Signal.START:
                return []
        self._count_voice(signal.kind, now)
        if self.state is State.IDLE and (signal.text or signal.kind is Signal.START):
            self._begin_listening()
        if self.state in (State.REPLYING, State.PAUSED):
            return self._heard_over_twin(signal, now)
        if self.state is State.IDLE:
            return []
        match signal.kind:
            case Signal.START | Signal.RESUME:
                self._go(State.LISTENING)
                return []
            case Signal.UPDATE:
                self._go(State.LISTENING)
                return self._follow(signal.text, guess=self._speculation is Speculation.INTERIM)
            case Signal.EAGER_END:
                self._go(State.ENDING)
                guess = self._speculation is not Speculation.NEVER
                return self._follow(signal.text, guess=guess, ending=True)
            case Signal.END:
                return self._end(signal.text)

    def _heard_over_twin(self, signal: TurnSignal, now: float) -> list[Command]:
        if signal.kind is Signal.RESUME and self.state is State.REPLYING:
            return []
        paused: list[Command] = []
        if self.state is State.REPLYING:
            if signal.kind is Signal.END and not signal.text:
                return []
            self._go(State.PAUSED)
            self._text = ""
            paused = [Pause()]
        self._text = signal.text or self._text
        if signal.kind is Signal.END:
            return paused + self._judge_end(self._text)
        return paused + self._judge_voice(now, ending=signal.kind is Signal.EAGER_END)

    def _judge_voice(self, now: float, *, ending: bool = False) -> list[Command]:
        """Decides, as soon as it can be known, whether the voice over the twin takes the floor."""
        voiced = self._voice_so_far(now) + _ROUNDING_S
        if self.state is not State.PAUSED or not self._takes_floor(self._text, voiced):
            return []
        cut = self._cut()
        self._begin_listening()
        if not self._text:
            return cut
        if ending:
            self._go(State.ENDING)
        guess = self._speculation is Speculation.INTERIM or (
            ending and self._speculation is Speculation.SILENCE
        )
        return cut + self._follow(self._text, guess=guess, ending=ending)

    def _judge_end(self, text: str) -> list[Command]:
        if not text or not self._takes_floor(text, self._voiced):
            self._go(State.REPLYING)
            return [Resume()]
        cut = self._cut()
        self._begin_listening()
        return cut + self._end(text)

    def _takes_floor(self, text: str, voiced: float) -> bool:
        words = normalise(text).split() if text else []
        if is_back_channel(words):
            return voiced >= self._patience()
        return len(words) > 1 or words[0] in FLOOR_TAKERS or voiced >= self._rules.word_interrupts_s

    def _patience(self) -> float:
        """Seconds of voice after which what has been heard so far takes the floor."""
        words = normalise(self._text).split() if self._text else []
        if not words:
            return self._rules.wordless_interrupts_s
        if is_back_channel(words):
            return self._rules.back_channel_limit_s
        return self._rules.word_interrupts_s

    def _count_voice(self, kind: Signal, now: float) -> None:
        """Adds up how long the voice really sounded, pauses left out."""
        if kind is Signal.START:
            self._voice_since, self._voiced = now, 0.0
        elif kind in (Signal.EAGER_END, Signal.END):
            self._voiced = self._voice_so_far(now)
            self._voice_since = None
        elif kind is Signal.RESUME and self._voice_since is None:
            self._voice_since = now

    def _voice_so_far(self, now: float) -> float:
        return self._voiced + (now - self._voice_since if self._voice_since is not None else 0.0)

    # -- drafts and commits ---------------------------------------------------------------------

    def _begin_listening(self) -> None:
        self._go(State.LISTENING)
        self._drafts_this_turn = 0
        self._speculation = self._rules.speculation
        if self._speculation is Speculation.INTERIM and not self._affords():
            self._speculation = Speculation.SILENCE

    def _follow(self, text: str, *, guess: bool, ending: bool = False) -> list[Command]:
        """Keeps the draft only while it answers the words as they stand; begins one on a guess."""
        if text:
            self._text = text
        if self._draft and self._draft[1] == gist(self._text):
            return []
        commands = self._drop()
        if guess and self._text and self._drafts_this_turn < self._rules.drafts_a_turn * (1 + ending):
            commands.append(self._start(self._text))
        return commands

    def _start(self, text: str) -> StartDraft:
        self._drafts_started += 1
        self._drafts_this_turn += 1
        draft = DraftId(self._drafts_started)
        self._draft = (draft, gist(text))
        return StartDraft(draft, text)

    def _drop(self) -> list[Command]:
        dropped: list[Command] = [DropDraft(self._draft[0])] if self._draft else []
        self._draft = None
        return dropped

    def _end(self, text: str) -> list[Command]:
        if text:
            return self._commit(text, typed=False)
        commands = self._drop()
        self._text = ""
        self._go(State.IDLE)
        return commands

    def _commit(self, text: str, *, typed: bool, client_id: str | None = None) -> list[Command]:
        commands: list[Command] = []
        promoted = self._draft is not None and self._draft[1] == gist(text)
        if not promoted:
            commands = self._drop()
            commands.append(self._start(text))
        assert self._draft is not None
        draft, self._draft = self._draft[0], None
        self._number += 1
        self._text = ""
        self._go(State.REPLYING)
        return [*commands, Commit(self._number, draft, text, typed, client_id, promoted)]

    # -- the end of a reply ---------------------------------------------------------------------

    def _take_floor(self) -> list[Command]:
        """Clears the way for a turn that needs no judging: cuts the twin, forgets half a sentence."""
        if self.state in (State.REPLYING, State.PAUSED):
            return self._cut()
        return self._drop()

    def _stop(self) -> list[Command]:
        if self.state in (State.REPLYING, State.PAUSED):
            return self._cut()
        return []

    def _cut(self) -> list[Command]:
        self._go(State.IDLE)
        return [Cut(self._number)]

    def _replied(self, number: int) -> list[Command]:
        if number != self._number or self.state not in (State.REPLYING, State.PAUSED):
            raise IllegalTransition(f"reply to {number} ended in {self.state.name} of turn {self._number}")
        if self.state is State.PAUSED:
            self._begin_listening()
        else:
            self._go(State.IDLE)
        return []

    def _go(self, state: State) -> None:
        if state is not self.state and state not in _LEGAL[self.state]:
            raise IllegalTransition(f"{self.state.name} to {state.name}")
        self.state = state
