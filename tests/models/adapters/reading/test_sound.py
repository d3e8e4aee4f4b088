"""Getting the sound out of recordings and films."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest

from gemelo.models.adapters.reading.parts import Unreadable
from gemelo.models.adapters.reading.sound import FORMATS, LONGEST_S, About, read_sound
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, IN_RATE
from tests.models.adapters.reading.filmed import CODED, picture_only, recording

TONE = (8_000 * np.sin(np.arange(10 * 22_050) * 440 * 2 * np.pi / 22_050)).astype(np.int16)


def heard(suffix: str, data: bytes) -> tuple[About, float]:
    """What a recording says of itself, and its length (s)."""
    about, *pieces = read_sound(suffix, data)
    assert isinstance(about, About)
    return about, sum(len(piece) for piece in pieces if isinstance(piece, bytes)) / BYTES_PER_SAMPLE / IN_RATE


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_every_format_gives_its_sound(suffix: str) -> None:
    """At the rate of recognisers, whatever it was recorded at, and with its date."""
    data = recording(suffix, TONE, 22_050, date="2021-05-06")
    about, seconds = heard(suffix, data)
    assert seconds == pytest.approx(10, abs=0.2)
    assert about.dated == "2021-05-06"
    [_, *pieces] = read_sound(suffix, data)
    samples = np.frombuffer(b"".join(piece for piece in pieces if isinstance(piece, bytes)), np.int16)
    loudest = int(np.argmax(np.abs(np.fft.rfft(samples[:IN_RATE].astype(np.float32)))))
    assert loudest == pytest.approx(440, abs=2)


def test_a_recording_may_say_its_language() -> None:
    """As players show it; one that nobody here speaks is none."""
    for tag, language in (("spa", "es"), ("eng", "en"), ("kor", ""), ("", "")):
        assert heard(".mp4", recording(".mp4", TONE, 22_050, language=tag))[0].language == language


LIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n"
SCRIPT = b"ffconcat version 1.0\nfile /etc/passwd\n"


@pytest.mark.parametrize("suffix", sorted(FORMATS))
@pytest.mark.parametrize("data", [b"", b"\0" * 4_000, bytes(range(256)) * 64, LIST, SCRIPT], ids=range(5))
def test_what_is_no_recording_is_refused(suffix: str, data: bytes) -> None:
    """Lists of addresses, too, under whatever name they come."""
    with pytest.raises(Unreadable):
        list(read_sound(suffix, data))


@pytest.mark.parametrize("suffix", sorted(CODED))
def test_a_cut_recording_gets_one_verdict(suffix: str) -> None:
    """Wherever it was cut: its sound as far as it goes, or one reason, and no other error."""
    data = recording(suffix, TONE[: 22_050 * 2], 22_050)
    for at in range(1, len(data), max(len(data) // 25, 1)):
        with suppress(Unreadable):
            list(read_sound(suffix, data[:at]))


def test_a_recording_that_breaks_off_says_where() -> None:
    """Half a document is none."""
    data = recording(".mp3", TONE, 22_050)
    with pytest.raises(Unreadable, match=r"breaks off at 0:0[3-6]"):
        list(read_sound(".mp3", data[: len(data) // 2]))


def test_a_film_without_sound_is_refused() -> None:
    """With a reason that a person can act on."""
    with pytest.raises(Unreadable, match="no sound"):
        list(read_sound(".mp4", picture_only()))


@pytest.mark.slow
def test_the_length_is_bounded() -> None:
    """Small files hold hours: more than a person talks is refused as soon as it is seen."""
    silence = np.zeros(8_000 * (LONGEST_S + 60), np.int16)
    data = recording(".flac", silence, 8_000)
    assert len(data) < 1_500_000
    with pytest.raises(Unreadable, match="longer than 2 hours"):
        for _ in read_sound(".flac", data):
            pass
