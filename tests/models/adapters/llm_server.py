"""Runs SmolLM2-135M on llama.cpp's own server, on a free port of the loopback interface.

As a program it serves until its standard input ends; the first line it prints is its address.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any

from gemelo.models.adapters.artifacts import load_path

MODELS = Path(os.environ.get("GEMELO_MODELS_DIR") or Path(__file__).parents[3] / ".cache" / "models")

SLOTS = 2


def model_file() -> Path:
    """The GGUF that `gemelo models fetch smollm2` puts in place."""
    return load_path("smollm2", MODELS)


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
