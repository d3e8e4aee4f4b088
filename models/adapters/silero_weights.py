"""Takes the weights out of Silero's ONNX file, for `silero_network`.

`python -m gemelo.models.adapters.silero_weights silero_vad.onnx OUT.npz` writes those of the 16 kHz
branch, named as in the original. Needs the extra `models`.
"""

# onnx annotates its public names only in part.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportMissingTypeStubs=false

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

_PARTS = ("encoder.", "decoder.")


def weights(model: onnx.ModelProto) -> dict[str, NDArray[Any]]:
    """The weights of the branch that is taken at 16 kHz; the file holds a network for 8 kHz too."""
    choice = next(node for node in model.graph.node if node.op_type == "If")
    branch = next(attribute.g for attribute in choice.attribute if attribute.name == "then_branch")
    constants = {
        node.output[0].rpartition("__")[2]: numpy_helper.to_array(node.attribute[0].t)
        for node in branch.node
        if node.op_type == "Constant"
    }
    return {name: value for name, value in constants.items() if name.startswith(_PARTS)}


if __name__ == "__main__":
    source, target = sys.argv[1:]
    with Path(target).open("wb") as file:
        np.savez(file, allow_pickle=False, **weights(onnx.load(source)))
