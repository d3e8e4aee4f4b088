"""Tests for pipecat's frames."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.models.errors import BadMessage
from gemelo.pipelines import pipecat_frames as frames
from gemelo.pipelines.dialect import MAX_AUDIO
from gemelo.pipelines.pipecat_frames import AudioFrame

FROM_JAVASCRIPT = bytes.fromhex("12121205617564696f1a040100020020807d2801")
"""`audio` of pipecat's client for JavaScript: no id, a name, two samples, 16000 Hz, one channel."""
FROM_PYTHON = bytes.fromhex("120e1a040100020020c0bb0128013000")
"""`audio` of pipecat-ai with a time that is 0."""


def test_what_others_write_is_read() -> None:
    """Fields that nobody here needs are passed over."""
    assert frames.read(FROM_JAVASCRIPT) == AudioFrame(b"\1\0\2\0", 16_000, 1)
    assert frames.read(FROM_PYTHON) == AudioFrame(b"\1\0\2\0", 24_000, 1)
    assert frames.read(bytes.fromhex("22040a027b7d")) == "{}"


@given(st.binary(max_size=300), st.integers(1, 1 << 31))
def test_audio_comes_back_as_it_was(pcm: bytes, rate: int) -> None:
    """Whatever its length, over the bounds of one byte and of two."""
    assert frames.read(frames.audio(pcm, rate)) == AudioFrame(pcm, rate, 1)


@given(st.text(max_size=300))
def test_a_message_comes_back_as_it_was(text: str) -> None:
    """Half a surrogate pair is no character."""
    assert frames.read(frames.message(text)) == text.encode("utf-8", "replace").decode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"\x12",
        b"\x12\x7f",
        b"\xff" * 20,
        b"\x0a\x04\x1a\x02hi",
        b"\x2a\x00",
        b"\x22\x04\x0a\x02\xff\xfe",
        b"\x12\x02\x18\x05",
        b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
    ],
)
def test_what_is_no_frame_is_refused(data: bytes) -> None:
    """Text, interruptions, the end in the middle, numbers without an end, sizes past all memory."""
    with pytest.raises(BadMessage):
        frames.read(data)


@pytest.mark.parametrize(
    "data",
    [
        b"\x08\0" * 16 + frames.audio(bytes(2), 16_000),
        b"\x12\x26" + b"\x08\0" * 16 + b"\x1a\x04" + bytes(4),
        frames.audio(bytes(65_000), 16_000),
        frames.message("x" * 65_000),
    ],
)
def test_a_frame_of_many_fields_or_bytes_is_refused(data: bytes) -> None:
    """Reading it would hold up every other talk."""
    with pytest.raises(BadMessage, match=r"fields|bytes"):
        frames.read(data)


def test_a_frame_of_the_longest_audio_is_read() -> None:
    """With as many fields as pipecat's have, and some to spare."""
    pcm = bytes(MAX_AUDIO)
    assert frames.read(b"\x08\0" * 15 + frames.audio(pcm, 16_000)) == AudioFrame(pcm, 16_000, 1)


@given(st.binary(max_size=60))
def test_whatever_comes_is_a_frame_or_refused(data: bytes) -> None:
    """Nothing else is raised."""
    with contextlib.suppress(BadMessage):
        frames.read(data)
