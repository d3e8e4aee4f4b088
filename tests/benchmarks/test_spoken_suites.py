"""Spoken turns and interruptions under their benchmarks: scripted services, a simple ear, virtual time."""

from __future__ import annotations

import json
import wave
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from gemelo.benchmarks import bargein, spoken_turns
from gemelo.benchmarks.fan import Clip
from gemelo.benchmarks.rows import Bench, House, Row, Trace
from gemelo.engine.stage import Stage
from gemelo.models.seams import Ear
from gemelo.models.vocabulary import IN_RATE, Language, Signal, Transcript, TurnSignal
from tests.benchmarks.recordings import chime, spoken
from tests.fakes import World
from tests.virtual import virtually

SILENT_FRAMES = 10


class LoudEar:
    """Takes any sound for speech, and 200 ms of silence for its end."""

    def __init__(self, emit: Callable[[TurnSignal], None]) -> None:
        self._emit = emit
        self._silent: int | None = None

    def hear(self, pcm: bytes) -> None:
        if any(pcm):
            if self._silent is None:
                self._emit(TurnSignal(Signal.START))
            self._silent = 0
        elif self._silent is not None:
            self._silent += 1
            if self._silent == SILENT_FRAMES:
                self._silent = None
                self._emit(TurnSignal(Signal.END, "what is offside", 200))

    def transcript(self, transcript: Transcript) -> None:
        return

    async def close(self) -> None:
        return


class LoudEars:
    def hears(self, language: Language) -> bool:
        return True

    async def open(self, language: Language, emit: Callable[[TurnSignal], None]) -> Ear:
        return LoudEar(emit)


@dataclass
class Hall:
    """A house with one place, which keeps no sessions."""

    stage: Stage

    @property
    def sessions(self) -> Hall:
        return self

    async def open(self, session: str, deployment: str, policy: str, language: Language) -> None:
        return

    async def place(self, key: str) -> Hall:
        return self


def bench(data: Path | None = None) -> Bench:
    async def house() -> House:
        return cast(House, Hall(replace(World().stage(), ears=LoudEars())))

    return Bench(house, data, lambda line: None)


def save(folder: Path, text: str, clip: Clip) -> None:
    """Writes a folder of one recording."""
    with wave.open(str(folder / "a.wav"), "wb") as file:
        file.setparams((1, 2, IN_RATE, 0, "NONE", ""))
        file.writeframes(clip.tobytes())
    (folder / "manifest.jsonl").write_text(json.dumps({"file": "a.wav", "text": text}))


def test_spoken_turns_are_timed_from_the_samples() -> None:
    """The end of a turn is when the ear said so; the voice comes after mind and voice had their time."""
    found = virtually(spoken_turns.measure(bench(), 2))
    rows = {row.metric: row for row in found if isinstance(row, Row)}
    assert rows["answered"].value == 1.0
    assert rows["false_end"].value == 0.0
    assert rows["end_of_turn"].value == pytest.approx(200, abs=20)
    assert rows["after_end_of_turn"].value == pytest.approx(270, abs=5)
    assert {row.n for row in rows.values()} == {2}


def test_the_stages_of_spoken_turns_are_kept() -> None:
    """Each turn has a trace: the turn ends, then the first token comes, then the first sound."""
    traces = [found for found in virtually(spoken_turns.measure(bench(), 2)) if isinstance(found, Trace)]
    assert len(traces) == 2
    for trace in traces:
        assert trace.marks["end_of_turn"] < trace.marks["first_token"] < trace.marks["first_audio"]


def test_an_interruption_is_timed_from_its_first_sample() -> None:
    """An ear that notices in the first frame pauses the twin as soon as that frame is full."""
    rows = {row.metric: row for row in virtually(bargein.run(bench(), 2))}
    assert rows["paused"].value == 1.0
    assert rows["onset_to_pause"].value == pytest.approx(20, abs=1)


def test_a_pause_before_the_voice_is_no_quick_pause(tmp_path: Path) -> None:
    """An ear that takes a device's tone for a voice is told off for it, not praised for its speed."""
    text = "Tell me about something else."
    save(tmp_path, text, np.concatenate((chime(600), spoken(text))))
    rows = {(row.profile, row.metric): row for row in virtually(bargein.run(bench(tmp_path), 2))}
    assert rows["speech", "paused_before"].value == 1.0
    assert ("speech", "onset_to_pause") not in rows
    assert rows["rendered", "paused_before"].value == 0.0


def test_a_recording_whose_first_word_is_not_found_is_left_out(tmp_path: Path) -> None:
    """What cannot be timed honestly is not timed."""
    save(tmp_path, "Xqzt.", chime(600))
    rows = virtually(bargein.run(bench(tmp_path), 2))
    assert {row.profile for row in rows} == {"rendered"}
