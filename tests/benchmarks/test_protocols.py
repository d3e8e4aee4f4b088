"""What a protocol adds, and the callers that find it out."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from gemelo.benchmarks import protocols
from gemelo.benchmarks.callers import AUDIBLE, Caller, Ear
from gemelo.benchmarks.protocols import Found
from gemelo.benchmarks.scripted import NextQuestion, ScriptedVoice
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, OUT_RATE, Language, Transcript
from tests.virtual import virtually


def sound(ms: int, sample: int) -> bytes:
    return np.full(round(ms * OUT_RATE / 1000), sample, "<i2").tobytes()


def test_what_is_heard_is_the_first_sample_that_sounds_of_what_is_queued() -> None:
    """What came before it has to be played first; where sound is paced it is heard as it comes."""

    async def main() -> list[float | None]:
        heard: list[float | None] = []
        for paced in (False, True):
            ear = Ear(paced)
            begun = asyncio.get_running_loop().time()
            awaited = asyncio.create_task(ear.next_sound(1))
            await asyncio.sleep(0)
            ear.take(sound(100, 0))
            ear.take(sound(40, AUDIBLE - 1) + sound(20, AUDIBLE))
            at = await awaited
            heard.append(None if at is None else round(at - begun, 3))
            await ear.quiet(0.5)
            heard.append(round(asyncio.get_running_loop().time() - begun, 2))
        return [*heard, await Ear().next_sound(1)]

    assert virtually(main()) == [0.14, 0.66, 0.04, 0.56, None]


def test_a_fan_is_timed_from_the_end_of_what_was_said() -> None:
    """The first turn tells whose twin it is and does not count; one that is not answered is told as such."""

    async def main() -> tuple[list[float | None], int]:
        loop, sent = asyncio.get_running_loop(), [0]
        loud = sound(300, 5000)

        async def say(frame: bytes) -> None:
            was, sent[0] = sent[0], len(frame) if frame.strip(b"\0") else 0
            if was and not sent[0]:  # the clip is over: 20 ms ago in real time
                loop.call_later(0.2, caller.ear.take, loud)

        caller = Caller(16_000, say)
        clip = np.concatenate([np.full(8_000, 3000, np.int16), np.zeros(1, np.int16)])
        return await protocols._conversation(caller, clip, 0.1), sent[0]  # pyright: ignore[reportPrivateUsage]

    waits, _ = virtually(main())
    assert len(waits) == protocols.TURNS - 1
    assert all(ms == pytest.approx(220, abs=21) for ms in waits)


def test_a_protocol_is_told_by_what_it_adds() -> None:
    """To the first one, at the median and, where there are enough answers, at the 95th percentile."""
    few, many = [100.0] * 9, [100.0] * 200
    found = {
        "talk": Found(many, 200, cpu_s=4, minutes=8),
        "rtvi": Found([ms + 5 for ms in many], 200, cpu_s=6, minutes=8),
        "livekit": Found([ms + 60 for ms in few], 10, cpu_s=16, minutes=8, besides_s=8),
    }
    told = {(row.profile, row.metric): row.value for row in protocols.rows(found)}
    assert told["rtvi", "added_voice_to_voice_p50"] == told["rtvi", "added_voice_to_voice_p95"] == 5
    assert told["livekit", "added_voice_to_voice_p50"] == 60
    assert ("livekit", "added_voice_to_voice_p95") not in told
    assert (told["livekit", "answered"], told["livekit", "server_cpu_s_per_min"]) == (0.9, 1)
    assert [told[name, "cpu_s_per_min"] for name in found] == [0.5, 0.75, 2]


async def test_whatever_is_said_is_the_next_question() -> None:
    """One for each time that the voice set in; nothing where nothing was said since."""
    said: list[Transcript] = []
    stream = await NextQuestion(["one", "two"]).open(Language("en"), said.append)
    for _ in range(3):
        stream.begin()
        stream.settle()
    stream.settle()
    assert [one.text for one in said] == ["one", "two", "one", ""]
    assert all(one.final for one in said)


async def test_a_hum_passes_through_a_codec() -> None:
    """It has no constant part, and lasts as long as the same text does otherwise."""

    async def text():
        yield "Hello there."

    plain, hum = [
        b"".join([speech.pcm async for speech in voice.speak(text(), Language("en"))])
        for voice in (ScriptedVoice(0), ScriptedVoice(0, half_wave=60))
    ]
    assert len(plain) == len(hum)
    samples = np.frombuffer(hum, "<i2")
    assert set(np.abs(samples)) == {1000}
    assert abs(samples[: 120 * (len(samples) // 120)].mean()) < 100
    assert len(hum) % BYTES_PER_SAMPLE == 0
