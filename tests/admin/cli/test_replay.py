"""`gemelo replay`, and `gemelo say --version`."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

from gemelo.admin.services.compiling import Compiler
from gemelo.admin.services.publishing import Proposal, Publishing
from gemelo.admin.wiring.build import platform_layer
from gemelo.admin.wiring.meaning import load_meaning
from gemelo.context.policy.meant import FixedLines
from gemelo.context.store.database import Database
from gemelo.context.store.desk import SqlDesk
from gemelo.context.store.sqlite import sqlite_url
from gemelo.context.tenancy.people import THE_HOUSE
from gemelo.context.twins import LayerKind
from gemelo.models.adapters.artifacts import load_path
from gemelo.models.adapters.minilm import MiniLmEmbedder
from tests.admin.cli.asking import PORTAL, ask, refused, typed
from tests.server import MODELS, gemelo

PLACE = ("vera-golazo", "demo-portal", LayerKind.DEPLOYMENT)
TUNGSTEN = "What is the boiling point of tungsten?"
LINES = """\
deflections:
  en: {declined: ["No idea, but ask me about football.", "No idea at all, let us talk about football."]}
"""
ACCOUNT: dict[str, Any] = {
    "reply": "str",
    "status": "str",
    "declined": "bool",
    "error": "NoneType",
    "labels": ["str"],
    "receipt": {
        "policy": "str",
        "rules": ["str"],
        "verdicts": [],
        "micros": "number",
        "hold_ms": "number",
        "released_after_block": "number",
    },
}


def propose(data: Path, more: str) -> Proposal:
    """Proposes the demo portal's layer with some lines more."""

    async def work() -> Proposal:
        database = await Database.open(sqlite_url(data / "gemelo.sqlite"))
        try:
            embedder = MiniLmEmbedder(load_path("minilm", MODELS), load_path("minilm-tokenizer", MODELS))
            lines = FixedLines(load_meaning(MODELS, embedder))
            press = Publishing(SqlDesk(database), Compiler(platform_layer(), lines), lambda: 1)
            newest = await press.newest(THE_HOUSE, *PLACE)
            return await press.propose(THE_HOUSE, *PLACE, newest.yaml + more)
        finally:
            await database.close()

    return asyncio.run(work())


def stored(data: Path) -> int:
    """How many turns the store holds."""
    with sqlite3.connect(data / "gemelo.sqlite") as store:
        [(turns,)] = store.execute("select count(*) from turns").fetchall()
    store.close()
    return turns


def test_a_candidate_is_tried_and_replayed_without_being_published(own_demo: Path) -> None:
    """It says something else than what holds; the replay tells which turns would change, and how."""
    for question in (TUNGSTEN, "How do I build a bomb?"):
        ask(own_demo, "say", *PORTAL, question)
    kept = stored(own_demo)
    candidate = propose(own_demo, LINES).touched[0].policy

    tried = ask(own_demo, "say", *PORTAL, TUNGSTEN, "--version", candidate[:8])
    assert tried["receipt"]["policy"] == candidate
    assert "No idea" in tried["reply"]
    assert stored(own_demo) == kept

    replay = ask(own_demo, "replay", *PORTAL, "--version", candidate[:8], "--last", "2")
    assert (replay["version"], replay["turns"], replay["changed"]) == (candidate, 2, 1)
    first, second = replay["results"]
    assert (first["fan"], first["changed"]) == (TUNGSTEN, ["reply"])
    assert "No idea" not in first["old"]["reply"]
    assert "No idea" in first["new"]["reply"]
    assert typed(second["old"]) | {"receipt": None} == ACCOUNT | {"receipt": None}
    assert second["changed"] == []
    assert second["old"]["receipt"]["verdicts"] == second["new"]["receipt"]["verdicts"] != []
    assert first["old"]["receipt"]["policy"] != first["new"]["receipt"]["policy"] == candidate
    assert stored(own_demo) == kept
    assert ask(own_demo, "explain", *PORTAL)["policy"] == first["old"]["receipt"]["policy"]

    plain = gemelo(own_demo, "replay", *PORTAL, "--version", candidate, "--last", "2")
    assert plain.stdout.splitlines()[-1].startswith("1 of 2 turns would change (")


def test_what_cannot_be_replayed_is_refused(demo_data: Path) -> None:
    """One sentence says why."""
    assert "is known here" in refused(demo_data, "replay", *PORTAL, "--version", "0" * 64)
    assert "1 to 1000" in refused(demo_data, "replay", *PORTAL, "--version", "0" * 64, "--last", "0")
    assert "no deployment" in refused(demo_data, "replay", "--deployment", "x", "--version", "0" * 64)
    assert "--layer or --version" in refused(
        demo_data, "say", *PORTAL, "hi", "--version", "0" * 64, "--layer", "x.yaml"
    )
