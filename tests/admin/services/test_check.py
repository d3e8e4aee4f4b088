"""Reading texts to be checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from gemelo.admin.services.check import texts_of
from gemelo.models.errors import BadDocument

GOOD = '{"text": "a"}'


@pytest.mark.parametrize(
    "line", ["no json", '{"text": 3}', "[]", '{"txt": "a"}', "", "\udcff", "[" * 100_000, "null", "1e999"]
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    """Whatever is wrong with a line, the error says which it is."""
    file = tmp_path / "f.jsonl"
    file.write_bytes(f"{GOOD}\n{line}\n{GOOD}\n".encode("utf-8", "surrogateescape"))
    with pytest.raises(BadDocument, match="line 2"):
        texts_of(file)


def test_lines_end_where_json_lines_do(tmp_path: Path) -> None:
    """Unicode's own line separators are text, and the last line needs no end."""
    file = tmp_path / "f.jsonl"
    file.write_text('{"text": "a\u2028b"}\r\n' + GOOD, newline="")
    assert texts_of(file) == ["a\u2028b", "a"]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file and a folder are refused by name."""
    for path in (tmp_path / "missing.jsonl", tmp_path):
        with pytest.raises(BadDocument, match=path.name):
            texts_of(path)
