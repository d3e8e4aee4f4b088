"""`gemelo clone`: a voice made at a vendor's, from the command line."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from hashlib import sha256
from pathlib import Path
from typing import Any

from gemelo.admin.services.likeness import consent, revoke
from gemelo.admin.wiring.build import make_cloning
from gemelo.admin.wiring.settings import Settings
from gemelo.context.store.clock import now_ms
from gemelo.context.store.database import Database
from gemelo.context.store.desk import SqlDesk
from gemelo.context.store.sqlite import sqlite_url
from gemelo.context.tenancy.likeness import CloneState, Consent, Likeness
from gemelo.context.tenancy.people import THE_HOUSE
from gemelo.context.twins import Talent
from tests.admin.services.cast import ALWAYS
from tests.models.adapters.cartesia_voices_server import CartesiaVoicesServer
from tests.models.adapters.vendor_server import KEY
from tests.samples import wav
from tests.server import gemelo

SAMPLE = wav()
CONSENT = Consent("c1", "trina", Likeness.VOICE, "warm", "Trina", sha256(SAMPLE).hexdigest(), ALWAYS)


async def test_a_voice_is_cloned_and_deleted_when_its_consent_is_withdrawn(tmp_path: Path) -> None:
    """By the vendor's own SDK, over a real socket; only the id stands on standard output."""
    path = tmp_path / "sample.wav"
    path.write_bytes(SAMPLE)
    server = CartesiaVoicesServer()
    async with server.listening(), AsyncExitStack() as stack:
        database = await Database.open(sqlite_url(tmp_path / "gemelo.sqlite"))
        stack.push_async_callback(database.close)
        desk = SqlDesk(database)
        await desk.write(THE_HOUSE, "", lambda books: books.add(Talent("trina", "Trina")))
        await consent(desk, THE_HOUSE, CONSENT, "")
        words = ("clone", "--consent", "c1", "--language", "es", str(path))
        known = {"GEMELO_CARTESIA_URL": server.url, "CARTESIA_API_KEY": KEY}
        done = await asyncio.to_thread(gemelo, tmp_path, *words, **known)
        assert (done.returncode, [done.stdout.strip()]) == (0, [*server.voices]), done.stderr
        assert server.clips == [SAMPLE]
        await revoke(desk, THE_HOUSE, Consent, "c1", now_ms(), "she called")
        given: dict[str, Any] = {"CARTESIA_API_KEY": KEY, "cartesia_url": server.url}
        await make_cloning(Settings(**given), stack, database, desk).round()
        assert server.voices == {}
        kept = (await desk.read(THE_HOUSE, lambda books: books.get(Consent, "c1"))).noun
        assert [clone.state for clone in kept.clones] == [CloneState.GONE]


def test_without_a_vendor_nothing_is_made(tmp_path: Path) -> None:
    """The sentence says that a key is missing; a file that is not there is named."""
    words = ("clone", "--consent", "c1", "--language", "es")
    done = gemelo(tmp_path, *words, str(tmp_path / "nowhere.wav"), CARTESIA_API_KEY="")
    assert (done.returncode, done.stdout) == (1, "")
    assert "cannot be read" in done.stderr
    (tmp_path / "sample.wav").write_bytes(SAMPLE)
    done = gemelo(tmp_path, *words, str(tmp_path / "sample.wav"), CARTESIA_API_KEY="")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no vendor's key is set" in done.stderr
