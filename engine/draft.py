"""A reply behind a commit gate.

A draft is written by `reply` in one task. Until its turn is decided everything stays in here; then it
leaves in order, and what follows passes straight through. Nothing else in the engine knows whether a
reply was speculated.

    reply ──text, speech──▶ Draft [ gate ] ──open(sink)──▶ Sink (a committed turn)
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from functools import cached_property
from typing import Protocol

from gemelo.context.knowledge.labels import Grounds
from gemelo.context.records import Drafting, Receipt, ToolUse, ToolVerdict, TurnRecord
from gemelo.engine.judging import WORDED
from gemelo.engine.stage import Ask, OffLoop
from gemelo.models.seams import Clock
from gemelo.models.usage import Meter
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, OUT_RATE, Passage, Round, Speech, Written

_TAIL = 8
"""Characters of the text that tell how it ends."""


class Sink(Protocol):
    """Where a committed draft goes."""

    def text(self, piece: Written) -> None:
        """Takes guarded text, in order."""
        ...

    def end_text(self) -> None:
        """All of the text has come; speech of it may still follow."""
        ...

    async def speech(self, speech: Speech, text_base: int) -> None:
        """Takes judged speech; waits while too much of it is queued."""
        ...

    def tool_began(self, call: int, name: str) -> None:
        """A tool is being run."""
        ...

    def tool_ended(self, call: int, use: ToolUse) -> None:
        """It is over."""
        ...


class Draft:
    """Buffers one reply until its gate opens. Cancelling a draft is cancelling its `task`.

    Attributes:
        ask: what is replied to.
        task: the one task that makes this reply.
        decided: whether the turn was committed; from then on a failure is told to the fan.
        lost: whether the reply failed before that; it cannot be committed any more.
        marks: when its stages were reached, on the session's clock (s).
        opening: what this reply told the fan first: whose AI twin this is.
        sent: characters of text that this reply consists of so far.
        record: the turn that it answers, once that is committed.
        uses, rounds: the tools that were run for it, and what a mind was told of them.
        passages: what its mind reads.
        worded: whether a model has worded anything of it.
        calls, tokens: of the mind, and what it wrote (in pieces as they came).
        meter: what it takes of services, and from its commit on what the drafts before it took.
        receipt, declined, crisis, error, voice_error: the account of the reply, complete when the task is.
    """

    def __init__(self, ask: Ask, clock: Clock, lookahead_ms: float) -> None:
        self.ask = ask
        self._clock = clock
        self._lookahead_bytes = lookahead_ms * OUT_RATE * BYTES_PER_SAMPLE / 1000
        self._sink: Sink | None = None
        self._cleared = asyncio.Event()
        self._opened = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self.decided = False
        self.crisis = False
        self.marks: dict[str, float] = {}
        self.calls = self.tokens = 0
        self.meter = Meter()
        self._before = Drafting()
        self._turned_away = False
        self._buffer: list[Written | tuple[Speech, int]] = []
        self._speech_bytes = 0
        self._text_ended = False
        self._tail = ""
        self.opening = ""
        self.sent = 0
        self.record: TurnRecord | None = None
        self.uses: list[ToolUse] = []
        self.rounds: tuple[Round, ...] = ()
        self.passages: tuple[Passage, ...] = ()
        self.worded = False
        self._grounding: asyncio.Future[Grounds] | None = None
        self.receipt: Receipt | None = None
        self.lost = False
        self.declined = False
        self.error = ""
        self.voice_error = ""

    def mark(self, stage: str) -> None:
        """Notes the first time that `stage` was reached."""
        self.marks.setdefault(stage, self._clock.now())

    @property
    def breaks_off(self) -> bool:
        """Whether the text so far ends without white space."""
        return bool(self._tail) and not self._tail[-1].isspace()

    @property
    def in_mid_sentence(self) -> bool:
        """Whether the text so far ends before its sentence does."""
        said = self._tail.rstrip("\"'»”)] \n")
        return bool(said) and said[-1] not in ".!?…"

    @cached_property
    def grounds(self) -> Grounds:
        """What its sentences are held against; takes some milliseconds the first time."""
        return Grounds(self.passages)

    def ground(self, off_loop: OffLoop) -> Awaitable[Grounds]:
        """Builds `grounds` off the loop, once: a fan who interrupts waits for no labels."""
        if self._grounding is None:
            self._grounding = asyncio.ensure_future(off_loop(lambda: self.grounds))
        return asyncio.shield(self._grounding)

    @property
    def cost(self) -> Drafting:
        """What this reply has cost so far, and from its commit on the drafts that were dropped before it."""
        return self._before + Drafting(calls=self.calls, tokens=self.tokens)

    def commit(self, dropped: Drafting, spent: Meter, *, promoted: bool) -> None:
        """The turn is decided: from now on this reply answers for the drafts `dropped` before it, and what
        was `spent` on them."""
        self.decided = True
        self.meter.others.append(spent)
        self._before = dropped + Drafting(promoted=promoted)

    @property
    def sounds(self) -> bool:
        """Whether there is speech of it to hear."""
        return self._speech_bytes > 0

    async def allowed(self) -> bool:
        """Waits until the question is judged; whether it is answered, and not turned away."""
        await self._cleared.wait()
        return not self._turned_away

    @property
    def answers(self) -> bool:
        """Whether the question was judged and is answered, as far as that is known now."""
        return self._cleared.is_set() and not self._turned_away

    def account(self, receipt: Receipt) -> None:
        """Adds what the guard says of one more part of this reply."""
        self.receipt = receipt if self.receipt is None else self.receipt + receipt

    def clear(self) -> None:
        """The question was judged, and it is answered."""
        self._cleared.set()

    def turn_away(self) -> None:
        """The question was judged, and is not: a line of the policy takes the reply's place."""
        self._turned_away = True
        self._cleared.set()

    async def committed(self) -> None:
        """Waits until the turn is decided and stored: before that nothing may be done for it."""
        await self._opened.wait()

    def tool_began(self, name: str) -> int:
        """A tool is being run; returns its number in this turn. Until it ends it counts as cancelled."""
        assert self._sink is not None, "a tool ran before its turn was committed"
        self.uses.append(ToolUse(name, ToolVerdict.CANCELLED))
        self._sink.tool_began(len(self.uses) - 1, name)
        return len(self.uses) - 1

    def tool_ended(self, call: int, use: ToolUse) -> None:
        """A tool has answered."""
        assert self._sink is not None
        self.uses[call] = use
        self._sink.tool_ended(call, use)

    def text(self, piece: Written) -> None:
        """Takes guarded text."""
        self._tail = (self._tail + piece.text)[-_TAIL:]
        self.sent += len(piece.text)
        self.worded = self.worded or piece.label in WORDED
        if self._sink:
            self._sink.text(piece)
        else:
            self._buffer.append(piece)

    def end_text(self) -> None:
        """All of the text has come."""
        self._text_ended = True
        if self._sink:
            self._sink.end_text()

    async def speech(self, speech: Speech, text_base: int) -> None:
        """Takes judged speech; a draft that has enough of it waits here for its commit."""
        if self._sink is None and self._speech_bytes < self._lookahead_bytes:
            self._buffer.append((speech, text_base))
            self._speech_bytes += len(speech.pcm)
            return
        await self._opened.wait()
        assert self._sink is not None
        await self._sink.speech(speech, text_base)

    async def open(self, sink: Sink) -> None:
        """The turn is decided: lets out what was buffered, then everything that follows."""
        while self._buffer:
            part = self._buffer.pop(0)
            if isinstance(part, Written):
                sink.text(part)
            else:
                await sink.speech(*part)
        if self._text_ended:
            sink.end_text()
        self._sink = sink
        self._opened.set()

    def drop(self, spent: Meter | None = None) -> Drafting:
        """Cancels the reply and everything under way for it; returns what it cost for nothing.

        Args:
            spent: where what it takes is counted from now on.
        """
        if self.task:
            self.task.cancel()
        if spent:
            spent.others.append(self.meter)
        return replace(self.cost, dropped=1, wasted=self.tokens)
