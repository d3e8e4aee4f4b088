"""Locking a process in for good: so much memory, no network, no other program.

Python's own ways out are shut by an audit hook, those of the libraries in C by the kernel (seccomp).
"""

from __future__ import annotations

import ctypes
import errno
import platform
import resource
import struct
import sys
from typing import Any

_REFUSED = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "pty.")
"""Beginnings of what Python calls these events: https://docs.python.org/3/library/audit_events.html"""

# linux/audit.h, and the numbers of socket, connect, execve, execveat, ptrace, io_uring_setup
_SYSTEMS = {
    "x86_64": (0xC000003E, (41, 42, 59, 322, 101, 425)),
    "aarch64": (0xC00000B7, (198, 203, 221, 281, 117, 425)),
}
_OTHER_NUMBERS = 0x40000000
"""From here on the x32 calls of x86_64 lie, which are the same ones by other numbers."""
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # linux/bpf_common.h
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM  # linux/seccomp.h
_NUMBER, _SYSTEM = 0, 4
"""Where in `struct seccomp_data` they stand."""
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2  # linux/prctl.h


def confine(memory: int) -> bool:
    """From here on this process may take so many bytes of address space, and reach nothing outside.

    Returns:
        Whether the kernel holds it in too; elsewhere than on Linux only Python does.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    held = _filter_calls()

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_REFUSED):
            raise PermissionError(f"a document may not do this: {event}")

    sys.addaudithook(refuse)
    return held


def _filter_calls() -> bool:
    """Has the kernel refuse the calls that lead outside; threads that begin later inherit it."""
    known = _SYSTEMS.get(platform.machine()) if sys.platform == "linux" else None
    if known is None:
        return False
    steps = _program(*known)
    program = ctypes.create_string_buffer(steps, len(steps))
    handed = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps) // 8, ctypes.addressof(program)))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0 and prctl(_SECCOMP, _FILTER, handed) == 0


def _program(system: int, refused: tuple[int, ...]) -> bytes:
    """The filter as `struct sock_filter`s: what to do, how far to jump on yes and on no, with what."""
    tests = [(_EQUAL, number) for number in refused] + [(_AT_LEAST, _OTHER_NUMBERS)]
    steps = [(_LOAD, 0, 0, _SYSTEM), (_EQUAL, 0, len(tests) + 2, system), (_LOAD, 0, 0, _NUMBER)]
    steps += [(code, len(tests) - at, 0, value) for at, (code, value) in enumerate(tests)]
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)
