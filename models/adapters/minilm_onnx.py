"""Makes MiniLM's ONNX file out of its weights, without torch.

`python -m gemelo.models.adapters.minilm_onnx model.safetensors OUT.onnx` writes the BERT encoder
(Devlin et al. 2019; 6 layers, 384 wide) with weights in int8, inputs `input_ids` and
`attention_mask` (batch, length) int64, outputs

- `embedding` (batch, 384) float32: mean over the tokens, unit length;
- `states` (batch, length, 384) float32: the last hidden state, each row of unit length.

Needs the extra `models`.
"""

# onnx, onnxruntime.quantization and safetensors annotate some parameters only in part.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportMissingTypeStubs=false

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file

LAYERS = 6
HEADS = 12
WIDTH = 384
EPSILON = 1e-12
_MASKED = np.float32(-1e4)


class _Graph:
    """ONNX nodes and constants, named as they are added."""

    def __init__(self, weights: dict[str, NDArray[np.float32]]) -> None:
        self._weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, value: NDArray[np.generic] | np.generic) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        output = output or f"value_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def weight(self, name: str, *, transposed: bool = False) -> str:
        value = self._weights[name]
        return self.constant(value.T if transposed else value)

    def linear(self, x: str, name: str) -> str:
        product = self.add("MatMul", x, self.weight(f"{name}.weight", transposed=True))
        return self.add("Add", product, self.weight(f"{name}.bias"))

    def normalise(self, x: str, name: str) -> str:
        scale, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.add("LayerNormalization", x, scale, bias, axis=-1, epsilon=EPSILON)

    def unit(self, x: str, axis: int, output: str) -> str:
        length = self.add("ReduceL2", x, self.constant(np.array([axis])), keepdims=1)
        return self.add("Div", x, length, output=output)


def _embed(graph: _Graph) -> str:
    words = graph.add("Gather", graph.weight("embeddings.word_embeddings.weight"), "input_ids")
    length = graph.add("Gather", graph.add("Shape", "input_ids"), graph.constant(np.array([1])))
    places = graph.weight("embeddings.position_embeddings.weight")
    places = graph.add("Slice", places, graph.constant(np.array([0])), length, graph.constant(np.array([0])))
    # Every text is a first segment, so row 0 of the segment table is added everywhere.
    segment = graph.add(
        "Gather", graph.weight("embeddings.token_type_embeddings.weight"), graph.constant(np.array(0))
    )
    summed = graph.add("Add", graph.add("Add", words, places), segment)
    return graph.normalise(summed, "embeddings.LayerNorm")


def _attend(graph: _Graph, x: str, layer: str, bias: str) -> str:
    split = graph.constant(np.array([0, 0, HEADS, WIDTH // HEADS]))

    def heads(name: str, order: list[int]) -> str:
        projected = graph.linear(x, f"{layer}.attention.self.{name}")
        return graph.add("Transpose", graph.add("Reshape", projected, split), perm=order)

    scores = graph.add("MatMul", heads("query", [0, 2, 1, 3]), heads("key", [0, 2, 3, 1]))
    scaled = graph.add("Mul", scores, graph.constant(np.float32((WIDTH // HEADS) ** -0.5)))
    weights = graph.add("Softmax", graph.add("Add", scaled, bias), axis=-1)
    mixed = graph.add(
        "Transpose", graph.add("MatMul", weights, heads("value", [0, 2, 1, 3])), perm=[0, 2, 1, 3]
    )
    joined = graph.add("Reshape", mixed, graph.constant(np.array([0, 0, WIDTH])))
    out = graph.linear(joined, f"{layer}.attention.output.dense")
    return graph.normalise(graph.add("Add", out, x), f"{layer}.attention.output.LayerNorm")


def _feed_forward(graph: _Graph, x: str, layer: str) -> str:
    inner = graph.add("Gelu", graph.linear(x, f"{layer}.intermediate.dense"))
    out = graph.linear(inner, f"{layer}.output.dense")
    return graph.normalise(graph.add("Add", out, x), f"{layer}.output.LayerNorm")


def _pool(graph: _Graph, x: str, mask: str) -> None:
    kept = graph.add("Mul", x, graph.add("Unsqueeze", mask, graph.constant(np.array([2]))))
    # Unit length follows, so the sum over the tokens serves as their mean.
    total = graph.add("ReduceSum", kept, graph.constant(np.array([1])), keepdims=0)
    graph.unit(total, 1, "embedding")
    graph.unit(x, 2, "states")


def build(weights: dict[str, NDArray[np.float32]]) -> onnx.ModelProto:
    """The encoder as an ONNX model in float32."""
    graph = _Graph(weights)
    mask = graph.add("Cast", "attention_mask", to=TensorProto.FLOAT)
    absent = graph.add("Sub", graph.constant(np.float32(1)), mask)
    bias = graph.add("Unsqueeze", absent, graph.constant(np.array([1, 2])))
    bias = graph.add("Mul", bias, graph.constant(_MASKED))
    x = _embed(graph)
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        x = _feed_forward(graph, _attend(graph, x, layer, bias), layer)
    _pool(graph, x, mask)
    made = helper.make_graph(
        graph.nodes,
        "minilm",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
            for name in ("input_ids", "attention_mask")
        ],
        [
            helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", WIDTH]),
            helper.make_tensor_value_info("states", TensorProto.FLOAT, ["batch", "length", WIDTH]),
        ],
        graph.constants,
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    onnx.checker.check_model(model)
    return model


def convert(source: Path, target: Path) -> None:
    """Writes the int8 ONNX file for the weights in `source`."""
    model = build(load_file(source))
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        whole = Path(scratch) / "float32.onnx"
        onnx.save(model, whole)
        quantize_dynamic(whole, target, weight_type=QuantType.QInt8)


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
