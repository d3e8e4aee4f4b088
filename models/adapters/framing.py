"""Frames on the pipes between Gemelo and its worker processes.

A frame is `kind` (1 byte), `stream` (uint32), `length` (uint32), then `length` bytes, little-endian.
Both sides of the pipe import this file, so it needs nothing but the standard library.
"""

from __future__ import annotations

import os
import signal
import struct
from typing import BinaryIO, NamedTuple

HEADER = struct.Struct("<BII")


class Frame(NamedTuple):
    """One message; what `stream` numbers and `payload` holds depends on `kind`."""

    kind: int
    stream: int
    payload: bytes = b""


def pack(frame: Frame) -> bytes:
    return HEADER.pack(frame.kind, frame.stream, len(frame.payload)) + frame.payload


def read(pipe: BinaryIO) -> Frame | None:
    """Reads one frame from a blocking, buffered pipe; None when the other side has gone."""
    header = pipe.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    kind, stream, length = HEADER.unpack(header)
    payload = pipe.read(length)
    return Frame(kind, stream, payload) if len(payload) == length else None


def worker_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Takes over standard input and output of a worker process for frames.

    What a library prints goes to standard error, where it cannot break a frame. Ctrl-C is left to
    the parent: a worker ends when its input does.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    frames = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    return os.fdopen(0, "rb"), frames
