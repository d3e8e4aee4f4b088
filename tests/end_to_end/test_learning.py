"""Learning a folder that is killed in the middle, and a document that is sent to a server."""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from gemelo.admin.client import AdminClient
from gemelo.admin.services.demo import TWIN
from gemelo.context.knowledge import index
from gemelo.context.knowledge.building import TOGETHER
from gemelo.context.knowledge.uploads import UploadState
from tests.client import talking
from tests.server import Server, environment, gemelo, program

TOWNS = ("Bilbao", "Getafe", "Lugo", "Soria", "Elche", "Vigo", "Huesca", "Alcoy", "Tarifa", "Zamora")
LIGHTHOUSE = """# The lighthouse of Ribadeo

My grandmother painted the lighthouse of Ribadeo in the summer of 1961. It took her eleven days, on a ladder
that two neighbours held. Since then every child of the family has put a hand into the paint of its door.
"""
SEASONS = range(1900, 1900 + 4 * TOGETHER // len(TOWNS))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "archive"
    made.mkdir()
    for town in TOWNS:
        told = [
            f"# {season}\n\nIn {season} {town} finished in place {season % 17 + 1}. "
            f"The club of {town} then had {season * 7 % 5000} members. "
            f"Its coach had played there since {season - 9}."
            for season in SEASONS
        ]
        (made / f"{town.lower()}.md").write_text("\n\n".join(told))
    return made


def answered(data: Path, *words: str) -> dict[str, Any]:
    done = gemelo(data, *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_killed_learner_goes_on(tmp_path: Path, folder: Path) -> None:
    """Killed while it encodes, the same command ends with the index that one go would have made."""
    learn = ("learn", "--twin", "archive", "--create", str(folder))
    whole = answered(tmp_path / "whole", *learn)
    root = tmp_path / "killed" / "indexes" / "twin-archive"
    killed = subprocess.Popen([*program(), *learn], env=environment(tmp_path / "killed"))
    while not list(root.glob("half-read/*/*.npz")):
        assert killed.poll() is None, "it was through before it could be killed"
        time.sleep(0.01)
    killed.kill()
    killed.wait()
    assert index.current(root) is None
    assert answered(tmp_path / "killed", *learn) == whole
    assert index.current(root) == index.current(tmp_path / "whole" / "indexes" / "twin-archive")
    assert not (root / "half-read").exists()
    found = answered(
        tmp_path / "killed", "search", "--twin", "archive", "How many members did Soria have in 1911?"
    )
    assert found["passages"][0]["source"]["document"] == "archive/soria.md"
    assert found["passages"][0]["source"]["place"] == "1911"


async def test_a_document_that_is_sent_is_answered_from(own_demo: Path) -> None:
    """Sent to a server that talks, it is learned beside it, and the next search finds it."""
    server = Server(own_demo).start()
    try:
        key = gemelo(own_demo, "key", "--principal", "ana", "--platform-admin", "Ana").stdout.strip()
        async with AdminClient(server.url, key) as admin:
            sent = await admin.send_document(TWIN, "lighthouse.md", LIGHTHOUSE.encode(), "she told it")
            while sent.state is UploadState.WAITING:
                await asyncio.sleep(0.1)
                sent = await admin.sent(sent)
        assert (sent.state, sent.passages) == (UploadState.INDEXED, 1), sent.note
        async with talking(server, language="en") as fan:
            reply = await fan.ask("Who painted the lighthouse of Ribadeo?")
        assert "grandmother" in reply.text
    finally:
        server.stop()
