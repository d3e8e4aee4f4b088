"""Layers as typed documents."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from gemelo.context.policy.layers import Document, Kind, OnBlock, parse_layer, schema
from gemelo.context.policy.parts import MAX_NAMES
from gemelo.models.errors import BadLayer
from tests.context.policy.documents import campaign, written

ROOT = Path(__file__).parents[3]
HEAD = "layer: campaign\nname: spring\n"


def test_a_layer_keeps_values_and_lines() -> None:
    """A parsed layer answers with typed values and with the line of each rule."""
    layer = parse_layer(written(campaign()), "spring.yaml")
    assert layer.kind is Kind.CAMPAIGN
    assert layer.document.names_to_avoid[0].aliases == ("Kortz",)
    line = layer.line("sponsor", "brand")
    assert written(campaign()).splitlines()[line - 1] == "  brand: Brisalta"
    assert layer.place("sponsor", "brand") == f"campaign layer, spring.yaml:{line}"


def test_all_faults_are_told_at_once_but_not_endlessly() -> None:
    """A document with many faults names the first five and counts the rest."""
    with pytest.raises(BadLayer, match=r"and 3 more$") as caught:
        parse_layer(HEAD + "".join(f"key{index}: 1\n" for index in range(8)), "f.yaml")
    assert str(caught.value).count("f.yaml:") == 5


def test_too_many_names_are_refused() -> None:
    """A layer may have 5,000 names; more are refused by number, or because the document is too large."""
    some = [{"name": f"Name{chr(97 + number % 26)}{number}"} for number in range(MAX_NAMES)]
    assert (
        len(parse_layer(written(campaign(names_to_avoid=some)), "f.yaml").document.names_to_avoid)
        == MAX_NAMES
    )
    with pytest.raises(
        BadLayer, match=r"^f\.yaml:3: names_to_avoid: there are too many: a layer may have 5,000$"
    ):
        parse_layer(written(campaign(names_to_avoid=[*some, {"name": "One"}])), "f.yaml")
    with pytest.raises(BadLayer, match=r"^f\.yaml: larger than 512 kB"):
        parse_layer(HEAD + "names_to_avoid:\n" + "- name: a\n" * 100_000, "f.yaml")


def test_aliases_are_names_too() -> None:
    """One name with thousands of aliases is as much work for a guard as thousands of names."""
    aliases = [f"Name{number}x" for number in range(MAX_NAMES)]
    names = [{"name": "Nombre", "aliases": aliases[1:]}]
    document = {"layer": "talent", "name": "x", "names_to_avoid": names}
    assert parse_layer(json.dumps(document), "f.json")
    names[0]["aliases"] = aliases
    with pytest.raises(BadLayer, match="names_to_avoid: has 5,001 names and aliases: a layer may have 5,000"):
        parse_layer(json.dumps(document), "f.json")


LINES = st.lists(st.text(min_size=1, max_size=30), min_size=2, max_size=3)
NAMES = st.fixed_dictionaries(
    {"name": st.text(min_size=1, max_size=9)}, optional={"reason": st.text(max_size=9)}
)
PERSONA = {"tone": LINES, "likes_to_say": st.dictionaries(st.just("es"), LINES)}
BLOCKS = st.dictionaries(st.sampled_from(["profanity", "names_to_avoid"]), st.sampled_from(list(OnBlock)))
LIMITS = st.fixed_dictionaries({"interactions_per_month": st.integers(0)})
DOCUMENTS = st.fixed_dictionaries(
    {"layer": st.sampled_from(list(Kind)), "name": st.just("x")},
    optional={
        "languages": st.lists(st.sampled_from(["es", "en", "fr"]), min_size=1, unique=True),
        "focus": LINES,
        "persona": st.fixed_dictionaries({}, optional=PERSONA),
        "names_to_avoid": st.lists(NAMES),
        "deflections": st.dictionaries(st.just("en"), st.dictionaries(st.just("names"), LINES)),
        "on_block": BLOCKS,
        "limits": st.dictionaries(st.just("free"), LIMITS),
        "retention_days": st.none() | st.integers(0, 99),
        "voice": st.just({"id": "calm"}),
    },
)


@given(DOCUMENTS)
def test_a_document_reads_as_it_was_written(content: dict[str, object]) -> None:
    """In YAML and in JSON, whatever its texts hold; and what is written is always the same."""
    try:
        document = Document.model_validate(content)
    except ValidationError:
        assume(False)
    for text in (document.to_yaml(), document.to_json()):
        again = parse_layer(text, "f").document
        assert again == document
        assert (again.to_yaml(), again.to_json()) == (document.to_yaml(), document.to_json())


def test_a_written_document_can_be_read() -> None:
    """Letters with accents stay letters, in YAML and in JSON."""
    document = parse_layer(HEAD + "focus: [la afición de España]\n", "f.yaml").document
    assert "afición de España" in document.to_yaml()
    assert "afición de España" in document.to_json()


@pytest.mark.parametrize(
    "file", sorted((ROOT / "admin/demo/layers").glob("*.yaml")), ids=lambda file: file.stem
)
def test_the_demo_s_layers_read_as_json_as_well(file: Path) -> None:
    """A layer written as JSON is the same layer."""
    document = parse_layer(file.read_text("utf-8"), file.name).document
    assert parse_layer(document.to_json(), "f.json").document == document


def test_the_published_schema_is_this_one() -> None:
    """docs/layer.schema.json is what `gemelo explain --schema` prints, and each key says what it is for."""
    assert json.loads((ROOT / "docs/layer.schema.json").read_text("utf-8")) == schema()
    for part in (schema(), *schema()["$defs"].values()):
        assert all("description" in key for key in part.get("properties", {}).values() if "$ref" not in key)


def test_text_is_kept_in_one_unicode_form() -> None:
    """A name written with combining accents is the same name."""
    layer = parse_layer(HEAD + "focus: ['ta\u0301ctica ']\n", "f.yaml")
    assert layer.document.focus == ("táctica",)


@pytest.mark.parametrize("text", ["just words", "- a list", "42"])
def test_a_document_that_is_no_mapping_is_refused(text: str) -> None:
    """A list, a word or a number is no layer."""
    with pytest.raises(BadLayer, match=r"^f\.yaml:1: document: "):
        parse_layer(text, "f.yaml")
