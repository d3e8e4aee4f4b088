"""A voice session of somebody's recording, on scripted services in virtual time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pytest

from gemelo.admin.services.house import Place
from gemelo.admin.services.recording import Samples
from gemelo.admin.services.talk import MOST_S, Talked, talk
from gemelo.admin.services.watch import Watch
from gemelo.admin.services.wav import Sound
from gemelo.benchmarks.scripted import ScriptedEars
from gemelo.context.policy.layers import Layer
from gemelo.context.state.memory import MemoryState
from gemelo.context.tenancy.likeness import Licence
from gemelo.context.tenancy.standing import Facts
from gemelo.context.tenancy.windows import ANY_TIME
from gemelo.context.twins import (
    Changes,
    Deployment,
    DeploymentStatus,
    DeploymentType,
    SessionRecord,
    Talent,
    Twin,
    TwinState,
)
from gemelo.engine.stage import Stage
from gemelo.models.errors import UsageError
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, IN_RATE, OUT_RATE, Language, Signal, TurnSignal
from tests.fakes import EN, ES, World
from tests.virtual import virtually


@dataclass
class TimedEars(ScriptedEars):
    """Says each signal when it has heard so many ms."""

    script: list[tuple[int, TurnSignal]] = field(default_factory=list[tuple[int, TurnSignal]])

    def hear(self, pcm: bytes) -> None:
        super().hear(pcm)
        ms = self.heard_bytes * 1000 / IN_RATE / BYTES_PER_SAMPLE
        while self.script and self.emit and ms >= self.script[0][0]:
            self.emit(self.script.pop(0)[1])


class MemorySessions:
    """`Sessions` in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, SessionRecord] = {}

    async def open(self, session: str, deployment: str, policy: str, language: Language) -> SessionRecord:
        self.kept[session] = SessionRecord(session, deployment, policy, language)
        return self.kept[session]

    async def get(self, session: str) -> SessionRecord | None:
        return self.kept.get(session)

    async def ended(self, session: str) -> None:
        return


LICENCE = Licence("all", "tess", ANY_TIME)


class Inn:
    """A `Host` with one place."""

    def __init__(self, world: World) -> None:
        self.sessions = MemorySessions()
        self.world = world

    @cached_property
    def stage(self) -> Stage:
        """Made where a loop runs."""
        return self.world.stage()

    async def place(self, key: str) -> Place:
        portal = Deployment(key, "test", DeploymentType.PORTAL, DeploymentStatus.ACTIVE)
        facts = Facts(
            portal, Twin("test", "tess", "Tess", TwinState.LIVE), Talent("tess", "Tess"), licences=(LICENCE,)
        )
        return await self.known(facts)

    async def known(self, facts: Facts) -> Place:
        return Place(facts, 0, self.stage)

    async def tailored(self, place: Place, layer: Layer) -> Place:
        return place

    async def changes(self, since: int) -> Changes:
        return Changes(0, frozenset())


def recording(*parts: tuple[int, bool]) -> Sound:
    """Stretches of so many ms, each a voice or silence."""
    stretches = [
        np.full(ms * IN_RATE // 1000, 0.0) if not voice else 0.3 * np.sin(np.arange(ms * IN_RATE // 1000))
        for ms, voice in parts
    ]
    return Sound(np.concatenate(stretches).astype(np.float32), IN_RATE)


def talked(sound: Sound, world: World, *script: tuple[int, TurnSignal]) -> Talked:
    world.ears = TimedEars(script=list(script))
    return virtually(talk(Inn(world), "test-portal", sound, None, lambda line: None))


def between(track: Samples, from_s: float, to_s: float) -> Samples:
    return track[round(from_s * OUT_RATE) : round(to_s * OUT_RATE)]


START = TurnSignal(Signal.START)


@pytest.mark.parametrize("claimed_ms", [0.0, 200.0, 900.0])
def test_times_count_from_the_recording_not_from_the_ear(claimed_ms: float) -> None:
    """However long an ear thinks the fan was silent, the recording says when the voice ended."""
    said = (1200, TurnSignal(Signal.END, "hello there", claimed_ms))
    [turn] = talked(recording((1000, True), (300, False)), World(), (100, START), said).turns
    assert turn.timeline_ms["end_of_turn"] == pytest.approx(200, abs=10)
    assert turn.voice_to_voice_ms == pytest.approx(200 + 90, abs=10)  # the opening needs no mind
    assert turn.timeline_ms["first_audio"] == pytest.approx(turn.voice_to_voice_ms, abs=1)
    assert turn.row()["heard"] == "hello there"


def test_both_sides_share_one_clock() -> None:
    """The twin is heard after the fan, on the fan's clock, and the reply is heard to its end."""
    said = (1200, TurnSignal(Signal.END, "hello there", 200.0))
    done = talked(recording((1000, True), (300, False)), World(), (100, START), said)
    [turn] = done.turns
    assert len(done.fan) == 1.3 * OUT_RATE
    assert not between(done.twin, 0, 1.28).any()
    words = len(turn.outcome.reply)
    assert len(done.twin[done.twin > 0]) / OUT_RATE == pytest.approx(words * 0.06, rel=0.02)


def test_an_interrupted_reply_falls_silent() -> None:
    """A twin that is talked over stops at once, and its turn is marked."""
    sound = recording((1000, True), (2000, False), (1000, True), (500, False))
    done = talked(
        sound,
        World(),
        (100, START),
        (1200, TurnSignal(Signal.END, "hello there", 200.0)),
        (3100, START),
        (3500, TurnSignal(Signal.UPDATE, "no wait a moment")),
        (4200, TurnSignal(Signal.END, "no wait a moment", 200.0)),
    )
    assert [turn.row()["interrupted"] for turn in done.turns] == [True, False]
    assert between(done.twin, 2.5, 3.05).any()
    assert not between(done.twin, 3.12, 4.2).any()
    assert done.turns[1].timeline_ms["end_of_turn"] == pytest.approx(200, abs=10)


def test_a_back_channel_only_pauses() -> None:
    """After an "mhm" the twin goes on with the sample at which it stopped."""
    sound = recording((1000, True), (2000, False), (300, True), (500, False))
    done = talked(
        sound,
        World(),
        (100, START),
        (1200, TurnSignal(Signal.END, "hello there", 200.0)),
        (3100, START),
        (3400, TurnSignal(Signal.END, "mhm", 100.0)),
    )
    [turn] = done.turns
    assert turn.row()["interrupted"] is False
    assert not between(done.twin, 3.12, 3.38).any()
    assert len(done.twin[done.twin > 0]) / OUT_RATE == pytest.approx(len(turn.outcome.reply) * 0.06, rel=0.02)


def test_silence_is_no_turn() -> None:
    """Where nothing was said the session ends soon, without a turn."""
    done = talked(recording((400, False)), World())
    assert (done.turns, len(done.twin)) == ([], 0)


def test_an_endless_reply_is_cut() -> None:
    """A twin that never stops is listened to for a while, then the session is closed."""
    world = World()
    world.mind.text = "and so on " * 300
    done = talked(
        recording((1000, True)), world, (100, START), (1200, TurnSignal(Signal.END, "tell me all", 200.0))
    )
    assert [turn.row()["interrupted"] for turn in done.turns] == [True]
    assert len(done.twin) / OUT_RATE <= 1 + MOST_S + 0.1


def test_a_language_that_nobody_hears() -> None:
    """Without an ear for the language there is no session, and the sentence says what is heard."""
    world = World(ears=ScriptedEars(languages=("en",)))
    for wanted in (ES, Language("fr")):
        with pytest.raises(UsageError, match=r"hears en|speaks en, es"):
            virtually(talk(Inn(world), "test-portal", recording((100, True)), wanted, lambda line: None))
    assert EN in world.ears.languages


def test_what_is_published_meanwhile_holds_from_the_next_turn() -> None:
    """The turn before the change is stored under the old policy, the one after it under the new."""

    async def main() -> None:
        world = World()
        ends = [(1200, TurnSignal(Signal.END, "hello there")), (4200, TurnSignal(Signal.END, "and now what"))]
        starts = [(at - 1000, START) for at, _ in ends]
        world.ears = TimedEars(script=sorted(starts + ends, key=lambda one: one[0]))
        inn, shared = Inn(world), MemoryState(asyncio.get_running_loop().time)
        old = inn.stage.context
        watch = Watch(inn, inn, shared, lambda: 0)
        running = asyncio.create_task(watch.run())

        async def publish() -> None:
            await asyncio.sleep(2)
            inn.stage = replace(inn.stage, context=replace(old, prefix="You are Tess, and mild."))
            await shared.tell(frozenset({"tess"}))

        publishing = asyncio.create_task(publish())
        sound = recording((1000, True), (2000, False), (1000, True), (500, False))
        told = await talk(inn, "test-portal", sound, None, lambda line: None, watch)
        await publishing
        running.cancel()
        assert [turn.turn.policy for turn in told.turns] == [old.hash, inn.stage.context.hash]

    virtually(main())
