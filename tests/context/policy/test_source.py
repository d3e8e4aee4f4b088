"""Reading layer documents: strict YAML, with lines."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.policy.source import MAX_BYTES, MAX_DEPTH, read
from gemelo.models.errors import BadLayer

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


def test_every_value_knows_its_line() -> None:
    """Lines are those of the keys and items, and of the nearest thing around an unknown path."""
    source = read("name: x\n\nlist:\n  - one\n  - two: 2\n", "f.yaml")
    assert source.value == {"name": "x", "list": ["one", {"two": 2}]}
    assert [source.line(path) for path in [("name",), ("list",), ("list", 1), ("list", 1, "two")]] == [
        1,
        3,
        5,
        5,
    ]
    assert source.line(("list", 1, "three")) == 5


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (BOMB, "f.yaml:1: anchors and aliases are not allowed"),
        ("a: 1\nb: *a\n", "f.yaml:2: anchors and aliases are not allowed"),
        ("a: 1\nb: !!python/object:os.system x\n", "f.yaml:2: tags are not allowed"),
        ("a: 1\na: 2\n", "f.yaml:2: 'a' is said twice"),
        ("? [a]\n: 1\n", "f.yaml:1: a key must be a plain word"),
        ("a: [\n", "f.yaml:2: no valid YAML"),
        ("a: 1\n---\nb: 2\n", "f.yaml:2: no valid YAML"),
        ("a: \x00\n", "f.yaml:1: no valid YAML: a character that cannot be seen"),
        ("a: \ud800\n", "f.yaml:1: no valid YAML"),
        ("a: 1\nb: 2026-99-99\n", "f.yaml:2: no such date or number"),
        ("", "f.yaml: empty"),
        ("x" * (MAX_BYTES + 1), "f.yaml: larger than 512 kB"),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "f.yaml:1: nested deeper than 12"),
    ],
)
def test_what_no_layer_needs_is_refused(text: str, complaint: str) -> None:
    """Bombs, tags, doubled keys, broken and oversized documents are errors that name the line."""
    with pytest.raises(BadLayer) as caught:
        read(text, "f.yaml")
    assert str(caught.value).startswith(complaint)


def test_json_is_read_with_its_lines() -> None:
    """What begins with a brace is JSON: tabs, escapes and pairs of surrogates are what they are there."""
    source = read('\n{\n\t"a": "\\ud83d\\ude00 \\/ x",\n\t"b": [1,\n\t{"c": null}]\n}\n', "f.json")
    assert source.value == {"a": "😀 / x", "b": [1, {"c": None}]}
    assert [source.line(path) for path in [("a",), ("b",), ("b", 1, "c")]] == [3, 4, 5]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{a: 1}", "f.json:1: no valid JSON"),
        ('{"a": 1,\n}', "f.json:"),
        ('{"a": 1}\n{"b": 2}', "f.json:2: no valid JSON: Extra data"),
        ('{"a": NaN}', "f.json: no valid JSON: NaN is no number"),
        ('{"a": 1,\n"a": 2}', "f.json:2: 'a' is said twice"),
        ('{"a": "\t"}', "f.json:1: no valid JSON: Invalid control character"),
        ('{"a":' * 20_000, "f.json:"),
    ],
)
def test_json_is_json_throughout(text: str, complaint: str) -> None:
    """YAML's liberties, keys said twice and endless depth are errors that name the line."""
    with pytest.raises(BadLayer) as caught:
        read(text, "f.json")
    assert str(caught.value).startswith(complaint)


@given(st.text(max_size=60))
def test_no_text_makes_the_reader_fall_over(text: str) -> None:
    """Whatever is read, the answer is a document or a `BadLayer`."""
    with contextlib.suppress(BadLayer):
        assert read(text, "f.yaml").file == "f.yaml"
