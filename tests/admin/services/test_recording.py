"""The recording's clock: what was heard when, and how long the fan waited."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gemelo.admin.services.recording import WINDOW, Samples, Speaker, first_sound, speech_end
from gemelo.models.vocabulary import OUT_RATE

FRAME = 480


def frame(value: int) -> bytes:
    return np.full(FRAME, value, np.int16).tobytes()


def tone(ms: int, loudness: float = 8000) -> Samples:
    return (loudness * np.sin(np.arange(ms * OUT_RATE // 1000) * 0.2)).astype(np.int16)


def noise(ms: int, loudness: float = 20) -> Samples:
    return np.random.default_rng(7).normal(0, loudness, ms * OUT_RATE // 1000).astype(np.int16)


def end_ms(fan: Samples, begin_ms: int = 0, decided_ms: int | None = None) -> float | None:
    decided = len(fan) if decided_ms is None else decided_ms * OUT_RATE // 1000
    end = speech_end(fan, begin_ms * OUT_RATE // 1000, decided)
    return None if end is None else end * 1000 / OUT_RATE


@dataclass(frozen=True)
class Step:
    """What a client is told, and how long after the step before (ms)."""

    do: str
    after_ms: int


STEPS = st.lists(
    st.builds(Step, st.sampled_from(["add", "add", "add", "pause", "resume", "flush"]), st.integers(0, 70)),
    max_size=40,
)


@given(STEPS)
def test_frames_are_heard_in_order_or_not_at_all(steps: list[Step]) -> None:
    """Whatever a client is told, samples are heard once, in order, none before it arrived or in a pause."""
    speaker, at, number = Speaker(), 0.0, 0
    arrived: dict[int, float] = {}
    flushed, paused_at = 0, None
    for step in steps:
        at += step.after_ms / 1000
        if step.do == "add":
            number += 1
            arrived[number] = at
            speaker.add("t", frame(number), at)
        elif step.do == "pause":
            speaker.pause(at)
            paused_at = at if paused_at is None else paused_at
        elif step.do == "resume":
            speaker.resume(at)
            paused_at = None
        else:
            speaker.flush(at)
            flushed, paused_at = number, None
        if paused_at is not None:
            assert len(speaker.track()) <= round(paused_at * OUT_RATE)
    track = speaker.track()
    heard = track[track > 0]
    assert np.all(np.diff(heard.astype(np.int32)) >= 0)
    for value in range(1, number + 1):
        places = np.nonzero(track == value)[0]
        assert len(places) <= FRAME
        assert not len(places) or places[0] >= round(arrived[value] * OUT_RATE)
        if value > flushed and paused_at is None:
            assert len(places) == FRAME


@given(st.integers(0, 400), st.integers(1, 20))
def test_a_client_counts_what_it_has_played(ms: int, frames: int) -> None:
    """The playback report is the time since the first frame, up to what came."""
    speaker = Speaker()
    for _ in range(frames):
        speaker.add("t", frame(1), 1.0)
    assert abs(speaker.played_ms("t", 1.0 + ms / 1000) - min(ms, frames * 20)) < 0.1
    assert speaker.played_ms("other", 5.0) == 0


def test_a_pause_moves_what_comes_later() -> None:
    """A frame cut by a pause goes on from the same sample after it."""
    speaker = Speaker()
    speaker.add("t", frame(5), 0.0)
    speaker.pause(0.01)
    speaker.resume(1.0)
    track = speaker.track()
    assert [int(track[239]), int(track[240]), int(track[OUT_RATE - 1]), int(track[OUT_RATE])] == [5, 0, 0, 5]
    assert speaker.span("t") == (0, OUT_RATE + 240)


@given(st.integers(30, 150), st.integers(20, 120), st.sampled_from([0, 5, 60]))
def test_speech_ends_at_its_last_sound(speech: int, silence: int, floor: int) -> None:
    """The end is found within 20 ms over any floor that is well below the voice."""
    fan = np.concatenate([tone(speech * 10), noise(silence * 10, floor)])
    end = end_ms(fan)
    assert end is not None
    assert abs(end - speech * 10) <= 20


def test_a_file_that_ends_in_speech() -> None:
    """Where the recording stops with the voice, its end is the end of speech, whatever pauses came before."""
    assert end_ms(tone(900), decided_ms=1300) == 900
    assert end_ms(np.concatenate([tone(800), noise(300, 0), tone(500)]), decided_ms=1900) == 1600


def test_a_fan_who_goes_on_after_a_pause() -> None:
    """A voice that has set in again when the turn is decided belongs to the next one."""
    assert end_ms(np.concatenate([tone(800), noise(300, 0), tone(500)]), decided_ms=1200) == 800


def test_noise_that_sets_in_after_the_voice() -> None:
    """A sound that went on for half a second without holding the decision up was no voice to come."""
    fan = np.concatenate([tone(800), noise(300, 0), tone(900, 3000)])
    assert end_ms(fan, decided_ms=1600) == 1600


def test_only_the_turn_itself_counts() -> None:
    """Speech from before the turn, and silence all through, are no end of it."""
    assert end_ms(np.concatenate([tone(800), noise(600, 0)]), begin_ms=900) is None
    assert end_ms(noise(5, 0)) is None


@given(st.integers(0, 3000))
def test_the_first_sound_is_the_first_sample_above_zero(lead: int) -> None:
    """Silence at the start of a twin's speech counts as waiting."""
    twin = np.concatenate([np.zeros(lead, np.int16), np.ones(WINDOW, np.int16)])
    assert first_sound(twin, (0, len(twin))) == lead
    assert first_sound(twin, (0, lead)) is None
