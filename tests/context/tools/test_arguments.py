"""What tools take."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.tools.arguments import Days, Search, Wish, arguments_of, read, schema_of
from gemelo.models.errors import BadArguments
from tests.context.tools.test_definitions import definition

NAMES = st.from_regex(r"\A[a-z][a-z0-9_]{0,10}\Z")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def test_what_a_mind_is_told_is_a_json_schema() -> None:
    """Types, bounds and descriptions, and no key beyond; without titles."""
    schema = schema_of(Search)
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False
    assert schema["properties"]["query"]["type"] == "string"
    assert "title" not in json.dumps(schema)
    assert set(schema_of(Days)["properties"]) == {"from", "until"}
    assert schema_of(Wish)["required"] == ["interest"]


@pytest.mark.parametrize("text", ["", "{}", " { } "])
def test_a_call_may_give_nothing(text: str) -> None:
    """Some models write nothing at all where nothing is needed."""
    assert read(Search, text) == Search()


def test_days_are_days() -> None:
    """By the names that the schema has."""
    assert read(Days, '{"from": "2026-12-05"}').first == date(2026, 12, 5)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{no json", "no JSON"),
        ("[1]", "one JSON object"),
        ('{"query": NaN}', "no JSON"),
        ("[" * 100_000, "more than"),
        ('{"query": 5}', "query"),
        ('{"question": "x"}', "question"),
        (json.dumps({"query": "a" * 201}), "200"),
    ],
)
def test_a_bad_call_is_told_what_is_wrong(text: str, complaint: str) -> None:
    """In one sentence, for the mind to mend it."""
    with pytest.raises(BadArguments, match=complaint) as caught:
        read(Search, text)
    assert len(str(caught.value)) < 300


@given(st.text() | JSON.map(json.dumps))
def test_nothing_that_a_mind_writes_breaks_more_than_its_call(text: str) -> None:
    """It is read, or refused with a sentence."""
    for model in (Search, Days, Wish):
        with suppress(BadArguments):
            assert isinstance(read(model, text), model)


@given(
    st.dictionaries(
        NAMES, st.sampled_from(["string", "integer", "number", "boolean"]), min_size=1, max_size=8
    )
)
def test_parameters_of_a_server_are_checked_by_their_types(types: dict[str, str]) -> None:
    """Whatever they are called: what is given comes out under the same names, a missing one is refused."""
    right: dict[str, Any] = {"string": "x", "integer": 3, "number": 1.5, "boolean": True}
    parameters = {name: {"type": type, "description": "A."} for name, type in types.items()}
    model = arguments_of(definition("http", parameters=parameters))
    given_ = {name: right[type] for name, type in types.items()}
    assert read(model, json.dumps(given_)).model_dump(by_alias=True) == given_
    assert set(schema_of(model)["properties"]) == set(schema_of(model)["required"]) == set(types)
    for name in types:
        with pytest.raises(BadArguments):
            read(model, json.dumps({one: value for one, value in given_.items() if one != name}))
        with pytest.raises(BadArguments):
            read(model, json.dumps(given_ | {name: {"no": "such"}}))


def test_values_to_choose_from_and_what_may_be_left_out() -> None:
    """Another value is refused; what is not needed may be missing, or null."""
    size = {"type": "string", "description": "A.", "one_of": ["39", "40"], "required": False}
    model = arguments_of(definition("http", parameters={"size": size}))
    for text in ("{}", '{"size": null}', '{"size": "39"}'):
        read(model, text)
    with pytest.raises(BadArguments, match="size"):
        read(model, '{"size": "41"}')
