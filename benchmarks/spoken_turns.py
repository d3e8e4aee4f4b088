"""The embedded stack end to end: spoken questions in at real pace, the twin's own voice out.

The end of speech is found in the clip's samples and the answer's begin in the samples sent; what the
engine says about its own times is not asked.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass

from gemelo.benchmarks.fan import Clip, Microphone, Notes, recorded, render, sound_bounds
from gemelo.benchmarks.rows import Bench, Finding, House, Trace, share, times
from gemelo.context.records import Timeline
from gemelo.engine.events import FanStopped, ReplyStarted, TurnTimed
from gemelo.engine.session import Fan, Session
from gemelo.models.vocabulary import IN_RATE, Exchange, Language

EN = Language("en")
DEPLOYMENT = "demo-portal"
QUESTIONS = (
    "Who are you?",
    "What is the offside rule?",
    "How long is a football match?",
    "What is a penalty kick?",
    "Who won the first World Cup?",
    "How can I train at home?",
    "Why do fans sing?",
    "What does a goalkeeper do?",
)
_WAIT_S = 4.0
_BETWEEN_S = 0.6


@dataclass(frozen=True, slots=True)
class Caller:
    """A session on the demo with an open microphone."""

    session: Session
    notes: Notes
    microphone: Microphone


@asynccontextmanager
async def calling(house: House, language: Language = EN) -> AsyncGenerator[Caller]:
    """Opens a session that has been greeted, and its microphone.

    Raises:
        UnknownDeployment, BadLayer, StoreError.
    """
    stage = (await house.place(DEPLOYMENT)).stage
    id = uuid.uuid4().hex
    await house.sessions.open(id, DEPLOYMENT, stage.context.hash, language)
    notes = Notes()
    greeted = Exchange("hi", stage.context.disclosure(language))  # a first turn would open with it
    session = Session(Fan(id, language, (greeted,), turns=1), stage, notes, spoken=True)
    microphone = Microphone(session.hear)
    sending = asyncio.create_task(microphone.run())
    await asyncio.sleep(_BETWEEN_S)
    try:
        yield Caller(session, notes, microphone)
    finally:
        sending.cancel()
        await session.close()


async def measure(bench: Bench, turns: int) -> list[Finding]:
    """Plays `turns` rendered questions, then the recorded clips where there are data.

    The stages of the turns are the engine's own account; the times in the rows are not.
    """
    house = await bench.house()
    voice = (await house.place(DEPLOYMENT)).stage.voice
    asked = [await render(voice, question, EN) for question in QUESTIONS]
    clips = {"rendered": [asked[turn % len(asked)] for turn in range(turns)]}
    if bench.data:
        clips["turns"] = recorded(bench.needed("turns"), complete=True)[:turns]
        clips["speech"] = recorded(bench.needed("speech"))[:turns]
    told = await asyncio.gather(*(_ask(house, own, profile) for profile, own in clips.items()))
    return [finding for found in told for finding in found]


async def _ask(house: House, clips: Sequence[Clip], profile: str) -> list[Finding]:
    decided: list[float] = []
    heard: list[float] = []
    false_ends: list[bool] = []
    async with calling(house) as caller:
        for clip in clips:
            found = await _answered(caller, clip)
            false_ends.append(found is not None and found[0] < 0)
            if found and found[0] >= 0:
                decided.append(found[0])
                heard.append(found[1])
            caller.session.interrupt()
            await asyncio.sleep(_BETWEEN_S)
    timelines = [event.timeline for _, event in caller.notes.events if isinstance(event, TurnTimed)]
    rows: list[Finding] = [
        *(Trace("gemelo", profile, _marks(timeline)) for timeline in timelines),
        share("answered", "en", [True] * len(heard) + [False] * (len(clips) - len(heard)), profile),
        share("false_end", "en", false_ends, profile),
    ]
    if heard:
        after = [voice - end for voice, end in zip(heard, decided, strict=True)]
        rows += [
            times("end_of_turn", "en", decided, profile),
            times("voice_to_voice", "en", heard, profile),
            times("after_end_of_turn", "en", after, profile),
        ]
    return rows


def _marks(timeline: Timeline) -> dict[str, float]:
    """What a reply's beginning waited for."""
    return {stage: ms for stage, ms in asdict(timeline).items() if ms is not None and stage != "done"}


async def _answered(caller: Caller, clip: Clip) -> tuple[float, float] | None:
    """When a clip's last turn was decided and when the answer sounds, ms from the end of its speech."""
    begun = caller.microphone.play(clip)
    loop = asyncio.get_running_loop()
    end = begun + sound_bounds(clip)[1] / IN_RATE
    started = await caller.notes.first(ReplyStarted, begun, end - loop.time() + _WAIT_S)
    if started is None:
        return None
    decided = max(
        at for at, event in caller.notes.events if isinstance(event, FanStopped) and at <= started[0]
    )
    sounded = await caller.notes.first_sound(started[0], _WAIT_S)
    return (1000 * (decided - end), 1000 * (sounded - end)) if sounded else None
