"""A process that is locked in: what it can still do, and what it cannot, whoever asks."""

from __future__ import annotations

import subprocess
import sys

import pytest

LOCKED = """
import ctypes, errno, mmap, os, socket, sys, tempfile, threading
from gemelo.models.adapters.reading.confine import confine
libc = ctypes.CDLL(None, use_errno=True)
held = confine(512 * 2**20)
def refused(call, *arguments):
    return call(*arguments) == -1 and ctypes.get_errno() == errno.EPERM
"""


def told(script: str) -> str:
    """What a process says that has locked itself in."""
    done = subprocess.run(
        [sys.executable, "-c", LOCKED + script], capture_output=True, text=True, timeout=60, check=False
    )
    assert not done.stderr, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_UNIX"])
def test_no_library_in_c_opens_a_socket(family: str) -> None:
    """The kernel refuses, not only Python."""
    assert told(f"print(held, refused(libc.socket, socket.{family}, 1, 0))") == "True True"


def test_no_library_in_c_runs_a_program() -> None:
    """Nor watches another process, nor asks for the ring by which calls go round the filter."""
    script = """
nothing = ctypes.c_char_p(b"/bin/true")
print(refused(libc.execve, nothing, None, None), refused(libc.ptrace, 16, 1, 0, 0))
print(refused(libc.syscall, 425, 8, None))
"""
    assert told(script) == "True True\nTrue"


def test_threads_are_locked_in_too() -> None:
    """Those that begin later."""
    script = """
thread = threading.Thread(target=lambda: print(refused(libc.socket, 2, 1, 0)))
thread.start(); thread.join()
"""
    assert told(script) == "True"


def test_python_is_told_why() -> None:
    """By an error that a reader can catch."""
    script = """
for way in (socket.socket, lambda: os.system("true"), os.fork):
    try:
        way()
    except PermissionError as error:
        print("may not" in str(error))
"""
    assert told(script) == "True\nTrue\nTrue"


def test_files_threads_and_some_memory_are_left() -> None:
    """What reading takes."""
    script = """
with tempfile.TemporaryFile() as file:
    file.write(bytes(2**20))
print(len(bytes(100 * 2**20)) > 0)
try:
    bytes(600 * 2**20)
except MemoryError:
    print("bounded")
"""
    assert told(script) == "True\nbounded"
