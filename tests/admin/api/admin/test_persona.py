"""Personas over the admin API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from gemelo.admin.client.line import Refused
from gemelo.admin.services.desk import Books
from gemelo.admin.shapes.catalogue import TwinTerms
from gemelo.context.store.documents import SqlDocuments
from gemelo.context.tenancy.people import THE_HOUSE, Principal
from gemelo.context.twins import Twin, TwinState
from tests.admin.api.admin.world import World, make_world
from tests.admin.services.cast import BRUNO, MARTA, NINA, OTTO, ROSA
from tests.context.persona.corpora import DOCUMENTS
from tests.databases import ON_SQLITE, Address


@pytest.fixture
async def learned(address: Address) -> AsyncIterator[World]:
    """A world in which Trina's twin has learned two documents and is not live yet."""
    database = await address.open()
    world = await make_world(database)
    for document in DOCUMENTS:
        await SqlDocuments(database).put("trina", document)
    world.learned["trina"] = "v1"

    async def work(books: Books) -> None:
        twin = (await books.get(Twin, "trina")).noun
        await books.replace(replace(twin, state=TwinState.DRAFT))

    await world.office.desk.write(THE_HOUSE, "", work)
    yield world
    await database.close()


@ON_SQLITE
async def test_a_persona_is_drafted_edited_and_approved(learned: World) -> None:
    """An edit makes the approval void; who saw an older text changes nothing."""
    marta = learned.client(MARTA)
    drawn = await marta.draft_persona("trina", "a look")
    seen = await marta.persona("trina")
    assert (seen.yaml, seen.is_approved, seen.at) == (drawn.yaml, False, None)
    approved = await marta.approve_persona(seen, "that is her")
    assert approved.is_approved
    assert approved.by == "marta"
    edited = await marta.edit_persona(approved, f"# mine\n{seen.yaml}", "mine")
    assert not edited.is_approved
    with pytest.raises(Refused) as refused:
        await marta.edit_persona(seen, seen.yaml, "late")
    assert refused.value.problem.status == 412
    with pytest.raises(Refused) as refused:
        await marta.edit_persona(edited, "format: 1\n", "broken")
    assert (refused.value.problem.status, refused.value.problem.code) == (422, "bad_persona")


@ON_SQLITE
async def test_a_twin_that_is_not_ready_is_not_set_live(learned: World) -> None:
    """409, with what is missing or every category and case that is below the bar."""
    marta = learned.client(MARTA)
    twin = await marta.twin("trina")
    live = TwinTerms(name=twin.name, state=TwinState.LIVE, reason="goes live")
    with pytest.raises(Refused) as refused:
        await marta.change_twin(twin, live)
    assert (refused.value.problem.status, refused.value.problem.code) == (409, "not_ready")
    assert "has no persona" in refused.value.problem.detail
    await marta.draft_persona("trina", "a look")
    await marta.approve_persona(await marta.persona("trina"), "that is her")
    with pytest.raises(Refused) as refused:  # the scripted mind knows nothing of all this
        await marta.change_twin(twin, live)
    assert "fact: 0 of" in refused.value.problem.detail
    kept = await marta.persona("trina")
    assert kept.validation
    assert not kept.validation.passed
    result = await marta.validate_persona("trina", "once more")
    assert result.failures
    assert (await marta.twin("trina")).state is TwinState.DRAFT


@ON_SQLITE
@pytest.mark.parametrize(
    ("who", "sees", "status"), [(OTTO, 200, 403), (ROSA, 200, 403), (NINA, 404, 404), (BRUNO, 404, 404)]
)
async def test_others_change_nothing(learned: World, who: Principal, sees: int, status: int) -> None:
    """The talent's people look at it; to others it is not there."""
    await learned.client(MARTA).draft_persona("trina", "a look")
    async with learned.http(who.id) as http:
        assert (await http.get("/admin/v1/twins/trina/persona")).status_code == sees
        body = {"reason": "mine"}
        drafted = await http.post("/admin/v1/twins/trina/persona/drafts", json=body)
        assert drafted.status_code == status
        approval = body | {"hash": "0" * 32}
        approved = await http.post("/admin/v1/twins/trina/persona/approvals", json=approval)
        assert approved.status_code == status
