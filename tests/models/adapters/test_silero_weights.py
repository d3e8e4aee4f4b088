from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from onnx import NodeProto, TensorProto, helper, numpy_helper

from gemelo.models.adapters.silero_weights import weights


def constant(name: str, *values: float) -> NodeProto:
    value = numpy_helper.from_array(np.array(values, np.float32))
    return helper.make_node("Constant", [], [name], value=value)


def graph(nodes: Sequence[Any]) -> Any:
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])
    return helper.make_graph(nodes, "g", [], [output])


def test_only_the_weights_for_16_khz_are_taken() -> None:
    """Of two networks in the file that of the first branch, without constants that are no weights."""
    high = graph(
        [constant("If_0_then__Inline_0__encoder.0.weight", 1, 2), constant("If_0_then__/stft/one", 7)]
    )
    low = graph([constant("If_0_else__Inline_0__encoder.0.weight", 3, 4)])
    choice = helper.make_node("If", ["is_16_khz"], ["y"], then_branch=high, else_branch=low)
    held = weights(helper.make_model(graph([constant("is_16_khz", 1), choice])))
    assert {name: value.tolist() for name, value in held.items()} == {"encoder.0.weight": [1, 2]}
