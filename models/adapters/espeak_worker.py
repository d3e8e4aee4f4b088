"""The process in which espeak-ng runs: `python -m gemelo.models.adapters.espeak_worker`.

espeak-ng is GPL-3, so it never shares a process with Gemelo; its state is global, so it speaks one
clause at a time. Requests wait in the order in which they came. Standard library and ctypes only:
the whole process stays near 15 MB.

In:   SPEAK  JSON {"voice", "text"}      ABORT
Out:  EVENTS JSON [[type, ms, position, phoneme], ...]   AUDIO s16le at 22.05 kHz
      DONE (also after an abort)         FAILED one sentence
"""

from __future__ import annotations

import ctypes
import json
import os
import queue
import threading
from typing import Any, BinaryIO

from gemelo.models.adapters.framing import Frame, pack, read, worker_pipes

SPEAK, ABORT, EVENTS, AUDIO, DONE, FAILED = range(1, 7)
WORD, PHONEME = 1, 7
RATE = 22_050

# espeak-ng's speak_lib.h
_SYNCHRONOUS = 2
_PHONEME_EVENTS_IN_IPA = 0x0003
_BY_CHARACTER = 1
_UTF8 = 1
_BUFFER_MS = 60


class _EventId(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class _Synthesiser:
    """espeak-ng in synchronous mode, which is the one that never lost audio."""

    def __init__(self, out: BinaryIO) -> None:
        import espeakng_loader  # pyright: ignore[reportMissingTypeStubs]

        self._out = out
        self._job = 0
        self._aborted: set[int] = set()
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self._callback = _Callback(self._chunk)  # espeak keeps the pointer, so Python must too
        rate = self._library.espeak_Initialize(
            _SYNCHRONOUS, _BUFFER_MS, espeakng_loader.get_data_path().encode(), _PHONEME_EVENTS_IN_IPA
        )
        if rate != RATE:
            raise RuntimeError(f"espeak-ng speaks at {rate} Hz, not at {RATE}")
        self._library.espeak_SetSynthCallback(self._callback)

    def abort(self, job: int) -> None:
        """Called from the reading thread: the callback sees it at its next chunk."""
        self._aborted.add(job)

    def speak(self, job: int, voice: str, text: str) -> None:
        self._job = job
        if job not in self._aborted:
            failure = self._synthesise(voice, text)
            if failure:
                self._send(Frame(FAILED, job, failure.encode()))
        self._aborted.discard(job)
        self._send(Frame(DONE, job))

    def _synthesise(self, voice: str, text: str) -> str:
        if self._library.espeak_SetVoiceByName(voice.encode()):
            return f"espeak-ng has no voice called {voice}."
        data = text.encode()
        status = self._library.espeak_Synth(data, len(data) + 1, 0, _BY_CHARACTER, 0, _UTF8, None, None)
        return f"espeak-ng failed with status {status}." if status else ""

    def _chunk(self, samples: Any, count: int, events: Any) -> int:
        found: list[tuple[int, int, int, str]] = []
        index = 0
        while events[index].type:
            event = events[index]
            if event.type in (WORD, PHONEME):
                phoneme = event.id.string.decode("utf-8", "ignore") if event.type == PHONEME else ""
                found.append((event.type, event.audio_position, event.text_position, phoneme))
            index += 1
        if found:
            self._send(Frame(EVENTS, self._job, json.dumps(found).encode()))
        if count > 0:
            self._send(Frame(AUDIO, self._job, ctypes.string_at(samples, count * 2)))
        return int(self._job in self._aborted)

    def _send(self, frame: Frame) -> None:
        try:
            self._out.write(pack(frame))
        except BrokenPipeError:
            os._exit(0)


def _receive(pipe: BinaryIO, jobs: queue.SimpleQueue[Frame], synthesiser: _Synthesiser) -> None:
    while (frame := read(pipe)) is not None:
        if frame.kind == ABORT:
            synthesiser.abort(frame.stream)
        else:
            jobs.put(frame)
    os._exit(0)


def main() -> None:
    pipe, out = worker_pipes()
    synthesiser = _Synthesiser(out)
    jobs: queue.SimpleQueue[Frame] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(pipe, jobs, synthesiser), daemon=True).start()
    while True:
        frame = jobs.get()
        synthesiser.speak(frame.stream, **json.loads(frame.payload))


if __name__ == "__main__":
    main()
