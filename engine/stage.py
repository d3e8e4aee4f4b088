"""What a session stands on: everything it uses and owns nothing of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from gemelo.context.guard.seam import Guard
from gemelo.context.knowledge.reranked import Order
from gemelo.context.knowledge.seam import Knowledge
from gemelo.context.policy.context import Context, Drafts
from gemelo.context.records import Receipt, ToolVerdict
from gemelo.context.tools.errands import Answer, Errand, failed
from gemelo.engine.budget import DraftBudget
from gemelo.engine.openers import Openers
from gemelo.engine.records import Records
from gemelo.engine.turns import TurnRules
from gemelo.models.errors import BadArguments
from gemelo.models.routing import Bottomless, Purse
from gemelo.models.seams import Clock, Ears, Judge, LanguageModel, Restater, TextToSpeech
from gemelo.models.vocabulary import Exchange, Language, ToolSpec

T = TypeVar("T")


_NOTHING = Receipt(policy="")


class OffLoop(Protocol):
    """Runs work that blocks where it disturbs no other session."""

    def __call__(self, work: Callable[[], T], /) -> Coroutine[Any, Any, T]: ...


class Tools(Protocol):
    """What a mind may have run at one place; shared by its sessions."""

    @property
    def specs(self) -> tuple[ToolSpec, ...]: ...

    @property
    def by_client(self) -> tuple[ToolSpec, ...]:
        """Those that the fan's own client may run, where it offers them."""
        ...

    @property
    def takes_contact(self) -> bool:
        """Whether one of them keeps how to reach a fan."""
        ...

    async def run(self, name: str, arguments: str, errand: Errand) -> Answer:
        """Runs one call as a mind has written it; what is wrong with it stands in the answer."""
        ...

    def call_of(self, name: str, arguments: str) -> dict[str, Any]:
        """What a client is asked in a call of one of its tools. Raises `BadArguments`."""
        ...


class NoTools:
    """`Tools` of a place that has none."""

    specs: tuple[ToolSpec, ...] = ()
    by_client: tuple[ToolSpec, ...] = ()
    takes_contact = False

    async def run(self, name: str, arguments: str, errand: Errand) -> Answer:
        return failed(ToolVerdict.UNKNOWN, "there are no tools here")

    def call_of(self, name: str, arguments: str) -> dict[str, Any]:
        raise BadArguments("there are no tools here")


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one session.

    Attributes:
        retrieval_s: a search that takes longer is left out of the reply.
        guard_s: a judgement that takes longer blocks.
        restate_s: a question that nobody has restated by then is declined as it was asked.
        lookahead_ms: speech that a draft may synthesise before its turn is decided.
        queue_ms: speech that may wait for the playhead; the voice is held back past it.
        lead_ms: audio sent ahead of the playhead (see `Playout`).
        history: past turns that a prompt carries.
        reply_chars: a mind that writes more than this is stopped at the next sentence.
        note_heard_s: how often the heard-cursor is stored while the twin speaks.
        tool_s: a tool that takes longer is given up.
        tool_calls: tools that one turn may have run.
        tool_patience_s: where tools take longer, the fan hears an opener meanwhile.
    """

    retrieval_s: float = 1.0
    guard_s: float = 1.0
    restate_s: float = 0.8
    lookahead_ms: float = 1500
    queue_ms: float = 4000
    lead_ms: float = 300
    history: int = 12
    reply_chars: int = 2000
    note_heard_s: float = 0.25
    tool_s: float = 5.0
    tool_calls: int = 4
    tool_patience_s: float = 2.0


@dataclass(frozen=True, slots=True)
class Stage:
    """One deployment's compiled context and the services behind it, shared by its sessions.

    `tell_language` guesses the language of a typed text among those given, else says the last
    argument. `budget` and `purse` are shared by all sessions of a tenant. `knowledge` asks no vendor: `order`
    may, and is asked once the question was judged. `face` is a vendor, and its id of the face that may be
    shown.
    """

    context: Context
    guard: Guard
    knowledge: Knowledge
    mind: LanguageModel
    voice: TextToSpeech
    ears: Ears
    records: Records
    clock: Clock
    tell_language: Callable[[str, tuple[Language, ...], Language], Language]
    rules: TurnRules = field(default_factory=TurnRules)
    budget: DraftBudget = field(default_factory=lambda: DraftBudget(Drafts().wasted_share))
    purse: Purse = field(default_factory=Bottomless)
    openers: Openers = field(default_factory=Openers)
    limits: Limits = field(default_factory=Limits)
    off_loop: OffLoop = asyncio.to_thread
    judge: Judge | None = None
    tools: Tools = field(default_factory=NoTools)
    restater: Restater | None = None
    order: Order | None = None
    face: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """One question as a reply needs it."""

    question: str
    """Without personal data."""
    language: Language
    number: int
    """Of the turn in its session, from 1; makes fixed lines rotate."""
    history: tuple[Exchange, ...]
    opening: bool
    """Whether the fan has yet to be told whose AI twin this is."""
    spoken: bool
    """Whether the reply is to be spoken as well as written."""
    branded: bool = True
    """Whether the sponsor may be named: not for a while after it was, and never after a crisis."""
    known: tuple[str, ...] = ()
    """What the fan agreed to have kept, in their own words, as far as this place lets a mind read it."""
    consent: str = field(default="", repr=False)
    """Under which agreement, given before they said this, what it tells of the fan may be kept."""
    contact: str = field(default="", repr=False)
    """How to reach the fan, if they have said it in this session; for tools that keep it, and for no mind."""
    held: str = field(default="", repr=False)
    """What `contact` was in the turn before this one."""
    spent: bool = False
    """Whether the fan has had all that this place gives them: the question is judged and not answered."""
    redaction: Receipt = _NOTHING
    """The guard's account of what was taken out of the question; blocked where the guard failed at it."""
