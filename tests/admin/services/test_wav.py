"""Reading every kind of WAV file."""

# soundfile has no types of its own below 0.14:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile  # pyright: ignore[reportMissingTypeStubs]

from gemelo.admin.services.wav import read, write_stereo
from gemelo.models.errors import BadAudio
from gemelo.models.vocabulary import IN_RATE


def tone(rate: int, seconds: float = 0.5) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(rate * seconds)) / rate)


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "ULAW"])
def test_every_width_and_rate_is_heard_alike(tmp_path: Path, rate: int, subtype: str) -> None:
    """Half a second of a tone is half a second of the same tone at 16 kHz."""
    path = tmp_path / "tone.wav"
    soundfile.write(path, tone(rate), rate, subtype=subtype)
    heard = read(path).at(IN_RATE)
    assert abs(len(heard) - IN_RATE // 2) <= 1
    spectrum = np.abs(np.fft.rfft(heard[:8000]))
    assert int(spectrum.argmax()) == 220  # 2 Hz a bin
    assert 15_000 < int(np.abs(heard[200:-200]).max()) < 17_500


def test_channels_are_mixed(tmp_path: Path) -> None:
    """A voice on one of two channels is heard at half its level."""
    path = tmp_path / "stereo.wav"
    soundfile.write(path, np.stack([tone(16_000), np.zeros(8_000)], axis=1), 16_000)
    assert abs(int(np.abs(read(path).at(IN_RATE)).max()) - 8192) < 200


def test_a_truncated_file_gives_what_is_left(tmp_path: Path) -> None:
    """Where a file breaks off, even inside a sample, what is there is heard."""
    path = tmp_path / "cut.wav"
    soundfile.write(path, tone(16_000), 16_000)
    path.write_bytes(path.read_bytes()[: 44 + 8_001])
    assert len(read(path).at(IN_RATE)) == 4_000


def test_samples_that_are_no_numbers(tmp_path: Path) -> None:
    """NaN and infinity in a float file are silence and full scale, not a crash."""
    path = tmp_path / "nan.wav"
    broken = np.array([np.nan, np.inf, -np.inf, 0.25] * 100, np.float32)
    soundfile.write(path, broken, 16_000, subtype="FLOAT")
    assert read(path).samples[:4].tolist() == [0.0, 1.0, -1.0, 0.25]


def _nothing(path: Path) -> None:
    path.write_bytes(b"")


def _no_samples(path: Path) -> None:
    soundfile.write(path, np.zeros(0), 16_000)


def _half_a_header(path: Path) -> None:
    soundfile.write(path, tone(16_000), 16_000)
    path.write_bytes(path.read_bytes()[:20])


def _text(path: Path) -> None:
    path.write_text("This is not audio at all. " * 100)


def _noise(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 40)


def _slow(path: Path) -> None:
    soundfile.write(path, np.zeros(100), 50)


def _folder(path: Path) -> None:
    path.mkdir()


def _missing(path: Path) -> None:
    return


@pytest.mark.parametrize(
    "make", [_nothing, _no_samples, _half_a_header, _text, _noise, _slow, _folder, _missing]
)
def test_what_is_no_recording_is_refused(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """Each kind of bad file gets one plain sentence that names it."""
    path = tmp_path / "in.wav"
    make(path)
    with pytest.raises(BadAudio, match=r"in\.wav") as refused:
        read(path)
    assert "\n" not in str(refused.value)


def test_both_sides_are_written_side_by_side(tmp_path: Path) -> None:
    """The fan is on the left, the twin on the right, the shorter one filled up with silence."""
    path = tmp_path / "out.wav"
    write_stereo(path, np.full(10, 5, np.int16), np.full(20, 7, np.int16), 24_000)
    both, rate = soundfile.read(path, dtype="int16")
    assert (both.shape, rate) == ((20, 2), 24_000)
    assert both[9].tolist() == [5, 7]
    assert both[19].tolist() == [0, 7]


def test_a_recording_that_cannot_be_written(tmp_path: Path) -> None:
    """A folder in its place is refused by name."""
    with pytest.raises(BadAudio, match="cannot be written"):
        write_stereo(tmp_path, np.zeros(1, np.int16), np.zeros(1, np.int16), 24_000)
