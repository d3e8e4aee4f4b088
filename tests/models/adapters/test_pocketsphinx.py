from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from itertools import zip_longest

import numpy as np
import pytest
from numpy.typing import NDArray

from gemelo.models.adapters.pocketsphinx import PocketsphinxRecogniser
from gemelo.models.errors import EarError
from gemelo.models.vocabulary import Language, Transcript
from tests.models.conftest import Render

EN = Language("en")


@pytest.fixture
async def recogniser() -> AsyncIterator[PocketsphinxRecogniser]:
    recogniser = PocketsphinxRecogniser()
    yield recogniser
    await recogniser.close()


async def final(queue: asyncio.Queue[Transcript]) -> tuple[str, int]:
    """The next final and how many interims came before it."""
    interims = 0
    while not (transcript := await queue.get()).final:
        interims += 1
    return transcript.text, interims


def frames(speech: NDArray[np.int16]) -> list[bytes]:
    return [speech[start : start + 320].tobytes() for start in range(0, len(speech), 320)]


async def test_it_hears_english(recogniser: PocketsphinxRecogniser, render: Render) -> None:
    """A plain question comes back in words, with interims on the way, its onset included."""
    heard: asyncio.Queue[Transcript] = asyncio.Queue()
    stream = await recogniser.open(EN, heard.put_nowait)
    speech = frames(await render("What is the weather like today?", "en"))
    for frame in speech[:10]:
        stream.hear(frame)
    stream.begin()
    for frame in speech[10:]:
        stream.hear(frame)
    stream.settle()
    text, interims = await final(heard)
    assert len({"what", "is", "the", "weather", "like", "today"} & set(text.split())) >= 3
    assert interims >= 2


async def test_streams_share_the_decoder(recogniser: PocketsphinxRecogniser, render: Render) -> None:
    """Two fans who talk at the same time each get their own words."""
    speeches = [
        await render(text, "en")
        for text in ("What is the weather like today?", "The president of the United States.")
    ]
    queues: list[asyncio.Queue[Transcript]] = [asyncio.Queue() for _ in speeches]
    streams = [await recogniser.open(EN, queue.put_nowait) for queue in queues]
    for stream in streams:
        stream.begin()
    for first, second in zip_longest(*(frames(speech) for speech in speeches), fillvalue=b""):
        streams[0].hear(first)
        streams[1].hear(second)
    for stream in reversed(streams):
        stream.settle()
    weather, president = [set((await final(queue))[0].split()) for queue in queues]
    assert "weather" in weather - president
    assert president


async def test_a_stream_that_closes_frees_the_decoder(
    recogniser: PocketsphinxRecogniser, render: Render
) -> None:
    """A fan who vanishes in mid-word does not keep the next one waiting."""
    gone = await recogniser.open(EN, lambda transcript: None)
    heard: asyncio.Queue[Transcript] = asyncio.Queue()
    stream = await recogniser.open(EN, heard.put_nowait)
    gone.begin()
    gone.hear(bytes(3200))
    stream.begin()
    stream.hear((await render("Hello.", "en")).tobytes())
    stream.settle()
    await gone.close()
    assert (await final(heard))[0]


async def test_silence_is_no_word(recogniser: PocketsphinxRecogniser) -> None:
    """An utterance of nothing is an empty final."""
    heard: asyncio.Queue[Transcript] = asyncio.Queue()
    stream = await recogniser.open(EN, heard.put_nowait)
    stream.begin()
    stream.hear(bytes(32_000))
    stream.settle()
    assert (await final(heard))[0] == ""


async def test_a_dead_process_costs_one_utterance(recogniser: PocketsphinxRecogniser, render: Render) -> None:
    """An utterance in a process that dies still gets its final, and the next one is heard."""
    heard: asyncio.Queue[Transcript] = asyncio.Queue()
    stream = await recogniser.open(EN, heard.put_nowait)
    (pid,) = recogniser.pids
    stream.begin()
    stream.settle()
    os.kill(pid, signal.SIGKILL)
    assert (await final(heard))[0] == ""
    stream.begin()
    stream.hear((await render("Hello my friend.", "en")).tobytes())
    stream.settle()
    assert (await final(heard))[0]
    assert recogniser.pids != [pid]


async def test_a_listener_that_fails_deafens_no_other(
    recogniser: PocketsphinxRecogniser, caplog: pytest.LogCaptureFixture
) -> None:
    """One session's fault ends neither the process nor other streams, and the log quotes no speech."""

    def fail(transcript: Transcript) -> None:
        raise ValueError("secret words")

    heard: asyncio.Queue[Transcript] = asyncio.Queue()
    streams = [await recogniser.open(EN, emit) for emit in (fail, heard.put_nowait)]
    pids = recogniser.pids
    for stream in streams:
        stream.begin()
        stream.settle()
    assert (await final(heard))[0] == ""
    assert recogniser.pids == pids
    assert "ValueError" in caplog.text
    assert "secret words" not in caplog.text


async def test_it_hears_nothing_but_english(recogniser: PocketsphinxRecogniser) -> None:
    """Spanish is refused rather than heard as English."""
    assert recogniser.hears(EN)
    assert not recogniser.hears(Language("es"))
    with pytest.raises(EarError, match="'es'"):
        await recogniser.open(Language("es"), lambda transcript: None)
