"""`gemelo persona`, and twins that share documents, as somebody uses them."""

from __future__ import annotations

import json
from pathlib import Path

from gemelo.admin.services.demo import TWIN
from gemelo.context.persona.document import parse
from tests.server import gemelo

COACH = f"{TWIN}--coach"


def test_a_second_twin_talks_of_its_part_and_in_its_own_manner(own_demo: Path) -> None:
    """From sharing to an approved persona, by the commands that the documentation shows."""
    share = ("--from", TWIN, "--only", "en/t*", "--language", "en")
    shared = gemelo(own_demo, "learn", "--twin", COACH, "--create", *share, "--json")
    assert shared.returncode == 0, shared.stderr
    assert json.loads(shared.stdout)["taken"] == ["en/tactics.md", "en/training.md"]
    mine = own_demo / "persona.yaml"
    drawn = gemelo(own_demo, "persona", "--twin", COACH, "--out", str(mine))
    assert drawn.returncode == 0, drawn.stderr
    document = parse(mine.read_text("utf-8"))
    assert list(document.manner) == ["en"]
    assert all(one.at.startswith("en/t") for _, line in document.lines() for one in line.evidence)
    approved = gemelo(own_demo, "persona", "--twin", COACH, "--validate", "--approve", "--json")
    assert approved.returncode == 0, approved.stdout + approved.stderr
    told = json.loads(approved.stdout)
    assert told["approved"]
    assert told["validation"]["passed"]
    assert told["validation"]["conversations"] >= 40
    said = json.loads(gemelo(own_demo, "say", "--deployment", COACH, "--json", "What is a wing-back?").stdout)
    assert {one["source"]["document"] for one in said["sentences"] if one["source"]} == {"en/tactics.md"}
    asked = gemelo(
        own_demo, "say", "--deployment", COACH, "--json", "Who should I vote for in the elections?"
    )
    away = json.loads(asked.stdout)
    assert "politics" in document.never_talks_about
    assert [(v["rule"], v["layer"]) for v in away["receipt"]["verdicts"]] == [("topics_to_avoid", "persona")]
    assert any(line.text in away["reply"] for line in document.manner["en"].not_known)
    refused = gemelo(own_demo, "learn", "--twin", COACH, str(mine))
    assert refused.returncode != 0
    assert f"shares the documents of {TWIN}" in refused.stderr


def test_what_is_no_persona_is_refused(own_demo: Path) -> None:
    """With the line and what would be right; nothing has changed."""
    broken = own_demo / "broken.yaml"
    broken.write_text("format: 1\ntwin: vera-golazo\ndrawn_from: v\nmaner: {}\n", "utf-8")
    put = gemelo(own_demo, "persona", "--twin", TWIN, "--put", str(broken))
    assert put.returncode != 0
    assert "persona.yaml:4: maner: there is no such key: did you mean 'manner'?" in put.stderr
    assert gemelo(own_demo, "persona", "--twin", "nobody").returncode != 0
    missing = gemelo(own_demo, "persona", "--twin", TWIN, "--put", str(own_demo / "none.yaml"))
    assert "cannot be read as text" in missing.stderr
    assert "approved by demo-talent-manager" in gemelo(own_demo, "persona", "--twin", TWIN).stderr
