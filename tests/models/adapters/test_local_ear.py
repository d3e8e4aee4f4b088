from __future__ import annotations

import asyncio
import wave
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from numpy.typing import NDArray

from gemelo.models.adapters.local_ear import KEPT, LocalEars
from gemelo.models.adapters.pocketsphinx import PocketsphinxRecogniser
from gemelo.models.adapters.silero import SileroVoiceDetector
from gemelo.models.adapters.smart_turn import SmartTurnDetector
from gemelo.models.endpointing import EndpointingParameters
from gemelo.models.errors import BadAudio, EarError, ModelFileError
from gemelo.models.vocabulary import Language, Signal, Transcript, TurnSignal
from tests.models.conftest import Render

EN, ES = Language("en"), Language("es")
PAUSE = bytes(2 * 512 * 5)


class UnbatchedDetector:
    """Silero at once: a test feeds audio faster than its batches go."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def open(self, heard: Callable[[float], None]) -> UnbatchedVoice:
        return UnbatchedVoice(SileroVoiceDetector(self._path), heard)


class UnbatchedVoice:
    def __init__(self, detector: SileroVoiceDetector, heard: Callable[[float], None]) -> None:
        self._detector = detector
        self._heard = heard

    def hear(self, window: NDArray[np.int16]) -> None:
        (probability,) = self._detector.probabilities([0], window[None])
        self._heard(probability)

    def close(self) -> None:
        pass


class LoudnessDetector:
    """A voice is whatever is not silent. `held` counts the places in use."""

    def __init__(self) -> None:
        self.held = 0

    def open(self, heard: Callable[[float], None]) -> LoudVoice:
        self.held += 1
        return LoudVoice(self, heard)


class LoudVoice:
    def __init__(self, detector: LoudnessDetector, heard: Callable[[float], None]) -> None:
        self._detector = detector
        self._heard = heard

    def hear(self, window: NDArray[np.int16]) -> None:
        self._heard(float(np.abs(window).max() > 500))

    def close(self) -> None:
        self._detector.held -= 1


class BrokenRecogniser:
    """Hears every language, it says, but cannot be started."""

    def hears(self, language: Language) -> bool:
        return True

    async def open(self, language: Language, emit: Callable[[Transcript], None]) -> NoReturn:
        raise EarError("no process")


class ScriptedTurns:
    """Always gives the same answer, and keeps what it was asked about."""

    def __init__(self, answer: float | Exception) -> None:
        self._answer = answer
        self.asked: list[NDArray[np.int16]] = []

    async def finished(self, pcm: NDArray[np.int16]) -> float:
        self.asked.append(pcm)
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


class Heard:
    """Collects an ear's signals."""

    def __init__(self) -> None:
        self.signals: list[TurnSignal] = []
        self._ends: asyncio.Queue[TurnSignal] = asyncio.Queue()

    def __call__(self, signal: TurnSignal) -> None:
        self.signals.append(signal)
        if signal.kind is Signal.END:
            self._ends.put_nowait(signal)

    async def end(self) -> TurnSignal:
        return await self._ends.get()

    @property
    def kinds(self) -> list[str]:
        return [signal.kind.value for signal in self.signals]


def loud(samples: int) -> bytes:
    return np.full(samples, 1000, np.int16).tobytes()


@pytest.fixture
async def recogniser() -> AsyncIterator[PocketsphinxRecogniser]:
    recogniser = PocketsphinxRecogniser()
    yield recogniser
    await recogniser.close()


async def test_a_spoken_question_becomes_a_turn(
    model_directory: Path, render: Render, recogniser: PocketsphinxRecogniser
) -> None:
    """Real models end to end: voice, words while it speaks, a guess at the end, and the end."""
    turns = SmartTurnDetector(model_directory / "smart_turn_v3.2.light.onnx")
    patient = EndpointingParameters(final_wait_ms=60_000)  # on a loaded machine too
    ears = LocalEars(UnbatchedDetector(model_directory / "silero_vad.npz"), turns, recogniser, patient)
    heard = Heard()
    ear = await ears.open(EN, heard)
    question = (await render("What is the weather like today?", "en")).tobytes()
    for start in range(0, len(question), 640):
        ear.hear(question[start : start + 640])
    ear.hear(bytes(64_000))  # the silence decides if the turn detector has not
    end = await heard.end()
    await ear.close()
    turns.close()
    assert len({"what", "is", "the", "weather", "like", "today"} & set(end.text.split())) >= 3
    assert heard.kinds[0] == "start"
    assert heard.kinds[-2:] == ["eager_end", "end"]


async def test_noise_is_not_a_turn(model_directory: Path, shared_data: Path) -> None:
    """A noisy room without a voice starts nothing."""
    heard = Heard()
    ears = LocalEars(UnbatchedDetector(model_directory / "silero_vad.npz"), ScriptedTurns(0.9))
    ear = await ears.open(ES, heard)
    for path in sorted((shared_data / "noise").glob("*noise*.wav")):
        with wave.open(str(path)) as noise:
            ear.hear(noise.readframes(16_000 * 20))
    await ear.close()
    assert heard.kinds == []


async def test_a_browser_gives_the_words(render: Render) -> None:
    """Where no recogniser hears the language, the turn has the words of the fan's browser."""
    heard = Heard()
    ears = LocalEars(LoudnessDetector(), ScriptedTurns(0.9))
    assert not ears.hears(ES)
    ear = await ears.open(ES, heard)
    ear.hear(loud(512 * 10))
    ear.transcript(Transcript("¿quién eres?", final=True))
    ear.hear(PAUSE)
    assert (await heard.end()).text == "¿quién eres?"
    await ear.close()
    assert heard.kinds == ["start", "update", "eager_end", "end"]


async def test_an_ear_with_a_recogniser_ignores_the_browser(recogniser: PocketsphinxRecogniser) -> None:
    """Two recognisers would say everything twice."""
    heard = Heard()
    ears = LocalEars(LoudnessDetector(), ScriptedTurns(0.9), recogniser)
    assert ears.hears(EN)
    ear = await ears.open(EN, heard)
    ear.transcript(Transcript("hello", final=True))
    await ear.close()
    assert heard.kinds == []


@pytest.mark.parametrize("frame", [2, 320, 642, 1024, 100_000])
async def test_audio_may_come_in_any_length(frame: int) -> None:
    """The same audio makes the same turn however it is cut, and the detector hears its end."""
    turns = ScriptedTurns(0.9)
    heard = Heard()
    ear = await LocalEars(LoudnessDetector(), turns).open(ES, heard)
    audio = bytes(1024 * 40) + loud(512 * 30) + PAUSE
    for start in range(0, len(audio), frame):
        ear.hear(audio[start : start + frame])
    await heard.end()
    await ear.close()
    (clip,) = turns.asked
    assert np.abs(clip[: 512 * 9]).max() == 0  # what came shortly before the voice
    assert clip[-512 * 6] == 1000 or clip[-512 * 5 - 1] == 1000
    assert heard.kinds == ["start", "eager_end", "end"]


async def test_a_long_turn_is_judged_by_its_last_seconds() -> None:
    """The detector gets eight seconds at most, in their order."""
    turns = ScriptedTurns(0.9)
    heard = Heard()
    ear = await LocalEars(LoudnessDetector(), turns).open(ES, heard)
    ramp = np.repeat(np.arange(1000, 1400, dtype=np.int16), 512)
    ear.hear(ramp.tobytes() + PAUSE)
    await heard.end()
    await ear.close()
    (clip,) = turns.asked
    assert len(clip) == KEPT
    spoken = clip[clip > 0]
    assert (np.diff(spoken) >= 0).all()
    assert spoken[-1] == 1399


async def test_a_failing_detector_leaves_the_turn_to_silence() -> None:
    """Without a judgement the time-out ends the turn."""
    heard = Heard()
    ear = await LocalEars(LoudnessDetector(), ScriptedTurns(ModelFileError("gone"))).open(ES, heard)
    ear.hear(loud(512 * 10) + PAUSE)
    await asyncio.sleep(0)
    assert heard.kinds == ["start", "eager_end"]
    ear.hear(bytes(32_000))
    assert heard.kinds == ["start", "eager_end", "end"]
    await ear.close()


async def test_half_a_sample_is_refused() -> None:
    """An odd number of bytes is an error, and the ear goes on afterwards."""
    heard = Heard()
    ear = await LocalEars(LoudnessDetector(), ScriptedTurns(0.9)).open(ES, heard)
    with pytest.raises(BadAudio):
        ear.hear(b"\x00")
    ear.hear(loud(512 * 10))
    assert heard.kinds == ["start"]
    await ear.close()


async def test_a_closed_ear_says_nothing() -> None:
    """After closing neither audio nor words make a signal."""
    heard = Heard()
    ear = await LocalEars(LoudnessDetector(), ScriptedTurns(0.9)).open(ES, heard)
    await ear.close()
    ear.hear(loud(512 * 10))
    ear.transcript(Transcript("hola", final=True))
    assert heard.kinds == []


async def test_an_ear_that_cannot_be_opened_holds_nothing() -> None:
    """Where the recogniser does not start, the place at the voice detector is given back."""
    detector = LoudnessDetector()
    with pytest.raises(EarError):
        await LocalEars(detector, ScriptedTurns(0.9), BrokenRecogniser()).open(EN, Heard())
    assert detector.held == 0
