"""One committed turn: its reply on the way to the fan, and what the fan got of it.

A turn is stored before anything of its reply leaves, and how much of it was heard is stored as it is
heard. Cancelling the task that runs `run` ends it; `cut` says what remains of it.
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace

from gemelo.context.policy.context import Context
from gemelo.context.records import (
    Receipt,
    Sentence,
    Timeline,
    ToolUse,
    ToolVerdict,
    TurnOutcome,
    TurnRecord,
    TurnStatus,
)
from gemelo.engine.chores import Chores
from gemelo.engine.draft import Draft
from gemelo.engine.events import (
    Audio,
    BrandHidden,
    MouthMoved,
    Notice,
    Outlet,
    ReplyEnded,
    ReplyStarted,
    ReplyText,
    SpeakingFlushed,
    SpeakingPaused,
    SpeakingResumed,
    SpeakingStarted,
    SpeakingStopped,
    ToolEnded,
    ToolStarted,
    TurnTimed,
    WordSpoken,
)
from gemelo.engine.judging import WORDED, label_sentences
from gemelo.engine.notices import notice
from gemelo.engine.openers import Opener
from gemelo.engine.playout import Frame, Playout
from gemelo.engine.redaction import masked
from gemelo.engine.stage import Stage
from gemelo.engine.weighing import guarded
from gemelo.models.errors import StoreError
from gemelo.models.vocabulary import Exchange, Label, Source, Speech, TurnId, Written

_ENDING_S = 2.0
"""What a reply that was cut off is waited for, so that it can tell what it took."""


class Turn:
    """Carries one reply to the fan; the `Sink` of its draft.

    Args:
        origin: the true end of the fan's words on the session's clock (s); times count from it.
        decided: when the turn was committed (s).

    Attributes:
        opener: what it began with before its answer had a sound, if anything.
    """

    def __init__(
        self, record: TurnRecord, draft: Draft, stage: Stage, outlet: Outlet, origin: float, decided: float
    ) -> None:
        self.record = record
        self.draft = draft
        draft.record = record
        self._stage = stage
        self._outlet = outlet
        self._origin = origin
        self._decided = decided
        self._playout = Playout(stage.limits.lead_ms)
        self._pieces: list[Written] = []
        self._text = ""
        self._answer_from = 0
        self.opener = ""
        self._started = False
        self._texted = False
        self._status = TurnStatus.OPEN
        self._final: str | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._moved = asyncio.Event()
        self._noted = (0, -math.inf)
        self._chores = Chores()
        self._storing = asyncio.create_task(stage.records.commit(record))

    @property
    def id(self) -> TurnId:
        return self.record.id

    @property
    def context(self) -> Context:
        """What it runs under, whatever holds by now."""
        return self._stage.context

    async def run(self, opener: Opener | None = None) -> None:
        """Lets the draft of a stored turn out and sees it played to the end.

        Args:
            opener: what the twin begins with if its answer has no sound yet.
        """
        assert self.draft.task is not None
        self._started = True
        self._outlet.send(ReplyStarted(self.id, self.record.client_id))
        if opener and await self.draft.allowed() and not self.draft.sounds:
            self._open(opener)
        await self.draft.open(self)
        await self.draft.task
        self._playout.complete()
        self._pump()
        while not self._playout.finished(self._stage.clock.now()):
            self._moved.clear()
            await self._moved.wait()
        if self._playout.sounded:
            self._outlet.send(SpeakingStopped(self.id))
        self._final = self._text
        self._over()

    async def stored(self) -> bool:
        """Whether this turn was stored as a new one; False for a message that was answered before.

        Raises:
            StoreError: the turn could not be stored.
        """
        return await asyncio.shield(self._storing)

    async def repeat(self) -> None:
        """Sends once more, as text, what this message was answered with the first time."""
        assert self.record.client_id is not None
        outcome = await self._stage.records.reply_of(self.record.session, self.record.client_id)
        self._outlet.send(ReplyStarted(self.id, self.record.client_id))
        if outcome is None:
            self._outlet.send(ReplyEnded(self.id, TurnStatus.FAILED, ()))
            return
        weighing = guarded(self.draft.ask, self._stage)  # rules may have changed since
        for allowed in (weighing.feed(Written(outcome.heard)), weighing.finish()):
            async for piece in allowed:
                self._outlet.send(ReplyText(self.id, piece.text))
        said = tuple(s for s in outcome.sentences if s.text in weighing.said)
        self._outlet.send(ReplyEnded(self.id, outcome.status, self._shown(said), outcome.declined))

    def _open(self, opener: Opener) -> None:
        self.opener = opener.text
        self.text(Written(opener.text + " ", Label.HOUSE))
        self._answer_from = len(self._text)
        self._playout.add(opener.speech, 0)
        self._pump()

    # -- the sink of the draft --------------------------------------------------------------------

    def text(self, piece: Written) -> None:
        self.draft.mark("first_text")
        if self.draft.crisis and not self._text:
            self._outlet.send(BrandHidden())
        if piece.label in WORDED:
            self.draft.ground(self._stage.off_loop)
        self._pieces.append(piece)
        self._text += piece.text
        self._outlet.send(ReplyText(self.id, piece.text))
        self._note_heard(self._stage.clock.now())

    def end_text(self) -> None:
        self._status = TurnStatus.FAILED if self.draft.error else TurnStatus.DONE
        self._tell_end()

    async def speech(self, speech: Speech, text_base: int) -> None:
        self._playout.add(speech, self._answer_from + text_base)
        self._pump()
        while self._playout.queued_ms > self._stage.limits.queue_ms:
            self._moved.clear()
            await self._moved.wait()

    def tool_began(self, call: int, name: str) -> None:
        self._outlet.send(ToolStarted(self.id, call, name))

    def tool_ended(self, call: int, use: ToolUse) -> None:
        self._outlet.send(ToolEnded(self.id, call, use))

    # -- the fan interferes -----------------------------------------------------------------------

    def pause(self) -> None:
        """Stops sounding at once and keeps everything, until `resume` or `cut`."""
        if self._playout.pause(self._stage.clock.now()):
            self._outlet.send(SpeakingPaused(self.id))

    def resume(self) -> None:
        if self._playout.resume(self._stage.clock.now()):
            self._outlet.send(SpeakingResumed(self.id))
        self._pump()

    def played(self, ms: float) -> None:
        """Takes the client's own report of how much of this turn's audio it has played."""
        self._playout.report(ms, self._stage.clock.now())

    def cut(self) -> None:
        """Ends the turn where the fan interrupted it. Its task must have been cancelled.

        A turn of which the fan has had all is no less done for the next message coming at once.
        """
        self._break_off(self._status if self._texted and self.heard == self._text else TurnStatus.CUT)

    def fail(self) -> None:
        """Ends the turn where a fault in the program broke it."""
        self.draft.error = "internal"
        self._break_off(TurnStatus.FAILED)

    def _break_off(self, status: TurnStatus) -> None:
        self.draft.drop()
        self._final = self.heard
        self._status = status
        self._playout.stop()
        self._stop_timer()
        if not self._started:
            return  # the fan's client has never heard of this turn
        for call, use in enumerate(self.draft.uses):
            if use.verdict is ToolVerdict.CANCELLED:
                self.tool_ended(call, use)
        self._over()
        self._tell_end()
        self._outlet.send(SpeakingFlushed(self.id, self.heard))
        if self._playout.sounded:
            self._outlet.send(SpeakingStopped(self.id))

    @property
    def written(self) -> str:
        """All of the reply that was sent."""
        return self._text

    @property
    def heard(self) -> str:
        """What the fan has got of the reply: the words heard, or all that was written if none sound."""
        if self._final is not None:
            return self._final
        if not self.draft.ask.spoken or self.draft.voice_error:
            return self._text
        return self._text[: self._playout.heard_upto(self._stage.clock.now())].rstrip()

    def exchange(self) -> Exchange:
        return Exchange(self.record.fan, self.heard)

    async def finish(self) -> None:
        """Stores how the turn ended, after everything that was to be stored before."""
        if self.draft.task:  # a voice that was cut off tells what it took as it ends
            await asyncio.wait([self.draft.task], timeout=_ENDING_S)
        usage = self.draft.meter.read()
        self._stage.purse.spend(usage)
        outcome = TurnOutcome(
            status=self._status,
            reply=self._text,
            heard=self.heard,
            sentences=self._labelled(),
            receipt=replace(self.draft.receipt or Receipt(self.record.policy), tools=tuple(self.draft.uses)),
            timeline=self._timeline(self.draft.marks),
            declined=self.draft.declined,
            error=self.draft.error,
            usage=usage,
        )
        try:
            if not await self.stored():
                return  # the first answer to this message stands
        except StoreError:
            self._outlet.send(Notice("store", notice("store", self.record.language)))
            return
        await self._chores.drain()
        await self._stage.records.finish(self.id, outcome)
        if self._stage.judge and outcome.reply:
            rules = [(row.rule, row.value) for row in self._stage.context.explain()]
            flags = await self._stage.judge.flags(self.record.fan, outcome.reply, rules)
            if flags:
                receipt = replace(outcome.receipt, flags=flags)
                await self._stage.records.finish(self.id, replace(outcome, receipt=receipt))

    # -- sending at the pace of listening -----------------------------------------------------------

    def _pump(self) -> None:
        """Sends the frames that are due and sets the timer for the next ones."""
        now = self._stage.clock.now()
        if frames := self._playout.due(now):
            self._send(frames)
        self._moved.set()
        self._note_heard(now)
        self._stop_timer()
        if (due := self._playout.next_due(now)) is not None:
            self._timer = asyncio.get_running_loop().call_later(max(0.0, due - now), self._pump)

    def _send(self, frames: list[Frame]) -> None:
        """Sends frames as one piece of audio, and the words and mouth shapes that set in during them."""
        if "first_audio" not in self.draft.marks:
            self.draft.mark("first_audio")
            self._outlet.send(SpeakingStarted(self.id))
        self._outlet.send(Audio(self.id, b"".join(frame.pcm for frame in frames)))
        for word in (word for frame in frames for word in frame.words):
            spoken = self._text[word.start : word.end]
            self._outlet.send(WordSpoken(self.id, spoken, word.from_ms, word.to_ms))
        if visemes := tuple(viseme for frame in frames for viseme in frame.visemes):
            self._outlet.send(MouthMoved(self.id, visemes))

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    # -- the account --------------------------------------------------------------------------------

    def _note_heard(self, now: float) -> None:
        if now - self._noted[1] < self._stage.limits.note_heard_s:
            return
        heard = self.heard
        if len(heard) > self._noted[0]:
            self._noted = (len(heard), now)
            self._chores.spawn(self._stage.records.heard(self.id, heard))

    def _tell_end(self) -> None:
        if not self._texted:
            self._texted = True
            shown = self._shown(self._labelled())
            self._outlet.send(ReplyEnded(self.id, self._status, shown, self.draft.declined))

    def _labelled(self) -> tuple[Sentence, ...]:
        return label_sentences(self._pieces, self._checked)

    def _checked(self, piece: Written) -> tuple[Label, Source | None]:
        """What a worded sentence is; what no passage says after a tool has answered is told of that tool."""
        label, source = self.draft.grounds.label(piece.text, self.record.language)
        done = {use.name for use in self.draft.uses if use.verdict is ToolVerdict.DONE}
        of_tool = piece.source and piece.source.document in done
        return (piece.label, piece.source) if label is Label.NONE and of_tool else (label, source)

    def _shown(self, sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
        """Sentences as a page may show them: a source may be named like what this place avoids."""
        guard = self._stage.guard
        return tuple(
            replace(s, source=Source(masked(guard, s.source.document), masked(guard, s.source.place)))
            if s.source
            else s
            for s in sentences
        )

    def _over(self) -> None:
        """Nothing more will reach the fan."""
        self.draft.mark("done")
        self._outlet.send(TurnTimed(self.id, self._timeline(self.draft.marks), self.draft.cost))

    def _timeline(self, marks: dict[str, float]) -> Timeline:
        def since(at: float | None) -> float | None:
            return None if at is None else round((at - self._origin) * 1000, 2)

        stages = ("retrieval", "first_token", "first_clause", "guard", "first_text", "first_audio", "done")
        times = {stage: since(marks.get(stage)) for stage in stages}
        return Timeline(end_of_turn=since(self._decided), **times)
