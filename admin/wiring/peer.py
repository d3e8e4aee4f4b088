"""Gemelo as one of the engines under comparison: one round of `gemelo bench peers` in this process.

`python -m gemelo.admin.wiring.peer` does what `gemelo.benchmarks.peers.play` does for a peer. It builds
what sessions share and no more: the guard of a context that avoids 200 names, Silero and Smart Turn.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version

from gemelo.admin.wiring import settle
from gemelo.admin.wiring.meaning import load_meaning
from gemelo.admin.wiring.settings import Settings
from gemelo.benchmarks.peers.gemelo import EN, Parts
from gemelo.benchmarks.peers.play import answer
from gemelo.benchmarks.scripted_turns import made_up_context
from gemelo.context.guard.compiled import CompiledGuard
from gemelo.models.adapters.artifacts import load_path
from gemelo.models.adapters.minilm import MiniLmEmbedder
from gemelo.models.adapters.silero import SileroVoiceDetector
from gemelo.models.adapters.smart_turn import SmartTurnDetector


def main() -> None:
    folder = Settings().models_dir
    embedder = MiniLmEmbedder(load_path("minilm", folder), load_path("minilm-tokenizer", folder))
    context = made_up_context()
    guard = CompiledGuard(context.rules, context.hash, load_meaning(folder, embedder), secret=context.secret)
    for side in ("input", "output"):
        guard.judge(context.disclosure(EN), EN, side)  # the first time reads files
    parts = Parts(
        context,
        guard,
        SileroVoiceDetector(load_path("silero-vad", folder)),
        SmartTurnDetector(load_path("smart-turn", folder)),
    )
    settle()
    answer(json.load(sys.stdin), parts.open_engine, {"gemelo": version("gemelo")})


if __name__ == "__main__":
    main()
