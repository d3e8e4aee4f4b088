"""One turn, watched from all sides: what is begun on a guess, thrown away, kept, and when it may be heard.

The demo's own guard, knowledge and store; scripted ears, mind and voice, so that their share is known.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, replace

from gemelo.benchmarks.fan import Notes
from gemelo.benchmarks.rows import House, Span, Trace
from gemelo.benchmarks.scripted import ScriptedEars, ScriptedMind, ScriptedVoice
from gemelo.benchmarks.transcripts import EAGER_END_MS, END_MS, Cue, Stretch, Word, predicting
from gemelo.engine.budget import DraftBudget
from gemelo.engine.events import Audio, ReplyEnded, ReplyStarted
from gemelo.engine.session import Fan, Session
from gemelo.engine.turns import Speculation
from gemelo.models.vocabulary import Exchange, Language, Prompt, Signal, Speech, TurnSignal, Written

EN = Language("en")
DEPLOYMENT = "demo-portal"
_WORDS = "how would you train for a final".split()
_WORD_MS, _GAP_MS = 210.0, 40.0
_SEED = 1
"""Of the script's draws: no false end in this one."""
_WITHIN_S = 5.0
_SPEECH_MS = len(_WORDS) * (_WORD_MS + _GAP_MS) - _GAP_MS
_HEARD_MS = 300.0
"""Of the reply; the picture ends there."""
_SILENCE_MS = {Cue.EAGER_END: EAGER_END_MS, Cue.END: END_MS}

_Said = tuple[float, Cue, str]
"""When (s), what, and the words so far."""


@dataclass
class _Draft:
    """What became of one reply (s on the loop's clock)."""

    begun: float
    token: float | None = None
    sound: float | None = None
    over: float | None = None

    def steps(self, until: float) -> Iterator[tuple[str, float, float]]:
        """What it did from when to when."""
        steps = (
            ("waits for the mind", self.begun),
            ("is written", self.token),
            ("has its sound", self.sound),
        )
        reached = [(what, at) for what, at in steps if at is not None and at < until]
        for (what, at), then in zip(reached, [*(at for _, at in reached[1:]), until], strict=True):
            yield what, at, then


class _Mind(ScriptedMind):
    """Notes each draft, its first token, and when it was written to its end or thrown away."""

    def __init__(self) -> None:
        super().__init__()
        self.drafts: list[_Draft] = []

    async def reply(self, prompt: Prompt) -> AsyncGenerator[Written, None]:
        now = asyncio.get_running_loop().time
        draft = _Draft(now())
        self.drafts.append(draft)
        try:
            async with aclosing(super().reply(prompt)) as pieces:
                async for piece in pieces:
                    draft.token = draft.token or now()
                    yield piece
        finally:
            draft.over = now()


class _Voice(ScriptedVoice):
    """Notes when the newest draft's first sound was ready."""

    def __init__(self, mind: _Mind) -> None:
        super().__init__()
        self._mind = mind

    async def speak(self, text: AsyncIterator[str], language: Language) -> AsyncGenerator[Speech, None]:
        async with aclosing(super().speak(text, language)) as sounds:
            async for sound in sounds:
                draft = self._mind.drafts[-1]
                draft.sound = draft.sound or asyncio.get_running_loop().time()
                yield sound


async def watched(house: House) -> Trace:
    """Plays one spoken turn with drafts on every interim, in real time: three seconds.

    Raises:
        UnknownDeployment, BadLayer, StoreError.
        TimeoutError: it was not answered.
    """
    place = (await house.place(DEPLOYMENT)).stage
    ears, mind = ScriptedEars(), _Mind()
    rules = replace(place.rules, speculation=Speculation.INTERIM)
    budget = DraftBudget(1.0)  # the house's own may be spent
    stage = replace(place, ears=ears, mind=mind, voice=_Voice(mind), rules=rules, budget=budget)
    id, notes = uuid.uuid4().hex, Notes()
    await house.sessions.open(id, DEPLOYMENT, stage.context.hash, EN)
    greeted = Exchange("hi", stage.context.disclosure(EN))  # a first turn would open with it
    session = Session(Fan(id, EN, (greeted,), turns=1), stage, notes, spoken=True)
    session.open_ear()
    await asyncio.sleep(0.1)
    try:
        said, end = await _say(ears)
        started = await notes.first(ReplyStarted, 0, _WITHIN_S)
        sounded = await notes.first(Audio, 0, _WITHIN_S)
        await notes.first(ReplyEnded, 0, _WITHIN_S)
    finally:
        await session.close()
    if started is None or sounded is None:
        raise TimeoutError("the watched turn was not answered")
    return _trace(said, mind.drafts, started[0], sounded[0], end)


async def _say(ears: ScriptedEars) -> tuple[list[_Said], float]:
    """Says one utterance; returns what the recogniser said when, and the end of the speech (s)."""
    loop = asyncio.get_running_loop()
    assert ears.emit is not None
    step = _WORD_MS + _GAP_MS
    words = tuple(Word(word, at * step, at * step + _WORD_MS) for at, word in enumerate(_WORDS))
    stretch = Stretch(words, 0.0, words[-1].to_ms)
    begun = loop.time() + 0.05
    said: list[_Said] = []
    for line in predicting([stretch], _SEED):
        await asyncio.sleep(begun + line.at_ms / 1000 - loop.time())
        said.append((loop.time(), line.cue, line.text))
        ears.emit(TurnSignal(Signal(line.cue), line.text, _SILENCE_MS.get(line.cue, 0.0)))
    return said, begun + stretch.to_ms / 1000


def _trace(said: list[_Said], drafts: list[_Draft], started: float, sounded: float, end: float) -> Trace:
    def ms(at: float) -> float:
        return round(1000 * (at - end), 1)

    kept = drafts[-1]
    spans = [Span("fan", "speaks", -_SPEECH_MS, 0.0)]
    spans += [Span("ear", _newest(cue, text), ms(at)) for at, cue, text in said]
    for number, draft in enumerate(drafts, 1):
        until = sounded if draft is kept else draft.over or sounded
        steps = [(what, ms(at), ms(then)) for what, at, then in draft.steps(until)]
        spans += [Span(f"draft {number}", *step) for step in steps]
        if draft is not kept:
            spans.append(Span(f"draft {number}", "thrown away", ms(until)))
    spans += [Span("gate", "closed", ms(drafts[0].begun), ms(started)), Span("gate", "opens", ms(started))]
    spans.append(Span("twin", "is heard", ms(sounded), ms(sounded) + _HEARD_MS))
    reached = {"first_token": kept.token, "sound_ready": kept.sound, "gate_opens": started}
    marks = {"draft_begun": ms(kept.begun), "end_of_turn": ms(said[-1][0]), "first_audio": ms(sounded)}
    marks |= {name: ms(at) for name, at in reached.items() if at is not None}
    return Trace("gemelo", "one turn, drafts on every interim", marks, tuple(spans))


def _newest(cue: Cue, text: str) -> str:
    """The word that is new, or what the recogniser says of the turn."""
    return text.rpartition(" ")[2] if cue in (Cue.START, Cue.UPDATE, Cue.RESUME) else cue.replace("_", " ")
