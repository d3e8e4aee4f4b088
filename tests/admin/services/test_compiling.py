from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from gemelo.admin.services.compiling import Compiler, Stack, parsed
from gemelo.admin.wiring.build import platform_layer
from gemelo.context.policy.meant import FixedLines
from gemelo.context.tenancy.standing import Facts
from gemelo.context.twins import LayerKind, LayerText, Twin, TwinState
from gemelo.models.errors import BadLayer
from gemelo.models.seams import Embedding
from tests.admin.services.cast import TALENT_LAYER, TRINA, page
from tests.meaning import DIMENSION, Encoded, FlatEmbedder, quiet_meaning

TEXT = "layer: talent\nname: trina\n"


def test_a_layer_is_called_by_its_own_version() -> None:
    """Also where another one of the same text was read just before: errors and rows name it."""
    places = [
        parsed(LayerText("trina", None, LayerKind.TALENT, number, TEXT)).place("name") for number in (1, 2)
    ]
    assert places == ["talent layer, talent@1:2", "talent layer, talent@2:2"]


@pytest.mark.parametrize("again", [1, 2])
def test_a_text_of_another_kind_is_refused(again: int) -> None:
    """However often it is read: what it was read as before does not matter."""
    parsed(LayerText("trina", None, LayerKind.TALENT, again, TEXT))
    with pytest.raises(BadLayer, match="write 'layer: deployment'"):
        parsed(LayerText("trina", "portal", LayerKind.DEPLOYMENT, 1, TEXT))


def test_what_is_wrong_is_told_every_time() -> None:
    """A refusal is not remembered as a layer."""
    for _ in range(2):
        with pytest.raises(BadLayer, match="talent@7:3"):
            parsed(LayerText("trina", None, LayerKind.TALENT, 7, TEXT + "nonsense: 1\n"))


async def test_layers_that_do_not_go_together_never_do(compiler: Compiler) -> None:
    """Each time that they are asked for they are refused with all that is wrong."""
    summer = page("trina-summer")
    yaml = f"{TEXT}names_to_avoid:\n  - name: Rivalona\nfocus: [Rivalona, how Riva-lona plays]\n"
    layer = LayerText("trina", None, LayerKind.TALENT, 1, yaml)
    stack = Stack(Facts(summer, Twin("trina", "trina", "Trina", TwinState.LIVE), TRINA), (layer,))
    told: list[str] = []
    for _ in range(2):
        with pytest.raises(BadLayer) as refused:
            await compiler.compile(stack)
        assert len(refused.value.each) == 2
        told.append(str(refused.value))
    assert told[0] == told[1]


async def test_what_only_its_meaning_forbids_is_refused_before_it_is_live() -> None:
    """A deflection that enters a topic to avoid, as the guard judges it; its layer and line are named."""
    lines = FixedLines(quiet_meaning(BettingEmbedder()))
    layer = LayerText("trina", None, LayerKind.TALENT, 3, TALENT_LAYER + BETTING)
    facts = Facts(page("trina-summer"), Twin("trina", "trina", "Trina", TwinState.LIVE), TRINA)
    compiler = Compiler(platform_layer(), lines)
    with pytest.raises(BadLayer, match=r"talent@3:\d+: deflections.en.blocked says what topics_to_avoid of"):
        await compiler.compile(Stack(facts, (layer,)))


BETTING = """\
topics_to_avoid:
  - topic: betting
    examples: {en: [Put twenty on the draw.], es: [Pon veinte al empate.]}
"""


class BettingEmbedder(FlatEmbedder):
    """Finds alike what tells of a change, and an example."""

    def embed(self, texts: Sequence[str]) -> Sequence[Embedding]:
        tokens, ids = np.zeros((1, DIMENSION), np.float16), np.zeros(1, np.int32)
        axis = np.eye(1, DIMENSION, dtype=np.float32)[0]
        return [Encoded(axis * ("change" in text or "twenty" in text), tokens, ids) for text in texts]
