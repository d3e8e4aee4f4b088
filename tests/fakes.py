"""One fake for each thing that the engine talks to, and a stage built of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from gemelo.benchmarks.scripted import NoKnowledge, ScriptedEars, ScriptedMind, ScriptedVoice
from gemelo.context.guard.rulebook import Rulebook
from gemelo.context.guard.seam import GuardStream, Judged, Redacted, Runs
from gemelo.context.policy.context import Context, PerLanguage, Persona, Sponsoring
from gemelo.context.policy.layers import Deflection
from gemelo.context.records import Decision, Receipt, TurnOutcome, TurnRecord, Verdict
from gemelo.engine.events import Event
from gemelo.engine.session import Fan, Session
from gemelo.engine.stage import Stage
from gemelo.models.clock import LoopClock
from gemelo.models.errors import StoreError
from gemelo.models.vocabulary import Exchange, Language, TurnId

EN, ES = Language("en"), Language("es")

E = TypeVar("E")
T = TypeVar("T")


@dataclass
class Outbox:
    """An outlet that remembers every event and when it came (s)."""

    events: list[tuple[float, Event]] = field(default_factory=list[tuple[float, Event]])

    def send(self, event: Event) -> None:
        self.events.append((asyncio.get_running_loop().time(), event))

    def of(self, kind: type[E]) -> list[E]:
        return [event for _, event in self.events if isinstance(event, kind)]

    def when(self, kind: type[Event]) -> float:
        """When the first event of this kind came."""
        return next(at for at, event in self.events if isinstance(event, kind))


@dataclass
class MemoryRecords:
    """`Records` in a dictionary. `broken` makes every write fail."""

    turns: dict[TurnId, TurnRecord] = field(default_factory=dict[TurnId, TurnRecord])
    notes: dict[TurnId, list[str]] = field(default_factory=dict[TurnId, list[str]])
    outcomes: dict[TurnId, TurnOutcome] = field(default_factory=dict[TurnId, TurnOutcome])
    broken: bool = False
    write_s: float = 0.0

    async def commit(self, turn: TurnRecord) -> bool:
        await asyncio.sleep(self.write_s)
        if self.broken:
            raise StoreError("the disk is full")
        known = (t for t in self.turns.values() if turn.client_id and t.client_id == turn.client_id)
        if any(known):
            return False
        self.turns[turn.id] = turn
        return True

    async def heard(self, turn: TurnId, text: str) -> None:
        self.notes.setdefault(turn, []).append(text)

    async def finish(self, turn: TurnId, outcome: TurnOutcome) -> None:
        assert turn in self.turns, "a turn was finished that was never stored"
        self.outcomes[turn] = outcome

    async def reply_of(self, session: str, client_id: str) -> TurnOutcome | None:
        for turn in self.turns.values():
            if turn.client_id == client_id:
                return self.outcomes.get(turn.id)
        return None

    async def history(self, session: str, last: int) -> tuple[Exchange, ...]:
        return tuple(Exchange(t.fan, self.outcomes[t.id].heard) for t in self.turns.values())[-last:]

    async def in_crisis(self, session: str) -> bool:
        verdicts = (v for outcome in self.outcomes.values() for v in outcome.receipt.verdicts)
        return any(verdict.decision is Decision.CRISIS for verdict in verdicts)

    async def last_number(self, session: str) -> int:
        return len(self.turns)


RUNS = Runs(("personal_data",), ("harmful_request",), ("topics_to_avoid",))


@dataclass
class WordGuard:
    """Blocks `banned` at once, `unsayable` clause by clause, and a question with `forbidden` in it.

    One with `unasked` in it is on a topic that a layer turns away.
    """

    banned: str = ""
    unsayable: str = ""
    forbidden: str = ""
    unasked: str = ""
    despair: str = ""
    secret: str = ""
    orders: str = ""
    runs: Runs = RUNS
    opened: list[tuple[bool, bool]] = field(default_factory=list[tuple[bool, bool]])

    def ask(self, question: str, language: Language) -> Verdict:
        if self.despair and self.despair in question:
            return Verdict(Decision.CRISIS, "crisis", "test")
        if self.forbidden and self.forbidden in question:
            return Verdict(Decision.BLOCK, "harmful_request", "test")
        return Verdict(Decision.ALLOW, "", "")

    def turned_away(self, question: str, language: Language, *, answered: bool) -> Verdict | None:
        if not self.unasked or self.unasked not in question:
            return None
        return Verdict(Decision.BLOCK, "topics_to_avoid", "persona")

    def redact(self, text: str) -> Redacted:
        if not self.secret or self.secret not in text:
            return Redacted(text)
        span = text.index(self.secret), text.index(self.secret) + len(self.secret)
        verdict = Verdict(Decision.REDACT, "personal_data", "platform", span)
        return Redacted(text.replace(self.secret, "•••"), (verdict,))

    def open(self, language: Language, *, spoken: bool = False, branded: bool = True) -> GuardStream:
        self.opened.append((spoken, branded))
        return _WordStream(self.banned)

    def weigh(self, said: str, clause: str, language: Language) -> Verdict | None:
        if not self.unsayable or self.unsayable not in clause:
            return None
        return Verdict(Decision.BLOCK, "topics_to_avoid", "test", (len(said), len(said) + len(clause)))

    def planted(self, text: str) -> bool:
        return bool(self.orders) and self.orders in text

    def judge(self, text: str, language: Language, side: str) -> tuple[Verdict, ...]:
        return ()

    def mask(self, text: str) -> str:
        return text.replace(self.banned, "•••") if self.banned else text


class _WordStream:
    def __init__(self, banned: str) -> None:
        self._banned = banned
        self._text = ""
        self._upto = 0
        self._verdict: Verdict | None = None

    def feed(self, text: str) -> Judged:
        self._text += text
        return self._release(self._text.rfind(" ") + 1)

    def finish(self) -> Judged:
        return self._release(len(self._text))

    def _release(self, limit: int) -> Judged:
        at = self._text.find(self._banned) if self._banned else -1
        if at >= 0 and self._verdict is None:
            self._verdict = Verdict(Decision.BLOCK, "names_to_avoid", "test")
            limit = at
        elif self._verdict:
            limit = self._upto
        released, self._upto = self._text[self._upto : limit], max(limit, self._upto)
        return Judged(released, self._upto, self._verdict)

    def receipt(self) -> Receipt:
        return Receipt("test", ("names_to_avoid",), (self._verdict,) if self._verdict else ())


async def at_once(work: Callable[[], T]) -> T:
    """Runs on the loop what is quick in tests: a thread would not keep virtual time."""
    return work()


def context() -> Context:
    """A small context in two languages, without a sponsor."""

    def lines(es: str, en: str) -> PerLanguage:
        return PerLanguage(((ES, (es + " uno.", es + " dos.")), (EN, (en + " one.", en + " two."))))

    return Context(
        deployment="test-portal",
        twin="test",
        talent="Tess",
        languages=(EN, ES),
        persona=Persona("Tess", lines("Persona", "Persona"), ("warm",), "short", 4),
        disclosures=PerLanguage(((ES, ("Soy un gemelo virtual.",)), (EN, ("I am a virtual twin.",)))),
        deflections=tuple((kind, lines(kind, kind)) for kind in Deflection),
        rules=Rulebook("Tess"),
        focus=(),
        sponsor=None,
        limits=(),
        prefix="You are Tess.",
        rows=(),
    )


def sponsored(context: Context) -> Context:
    """The same context on the page of an invented brand."""
    lines = PerLanguage(((ES, ("Patrocinado por Brisalta.",)), (EN, ("Sponsored by Brisalta.",))))
    claims = PerLanguage(((ES, ("Brisalta es una bebida.",)), (EN, ("Brisalta is a drink.",))))
    return replace(context, sponsor=Sponsoring("Brisalta", "drink", lines, lines, claims))


@dataclass
class World:
    """A session on scripted services, with everything in reach. Make it inside a running loop."""

    mind: ScriptedMind = field(default_factory=ScriptedMind)
    voice: ScriptedVoice = field(default_factory=ScriptedVoice)
    ears: ScriptedEars = field(default_factory=ScriptedEars)
    records: MemoryRecords = field(default_factory=MemoryRecords)
    guard: WordGuard = field(default_factory=WordGuard)
    outbox: Outbox = field(default_factory=Outbox)

    def stage(self) -> Stage:
        return Stage(
            context=context(),
            guard=self.guard,
            knowledge=NoKnowledge(),
            mind=self.mind,
            voice=self.voice,
            ears=self.ears,
            records=self.records,
            clock=LoopClock(),
            tell_language=lambda text, languages, otherwise: ES if "¿" in text else otherwise,
            off_loop=at_once,
        )

    def session(
        self, *, spoken: bool = True, stage: Stage | None = None, greeted: bool = True, echoes: bool = False
    ) -> Session:
        """A session that has said its disclosure already, unless it is to be `greeted` first."""
        history = (Exchange("hi", "I am a virtual twin. Hello."),) if greeted else ()
        fan = Fan("s1", EN, history, len(history))
        return Session(fan, stage or self.stage(), self.outbox, spoken=spoken, echoes=echoes)


def with_limits(stage: Stage, **limits: float) -> Stage:
    return replace(stage, limits=replace(stage.limits, **limits))
