"""Builds the house. Imported first, so that it can set what libraries read when they are loaded."""

import ctypes
import gc
import os
import sys

_ARENA_MAX, _MMAP_THRESHOLD, _TRIM_THRESHOLD = -8, -3, -1  # malloc.h of glibc
_LARGE = 8 * 2**20


def _return_memory() -> None:
    """Has glibc give large buffers back and have one arena: 45 MB less once all models have run.

    Without a fixed threshold every large buffer that is freed raises it, and the heap keeps the next ones.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        mallopt(_ARENA_MAX, 1)
        mallopt(_MMAP_THRESHOLD, _LARGE)
        mallopt(_TRIM_THRESHOLD, _LARGE)


def settle() -> None:
    """For the end of start-up, once: gives back what was freed; what is left no collection looks at again.

    It walks the whole heap. From then on a thread that judges or searches gives way to the event loop within
    half a millisecond instead of five.
    """
    sys.setswitchinterval(0.0005)
    gc.collect()
    malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if malloc_trim:
        malloc_trim(0)
    gc.freeze()


_return_memory()
for _setting, _value in (("ARENA_MAX", 1), ("MMAP_THRESHOLD_", 2**20), ("TRIM_THRESHOLD_", 2**20)):
    os.environ.setdefault(f"MALLOC_{_setting}", str(_value))  # for the worker processes, read as they start
# numpy's threads fight onnxruntime's for the same cores: one Smart Turn call took 150 ms instead of 45
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
