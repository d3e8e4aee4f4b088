"""How long a fan waits for a voice, by draft policy: the real ear; everything that is bought is scripted.

    fan's clip ──real pace──▶ Silero, Smart Turn ─▶ engine ─▶ scripted mind, voice ─▶ recorded samples
                └─▶ scripted recogniser (A) ──┘   or scripted ear that predicts (B) instead of both

Turns whose draft was promoted (hits) and others (misses) are told apart, never pooled. Times count from
the last sample of the fan's clip above its noise floor to the first audible one of the twin's.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from gemelo.benchmarks import transcripts
from gemelo.benchmarks.fan import FRAME_S, Clip, Microphone, Notes, sound_bounds
from gemelo.benchmarks.marked import MARK, Mark, MarkedRecogniser, PredictingEars, marked
from gemelo.benchmarks.rows import Row, amount, share, times
from gemelo.benchmarks.scripted import NoKnowledge, ScriptedMind, ScriptedVoice
from gemelo.benchmarks.scripted_turns import EN, Forgetful, OpenGuard, made_up_context
from gemelo.context.guard.seam import Guard
from gemelo.context.policy.context import Context, PerLanguage
from gemelo.context.records import Drafting
from gemelo.engine.budget import DraftBudget
from gemelo.engine.events import Audio, FanStopped, ReplyStarted, TurnTimed
from gemelo.engine.openers import Openers, speak
from gemelo.engine.session import Fan, Session
from gemelo.engine.stage import OffLoop, Stage
from gemelo.engine.turns import TurnRules
from gemelo.models.clock import LoopClock
from gemelo.models.seams import Ears, SpeechToText
from gemelo.models.vocabulary import (
    BYTES_PER_SAMPLE,
    IN_RATE,
    OUT_RATE,
    Exchange,
    Prompt,
    Speculation,
    Written,
)

OPENERS = PerLanguage(((EN, ("Good question.", "Let me think.", "Well, let's see.")),))
SESSIONS = 6
"""At once: they share models and loop as a server's do, and are too few to wait for each other."""
FALSE_EARLY_S = 0.9
"""Sooner than this after a cut clip no silence decides: whoever answers has taken the cut for an end."""
LATE_S = 0.7
_BOUGHT = 0.5
_ANSWER_MS_A_CHAR, _OPENER_MS_A_CHAR = 40.0, 40.0
_ANSWER, _OPENER = 1000, 500
"""Samples of the two scripted voices."""
_TALKS_S = 0.5
"""How long the twin is heard before the next thing happens."""
_WAIT_S = 3.0
_BETWEEN_S = 0.4
_APART_S = 0.83
"""How long after one session the next begins."""


@dataclass(frozen=True, slots=True)
class Saying:
    """What a fan says; not `whole` where the clip stops in mid-sentence."""

    clip: Clip
    text: str
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Profile:
    """One way to run. `predicting`: the recogniser decides turns; `over`: the fan talks over the twin."""

    name: str
    speculation: Speculation
    predicting: bool = False
    guarded: bool = True
    openers: bool = False
    over: bool = False


PROFILES = (
    Profile("none", Speculation.NEVER),
    Profile("A-silence", Speculation.SILENCE),
    Profile("A-interim", Speculation.INTERIM),
    Profile("A-interim, open guard", Speculation.INTERIM, guarded=False),
    Profile("A-silence, interrupting", Speculation.SILENCE, over=True),
    Profile("A-interim, interrupting", Speculation.INTERIM, over=True),
    Profile("B-eager", Speculation.SILENCE, predicting=True),
    Profile("B-interim", Speculation.INTERIM, predicting=True),
    Profile("openers", Speculation.SILENCE, openers=True),
)


@dataclass
class _Mind(ScriptedMind):
    """Answers each call with the next of the scripted replies."""

    async def reply(self, prompt: Prompt) -> AsyncGenerator[Written, None]:
        self.text = transcripts.reply(len(self.calls))
        async for piece in super().reply(prompt):
            yield piece


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one saying led to, in seconds of the loop: the end of its speech, and what followed."""

    whole: bool
    end: float
    id: str = ""
    decided: float | None = None
    sounded: float | None = None
    gap: float | None = None
    """Silence between an opener and its answer; None where nothing was opened."""
    drafting: Drafting = field(default_factory=Drafting)

    @property
    def early(self) -> bool:
        """Whether the fan was answered before they had finished."""
        patience = 0.0 if self.whole else FALSE_EARLY_S
        return self.decided is not None and self.decided < self.end + patience


@dataclass(frozen=True, slots=True)
class Setting:
    """What all profiles share; `hearing` gives the real ear the words of a recogniser."""

    hearing: Callable[[SpeechToText], Ears]
    compiled: Callable[[Context], Guard]
    sayings: Sequence[Saying]
    turns: int
    off_loop: OffLoop = asyncio.to_thread


async def measure(setting: Setting, profiles: Sequence[Profile], report: Callable[[str], None]) -> list[Row]:
    """Plays turns of each profile in real time, some seconds a turn."""
    context = made_up_context()
    full = setting.compiled(context)
    full.ask(setting.sayings[0].text, EN)  # the first time reads files
    full.weigh("", setting.sayings[0].text, EN)
    rows: list[Row] = []
    for profile in profiles:
        report(f"latency: {profile.name}")
        stage = await _stage(context, full if profile.guarded else OpenGuard(), setting, profile)
        turns = await _play(stage, setting, profile)
        rows += _rows(profile, turns)
    return rows


async def _stage(context: Context, guard: Guard, setting: Setting, profile: Profile) -> Stage:
    texts = [saying.text for saying in setting.sayings]
    return Stage(
        context=context,
        guard=guard,
        knowledge=NoKnowledge(),
        mind=_Mind(),
        voice=ScriptedVoice(ms_per_char=_ANSWER_MS_A_CHAR, sample=_ANSWER),
        ears=PredictingEars(texts) if profile.predicting else setting.hearing(MarkedRecogniser(texts)),
        records=Forgetful(),
        clock=LoopClock(),
        tell_language=lambda text, languages, otherwise: otherwise,
        rules=TurnRules(speculation=profile.speculation),
        budget=DraftBudget(_BOUGHT),
        openers=await _openers() if profile.openers else Openers(),
        off_loop=setting.off_loop,
    )


async def _openers() -> Openers:
    return await speak(OPENERS, ScriptedVoice(ms_per_char=_OPENER_MS_A_CHAR, sample=_OPENER))


async def _play(stage: Stage, setting: Setting, profile: Profile) -> list[_Turn]:
    """Several sessions at once, each with its share of the turns."""
    chance = random.Random(profile.name)
    fit = [number for number, said in enumerate(setting.sayings) if said.whole or not profile.predicting]
    each = -(-setting.turns // SESSIONS) + profile.over

    async def play(delay_s: float) -> list[_Turn]:
        await asyncio.sleep(delay_s)
        asked = chance.choices(fit, k=each)
        turns = await _session(stage, setting.sayings, asked, over=profile.over)
        return turns[1:] if profile.over else turns  # nothing was talked over by the first

    played = await asyncio.gather(*(play(_APART_S * number) for number in range(SESSIONS)))
    return [turn for turns in played for turn in turns]


async def _session(
    stage: Stage, sayings: Sequence[Saying], asked: Sequence[int], *, over: bool
) -> list[_Turn]:
    """One fan who says one thing after the other, where `over` is set over the answer to the last."""
    greeted = Exchange("hi", stage.context.disclosure(EN))  # a first turn would open with it
    notes = Notes()
    session = Session(Fan("bench", EN, (greeted,), turns=1), stage, notes, spoken=True)
    microphone = Microphone(session.hear)
    sending = asyncio.create_task(microphone.run())
    await asyncio.sleep(_BETWEEN_S)
    turns: list[_Turn] = []
    costs: dict[str, Drafting] = {}
    try:
        for turn, number in enumerate(asked):
            _forget(notes, costs)
            seed = turn * len(sayings) + number
            turns.append(await _say(microphone, notes, sayings[number], seed))
            await asyncio.sleep(_TALKS_S)
            if not over:
                session.interrupt()
                await asyncio.sleep(_BETWEEN_S)
    finally:
        sending.cancel()
        await session.close()
    _forget(notes, costs)
    return [replace(turn, drafting=costs.get(turn.id, Drafting())) for turn in turns]


def _forget(notes: Notes, costs: dict[str, Drafting]) -> None:
    """Empties the notes, but for what drafts cost, which is told when a turn is over."""
    costs |= {event.turn: event.drafting for _, event in notes.events if isinstance(event, TurnTimed)}
    notes.events.clear()


async def _say(microphone: Microphone, notes: Notes, saying: Saying, seed: int) -> _Turn:
    """Plays a clip and follows what comes of it."""
    begin, end = sound_bounds(saying.clip)
    a_ms = IN_RATE // 1000
    begun = microphone.play(marked(saying.clip, Mark(seed, begin // a_ms, end // a_ms)))
    ended = begun + (MARK + end) / IN_RATE
    patience = ended - asyncio.get_running_loop().time() + _WAIT_S
    if (started := await notes.first(ReplyStarted, begun, patience)) is None:
        return _Turn(saying.whole, ended)
    decided = max(at for at, event in notes.events if isinstance(event, FanStopped) and at <= started[0])
    sounded = await notes.first_sound(started[0], _WAIT_S)
    gap = await _gap(notes, started[0]) if sounded else None
    return _Turn(saying.whole, ended, started[1].turn, decided, sounded, gap)


async def _gap(notes: Notes, since: float) -> float | None:
    """How long a client that plays at once is silent between an opener and its answer (s)."""
    opener, answer = (sample.to_bytes(2, "little", signed=True) for sample in (_OPENER, _ANSWER))
    first = await notes.first(Audio, since, _WAIT_S)
    if first is None or first[1].pcm[:2] != opener:
        return None
    deadline = asyncio.get_running_loop().time() + _WAIT_S
    while asyncio.get_running_loop().time() < deadline:
        played = first[0]
        for at, event in notes.events:
            if at >= first[0] and isinstance(event, Audio):
                if answer in (event.pcm[:2], event.pcm[-2:]):
                    return max(0.0, at - played)
                played = max(played, at) + len(event.pcm) / BYTES_PER_SAMPLE / OUT_RATE
        await asyncio.sleep(FRAME_S)
    return _WAIT_S


def _rows(profile: Profile, turns: Sequence[_Turn]) -> Iterator[Row]:
    whole = [turn for turn in turns if turn.whole]
    cut = [turn for turn in turns if not turn.whole]
    answered = [turn for turn in whole if turn.sounded is not None and not turn.early]
    name = profile.name
    yield share("answered", "en", [turn in answered for turn in whole], name)
    yield share("false_early", "en", [turn.early for turn in cut], name)
    yield share("false_early, whole clips", "en", [turn.early for turn in whole], name)
    if answered:
        waits = [1000 * (turn.decided - turn.end) for turn in answered if turn.decided is not None]
        yield times("end_of_turn", "en", waits, name)
        yield share("late_end", "en", [ms > 1000 * LATE_S for ms in waits], name)
    drafts = profile.speculation is not Speculation.NEVER
    hits = [turn for turn in answered if turn.drafting.promoted or not drafts]
    misses = [turn for turn in answered if turn not in hits]
    for metric, told in (("voice_to_voice", hits), ("voice_to_voice, misses", misses)):
        if told:
            yield times(
                metric, "en", [1000 * (t.sounded - t.end) for t in told if t.sounded is not None], name
            )
    if drafts and answered:
        yield share("hit", "en", [turn in hits for turn in answered], name)
        yield from _costs(name, [turn.drafting for turn in turns if turn.decided is not None])
    opened = [turn for turn in answered if turn.gap is not None]
    if profile.openers and opened:
        yield share("opened", "en", [turn in opened for turn in answered], name)
        first = [1000 * (t.sounded - t.decided) for t in opened if t.sounded and t.decided]
        yield times("sound_after_commit", "en", first, name)
        yield share("gaps", "en", [turn.gap is not None and turn.gap > 0.005 for turn in opened], name)


def _costs(name: str, turns: Sequence[Drafting]) -> Iterator[Row]:
    spent = sum(turns, Drafting())
    per_turn = {
        "drafts_started": spent.started,
        "drafts_promoted": spent.promoted,
        "drafts_dropped": spent.dropped,
        "mind_calls": spent.calls,
    }
    for metric, count in per_turn.items():
        yield amount(metric, "a turn", count / len(turns), name)
    yield amount("wasted_tokens", "share", spent.wasted / spent.tokens if spent.tokens else 0.0, name)
