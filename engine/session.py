"""One fan and one twin: everything that can happen between them comes through here.

    hear, transcript, say, interrupt ──▶ Session ──events──▶ TurnMachine ──commands──▶ drafts, turn
                                                                                          │
    Outlet ◀──────────────────────────── events ◀─────────────────────────────────────────┘

Voice and typed turns take the same road. The session holds at most one draft and one turn, each one task.
Methods that take the fan's input never block and may be called from the event loop only.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import deque

from gemelo.context.guard.figures import contact
from gemelo.context.records import Drafting, TurnRecord
from gemelo.engine.branding import Branding
from gemelo.engine.chores import Chores
from gemelo.engine.disclosure import disclosed, restaged, undisclosed
from gemelo.engine.draft import Draft
from gemelo.engine.events import BrandHidden, FanHeard, FanStarted, FanStopped, Notice, Outlet
from gemelo.engine.fan import Fan as Fan
from gemelo.engine.hearing import Hearing
from gemelo.engine.loudspeaker import Loudspeaker
from gemelo.engine.memories import Recollection
from gemelo.engine.notices import notice
from gemelo.engine.openers import Opener
from gemelo.engine.redaction import masked, redacted
from gemelo.engine.reply import reply
from gemelo.engine.stage import Ask, Stage
from gemelo.engine.turn import Turn
from gemelo.engine.turns import (
    Commit,
    Cut,
    DraftLost,
    DropDraft,
    Heard,
    Pause,
    Replied,
    Resume,
    StartDraft,
    Stopped,
    Tick,
    TurnEvent,
    TurnMachine,
    Typed,
)
from gemelo.models.errors import Forgotten, StoreError
from gemelo.models.routing import Routing
from gemelo.models.text import clean
from gemelo.models.usage import Meter
from gemelo.models.vocabulary import DraftId, Language, Signal, Transcript, TurnId, TurnSignal

log = logging.getLogger(__name__)

_CAPTION_S = 0.1
"""Captions of what the fan is saying are renewed at most this often."""


class Session:
    """Serves one fan.

    Args:
        fan: the session and its past.
        stage: the deployment's context and services.
        outlet: where events go.
        spoken: whether replies are spoken as well as written.
        echoes: whether the microphone hears what the client plays, with nothing to cancel it.
        warm: whether the mind reads ahead what all prompts begin with; who asks at once gains nothing by it.
    """

    def __init__(
        self, fan: Fan, stage: Stage, outlet: Outlet, *, spoken: bool, echoes: bool = False, warm: bool = True
    ) -> None:
        self._id, self._stage = fan.session, stage
        self._loudspeaker = Loudspeaker(outlet, stage.clock) if echoes else None
        self._outlet = self._loudspeaker or outlet
        self._spoken, self._language = spoken, fan.language
        self._machine = TurnMachine(stage.rules, lambda: self._stage.budget.affords())
        self._routing = Routing(stage.context.vendors.route, stage.purse)
        self._hearing = Hearing(stage.ears, fan.language, self._signal, self._notify, self._routing)
        self._history = deque(fan.history, maxlen=stage.limits.history)
        self._disclosed = len(fan.history) >= stage.limits.history or disclosed(stage.context, fan.history)
        self._branding = Branding(stage.context, fan.history, banned=fan.in_crisis)
        if self._branding.banned:
            outlet.send(BrandHidden())
        self._recollection = Recollection(fan.memories)
        self._begun, self._allowance = fan.turns, fan.allowance
        self._drafts: dict[DraftId, Draft] = {}
        self._words: dict[DraftId, str] = {}
        self._dropped, self._spent = Drafting(), Meter()
        self._opened_with, self._contact = "", fan.contact
        self._turn: Turn | None = None
        self._turn_task: asyncio.Task[None] | None = None
        self._captioned, self._origin = -1.0, 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._chores = Chores()
        self._idle = asyncio.Event()
        self._idle.set()
        self._over = self._closed = False
        context, mind = stage.context, stage.mind
        warming = mind.warm(context.prefix, context.talent, stage.tools.specs) if warm else asyncio.sleep(0)
        self._warming = asyncio.create_task(warming, context=self._routing.carried())

    # -- what the fan does --------------------------------------------------------------------------

    def hear(self, pcm: bytes) -> None:
        """Takes the fan's voice: s16le mono at `IN_RATE`, any whole number of samples.

        Raises:
            BadAudio: the ear cannot take these bytes.
        """
        if not self._over:
            self._hearing.hear(self._loudspeaker.without_echo(pcm) if self._loudspeaker else pcm)

    def transcript(self, transcript: Transcript) -> None:
        """Takes what the fan's own browser recognised."""
        if not self._over:
            self._hearing.hear(transcript)

    def say(self, text: str, client_id: str | None = None) -> None:
        """Takes a typed message; it interrupts the twin.

        Raises:
            BadText: there is nothing to read in it, or too much.
        """
        text = clean(text)
        if self._over or (client_id and self._turn and self._turn.record.client_id == client_id):
            return  # sent again while it is being answered
        self._language = self._stage.tell_language(text, self._stage.context.languages, self._language)
        self._origin = self._stage.clock.now()
        self._recollection.speak()
        self._take(Typed(text, client_id))

    def interrupt(self) -> None:
        """The fan pressed stop."""
        self._take(Stopped())

    def played(self, turn: str, ms: float) -> None:
        """The client says how much of a turn's audio it has played."""
        if self._turn and self._turn.id == turn:
            self._turn.played(ms)

    def speak(self, on: bool) -> None:
        """Turns the voice on or off for the turns to come."""
        self._spoken = on

    def use_language(self, language: Language) -> None:
        """The fan chose a language: the ear is opened anew in it."""
        self._language = language
        if self._hearing.use(language):
            self._take(Heard(TurnSignal(Signal.END)))

    def open_ear(self) -> None:
        """The microphone was opened. Harmless when it is open already."""
        if not self._over:
            self._hearing.open()

    def close_ear(self) -> None:
        """The microphone was closed; half a sentence is forgotten."""
        if self._hearing.close():
            self._take(Heard(TurnSignal(Signal.END)))

    # -- the session's life -------------------------------------------------------------------------

    def restage(self, stage: Stage) -> None:
        """From the next turn on another stage holds; what is being said ends under its own.

        A draft that was begun under the old one is dropped and begun anew.
        """
        if self._over:
            return
        context, before = stage.context, self._stage.context
        self._stage = stage
        self._routing.route, self._routing.purse = context.vendors.route, stage.purse
        self._machine.use(stage.rules)
        self._disclosed = self._disclosed and not undisclosed(context, before)
        self._branding = self._branding.under(context)
        self._outlet.send(restaged(context, banned=self._branding.banned))
        if self._language not in context.languages:
            self.use_language(context.languages[0])
        for draft, words in list(self._words.items()):
            self._drop(draft)
            self._start(draft, words)

    async def finish(self, reason: str, *, cut: bool) -> None:
        """Ends the session from the house's side, and tells the fan why by the notice of code `reason`.

        Nothing new is begun. What is being said is heard to its end, unless it is `cut`; help in a crisis
        always is.
        """
        if cut and not (self._turn and self._turn.draft.crisis):
            self._take(Stopped())
        if self._over:
            return
        self._over = True
        self.close_ear()
        await self.drain()
        self._notify(reason)
        await self.close()

    async def drain(self) -> None:
        """Waits until the reply under way has been heard and everything about it is stored."""
        while not self._idle.is_set():
            await self._idle.wait()
        await self._chores.drain()

    async def close(self) -> None:
        """Ends the session: cuts what is being said, forgets drafts, stores what was heard."""
        if self._closed:
            return
        self._over = self._closed = True
        self._warming.cancel()
        self.close_ear()
        self._take(Stopped())
        ending = [self._turn_task, *(draft.task for draft in self._drafts.values())]
        for draft in list(self._drafts):
            self._drop(draft)
        if self._timer:
            self._timer.cancel()
        await asyncio.gather(*filter(None, ending), return_exceptions=True)
        await self._hearing.drain()
        await self._chores.drain()

    # -- from events to commands --------------------------------------------------------------------

    def _signal(self, signal: TurnSignal) -> None:
        """Takes one signal of the ear."""
        now = self._stage.clock.now()
        self._language = self._hearing.language
        self._origin = now - signal.silence_ms / 1000
        self._spent.uses += signal.used
        if signal.kind is Signal.START:
            self._recollection.speak()
            self._outlet.send(FanStarted())
        final = signal.kind is Signal.END
        if signal.text and (final or now - self._captioned >= _CAPTION_S):
            self._captioned = now
            self._outlet.send(FanHeard(masked(self._stage.guard, signal.text), final, self._language))
        if signal.kind is Signal.END:
            self._outlet.send(FanStopped())
        self._take(Heard(signal))

    def _take(self, event: TurnEvent) -> None:
        """Asks the machine, does what it says, and sets its alarm."""
        now = self._stage.clock.now()
        for command in self._machine.handle(event, now):
            match command:
                case StartDraft(draft, text):
                    self._start(draft, text)
                case DropDraft(draft):
                    self._drop(draft)
                case Commit() if self._over:
                    self._drop(command.draft)
                case Commit():
                    self._commit(command)
                case Pause():
                    if self._turn:
                        self._turn.pause()
                case Resume():
                    if self._turn:
                        self._turn.resume()
                case Cut():
                    self._cut()
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if (deadline := self._machine.deadline) is not None:
            self._timer = asyncio.get_running_loop().call_later(deadline - now, self._take, Tick())

    # -- commands -----------------------------------------------------------------------------------

    def _start(self, id: DraftId, text: str) -> None:
        self._words[id] = text
        question, redaction = redacted(self._stage.guard, text, self._stage.context.hash)
        number = self._begun + 1
        ask = Ask(
            question=question,
            language=self._language,
            number=number,
            history=tuple(self._history),
            opening=not self._disclosed,
            spoken=self._spoken,
            branded=self._branding.welcome(question, number),
            contact=contact(text) or self._contact if self._stage.tools.takes_contact else "",
            held=self._contact,
            spent=self._allowance is not None and not self._allowance.affords(self._stage.context),
            known=self._recollection.under(self._stage.context, self._stage.guard),
            consent=self._recollection.consent,
            redaction=redaction,
        )
        draft = Draft(ask, self._stage.clock, self._stage.limits.lookahead_ms)
        self._drafts[id] = draft
        draft.task = asyncio.create_task(reply(self._stage, draft), context=self._routing.carried())
        draft.task.add_done_callback(lambda task: self._drafted(id, task))

    def _drop(self, id: DraftId) -> None:
        del self._words[id]
        self._dropped += self._drafts.pop(id).drop(self._spent)

    def _drafted(self, id: DraftId, task: asyncio.Task[None]) -> None:
        """A draft's task is over; one that failed before its commit is forgotten."""
        if not task.cancelled() and (error := task.exception()) and id in self._drafts:
            log.info("a draft was lost: %s", type(error).__name__)
            self._drop(id)
            self._take(DraftLost(id))

    def _commit(self, commit: Commit) -> None:
        if lost := self._drafts[commit.draft].lost:
            self._drop(commit.draft)
            self._start(commit.draft, commit.text)
        draft = self._drafts.pop(commit.draft)
        del self._words[commit.draft]
        draft.commit(self._dropped, self._spent, promoted=commit.promoted and not lost)
        self._dropped, self._spent = Drafting(), Meter()
        self._begun += 1
        fan, redaction = redacted(self._stage.guard, commit.text, self._stage.context.hash)
        if redaction.blocked and not draft.ask.redaction.blocked:
            draft.account(redaction)
        record = TurnRecord(
            id=TurnId(uuid.uuid4().hex),
            session=self._id,
            number=self._begun,
            fan=fan,
            language=draft.ask.language,
            policy=self._stage.context.hash,
            typed=commit.typed,
            client_id=commit.client_id,
        )
        now = self._stage.clock.now()
        self._turn = Turn(record, draft, self._stage, self._outlet, self._origin, now)
        self._idle.clear()
        self._turn_task = asyncio.create_task(self._answer(self._turn, commit.number))

    def _notify(self, code: str) -> None:
        self._outlet.send(Notice(code, notice(code, self._language)))

    async def _answer(self, turn: Turn, number: int) -> None:
        """The one task of a committed turn; interrupting the twin cancels it."""
        try:
            if await turn.stored():
                if self._allowance and not turn.draft.ask.spent:
                    self._allowance.spend()
                await turn.run(self._opener(turn))
                self._remember(turn)
            else:
                turn.draft.drop()
                await turn.repeat()
        except StoreError as error:
            turn.draft.drop()
            erased = isinstance(error, Forgotten)
            self._over = self._over or erased
            self._notify("erased" if erased else "store")
        except Exception as error:  # a fault in the program: the fan is told, the session goes on
            log.error("a turn failed: %s", type(error).__name__)
            turn.fail()
            self._remember(turn)
        self._turn = None
        self._idle.set()
        self._take(Replied(number))

    def _opener(self, turn: Turn) -> Opener | None:
        """What a turn may begin with: who typed is shown no filler, and the disclosure comes first."""
        ask = turn.draft.ask
        if turn.record.typed or not ask.spoken or ask.opening:
            return None
        return self._stage.openers.after(self._opened_with, ask.language)

    def _cut(self) -> None:
        assert self._turn is not None
        assert self._turn_task is not None
        turn, self._turn = self._turn, None
        self._turn_task.cancel()
        turn.cut()
        self._remember(turn)
        self._idle.set()

    def _remember(self, turn: Turn) -> None:
        exchange = turn.exchange()
        self._branding.said(turn.written, turn.record.number, crisis=turn.draft.crisis)
        opening = turn.draft.opening
        told = turn.written if turn.record.typed else exchange.twin  # who types reads
        if opening and told.startswith(opening) and not undisclosed(self._stage.context, turn.context):
            self._disclosed = True
        self._history.append(exchange)
        self._contact = turn.draft.ask.contact
        self._opened_with = turn.opener or self._opened_with
        self._stage.budget.spend(turn.draft.cost)
        self._chores.spawn(self._finish(turn))

    async def _finish(self, turn: Turn) -> None:
        """Stores how a turn ended, then what it told of the fan, unless turned away or after a crisis."""
        await turn.finish()
        stage, ask = self._stage, turn.draft.ask
        if self._recollection.holds(ask.consent) and turn.draft.answers and not self._branding.banned:
            await self._recollection.learn(stage.context, stage.guard, turn.record.fan, ask.language)
