"""A recording becomes knowledge: from a spoken sentence to a citation with its time."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np

from gemelo.models.adapters.espeak import EspeakVoice
from gemelo.models.vocabulary import OUT_RATE, Language
from tests.admin.cli.asking import ask
from tests.models.adapters.reading.filmed import recording

SENTENCE = (
    "The weather in the mountain was cold and the water was clear. "
    "Every morning my father went to the market to buy bread."
)


async def spoken(text: str) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """A text as espeak says it, after 65 seconds of silence."""

    async def whole() -> AsyncIterator[str]:
        yield text

    voice = EspeakVoice()
    pcm = b"".join([speech.pcm async for speech in voice.speak(whole(), Language("en"))])
    await voice.close()
    return np.concatenate([np.zeros(65 * OUT_RATE, np.int16), np.frombuffer(pcm, np.int16)])


async def test_a_recording_is_answered_from(tmp_path: Path) -> None:
    """What was heard is found and cited with its time; who looks is told that a machine wrote it down."""
    folder = tmp_path / "talks"
    folder.mkdir()
    film = recording(".mp4", await spoken(SENTENCE), OUT_RATE)
    (folder / "2024-03 interview.mp4").write_bytes(film)
    (folder / "cut.mp4").write_bytes(film[: len(film) // 2])
    (folder / "hola.es.mp4").write_bytes(film)
    (folder / "silent.wav").write_bytes(recording(".wav", np.zeros(30_000, np.int16)))
    data = tmp_path / "data"
    learned = ask(data, "learn", "--twin", "ana", "--create", str(folder))["documents"]
    verdicts = {row["document"]: (row["verdict"], row["reason"]) for row in learned}
    verdict, reason = verdicts["talks/2024-03 interview.mp4"]
    assert (verdict, "a machine has written down" in reason) == ("warned", True)
    assert "damaged" in verdicts["talks/cut.mp4"][1]
    assert "subtitles" in verdicts["talks/hola.es.mp4"][1]
    assert "nothing is said" in verdicts["talks/silent.wav"][1]
    found = ask(
        data,
        "search",
        "--twin",
        "ana",
        "Did your father go to the market to buy bread?",
        "--source",
        "recording",
    )
    assert found["passages"][0]["source"] == {
        "document": "talks/2024-03 interview.mp4",
        "place": "1:04",
        "kind": "recording",
        "dated": "2024-03",
    }
    said = ask(data, "say", "--deployment", "ana", "Did your father go to the market to buy bread?")
    assert "father went to the market" in said["reply"]
    assert "interview.mp4" in json.dumps(said["sentences"])
