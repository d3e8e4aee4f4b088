"""Layers as typed documents."""

from __future__ import annotations

import pytest

from gemelo.context.policy.layers import Kind, parse_layer
from gemelo.models.errors import BadLayer
from tests.context.policy.documents import campaign, written

HEAD = "layer: campaign\nname: spring\n"


def test_a_layer_keeps_values_and_lines() -> None:
    """A parsed layer answers with typed values and with the line of each rule."""
    layer = parse_layer(written(campaign()), "spring.yaml")
    assert layer.kind is Kind.CAMPAIGN
    assert layer.document.names_to_avoid[0].aliases == ("Kortz",)
    line = layer.line("sponsor", "brand")
    assert written(campaign()).splitlines()[line - 1] == "  brand: Brisalta"
    assert layer.place("sponsor", "brand") == f"campaign layer, spring.yaml:{line}"


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("colour: red\n", "f.yaml:3: colour: Extra inputs are not permitted"),
        ("names_to_avoid:\n  - nom: x\n", "f.yaml:4: names_to_avoid.0.name: Field required"),
        ("names_to_avoid:\n  - name: ''\n", "f.yaml:4: names_to_avoid.0.name: is empty"),
        ("names_to_avoid:\n  - name: '\u200b'\n", "f.yaml:4: names_to_avoid.0.name: holds no letter"),
        (
            "names_to_avoid:\n  - name: 365\n",
            "f.yaml:4: names_to_avoid.0.name: Input should be a valid string",
        ),
        ("names_to_avoid:\n  - name: '365'\n", "f.yaml:4: names_to_avoid.0.name: holds no letter"),
        ("focus: football\n", "f.yaml:3: focus: Input should be a valid tuple"),
        ("focus: [a, a]\n", "f.yaml:3: focus: says the same line twice"),
        ('focus: ["a\\x07"]\n', "f.yaml:3: focus.0: holds control characters"),
        ("languages: []\n", "f.yaml:3: languages: Tuple should have at least 1 item"),
        ("languages: [español]\n", "f.yaml:3: languages.0: String should match pattern"),
        ("languages: [es, no]\n", "f.yaml:3: languages.1: Input should be a valid string"),
        (
            "deflections:\n  es:\n    names: []\n",
            "f.yaml:5: deflections.es.names: Value should have at least 2 items",
        ),
        (
            "deflections:\n  es:\n    names: [one]\n",
            "f.yaml:5: deflections.es.names: Value should have at least 2 items",
        ),
        ("deflections:\n  es:\n    silly: [a, b]\n", "f.yaml:5: deflections.es.silly"),
        ("disclosures:\n  Ñandú: [x]\n", "f.yaml:4: disclosures.Ñandú: String should match pattern"),
        (
            "limits:\n  free:\n    interactions_per_month: -1\n",
            "f.yaml:5: limits.free.interactions_per_month",
        ),
        (
            "limits:\n  free:\n    interactions_per_month: yes\n",
            "f.yaml:5: limits.free.interactions_per_month",
        ),
        (
            "persona:\n  sentence_length: endless\n",
            "f.yaml:4: persona.sentence_length: Input should be 'short'",
        ),
    ],
)
def test_a_wrong_value_is_named_by_file_line_and_path(body: str, complaint: str) -> None:
    """Unknown keys, wrong types, empty names and lines are errors at the line where they stand."""
    with pytest.raises(BadLayer) as caught:
        parse_layer(HEAD + body, "f.yaml")
    assert str(caught.value).startswith(complaint)


def test_all_faults_are_told_at_once_but_not_endlessly() -> None:
    """A document with many faults names the first five and counts the rest."""
    with pytest.raises(BadLayer, match=r"and 3 more$") as caught:
        parse_layer(HEAD + "".join(f"key{index}: 1\n" for index in range(8)), "f.yaml")
    assert str(caught.value).count("f.yaml:") == 5


def test_text_is_kept_in_one_unicode_form() -> None:
    """A name written with combining accents is the same name."""
    layer = parse_layer(HEAD + "focus: ['ta\u0301ctica ']\n", "f.yaml")
    assert layer.document.focus == ("táctica",)


@pytest.mark.parametrize("text", ["just words", "- a list", "42"])
def test_a_document_that_is_no_mapping_is_refused(text: str) -> None:
    """A list, a word or a number is no layer."""
    with pytest.raises(BadLayer, match=r"^f\.yaml:1: document: "):
        parse_layer(text, "f.yaml")
