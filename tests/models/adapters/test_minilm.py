from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gemelo.models.adapters.minilm import MAX_PIECES, MiniLmEmbedder
from gemelo.models.errors import ModelFileError


@pytest.fixture(scope="module")
def embedder(model_directory: Path) -> MiniLmEmbedder:
    return MiniLmEmbedder(
        model_directory / "minilm_l6_v2.int8.onnx", model_directory / "minilm_l6_v2.tokenizer.json"
    )


def test_like_meanings_are_near(embedder: MiniLmEmbedder) -> None:
    """A paraphrase is nearer than another subject."""
    question, paraphrase, other = (
        embedding.vector
        for embedding in embedder.embed(
            ["How do I learn football?", "What is a good way to learn soccer?", "The soup was too salty."]
        )
    )
    assert question @ paraphrase > question @ other + 0.3


def test_an_embedding_has_its_shapes(embedder: MiniLmEmbedder) -> None:
    """Vectors and token states have unit length; special tokens are left out; lengths agree."""
    for embedding in embedder.embed(["Hola.", "a much longer text about the weather in Valencia", ""]):
        assert embedding.vector.dtype == np.float32
        assert embedding.vector.shape == (embedder.dimension,)
        assert np.isclose(np.linalg.norm(embedding.vector), 1, atol=1e-5)
        assert embedding.tokens.dtype == np.float16
        assert embedding.tokens.shape == (len(embedding.ids), embedder.dimension)
        assert embedding.ids.dtype == np.int32
        assert np.allclose(np.linalg.norm(embedding.tokens.astype(np.float32), axis=1), 1, atol=1e-2)


def test_a_batch_keeps_its_order(embedder: MiniLmEmbedder) -> None:
    """Texts of many lengths come back in the order in which they were given, like those embedded alone."""
    texts = [f"word {'and more ' * (37 * number % 23)}about {number}" for number in range(40)]
    for text, embedding in zip(texts, embedder.embed(texts), strict=True):
        assert embedding.vector @ embedder.embed([text])[0].vector > 0.97


def test_a_long_text_is_cut(embedder: MiniLmEmbedder) -> None:
    """Of a text of 100,000 characters the first pieces are read."""
    (embedding,) = embedder.embed(["football " * 11_000])
    assert len(embedding.ids) == MAX_PIECES - 2


def test_a_missing_tokenizer_says_what_to_run(model_directory: Path, tmp_path: Path) -> None:
    """A file that is not there is an error with its remedy."""
    with pytest.raises(ModelFileError, match="gemelo models fetch"):
        MiniLmEmbedder(model_directory / "minilm_l6_v2.int8.onnx", tmp_path / "tokenizer.json")
