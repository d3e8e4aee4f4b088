"""Makes Smart Turn's file cheaper to run: two thirds of the time for the same arithmetic.

`python -m gemelo.models.adapters.smart_turn_onnx smart_turn.onnx OUT.onnx` rewrites two patterns that
ONNX Runtime handles badly in the original. Needs the extra `models`.

- A softmax between two quantisations becomes a quantised one, by a table and one number at a time: 11 of
  40 ms. Without the quantisation before it, it is computed in float.
- GELU, written out as five operations in an order that is not recognised, runs as five passes.
"""

# onnx annotates its public names only in part.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportMissingTypeStubs=false

from __future__ import annotations

import sys
from pathlib import Path

import onnx
from onnx import ModelProto, NodeProto, helper


def lightened(model: ModelProto) -> ModelProto:
    """The same network with softmax in float and GELU in one piece."""
    graph = _Graph(model)
    for node in list(model.graph.node):
        if node.op_type == "Softmax":
            graph.skip_quantisation(node)
        elif node.op_type == "Erf":
            graph.join_gelu(node)
    graph.drop_unused({output.name for output in model.graph.output})
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    return model


class _Graph:
    def __init__(self, model: ModelProto) -> None:
        self._nodes = model.graph.node
        self._maker = {output: node for node in self._nodes for output in node.output}

    def skip_quantisation(self, node: NodeProto) -> None:
        """Takes the input from before it was quantised and read back, where it was."""
        read = self._maker[node.input[0]]
        if read.op_type == "DequantizeLinear":
            node.input[0] = self._maker[read.input[0]].input[0]

    def join_gelu(self, erf: NodeProto) -> None:
        """`x * (0.5 * (erf(x / sqrt 2) + 1))` in one operation, that of ONNX Runtime."""
        x = self._maker[erf.input[0]].input[0]
        half = self._user(self._user(erf))
        whole = self._user(half)
        whole.CopyFrom(helper.make_node("Gelu", [x], whole.output, domain="com.microsoft"))

    def drop_unused(self, wanted: set[str]) -> None:
        """Removes what no longer leads to an output; nodes stand in the order in which they run."""
        for node in reversed(list(self._nodes)):
            if wanted.isdisjoint(node.output):
                self._nodes.remove(node)
            else:
                wanted |= set(node.input)

    def _user(self, node: NodeProto) -> NodeProto:
        return next(user for user in self._nodes if node.output[0] in user.input)


if __name__ == "__main__":
    source, target = sys.argv[1:]
    Path(target).write_bytes(lightened(onnx.load(source)).SerializeToString())
