from __future__ import annotations

import pytest

from gemelo.admin.services.compiling import parsed
from gemelo.context.twins import LayerKind, LayerText
from gemelo.models.errors import BadLayer

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
