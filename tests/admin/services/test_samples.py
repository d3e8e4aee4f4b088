"""What can be told of a recording before a vendor gets it."""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gemelo.admin.services.samples import MAX_BYTES, check_sample, sample_of
from gemelo.models.errors import BadAudio
from tests.samples import wav

GOOD = wav()


@pytest.mark.parametrize("sample", [GOOD, wav(3, 48_000), wav(30), wav(10, 44_100, channels=2)])
def test_a_recording_of_some_seconds_is_taken(sample: bytes) -> None:
    """Of any usual rate, in one channel or two."""
    check_sample(sample)


@pytest.mark.parametrize(
    ("sample", "why"),
    [
        (b"", "no WAV"),
        (b"ID3\x04 an MP3", "no WAV"),
        (GOOD[:30], "no WAV"),
        (GOOD[:44], "lasts 0.0 s"),
        (GOOD[: 44 + 32_000], "lasts 1.0 s"),
        (wav(2.9), "lasts 2.9 s"),
        (wav(31), "lasts 31.0 s"),
        (wav(peak=0), "silent"),
        (wav(rate=8_000), "8000 Hz"),
        (wav(width=3), "24 bits"),
        (wav(channels=3), "3 channels"),
        (GOOD + bytes(MAX_BYTES), "at most"),
    ],
)
def test_what_is_no_sample_is_refused(sample: bytes, why: str) -> None:
    """Nothing, another format, half a file, too short, too long, silent, too coarse, too large."""
    with pytest.raises(BadAudio, match=why):
        check_sample(sample)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 50))
@example(b"\xff" * 20, 22)
@example(bytes(20), 22)
def test_a_broken_header_is_refused_or_passed_over(noise: bytes, at: int) -> None:
    """Whatever stands in it, nothing but our own error comes of it."""
    with suppress(BadAudio):
        check_sample(GOOD[:at] + noise + GOOD[at + len(noise) :])


def test_a_file_comes_in_base64() -> None:
    """What is none, or too much of it, is refused before it is looked at."""
    assert sample_of(b64encode(GOOD).decode()) == GOOD
    for text in ("?", "é", "A" * (2 * MAX_BYTES)):
        with pytest.raises(BadAudio):
            sample_of(text)
