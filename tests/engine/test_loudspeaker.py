"""A session whose client plays into its own microphone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import numpy as np

from gemelo.benchmarks.scripted import ScriptedEars
from gemelo.engine.events import SpeakingStarted
from gemelo.models.vocabulary import FRAME_MS, IN_RATE
from tests.fakes import World
from tests.virtual import virtually

FRAME = IN_RATE * FRAME_MS // 1000
ECHO = np.full(FRAME, 100, "<i2").tobytes()
"""A tenth of what `ScriptedVoice` plays."""
VOICE = (3000 * np.random.default_rng(1).standard_normal(FRAME)).astype("<i2").tobytes()


@dataclass
class NotingEars(ScriptedEars):
    """Keeps what it hears."""

    heard: list[bytes] = field(default_factory=list[bytes])

    def hear(self, pcm: bytes) -> None:
        self.heard.append(pcm)


async def over_the_twin(frame: bytes, *, echoes: bool) -> list[bytes]:
    """What the ear hears of a second of one frame, recorded while the twin speaks."""
    ears = NotingEars()
    world = World(ears=ears)
    session = world.session(echoes=echoes)
    session.open_ear()
    session.hear(bytes(len(frame)))  # the room before anybody speaks
    session.say("who are you")
    await asyncio.sleep(1)
    assert world.outbox.of(SpeakingStarted)
    for _ in range(50):
        await asyncio.sleep(FRAME_MS / 1000)
        session.hear(frame)
    await session.close()
    return ears.heard[1:]


def test_a_client_that_says_so_has_the_echo_taken_out() -> None:
    """The ear hears silence of the same length where the microphone heard the twin."""
    assert set(virtually(over_the_twin(ECHO, echoes=True))) == {bytes(len(ECHO))}


def test_a_client_that_cancels_its_echo_is_left_alone() -> None:
    """By default the microphone is believed."""
    assert set(virtually(over_the_twin(ECHO, echoes=False))) == {ECHO}


def test_the_fan_is_heard_over_the_echo() -> None:
    """A voice that is louder than any echo could be reaches the ear unchanged."""
    assert set(virtually(over_the_twin(VOICE, echoes=True))) == {VOICE}
