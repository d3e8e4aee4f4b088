"""`Translator` on Apertium, where its OS package is installed: Spanish and English, a millisecond a question.

Apertium is GPL: its programs run as processes of their own, a chain of them for each direction, and text
passes through as frames that end in a null byte. https://wiki.apertium.org/wiki/Null_flush
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import select
import shlex
import shutil
import subprocess
import time
from pathlib import Path
from threading import Lock

from gemelo.models.vocabulary import Language

log = logging.getLogger(__name__)

MODES = Path("/usr/share/apertium/modes")
"""Where the package says of which programs a direction is made."""
_CODES = {Language("es"): "spa", Language("en"): "eng"}
_STREAM_MARKS = re.compile(r"([\[\]{}^$/\\@<>])")
_ESCAPED = re.compile(r"\\(.)")
_UNKNOWN = re.compile(r"(?<!\w)[*#@](?=\w)")
_LONGEST_S = 1.0
"""A translation, or the start of a chain (60 ms), that takes longer is given up."""
_MOST_FAILURES = 3
"""In a row, after which a direction is left alone."""


class Apertium:
    """Starts the chain of a direction with its first text. Safe to call from several threads; `close` when
    done.

    Args:
        modes: the folder of `*.mode` files.
        longest_s: time that a translation has (s), with its wait for those before it.
    """

    def __init__(self, modes: Path = MODES, longest_s: float = _LONGEST_S) -> None:
        self._modes = modes
        self._longest_s = longest_s
        self._chains: dict[str, _Chain] = {}
        self._lock = Lock()

    @property
    def pids(self) -> list[int]:
        """Process ids of the programs that run now."""
        return [pid for chain in self._chains.values() for pid in chain.pids]

    def translates(self, source: Language, target: Language) -> bool:
        """See `Translator.translates`: where the package of the pair is installed."""
        return (chain := self._chain(source, target)) is not None and chain.is_there

    def translate(self, text: str, source: Language, target: Language) -> str:
        """See `Translator.translate`; empty, too, where a chain has failed or is late."""
        chain = self._chain(source, target)
        return chain.translate(text) if chain and chain.is_there else ""

    def close(self) -> None:
        """Ends all processes."""
        for chain in self._chains.values():
            chain.stop()

    def _chain(self, source: Language, target: Language) -> _Chain | None:
        if source == target or source not in _CODES or target not in _CODES:
            return None
        name = f"{_CODES[source]}-{_CODES[target]}"
        with self._lock:
            if name not in self._chains:
                self._chains[name] = _Chain(self._modes / f"{name}.mode", self._longest_s)
            return self._chains[name]


class _Chain:
    """The programs of one direction, each reading what the one before has written."""

    def __init__(self, mode: Path, longest_s: float) -> None:
        self._programs = _programs(mode)
        self._name = mode.stem
        self._longest_s = longest_s
        self._running: list[subprocess.Popen[bytes]] = []
        self._failures = 0
        self._count = 0
        self._lock = Lock()

    @property
    def is_there(self) -> bool:
        return bool(self._programs) and self._failures < _MOST_FAILURES

    @property
    def pids(self) -> list[int]:
        return [process.pid for process in self._running]

    def translate(self, text: str) -> str:
        plain = _STREAM_MARKS.sub(r"\\\1", " ".join(text.replace("\0", " ").split()))
        due = time.monotonic() + self._longest_s
        if not self._lock.acquire(timeout=self._longest_s):
            return ""
        try:
            waited_long = due - time.monotonic() < self._longest_s / 2  # a chain is not to blame for that
            if waited_long or not self.is_there:
                return ""
            if not self._running or any(one.poll() is not None for one in self._running):
                self.stop()
                self._start()
            told = self._pass(plain, due)
            self._failures = 0
        except (OSError, ValueError) as error:  # it may quote nothing that was said
            self._failures += 1
            log.warning("apertium %s failed: %s", self._name, type(error).__name__)
            self.stop()
            return ""
        finally:
            self._lock.release()
        return _UNKNOWN.sub("", _ESCAPED.sub(r"\1", told)).strip()

    def stop(self) -> None:
        running, self._running = self._running, []
        for process in running:
            with contextlib.suppress(OSError):
                process.kill()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    if pipe:
                        pipe.close()
            process.wait()

    def _start(self) -> None:
        before = subprocess.PIPE
        for program in self._programs:
            process = subprocess.Popen(
                program,
                stdin=before,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                start_new_session=True,  # Ctrl-C is for the parent
            )
            if self._running and (pipe := self._running[-1].stdout):
                pipe.close()  # the next program's now
            self._running.append(process)
            assert process.stdout is not None
            before = process.stdout.fileno()

    def _pass(self, text: str, due: float) -> str:
        """One text through the chain.

        A number goes with it as a mark of format, which no program touches: what comes out is this text's
        and no other's. (Nor would the last word come out without a mark after it.)

        Raises:
            OSError, ValueError: a program is gone or late, or what comes out is not this text.
        """
        self._count += 1
        mark = f"[{self._count}]\0".encode()
        source, sink = self._running[0].stdin, self._running[-1].stdout
        assert source is not None
        assert sink is not None
        source.write(text.encode("utf-8", "ignore") + mark)
        waiting = select.poll()
        waiting.register(sink, select.POLLIN)
        told = b""
        while not told.endswith(b"\0"):
            if not waiting.poll(max(0.0, due - time.monotonic()) * 1000):
                raise TimeoutError
            if not (piece := os.read(sink.fileno(), 65_536)):
                raise BrokenPipeError
            told += piece
        if not told.endswith(mark) or told.count(b"\0") != 1:
            raise ValueError
        return told[: -len(mark)].decode()


def _programs(mode: Path) -> list[list[str]]:
    """The programs of a mode file with their arguments, none where it or one of them is missing."""
    try:
        stages = [shlex.split(stage) for stage in mode.read_text("utf-8").strip().split("|")]
    except (OSError, ValueError):
        return []
    # $1 is how words are marked that have no translation (-n: not at all), $2 options of the tagger
    programs = [[stage[0], "-z", *_arguments(stage[1:])] for stage in stages if stage]
    return programs if all(shutil.which(program[0]) for program in programs) else []


def _arguments(given: list[str]) -> list[str]:
    return ["-n" if argument == "$1" else argument for argument in given if argument != "$2"]
