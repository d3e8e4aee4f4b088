"""A voice cloned over the admin API."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from hashlib import sha256

import pytest

from gemelo.admin.client import Refused
from gemelo.admin.services.samples import MAX_BYTES
from gemelo.admin.shapes.likeness import NewClone, NewConsent
from gemelo.context.store.database import Database
from tests.admin.api.admin.world import World, make_world
from tests.admin.services.cast import MARTA, OTTO
from tests.databases import ON_SQLITE, Address
from tests.samples import wav

SAMPLE = wav(30, 48_000)
TERM = {"starts": "2026-01-01T00:00", "ends": "2036-01-01T00:00", "zone": "Europe/Madrid"}


@pytest.fixture
async def world(address: Address) -> AsyncIterator[World]:
    database: Database = await address.open()
    yield await make_world(database)
    await database.close()


async def agreed(world: World) -> str:
    """The id of Trina's consent to a voice of the sample."""
    given = NewConsent.model_validate(
        {
            "talent": "trina",
            "kind": "voice",
            "name": "warm",
            "who": "Trina Sol",
            "term": TERM,
            "reason": "signed",
        }
        | {"sha256": sha256(SAMPLE).hexdigest()}
    )
    async with world.client(MARTA) as marta:
        return (await marta.keep_consent(given)).id


def asked(sample: bytes = SAMPLE) -> NewClone:
    return NewClone(language="es", sample=b64encode(sample).decode(), reason="her new voice")


@ON_SQLITE
async def test_a_manager_has_a_voice_cloned(world: World) -> None:
    """The answer is the consent, with who had it made of what, when, and what the vendor calls it."""
    async with world.client(MARTA) as marta:
        [clone] = (await marta.clone(id := await agreed(world), asked())).clones
        assert (clone.by, clone.vendor, clone.state) == ("marta", "cartesia", "ready")
        assert clone.id == f"id-of-{clone.name}"
        assert clone.sha256 == sha256(SAMPLE).hexdigest()
        assert (await marta.consent(id)).clones == (clone,)


@ON_SQLITE
async def test_what_is_no_sample_or_not_the_consented_one_is_a_problem(world: World) -> None:
    """With a sentence that says what to send; more than 4 MB is not read."""
    id = await agreed(world)
    async with world.client(MARTA) as marta:
        with pytest.raises(Refused) as refused:
            await marta.clone(id, asked(wav()))
        assert "sha256" in refused.value.problem.detail
    too_large = {"language": "es", "sample": "A" * (2 * MAX_BYTES), "reason": "so"}
    async with world.http(MARTA.id) as http:
        answer = await http.post(f"/admin/v1/consents/{id}/clones", json=too_large)
        assert answer.status_code == 413
        answer = await http.post(f"/admin/v1/consents/{id}/clones", json=too_large | {"sample": "no base64"})
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_audio")


@ON_SQLITE
async def test_who_only_reads_clones_nobody(world: World) -> None:
    """They see the consent, and may not do that to it."""
    id = await agreed(world)
    async with world.client(OTTO) as otto:
        with pytest.raises(Refused) as refused:
            await otto.clone(id, asked())
    assert refused.value.problem.status == 403
