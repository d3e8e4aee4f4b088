"""`gemelo talk`, on speech rendered at test time."""

# soundfile has no types of its own below 0.14:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from gemelo.models.adapters.espeak import EspeakVoice
from gemelo.models.vocabulary import OUT_RATE, Language
from tests.admin.cli.asking import PORTAL, ask, refused
from tests.server import gemelo

TIMELINE = {"end_of_turn", "retrieval", "first_token", "first_clause", "guard", "first_audio"}


async def render(text: str) -> NDArray[np.int16]:
    """Speaks a text; s16 at 24 kHz."""

    async def source() -> AsyncIterator[str]:
        yield text

    voice = EspeakVoice()
    pcm = b"".join([piece.pcm async for piece in voice.speak(source(), Language("en"))])
    await voice.close()
    return np.frombuffer(pcm, np.int16)


@pytest.fixture(scope="module")
def question(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A spoken question as a stereo file at 48 kHz, with half a second of silence around it."""
    path = tmp_path_factory.mktemp("fan") / "question.wav"
    speech = np.repeat(asyncio.run(render("What is the weather like today?")), 2)
    mono = np.concatenate([np.zeros(24_000, np.int16), speech, np.zeros(24_000, np.int16)])
    soundfile.write(path, np.stack([mono, mono], axis=1), 48_000)
    return path


@pytest.fixture(scope="module")
def talked(
    question: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], NDArray[np.int16]]:
    """The document of one conversation with a twin of few words, and its recording."""
    data = tmp_path_factory.mktemp("talk")
    text, out = data / "weather.txt", data / "out.wav"
    text.write_text("It is sunny. " * 10)
    ask(data, "learn", "--twin", "sunny", "--create", str(text))
    document = ask(data, "talk", "--deployment", "sunny", str(question), "--out", str(out))
    both, rate = soundfile.read(out, dtype="int16")
    assert rate == OUT_RATE
    return document, both.astype(np.int16)


def test_a_spoken_question_is_answered(talked: tuple[dict[str, Any], NDArray[np.int16]]) -> None:
    """The document holds the turn: what was heard, the reply, and a timeline from the end of speech."""
    [turn] = talked[0]["turns"]
    assert set(turn) >= {"heard", "reply", "interrupted", "voice_to_voice_ms", "timeline_ms"}
    assert set(turn["timeline_ms"]) == TIMELINE
    assert all(isinstance(ms, float) for ms in turn["timeline_ms"].values())
    assert turn["heard"]
    assert "virtual twin of Sunny" in turn["reply"]
    assert turn["interrupted"] is False
    assert 0 < turn["timeline_ms"]["end_of_turn"] <= turn["timeline_ms"]["first_audio"]


def test_the_recording_holds_both_sides(
    talked: tuple[dict[str, Any], NDArray[np.int16]], question: Path
) -> None:
    """The fan is on the left on the file's clock, the twin on the right, and the wait is in the samples."""
    document, both = talked
    asked, rate = soundfile.read(question, dtype="int16")
    assert (both.shape[1], rate) == (2, 2 * OUT_RATE)
    left, right = both[: len(asked) // 2, 0].astype(float), both[:, 1]
    assert np.corrcoef(left, asked[::2, 0][: len(left)])[0, 1] > 0.95
    spoke_until = np.nonzero(np.abs(left) > 300)[0][-1]
    answered = np.nonzero(right)[0][0]
    waited = (answered - spoke_until) * 1000 / OUT_RATE
    assert document["turns"][0]["voice_to_voice_ms"] == pytest.approx(waited, abs=80)
    assert np.abs(right[answered:]).max() > 3_000


def test_nothing_said_is_no_turn(demo_data: Path, tmp_path: Path) -> None:
    """Silence in an 8-bit file at 8 kHz is heard out, and is no turn."""
    soundfile.write(tmp_path / "in.wav", np.zeros(1_600), 8_000, subtype="PCM_U8")
    said = ask(demo_data, "talk", *PORTAL, str(tmp_path / "in.wav"), "--out", str(tmp_path / "out.wav"))
    assert said == {"turns": []}
    assert soundfile.info(tmp_path / "out.wav").channels == 2


def test_what_cannot_be_played_or_written(demo_data: Path, question: Path, tmp_path: Path) -> None:
    """No audio, no such file, no folder for the result, no ear for the language: one sentence each."""
    broken, out = tmp_path / "broken.wav", str(tmp_path / "out.wav")
    broken.write_text("not audio at all")
    assert "broken.wav" in refused(demo_data, "talk", *PORTAL, str(broken), "--out", out)
    assert "missing.wav" in refused(demo_data, "talk", *PORTAL, str(tmp_path / "missing.wav"), "--out", out)
    assert "nowhere" in refused(
        demo_data, "talk", *PORTAL, str(question), "--out", str(tmp_path / "nowhere/o.wav")
    )
    assert "hears en" in refused(demo_data, "talk", *PORTAL, str(question), "--out", out, "--language", "es")
    assert not (tmp_path / "out.wav").exists()


def test_without_json_the_turns_are_told(demo_data: Path, tmp_path: Path) -> None:
    """A person reads plain lines."""
    soundfile.write(tmp_path / "in.wav", np.zeros(1_600), 16_000)
    done = gemelo(demo_data, "talk", *PORTAL, str(tmp_path / "in.wav"), "--out", str(tmp_path / "out.wav"))
    assert (done.returncode, done.stdout) == (0, "nothing was said\n")
