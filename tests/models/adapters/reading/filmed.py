"""Small recordings and films of every format, made for a test."""

# PyAV's stubs leave containers of unknown streams open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportArgumentType=false

from __future__ import annotations

from io import BytesIO
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream
from numpy.typing import NDArray

CODED = {
    ".wav": ("wav", "pcm_s16le"),
    ".flac": ("flac", "flac"),
    ".mp3": ("mp3", "mp3"),
    ".ogg": ("ogg", "libopus"),
    ".opus": ("ogg", "libopus"),
    ".m4a": ("mp4", "aac"),
    ".mp4": ("mp4", "aac"),
    ".mov": ("mov", "pcm_s16le"),
    ".webm": ("webm", "libopus"),
    ".mkv": ("matroska", "libopus"),
}
"""Container and coding of each ending."""
FILMS = frozenset((".mp4", ".mov", ".webm", ".mkv"))


def recording(suffix: str, pcm: NDArray[np.int16], rate: int = 16_000, **tags: str) -> bytes:
    """A recording of mono samples; one of a film has a dark picture, too. `language` is the sound's tag."""
    container, codec = CODED[suffix]
    made = BytesIO()
    with av.open(made, "w", format=container) as output:
        output.metadata.update({name: text for name, text in tags.items() if name != "language"})
        picture = (
            _picture(output, "libvpx" if suffix in (".webm", ".mkv") else "mpeg4")
            if suffix in FILMS
            else None
        )
        sound = cast(AudioStream, output.add_stream(codec, rate=48_000 if codec == "libopus" else rate))
        sound.layout = "mono"
        if language := tags.get("language"):
            sound.metadata["language"] = language
        if picture:
            _darken(output, picture)
        frame = av.AudioFrame.from_ndarray(pcm[None], format="s16", layout="mono")
        frame.sample_rate = rate
        resampler = av.AudioResampler(
            format=sound.codec_context.format, layout="mono", rate=sound.codec_context.sample_rate
        )
        for piece in (*resampler.resample(frame), *resampler.resample(None), None):
            for packet in sound.encode(piece):
                output.mux(packet)
    return made.getvalue()


def picture_only() -> bytes:
    """A film without sound."""
    made = BytesIO()
    with av.open(made, "w", format="mp4") as output:
        _darken(output, _picture(output, "mpeg4"))
    return made.getvalue()


def _picture(output: OutputContainer, codec: str) -> VideoStream:
    picture = cast(VideoStream, output.add_stream(codec, rate=10))
    picture.width, picture.height, picture.pix_fmt = 32, 32, "yuv420p"
    return picture


def _darken(output: OutputContainer, picture: VideoStream) -> None:
    dark = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
    for packet in (*picture.encode(dark), *picture.encode(None)):
        output.mux(packet)
