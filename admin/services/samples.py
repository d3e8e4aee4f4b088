"""Recordings that voices and faces are made of: what can be told of one before a vendor is sent it."""

from __future__ import annotations

import binascii
import wave
from base64 import b64decode
from io import BytesIO
from urllib.parse import urlsplit

import numpy as np

from gemelo.models.errors import BadAudio, UsageError

MAX_BYTES = 4_000_000
SHORTEST_S, LONGEST_S = 3, 30
"""Vendors ask for about five seconds, and take no more from what is longer."""
MAX_ADDRESS = 4_000
_RATES = range(16_000, 96_001)
_QUIET = 300
"""Peak of 16-bit samples under which nobody speaks."""
_WHAT = "send a WAV file of one person speaking: 16-bit PCM, 16 kHz or more"


def sample_of(text: str) -> bytes:
    """A file that was sent in base64.

    Raises:
        BadAudio: it is none, or too large.
    """
    if len(text) > 4 * MAX_BYTES // 3 + 4:  # before any work on it
        raise BadAudio(f"a sample has at most {MAX_BYTES} bytes")
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadAudio("a sample is the file's bytes in base64") from None


def check_sample(sample: bytes) -> None:
    """Looks whether a file can be the recording of a voice. Nothing but its own header is believed.

    Raises:
        BadAudio: it cannot be read, is too short, too long or silent; says what to send.
    """
    if len(sample) > MAX_BYTES:
        raise BadAudio(f"a sample has at most {MAX_BYTES} bytes")
    try:
        with wave.open(BytesIO(sample)) as sound:
            channels, width, rate = sound.getnchannels(), sound.getsampwidth(), sound.getframerate()
            pcm = sound.readframes(sound.getnframes())
    except (wave.Error, EOFError, RuntimeError, ValueError):
        raise BadAudio(f"this is no WAV file that can be read: {_WHAT}") from None
    if width != 2 or rate not in _RATES or channels > 2:
        raise BadAudio(f"this is {8 * width} bits at {rate} Hz in {channels} channels: {_WHAT}")
    seconds = len(pcm) / (2 * channels * rate)
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise BadAudio(f"this sample lasts {seconds:.1f} s: send {SHORTEST_S} to {LONGEST_S} s of speech")
    samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], np.int16)
    if int(np.abs(samples.astype(np.int32)).max()) < _QUIET:
        raise BadAudio("this sample is silent: send a recording in which somebody speaks")


def check_address(text: str, *, loopback: bool = False) -> None:
    """Looks whether a vendor can fetch a film from an address.

    Args:
        loopback: http is taken too; whoever connects looks where that leads.

    Raises:
        UsageError: it is none that can be fetched from.
    """
    wrong = UsageError(f"a film lies at an https address of at most {MAX_ADDRESS} plain characters")
    if not 0 < len(text) <= MAX_ADDRESS or not text.isascii() or not text.isprintable() or " " in text:
        raise wrong
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise wrong from None
    schemes = ("https", "http") if loopback else ("https",)
    if parts.scheme not in schemes or not parts.hostname or parts.username is not None:
        raise wrong
