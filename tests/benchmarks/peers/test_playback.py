"""The loudspeaker that is believed instead of an engine."""

from __future__ import annotations

import asyncio

import pytest

from gemelo.benchmarks.peers.playback import Playback, Span
from gemelo.benchmarks.peers.services import call_of, sample_of
from gemelo.benchmarks.peers.speech import OUT_RATE
from tests.virtual import virtually


def sound(call: int, ms: float) -> bytes:
    return sample_of(call).to_bytes(2, "little") * round(ms * OUT_RATE / 1000)


def test_a_sample_tells_its_call() -> None:
    """What is heard can be told from what is played."""
    assert [call_of(sample_of(call)) for call in (1, 2, 999)] == [1, 2, 999]


def test_what_is_written_plays_in_order() -> None:
    """Chunks of one reply that come in time are one sound; silence in between is none."""

    async def play() -> list[Span]:
        playback = Playback()
        playback.write(sound(1, 100) + sound(1, 100))
        playback.write(bytes(2 * OUT_RATE // 10) + sound(2, 50))
        return playback.sounding

    first, second = virtually(play())
    assert (first.call, second.call) == (1, 2)
    assert (first.start, first.stop, second.start, second.stop) == pytest.approx((0.0, 0.2, 0.3, 0.35))


def test_a_voice_that_runs_dry_has_a_gap() -> None:
    """What comes too late is heard when it comes."""

    async def play() -> list[Span]:
        playback = Playback()
        playback.write(sound(1, 100))
        await asyncio.sleep(0.5)
        playback.write(sound(1, 100))
        return playback.sounding

    assert [span.start for span in virtually(play())] == [0.0, 0.5]


def test_a_pause_holds_and_a_resume_goes_on() -> None:
    """No sample is lost between them, and none sounds."""

    async def play() -> tuple[list[Span], float]:
        playback = Playback()
        playback.write(sound(1, 300))
        await asyncio.sleep(0.1)
        playback.pause()
        await asyncio.sleep(1.0)
        left = playback.left_s
        playback.resume()
        return playback.sounding, left

    (before, after), left = virtually(play())
    assert (before.stop, after.start, after.stop) == pytest.approx((0.1, 1.1, 1.3))
    assert left == pytest.approx(0.2)


def test_what_is_cleared_is_not_heard() -> None:
    """A sound ends where it is cleared, also while it is held."""

    async def play() -> list[Span]:
        playback = Playback()
        playback.write(sound(1, 300))
        await asyncio.sleep(0.1)
        playback.pause()
        playback.clear()
        playback.resume()
        return playback.sounding

    (only,) = virtually(play())
    assert only.stop == pytest.approx(0.1)
