"""The recorded fan: when a clip's speech begins and ends, and when the twin's can be heard."""

from __future__ import annotations

import asyncio
import json
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.benchmarks.fan import Clip, Microphone, Notes, recorded, sound_bounds, transcribed
from gemelo.engine.events import Audio, FanStopped
from gemelo.models.errors import BadDocument
from gemelo.models.vocabulary import IN_RATE, OUT_RATE, TurnId
from tests.virtual import virtually

TURN = TurnId("t")


def tone(ms: int, amplitude: float = 8000) -> Clip:
    at = np.arange(IN_RATE * ms // 1000)
    return (amplitude * np.sin(at * 2 * np.pi * 220 / IN_RATE)).astype(np.int16)


def noise(ms: int, amplitude: float) -> Clip:
    return np.random.default_rng(7).normal(0, amplitude, IN_RATE * ms // 1000).astype(np.int16)


@given(st.integers(10, 60), st.integers(10, 60), st.sampled_from([0.0, 5.0, 40.0]))
def test_speech_ends_at_its_last_sample_above_the_noise(before: int, after: int, floor: float) -> None:
    """Noise before and after a sound is no part of it, to one block of 10 ms."""
    clip = np.concatenate((noise(10 * before, floor), tone(400), noise(10 * after, floor)))
    first, last = sound_bounds(clip)
    assert abs(first - 160 * before) <= 160
    assert abs(last - 160 * before - IN_RATE * 400 // 1000) <= 160


def test_a_clip_cut_at_its_sounds_is_sound_from_end_to_end() -> None:
    """Speech without any noise around it is not taken for its own floor."""
    assert sound_bounds(tone(500)) == (0, 8000)


def test_silence_has_no_sound() -> None:
    """A clip without sound is empty."""
    assert sound_bounds(np.zeros(16000, np.int16)) == (0, 0)


def test_the_microphone_keeps_its_pace() -> None:
    """Frames come every 20 ms, silence around the clip, which sounds when `play` says it does."""
    frames: list[tuple[float, bytes]] = []

    async def main() -> float:
        loop = asyncio.get_running_loop()
        microphone = Microphone(lambda pcm: frames.append((loop.time(), pcm)))
        sending = asyncio.create_task(microphone.run())
        await asyncio.sleep(0.050)
        sounds = microphone.play(np.full(640, 7, np.int16))
        await asyncio.sleep(0.1)
        sending.cancel()
        return sounds

    assert virtually(main()) == pytest.approx(0.040)
    assert [at for at, _ in frames] == pytest.approx([0.02 * n for n in range(1, len(frames) + 1)])
    assert [any(pcm) for _, pcm in frames][:5] == [False, False, True, True, False]


def test_the_first_sound_is_the_first_audible_sample() -> None:
    """Silence at the front of the twin's audio is not yet an answer."""

    async def main() -> tuple[float | None, float | None]:
        notes = Notes()
        loop = asyncio.get_running_loop()
        silence, sound = np.zeros(OUT_RATE // 50, "<i2"), np.full(OUT_RATE // 50, 900, "<i2")
        for at, pcm in ((0.5, silence), (0.52, sound)):
            loop.call_at(at, notes.send, Audio(TURN, pcm.tobytes()))
        return await notes.first_sound(0, 1), await notes.first_sound(2, 1)

    first, none = virtually(main())
    assert first == pytest.approx(0.52)
    assert none is None


def test_what_never_comes_is_waited_for_in_vain() -> None:
    """Waiting for an event is bounded."""
    assert virtually(Notes().first(FanStopped, 0, 3)) is None


def write(folder: Path, rate: int = IN_RATE, *, cut: bool = True) -> None:
    with wave.open(str(folder / "a.wav"), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(tone(100).tobytes())
    lines = [
        {"file": "a.wav", "turn_complete": True, "text": "Ah"},
        {"file": "cut.wav", "turn_complete": False},
        {"file": "es.wav", "lang": "es", "turn_complete": True},
    ][: 3 if cut else 1]
    (folder / "manifest.jsonl").write_text("\n".join(json.dumps(line) for line in lines))


def test_recorded_clips_are_the_whole_english_ones(tmp_path: Path) -> None:
    """Clips of other languages and of cut turns are left out."""
    write(tmp_path)
    assert [len(clip) for clip in recorded(tmp_path, complete=True)] == [1600]


def test_transcribed_clips_come_with_what_is_said(tmp_path: Path) -> None:
    """A text goes with its clip, and a clip without one is an error of format."""
    write(tmp_path, cut=False)
    assert [(len(clip), text) for clip, text in transcribed(tmp_path)] == [(1600, "Ah")]
    (tmp_path / "manifest.jsonl").write_text('{"file": "a.wav"}')
    with pytest.raises(BadDocument, match="texts"):
        transcribed(tmp_path)


@pytest.mark.parametrize("spoil", ["rate", "manifest"])
def test_clips_of_another_format_are_refused(tmp_path: Path, spoil: str) -> None:
    """Another rate, or no manifest, is one clear error."""
    if spoil == "rate":
        write(tmp_path, 8000)
    with pytest.raises(BadDocument, match="16 kHz"):
        recorded(tmp_path, complete=True)
