"""The scripted ears, mind and voice keep their times."""

from __future__ import annotations

import asyncio

import pytest

from gemelo.benchmarks.peers.services import Mind, Recogniser, Voice
from gemelo.benchmarks.peers.speech import OUT_RATE
from gemelo.benchmarks.transcripts import FINAL_MS, Cue, Line, plain
from tests.benchmarks.peers.speaking import WHOLE
from tests.virtual import virtually


def test_the_recogniser_keeps_to_the_script() -> None:
    """Each line is said at its time after the utterance's begin."""

    async def hear() -> list[tuple[float, Line]]:
        said: list[tuple[float, Line]] = []
        loop = asyncio.get_running_loop()
        recogniser = Recogniser(predicts=False)
        recogniser.listener = lambda line: said.append((loop.time(), line))
        recogniser.hear(WHOLE.stretches, 2.0, seed=3)
        await asyncio.sleep(5)
        return said

    said = virtually(hear())
    assert [line for _, line in said] == plain(WHOLE.stretches, 3)
    assert all(at == pytest.approx(2.0 + line.at_ms / 1000) for at, line in said)
    assert said[-1][1] == Line(WHOLE.stretches[0].to_ms + FINAL_MS, Cue.FINAL, "what is the offside rule")


def test_a_mind_writes_a_token_at_a_time() -> None:
    """The first comes 180 ms after the call, the others every 15 ms; calls are counted with their words."""

    async def ask() -> tuple[list[float], Mind]:
        mind = Mind(seed=1)
        loop = asyncio.get_running_loop()
        return [loop.time() async for _ in mind.answer("who are you")], mind

    times, mind = virtually(ask())
    assert times[:3] == pytest.approx([0.180, 0.195, 0.210])
    assert [(call.number, call.asked, call.tokens) for call in mind.calls] == [(1, "who are you", len(times))]


def test_a_voice_sounds_soon_after_its_text() -> None:
    """The first chunk comes 90 ms after the text, the rest five times faster than it plays."""

    async def speak() -> list[tuple[float, float]]:
        loop = asyncio.get_running_loop()
        synthesis = Voice(Mind(), ms_per_char=50).speak()
        synthesis.feed("four")
        synthesis.feed("more")
        synthesis.end()
        return [(loop.time(), len(sound.pcm) / 2 / OUT_RATE) async for sound in synthesis.chunks()]

    found = virtually(speak())
    assert [at for at, _ in found] == pytest.approx([0.09, 0.11, 0.13, 0.15])
    assert [length for _, length in found] == pytest.approx([0.1] * 4)
