"""Sound of recordings and films, as recognisers take it."""

# PyAV's stubs leave containers of unknown streams open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from typing import cast

import av
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError

from gemelo.models.adapters.reading.parts import Unreadable, clock
from gemelo.models.dates import date_of
from gemelo.models.vocabulary import IN_RATE

FORMATS = {
    **{".wav": "wav", ".flac": "flac", ".mp3": "mp3", ".ogg": "ogg", ".opus": "ogg"},
    **dict.fromkeys((".mp4", ".m4a", ".mov"), "mov"),
    **dict.fromkeys((".webm", ".mkv"), "matroska"),
}
"""What a file is taken for is what its name says: formats that are lists of addresses are never tried."""
_CODECS = ("pcm_", "flac", "mp3", "vorbis", "opus", "aac", "alac")
"""Beginnings of the names of decoders that may run: few, and much used."""
LONGEST_S = 7_200
"""Of a recording: 230 MB of samples."""
_ENOUGH = 0.9
"""Share of its length that a recording must really have: lengths are guessed in some formats."""
_LANGUAGES = {"eng": "en", "spa": "es"}
_DATES = ("date", "creation_time", "year")


@dataclass(frozen=True, slots=True)
class About:
    """What a recording says of itself: its language (ISO 639-1) and date, either empty where it does not."""

    language: str
    dated: str


def read_sound(suffix: str, data: bytes) -> Iterator[About | bytes]:
    """What a recording says of itself, then its sound: s16le mono at `IN_RATE`, in pieces.

    Raises:
        Unreadable: it is damaged, too long, or holds no sound.
    """
    try:
        opened = av.open(BytesIO(data), format=FORMATS[suffix], metadata_errors="replace")
        with cast(InputContainer, opened) as container:
            if not container.streams.audio:
                raise Unreadable("there is no sound in it")
            stream = container.streams.audio[0]
            coded = stream.codec_context.name
            if not coded.startswith(_CODECS):
                raise Unreadable(f"its sound is coded as {coded}, which is not read here: save it as mp3")
            stream.codec_context.thread_count = 1
            tags = (*container.metadata.items(), *stream.metadata.items())
            said = {name.lower(): text for name, text in tags}
            dated = next(filter(None, (date_of(said.get(name, "")) for name in _DATES)), "")
            yield About(_LANGUAGES.get(said.get("language", ""), ""), dated)
            yield from _samples(container, stream)
    except FFmpegError:
        raise Unreadable("the recording is damaged, or none of what its name says") from None


def _samples(container: InputContainer, stream: AudioStream) -> Iterator[bytes]:
    """The sound in pieces.

    Raises:
        Unreadable: there is too much of it, or its end is missing.
    """
    resampler = AudioResampler(format="s16", layout="mono", rate=IN_RATE)
    heard, told = 0, _told_s(container, stream)
    for frame in chain(container.decode(stream), (None,)):  # none: what the resampler still holds
        for piece in resampler.resample(frame):
            heard += piece.samples
            if heard > LONGEST_S * IN_RATE:
                hours = LONGEST_S // 3600
                raise Unreadable(f"it is longer than {hours} hours: cut it into several files")
            yield piece.to_ndarray().tobytes()
    if not heard:
        raise Unreadable("there is no sound in it")
    if heard / IN_RATE < _ENOUGH * told - 1:
        raise Unreadable(f"it breaks off at {clock(heard / IN_RATE)}, and should last till {clock(told)}")


def _told_s(container: InputContainer, stream: AudioStream) -> float:
    """How long its sound lasts, as a recording itself says; 0 where it does not."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return 0.0 if container.streams.video else (container.duration or 0) / av.time_base
