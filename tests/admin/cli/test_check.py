"""`gemelo check` and `gemelo explain`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.admin.cli.asking import PORTAL, ask, refused, typed
from tests.server import gemelo

RESULT = {"verdict": "str", "rule": "NoneType", "layer": "NoneType", "span": "NoneType", "micros": "number"}


def test_a_fan_may_say_anything(demo_data: Path) -> None:
    """The input side is the default, and being off topic is no block."""
    checked = ask(demo_data, "check", *PORTAL, "--text", "How do I cook rice? Are you human?")
    assert typed(checked) == {"results": [RESULT]}
    assert checked["results"][0]["verdict"] == "allow"


def test_a_twin_may_not(demo_data: Path) -> None:
    """On the output side a claim to be human is blocked, with rule, layer and place."""
    [result] = ask(demo_data, "check", *PORTAL, "--side", "output", "--text", "Well, I am human.")["results"]
    assert (result["verdict"], result["layer"]) == ("block", "platform")
    assert "Well, I am human."[slice(*result["span"])].startswith("I am human")
    done = gemelo(demo_data, "check", *PORTAL, "--side", "output", "--text", "Well, I am human.")
    assert (done.returncode, done.stdout.split()[1]) == (0, "block")


def test_a_file_is_answered_line_by_line(demo_data: Path, tmp_path: Path) -> None:
    """Results stand in the order of the lines, whatever the texts hold."""
    texts = ["I am human.", "Football is fun.", "line\u2028separator", "x" * 100_000, "I am human."]
    file = tmp_path / "f.jsonl"
    file.write_text("".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts))
    results = ask(demo_data, "check", *PORTAL, "--side", "output", "--file", str(file))["results"]
    assert [result["verdict"] for result in results] == ["block", "allow", "allow", "allow", "block"]


def test_a_file_with_a_bad_line(demo_data: Path, tmp_path: Path) -> None:
    """Nothing is judged where a line is wrong; the error says which."""
    file = tmp_path / "f.jsonl"
    file.write_text('{"text": "a"}\nno json\n')
    assert "f.jsonl, line 2" in refused(demo_data, "check", *PORTAL, "--file", str(file))


def test_every_rule_is_explained(demo_data: Path) -> None:
    """Each rule that holds comes with its layer and line, as a table and as a document."""
    explained = ask(demo_data, "explain", "--deployment", "demo-campaign-a")
    rule = {"rule": "str", "value": "str", "layer": "str", "file": "str", "line": "number"}
    assert typed(explained) == {"deployment": "str", "policy": "str", "rules": [rule], "warnings": []}
    table = gemelo(demo_data, "explain", "--deployment", "demo-campaign-a").stdout
    assert explained["policy"] in table
    assert json.loads(gemelo(demo_data, "explain", "--schema").stdout)["title"] == "Gemelo policy layer"
    assert "'nowhere'" in refused(demo_data, "explain", "--deployment", "nowhere")
