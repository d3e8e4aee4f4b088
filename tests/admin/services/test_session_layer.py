"""The layer that one session may bring along."""

from __future__ import annotations

from pathlib import Path

import pytest

from gemelo.admin.services.session_layer import MAX_BYTES, layer_of, requested_layer, session_layer
from gemelo.models.errors import BadLayer


def test_a_layer_comes_as_text_or_as_an_object(tmp_path: Path) -> None:
    """YAML of a file and the object of a request read the same."""
    file = tmp_path / "tonight.yaml"
    file.write_text("layer: session\nname: tonight\ncountry: ES\n")
    asked: dict[str, object] = {"layer": "session", "name": "tonight", "country": "ES"}
    assert layer_of(file).document == requested_layer(asked).document


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("layer: talent\nname: x\n", "talent layer, f.yaml:1: a session brings a session layer"),
        ("layer: session\nname: x\n" + "#" * MAX_BYTES, "f.yaml: a session's layer has at most 4 kB"),
        ("layer: session\nname: x\nlouder: true\n", "f.yaml:3: louder: there is no such key"),
        ("", "f.yaml: empty"),
    ],
)
def test_anything_else_is_refused(text: str, complaint: str) -> None:
    """Another kind of layer, a large one, or none at all is an error that names the line."""
    with pytest.raises(BadLayer) as caught:
        session_layer(text, "f.yaml")
    assert str(caught.value).startswith(complaint)


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """No file, a folder, or no text: one sentence."""
    (tmp_path / "latin1").write_bytes(b"\xff\xfe\xfa")
    for file in (tmp_path / "none", tmp_path, tmp_path / "latin1"):
        with pytest.raises(BadLayer, match="the layer cannot be read"):
            layer_of(file)


def test_halves_of_characters_are_no_text() -> None:
    """A request may hold them; a layer may not."""
    with pytest.raises(BadLayer, match="cannot be seen"):
        requested_layer({"layer": "session", "name": "a\ud800b"})
