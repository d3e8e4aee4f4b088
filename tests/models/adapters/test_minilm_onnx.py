from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gemelo.models.adapters.minilm_onnx import LAYERS, WIDTH, build
from gemelo.models.adapters.onnx_session import OnnxModel

WORDS, INNER = 50, 64


def random_weights() -> dict[str, NDArray[np.float32]]:
    rng = np.random.default_rng(3)
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (WORDS, WIDTH),
        "embeddings.position_embeddings.weight": (16, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
    }
    norms = ["embeddings.LayerNorm"]
    for layer in (f"encoder.layer.{number}" for number in range(LAYERS)):
        norms += [f"{layer}.attention.output.LayerNorm", f"{layer}.output.LayerNorm"]
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            shapes[f"{layer}.attention.{part}.weight"] = (WIDTH, WIDTH)
            shapes[f"{layer}.attention.{part}.bias"] = (WIDTH,)
        shapes |= {
            f"{layer}.intermediate.dense.weight": (INNER, WIDTH),
            f"{layer}.intermediate.dense.bias": (INNER,),
            f"{layer}.output.dense.weight": (WIDTH, INNER),
            f"{layer}.output.dense.bias": (WIDTH,),
        }
    for norm in norms:
        shapes |= {f"{norm}.weight": (WIDTH,), f"{norm}.bias": (WIDTH,)}
    return {name: rng.normal(0, 0.1, shape).astype(np.float32) for name, shape in shapes.items()}


def test_the_encoder_ignores_padding_and_pools_what_is_there(tmp_path: Path) -> None:
    """A text's vector is the same with padding beside it, and is the mean of its tokens' states
    before they were brought to unit length: it lies in their span."""
    path = tmp_path / "encoder.onnx"
    path.write_bytes(build(random_weights()).SerializeToString())
    model = OnnxModel(path)

    def run(ids: list[list[int]], mask: list[list[int]]) -> list[NDArray[np.float32]]:
        feed = {"input_ids": np.array(ids, np.int64), "attention_mask": np.array(mask, np.int64)}
        return model.run(feed)

    vector, states = run([[5, 6, 7]], [[1, 1, 1]])
    padded, _ = run([[5, 6, 7, 0, 0], [1, 2, 3, 4, 5]], [[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]])
    assert np.allclose(vector[0], padded[0], atol=1e-5)
    assert np.isclose(np.linalg.norm(vector[0]), 1, atol=1e-5)
    assert np.allclose(np.linalg.norm(states[0], axis=1), 1, atol=1e-5)
    basis, _ = np.linalg.qr(states[0].T)
    assert np.isclose(np.linalg.norm(basis.T @ vector[0]), 1, atol=1e-4)
