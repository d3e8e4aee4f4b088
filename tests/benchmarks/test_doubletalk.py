"""A twin that talks into an open microphone, with the real voice activity model."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import soxr  # pyright: ignore[reportMissingTypeStubs]

from gemelo.benchmarks.doubletalk import Echo, Interruption, Room, Talking, measure
from gemelo.benchmarks.fan import Clip
from gemelo.models.adapters.artifacts import load_path
from gemelo.models.adapters.silero import SileroVoiceDetector
from gemelo.models.vocabulary import IN_RATE, OUT_RATE
from tests.benchmarks.recordings import spoken

MODELS = Path(os.environ.get("GEMELO_MODELS_DIR", Path(__file__).parents[2] / ".cache" / "models"))
FRAME = np.zeros(IN_RATE // 50)


@pytest.fixture(scope="module")
def vad() -> SileroVoiceDetector:
    return SileroVoiceDetector(load_path("silero-vad", MODELS))


def twin() -> Clip:
    said = spoken("I still train every morning, and on Sundays I cook for everybody who comes by.")
    heard = soxr.resample(said.astype(np.float32), IN_RATE, OUT_RATE).astype(np.int16)
    return heard[: len(heard) // (OUT_RATE // 50) * (OUT_RATE // 50)]


def pauses(talking: Talking, seconds: int) -> int:
    found = sum(talking.hear(FRAME) for _ in range(50 * seconds))
    talking.close()
    return found


def test_the_gate_keeps_the_twin_from_interrupting_itself(vad: SileroVoiceDetector) -> None:
    """Without the gate the echo is a voice; with it nobody is heard."""
    assert pauses(Talking(vad, twin(), Room(), gated=False), 8) > 0
    assert pauses(Talking(vad, twin(), Room()), 8) == 0


def test_a_room_rings_on_when_the_twin_stops() -> None:
    """What was played comes back as late as the room says, whether or not the twin still talks."""
    response = np.zeros(IN_RATE // 10)
    response[-1] = 1
    echo = Echo(np.full(4 * OUT_RATE // 50, 1000, np.int16), Room(gain_db=-20, response=response))
    echo.play(1)
    heard = np.concatenate([echo.next() for _ in range(20)])
    loud = np.flatnonzero(np.abs(heard) > 50)
    assert abs(loud[0] / IN_RATE - 0.16) < 0.001
    assert abs(loud[-1] / IN_RATE - 0.18) < 0.001
    assert np.median(heard[loud]) == pytest.approx(100, rel=0.02)


def test_a_fan_over_the_echo_is_noticed(vad: SileroVoiceDetector) -> None:
    """The rows say how many interruptions were missed, and how long the others took."""
    fans = [Interruption("wait", spoken("Wait, stop there."))]
    rows = {(row.profile, row.metric): row for row in measure(vad, twin(), None, fans, seconds=5)}
    assert rows["echo", "double_talk_missed"].value == 0
    assert rows["echo", "onset_to_pause"].n == rows["echo", "double_talk_missed"].n
    assert rows["echo", "false_pauses_per_min"].value == 0
    assert ("noise", "false_pauses_per_min") not in rows
