from __future__ import annotations

from pathlib import Path

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

from gemelo.models.adapters.onnx_session import OnnxModel
from gemelo.models.adapters.smart_turn_onnx import lightened

CONSTANTS = {
    "step": np.float32(0.05),
    "zero": np.uint8(128),
    "root": np.float32(np.sqrt(2)),
    "one": np.float32(1),
    "half": np.float32(0.5),
}


def written_out() -> ModelProto:
    """The softmax of a quantised GELU, each operation by itself, as the original has them."""
    steps = [
        ("Div", "x", "root"),
        ("Erf", "Div"),
        ("Add", "Erf", "one"),
        ("Mul", "half", "Add"),
        ("Mul", "x", "Mul"),
        ("QuantizeLinear", "Mul2", "step", "zero"),
        ("DequantizeLinear", "QuantizeLinear", "step", "zero"),
        ("Softmax", "DequantizeLinear"),
    ]
    outputs = ["Div", "Erf", "Add", "Mul", "Mul2", "QuantizeLinear", "DequantizeLinear", "y"]
    nodes = [
        helper.make_node(kind, inputs, [output])
        for (kind, *inputs), output in zip(steps, outputs, strict=True)
    ]
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 9]) for name in "xy")
    constants = [numpy_helper.from_array(np.array(value), name) for name, value in CONSTANTS.items()]
    graph = helper.make_graph(nodes, "g", [x], [y], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)


def test_what_is_rewritten_computes_the_same(tmp_path: Path) -> None:
    """GELU becomes one operation, nothing is quantised before the softmax, and the numbers hold."""
    (tmp_path / "slow.onnx").write_bytes(written_out().SerializeToString())
    light = lightened(written_out())
    (tmp_path / "light.onnx").write_bytes(light.SerializeToString())
    assert [node.op_type for node in light.graph.node] == ["Gelu", "Softmax"]
    feed = {"x": np.linspace(-4, 4, 9, dtype=np.float32)[None]}
    (slow,) = OnnxModel(tmp_path / "slow.onnx").run(feed)
    (found,) = OnnxModel(tmp_path / "light.onnx").run(feed)
    assert np.allclose(slow, found, atol=0.02)
