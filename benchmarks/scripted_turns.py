"""The engine alone: what it adds to services whose times are scripted.

A turn is decided at its final transcript, 150 ms after speech. From there a reply needs 180 ms to its
first token and 90 ms to that token's sound: 420 ms in all without drafts. A draft that begins when the
silence shows (100 ms) or at the last word's interim (40 ms after speech) needs that much plus 270 ms.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

from gemelo.benchmarks.fan import Notes
from gemelo.benchmarks.scripted import REPLY, NoKnowledge, ScriptedEars, ScriptedMind, ScriptedVoice, tokens
from gemelo.context.guard.seam import Guard, GuardStream, Judged, Redacted, Runs
from gemelo.context.policy.compile import compile_context
from gemelo.context.policy.context import Context
from gemelo.context.policy.layers import parse_layer
from gemelo.context.records import Decision, Receipt, TurnOutcome, TurnRecord, Verdict
from gemelo.engine.events import Audio
from gemelo.engine.session import Fan, Session
from gemelo.engine.stage import OffLoop, Stage
from gemelo.engine.turns import TurnRules
from gemelo.models.clock import LoopClock
from gemelo.models.vocabulary import Exchange, Language, Signal, Speculation, TurnId, TurnSignal

EN = Language("en")
QUESTION = "what do you think of the second half"
INTERIM_S, SILENCE_S, FINAL_S = 0.040, 0.100, 0.150
"""After speech: the last word's interim, an ear's probable end, the final transcript."""
FIRST_SOUND_S = 0.180 + 0.090
TOKEN_S = 0.015
NAMES = 200
_SPEECH_S = 0.1
_BETWEEN_S = 0.1
_SYLLABLES = "ba de ki lo mu na pe ri so tu va xe zi bro cla dre fli gro plu tra".split()


@dataclass(frozen=True, slots=True)
class Profile:
    """One way to run; `sum_s` is what the services alone take."""

    name: str
    speculation: Speculation
    guarded: bool
    sum_s: float
    text: str = REPLY


class OpenGuard:
    """Lets everything out at once."""

    runs = Runs()

    def ask(self, question: str, language: Language) -> Verdict:
        return Verdict(Decision.ALLOW, "", "")

    def turned_away(self, question: str, language: Language, *, answered: bool) -> Verdict | None:
        return None

    def redact(self, text: str) -> Redacted:
        return Redacted(text)

    def open(self, language: Language, *, spoken: bool = False, branded: bool = True) -> GuardStream:
        return _OpenStream()

    def weigh(self, said: str, clause: str, language: Language) -> Verdict | None:
        return None

    def planted(self, text: str) -> bool:
        return False

    def judge(self, text: str, language: Language, side: str) -> tuple[Verdict, ...]:
        return ()

    def mask(self, text: str) -> str:
        return text


class _OpenStream:
    def __init__(self) -> None:
        self._length = 0

    def feed(self, text: str) -> Judged:
        self._length += len(text)
        return Judged(text, self._length)

    def finish(self) -> Judged:
        return Judged("", self._length)

    def receipt(self) -> Receipt:
        return Receipt("open")


class Forgetful:
    """`Records` that keeps nothing but the guard's receipts: the engine alone is measured."""

    def __init__(self) -> None:
        self.receipts: list[Receipt] = []

    async def commit(self, turn: TurnRecord) -> bool:
        return True

    async def heard(self, turn: TurnId, text: str) -> None:
        return

    async def finish(self, turn: TurnId, outcome: TurnOutcome) -> None:
        self.receipts.append(outcome.receipt)

    async def reply_of(self, session: str, client_id: str) -> TurnOutcome | None:
        return None

    async def history(self, session: str, last: int) -> tuple[Exchange, ...]:
        return ()

    async def in_crisis(self, session: str) -> bool:
        return False

    async def last_number(self, session: str) -> int:
        return 0


def _stage(context: Context, guard: Guard, records: Forgetful, profile: Profile, off_loop: OffLoop) -> Stage:
    return Stage(
        context=context,
        guard=guard,
        knowledge=NoKnowledge(),
        mind=ScriptedMind(profile.text),
        voice=ScriptedVoice(),
        ears=ScriptedEars(),
        records=records,
        clock=LoopClock(),
        tell_language=lambda text, languages, otherwise: otherwise,
        rules=TurnRules(speculation=profile.speculation),
        off_loop=off_loop,
    )


async def play(
    profile: Profile, context: Context, guard: Guard, turns: int, off_loop: OffLoop = asyncio.to_thread
) -> tuple[list[float], list[Receipt]]:
    """Voice-to-voice of each turn (ms), and the guard's receipts."""
    records = Forgetful()
    stage = _stage(context, guard, records, profile, off_loop)
    notes = Notes()
    assert isinstance(stage.ears, ScriptedEars)
    ears = stage.ears
    greeted = Exchange("hi", stage.context.disclosure(EN))  # a first turn would open with it
    later = Fan("bench", EN, (greeted,), turns=1)
    session = Session(later, stage, notes, spoken=True)
    session.open_ear()
    await asyncio.sleep(_BETWEEN_S)
    taken: list[float] = []
    for number in range(turns):
        end = await _ask(ears, f"{QUESTION} {number}")
        found = await notes.first(Audio, end, 5)
        assert found is not None, "the engine lost a turn"
        taken.append(1000 * (found[0] - end))
        await asyncio.sleep(TOKEN_S * len(tokens(profile.text)) if profile.guarded else 0)
        session.interrupt()
        await asyncio.sleep(_BETWEEN_S)
    await session.close()
    return taken, records.receipts


async def _ask(ears: ScriptedEars, text: str) -> float:
    """Says one turn's signals at their times and returns the end of the speech (s)."""
    loop = asyncio.get_running_loop()
    emit = ears.emit
    assert emit is not None
    end = loop.time() + _SPEECH_S
    script = (
        (end - _SPEECH_S, TurnSignal(Signal.START)),
        (end - _SPEECH_S / 2, TurnSignal(Signal.UPDATE, text.rsplit(" ", 1)[0])),
        (end + INTERIM_S, TurnSignal(Signal.UPDATE, text, 1000 * INTERIM_S)),
        (end + SILENCE_S, TurnSignal(Signal.EAGER_END, text, 1000 * SILENCE_S)),
        (end + FINAL_S, TurnSignal(Signal.END, text, 1000 * FINAL_S)),
    )
    for at, signal in script:
        loop.call_at(at, emit, signal)
    await asyncio.sleep(end + FINAL_S - loop.time())
    return end


def made_up_context(names: int = NAMES) -> Context:
    """A compiled context that avoids so many names which nobody has."""
    return context_avoiding(invented_names(names))


def invented_names(count: int, chance: random.Random | None = None) -> list[str]:
    """Names that nobody has; the same ones every time unless `chance` says otherwise."""
    chance = chance or random.Random(7)
    invented: dict[str, None] = {}
    while len(invented) < count:
        invented["".join(chance.choices(_SYLLABLES, k=4)).capitalize()] = None
    return list(invented)


def context_avoiding(names: Iterable[str]) -> Context:
    """A compiled context that avoids some names."""
    avoided = json.dumps([{"name": name} for name in names])
    platform = files("gemelo.context.policy").joinpath("platform.yaml").read_text("utf-8")
    talent = (
        "layer: talent\nname: bench\npersona: {name: Tess, description: {es: Tess, en: Tess}}\n"
        f"names_to_avoid: {avoided}\n"
    )
    layers = [parse_layer(platform, "platform.yaml"), parse_layer(talent, "talent.yaml")]
    return compile_context(layers, deployment="bench", twin="bench", talent="Tess")
