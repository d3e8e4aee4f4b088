from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gemelo.models.adapters.silero import WINDOW, SileroVoiceDetector
from gemelo.models.errors import BadAudio, ModelFileError
from tests.models.conftest import Render
from tests.virtual import virtually


@pytest.fixture
def detector(model_directory: Path) -> SileroVoiceDetector:
    return SileroVoiceDetector(model_directory / "silero_vad.npz")


def windows(samples: NDArray[np.int16]) -> NDArray[np.int16]:
    return samples[: len(samples) // WINDOW * WINDOW].reshape(-1, WINDOW)


async def listen(detector: SileroVoiceDetector, *clips: NDArray[np.int16]) -> list[list[float]]:
    """Hears several clips at once, one session each."""
    heard: list[list[float]] = [[] for _ in clips]
    done = [asyncio.Event() for _ in clips]

    def listener(number: int, count: int) -> None:
        def answer(probability: float) -> None:
            heard[number].append(probability)
            if len(heard[number]) == count:
                done[number].set()

        voice = detector.open(answer)
        for window in windows(clips[number]):
            voice.hear(window)

    for number, clip in enumerate(clips):
        listener(number, len(windows(clip)))
    for event in done:
        await event.wait()
    return heard


async def test_speech_is_told_from_silence_and_noise(detector: SileroVoiceDetector, render: Render) -> None:
    """Most windows of speech are a voice; none of silence or of noise is."""
    speech = await render("Hello there, who are you and what do you do all day long?", "en")
    noise = np.random.default_rng(1).normal(0, 1500, 32_000).astype(np.int16)
    spoken, silent, noisy = await listen(detector, speech, np.zeros(32_000, np.int16), noise)
    assert np.mean(np.array(spoken) > 0.5) > 0.6
    assert max(silent) < 0.35
    assert np.mean(np.array(noisy) > 0.5) < 0.05


async def test_a_batch_answers_as_single_windows_do(detector: SileroVoiceDetector, render: Render) -> None:
    """What a session hears does not depend on who else is in its batch, beyond the first slots too."""
    speech = await render("One, two, three, four, five.", "en")
    (alone,) = await listen(detector, speech)
    shifted = [speech[start:] for start in range(0, 200 * 20, 200)]
    together = await listen(detector, speech, *shifted)
    assert np.allclose(alone, together[0], atol=1e-4)


async def test_a_slot_is_clean_when_it_is_given_again(detector: SileroVoiceDetector, render: Render) -> None:
    """A session hears nothing of the one that had its slot before."""
    speech = await render("Good morning.", "en")
    (first,) = await listen(detector, speech)
    heard: list[float] = []
    for _ in range(20):
        voice = detector.open(heard.append)
        voice.hear(speech[:WINDOW])
        voice.close()
    (again,) = await listen(detector, speech)
    assert np.allclose(first, again, atol=1e-4)
    assert heard == []


async def test_one_failing_listener_does_not_disturb_the_others(detector: SileroVoiceDetector) -> None:
    """An error in one session's callback is reported, and the rest of the batch is answered."""
    reported: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context["exception"]))

    def fail(probability: float) -> None:
        raise ValueError(probability)

    answered: asyncio.Future[float] = asyncio.get_running_loop().create_future()
    for listener in (fail, answered.set_result):
        detector.open(listener).hear(np.zeros(WINDOW, np.int16))
    assert await answered < 0.35
    assert len(reported) == 1


def test_a_single_session_does_not_wait_for_others(detector: SileroVoiceDetector) -> None:
    """Alone a window is answered within half a millisecond: there is nothing to batch it with."""

    async def main() -> float:
        answered: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        detector.open(answered.set_result).hear(np.zeros(WINDOW, np.int16))
        await answered
        return asyncio.get_running_loop().time()

    assert virtually(main()) < 0.0005


def test_windows_of_many_sessions_are_answered_together(detector: SileroVoiceDetector) -> None:
    """With 80 sessions open, windows that come over 18 ms share one batch, answered after 20."""

    async def main() -> list[float]:
        loop = asyncio.get_running_loop()
        answered: list[float] = []
        voices = [detector.open(lambda _: answered.append(loop.time())) for _ in range(80)]
        for voice in voices[:10]:
            voice.hear(np.zeros(WINDOW, np.int16))
            await asyncio.sleep(0.0018)
        await asyncio.sleep(0.01)
        return answered

    assert virtually(main()) == pytest.approx([0.020] * 10)


def test_a_backlog_is_answered_in_rounds(detector: SileroVoiceDetector) -> None:
    """After a stall every session's first window goes before anybody's second, and the loop runs between."""

    async def main() -> None:
        order: list[str] = []
        loop = asyncio.get_running_loop()

        def answered(name: str) -> None:
            order.append(name)
            if name == "b":
                loop.call_soon(order.append, "-")

        for name in "ab":
            voice = detector.open(lambda _, name=name: answered(name))
            for _ in range(3):
                voice.hear(np.zeros(WINDOW, np.int16))
        await asyncio.sleep(1)
        assert "".join(order) == "ab-ab-ab-"

    virtually(main())


async def test_a_window_has_its_length(detector: SileroVoiceDetector) -> None:
    """Anything but 512 samples is refused before it reaches the batch."""
    with pytest.raises(BadAudio):
        detector.open(lambda probability: None).hear(np.zeros(WINDOW - 1, np.int16))


def test_a_file_that_is_no_model_says_what_to_run(tmp_path: Path) -> None:
    """Garbage in a model file is an error with its remedy, not a crash."""
    path = tmp_path / "silero_vad.npz"
    path.write_bytes(b"not a model")
    with pytest.raises(ModelFileError, match="gemelo models fetch"):
        SileroVoiceDetector(path)
