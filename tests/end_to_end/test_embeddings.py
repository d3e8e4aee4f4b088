"""Searches by the vectors of a server, from the settings to the answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
from numpy.typing import NDArray

from gemelo.models.adapters.artifacts import load_path
from gemelo.models.adapters.minilm import MiniLmEmbedder
from tests.embeddings_server import EmbeddingsServer
from tests.server import MODELS, gemelo

ASKED = ("say", "--deployment", "boots", "--json", "Where do the boots hang?")
NOTES = """# Boots

The boots hang in the hall. Every pair has a name on it, and nobody takes another one's pair.

# Training

Training begins at six in the evening, and nobody may come later than ten past.
"""


class Mini:
    """Vectors of the encoder that ships, as a server of one's own would give them."""

    def __init__(self) -> None:
        self._embedder = MiniLmEmbedder(load_path("minilm", MODELS), load_path("minilm-tokenizer", MODELS))

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([one.vector for one in self._embedder.embed(texts)])


async def run(data: Path, *words: str, **settings: str) -> CompletedProcess[str]:
    return await asyncio.to_thread(gemelo, data, *words, **settings)


async def test_a_twin_answers_by_the_vectors_of_a_server(tmp_path: Path) -> None:
    """What another encoder has learned is read again, and told so; without the server nothing begins."""
    (tmp_path / "notes.md").write_text(NOTES, "utf-8")
    learned = await run(tmp_path, "learn", "--twin", "boots", "--create", str(tmp_path / "notes.md"))
    assert learned.returncode == 0, learned.stderr
    server = EmbeddingsServer(vectors=Mini())
    async with server.listening():
        settings = {"GEMELO_EMBEDDINGS_URL": server.url, "GEMELO_EMBEDDINGS_KEY": "k"}
        nameless = await run(tmp_path, *ASKED, **settings)
        assert "GEMELO_EMBEDDINGS_MODEL" in nameless.stderr
        settings["GEMELO_EMBEDDINGS_MODEL"] = "mini"
        done = await run(tmp_path, *ASKED, **settings)
    assert done.returncode == 0, done.stderr
    assert "built anew" in done.stderr
    assert "hang in the hall" in json.loads(done.stdout)["reply"]
    assert set(server.keys) == {"Bearer k"}
    assert ["Where do the boots hang?"] in [asked["input"] for asked in server.asked]
    gone = await run(tmp_path, *ASKED, **settings)
    assert gone.returncode == 1
    assert "embeddings' server was not reached" in gone.stderr
