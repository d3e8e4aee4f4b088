"""The process in which pocketsphinx runs: `python -m gemelo.models.adapters.pocketsphinx_worker`.

One decoder costs about 90 MB, so all streams share one: an utterance has it from BEGIN to SETTLE,
and what other streams send meanwhile waits for its turn and is then caught up at eight times real
time.

In:   BEGIN      AUDIO s16le at 16 kHz      SETTLE      FORGET
Out:  INTERIM text, when it changed         FINAL text, one for each SETTLE
"""

# pocketsphinx has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from gemelo.models.adapters.framing import Frame, pack, read, worker_pipes

BEGIN, AUDIO, SETTLE, FORGET, INTERIM, FINAL = range(1, 7)

_BYTES_PER_S = 32_000
_INTERIM_BYTES = _BYTES_PER_S // 5
_LONGEST_BYTES = 20 * _BYTES_PER_S
"""An utterance that goes on for longer gives the decoder to others and keeps the words it has."""
_NICE = 5
_WORDS_BYTES = 2**20
"""The language model ends with its words, a zero after each: fewer bytes than this."""


@dataclass(slots=True)
class _Utterance:
    stream: int
    audio: deque[bytes] = field(default_factory=deque[bytes])
    begun: bool = False
    settled: bool = False
    forgotten: bool = False
    given_up: bool = False
    decoded: int = 0
    words: str = ""


class _Recogniser:
    """Gives the one decoder to one utterance after the other, in the order in which they began."""

    def __init__(self, out: BinaryIO) -> None:
        import pocketsphinx

        # The second and third pass cost 100 ms at the end of every utterance. Fewer states and a
        # phone look-ahead halve the time at the same word error rate.
        with _pronunciations(Path(pocketsphinx.get_model_path("en-us"))) as dictionary:
            self._decoder = pocketsphinx.Decoder(
                dict=dictionary,
                fwdflat=False,
                bestpath=False,
                maxhmmpf=3000,
                pl_window=5,
                loglevel="FATAL",
            )
        self._out = out
        # What a decoder learns of a voice and its room (cepstral means) is kept apart by stream.
        self._fresh = self._decoder.get_cmn(False)
        self._learnt: dict[int, str] = {}
        self._open: dict[int, _Utterance] = {}
        self._queue: deque[_Utterance] = deque()

    def take(self, frame: Frame) -> None:
        if frame.kind == BEGIN:
            utterance = self._open[frame.stream] = _Utterance(frame.stream)
            self._queue.append(utterance)
        elif frame.kind == AUDIO:
            self._hear(frame)
        elif frame.kind == SETTLE:
            self._settle(frame.stream)
        elif frame.kind == FORGET:
            self._open.pop(frame.stream, None)
            self._learnt.pop(frame.stream, None)
            for utterance in self._queue:
                utterance.forgotten |= utterance.stream == frame.stream
        self._work()

    def _hear(self, frame: Frame) -> None:
        utterance = self._open.get(frame.stream)
        if utterance and frame.payload and not utterance.given_up:  # the decoder refuses empty audio
            utterance.audio.append(frame.payload)

    def _settle(self, stream: int) -> None:
        utterance = self._open.pop(stream, None)
        if utterance is None or utterance.given_up:
            self._send(FINAL, stream, utterance.words if utterance else "")
        else:
            utterance.settled = True

    def _work(self) -> None:
        """Decodes what is at hand until the first utterance needs more audio."""
        while self._queue:
            utterance = self._queue[0]
            if not utterance.begun:
                utterance.begun = True
                self._decoder.set_cmn(self._learnt.get(utterance.stream, self._fresh))
                self._decoder.start_utt()
            self._decode(utterance)
            utterance.given_up = utterance.decoded >= _LONGEST_BYTES
            if not (utterance.given_up or utterance.settled or utterance.forgotten):
                return
            self._decoder.end_utt()
            utterance.words = self._words()
            if not utterance.forgotten:
                self._learnt[utterance.stream] = self._decoder.get_cmn(False)
            self._queue.popleft()
            if utterance.settled and not utterance.forgotten:
                self._send(FINAL, utterance.stream, utterance.words)

    def _decode(self, utterance: _Utterance) -> None:
        while utterance.audio and utterance.decoded < _LONGEST_BYTES and not utterance.forgotten:
            pcm = utterance.audio.popleft()
            self._decoder.process_raw(pcm, False, False)
            due = utterance.decoded // _INTERIM_BYTES
            utterance.decoded += len(pcm)
            if utterance.decoded // _INTERIM_BYTES > due and not utterance.settled:
                words = self._words()
                if words != utterance.words:
                    utterance.words = words
                    self._send(INTERIM, utterance.stream, words)

    def _words(self) -> str:
        hypothesis = self._decoder.hyp()
        return str(hypothesis.hypstr) if hypothesis else ""

    def _send(self, kind: int, stream: int, words: str) -> None:
        try:
            self._out.write(pack(Frame(kind, stream, words.encode())))
        except BrokenPipeError:
            os._exit(0)


@contextmanager
def _pronunciations(models: Path) -> Generator[str]:
    """A file of those pronunciations that can be recognised: 12 MB less for the same words heard.

    The dictionary has 135,000, and the decoder leaves out all whose word the language model lacks.
    """
    with (models / "en-us.lm.bin").open("rb") as model:
        model.seek(-_WORDS_BYTES, os.SEEK_END)
        modelled = set(model.read().split(b"\0"))
    with NamedTemporaryFile() as kept, (models / "cmudict-en-us.dict").open("rb") as dictionary:
        kept.writelines(line for line in dictionary if line.split(maxsplit=1)[0].split(b"(")[0] in modelled)
        kept.flush()
        yield kept.name


def main() -> None:
    pipe, out = worker_pipes()
    os.nice(_NICE)
    recogniser = _Recogniser(out)
    while (frame := read(pipe)) is not None:
        recogniser.take(frame)


if __name__ == "__main__":
    main()
