from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.admin.client import Refused
from gemelo.admin.shapes.base import Hours
from gemelo.admin.shapes.catalogue import (
    BrandTerms,
    DeploymentTerms,
    NewBrand,
    NewDeployment,
    NewTalent,
    NewTwin,
    TalentTerms,
    TwinTerms,
)
from gemelo.context.store.schema import requests
from gemelo.context.twins import DeploymentStatus, DeploymentType, TwinState
from tests.admin.api.admin.world import World
from tests.admin.services.cast import ADMIN, BRUNO, MANU, MARTA, NINA, OTTO
from tests.databases import Address

HOURS = Hours(starts="2026-12-01T09:00", ends="2026-12-24T20:00", zone="Europe/Madrid")


async def test_a_twin_from_its_talent_to_its_places(world: World) -> None:
    """The platform makes the talent and the brand; what is made is what is read."""
    admin, marta = world.client(ADMIN), world.client(MARTA)
    talent = await admin.make_talent(NewTalent(id="leo", name="Leo Arenas", reason="signed"))
    talent = await admin.change_talent(talent, TalentTerms(name="Leo", reason="shorter"))
    assert talent == await admin.talent("leo")
    assert (talent.name, talent.revision) == ("Leo", 2)
    brand = await admin.make_brand(NewBrand(id="sol", name="Sol", reason="new"))
    assert await admin.change_brand(
        brand, BrandTerms(name="Sol y Mar", reason="new name")
    ) == await admin.brand("sol")
    twin = await marta.make_twin(NewTwin(id="trina--coach", talent="trina", name="Coach", reason="a course"))
    twin = await marta.change_twin(twin, TwinTerms(name="Coach", state=TwinState.LIVE, reason="goes live"))
    assert twin == await marta.twin("trina--coach")
    new = NewDeployment(
        key="trina--coach-portal", twin="trina--coach", type=DeploymentType.PORTAL, schedule=HOURS, reason="x"
    )
    place = await marta.make_deployment(new)
    assert place.schedule == Hours(
        starts="2026-12-01T09:00:00+01:00", ends="2026-12-24T20:00:00+01:00", zone="Europe/Madrid"
    )
    terms = DeploymentTerms(
        status=DeploymentStatus.ACTIVE,
        origins=("https://CLUB.example",),
        theme={"accent": "#fff"},
        reason="opens",
    )
    place = await marta.change_deployment(place, terms)
    assert place == await marta.deployment("trina--coach-portal")
    assert (place.origins, place.schedule, place.revision) == (("https://club.example",), None, 2)


async def test_what_was_answered_can_be_sent_back(world: World) -> None:
    """A window comes out as it can go in."""
    marta = world.client(MARTA)
    place = await marta.deployment("trina-portal")
    place = await marta.change_deployment(place, DeploymentTerms(schedule=HOURS, reason="a season"))
    again = await marta.change_deployment(place, DeploymentTerms(schedule=place.schedule, reason="the same"))
    assert again == place


async def test_a_list_comes_page_by_page(world: World) -> None:
    """In order, everything once, whatever the page's size."""
    async with world.http("ana") as http:
        seen: list[str] = []
        query: dict[str, Any] = {"limit": 2}
        while query.get("cursor", "") is not None:
            page = (await http.get("/admin/v1/deployments", params=query)).json()
            assert len(page["items"]) <= 2
            seen += [place["key"] for place in page["items"]]
            query["cursor"] = page["next"]
    assert seen == ["oto-portal", "oto-summer", "trina-portal", "trina-summer", "trina-winter"]
    assert [place.key async for place in world.client(ADMIN).deployments()] == seen
    assert [place.key async for place in world.client(ADMIN).deployments("oto")] == seen[:2]


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"limit": "x"}, {"cursor": "eyJ"}])
async def test_made_up_pages_are_refused(world: World, query: dict[str, Any]) -> None:
    """A cursor of another list is one."""
    async with world.http("ana") as http:
        answer = await http.get("/admin/v1/deployments", params=query)
        assert answer.status_code == (400 if "cursor" in query else 422)
        other = (await http.get("/admin/v1/twins", params={"limit": 1})).json()["next"]
        answer = await http.get("/admin/v1/deployments", params={"cursor": other})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


async def test_of_two_who_change_it_at_once_one_is_told(world: World) -> None:
    """The other's change stands; nothing is overwritten unseen."""
    marta, manu = world.client(MARTA), world.client(MANU)
    twin = await marta.twin("trina")
    asked = (
        marta.change_twin(twin, TwinTerms(name="Trina A", state=TwinState.LIVE, reason="a")),
        manu.change_twin(twin, TwinTerms(name="Trina B", state=TwinState.LIVE, reason="b")),
    )
    done = await asyncio.gather(*asked, return_exceptions=True)
    [refused] = [one for one in done if isinstance(one, Refused)]
    assert (refused.problem.status, refused.problem.code) == (412, "stale")
    assert (await marta.twin("trina")).revision == twin.revision + 1


async def test_a_change_says_what_was_seen(world: World) -> None:
    """Without If-Match, or with one that nobody gave, it is refused."""
    async with world.http("marta") as http:
        body = {"name": "Trina", "state": "live", "reason": "x"}
        assert (await http.put("/admin/v1/twins/trina", json=body)).status_code == 428
        answer = await http.put("/admin/v1/twins/trina", json=body, headers={"if-match": "1"})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_header")


async def test_an_act_answers_with_the_revision_that_it_made(world: World) -> None:
    """Whoever acted may change it next without reading it again."""
    async with world.http("marta") as http:
        answer = await http.post("/admin/v1/twins/trina/suspend", json={"reason": "x"})
        assert answer.headers["etag"] == f'"{answer.json()["revision"]}"' == '"2"'
        body, seen = {"name": "T", "state": "suspended", "reason": "x"}, {"if-match": answer.headers["etag"]}
        assert (await http.put("/admin/v1/twins/trina", json=body, headers=seen)).status_code == 200


async def test_an_id_that_is_taken_is_said_so(world: World) -> None:
    """409, and what is there stays."""
    marta, new = world.client(MARTA), NewTwin(id="trina--t", talent="trina", name="T", reason="x")
    await marta.make_twin(new)
    with pytest.raises(Refused) as refused:
        await marta.make_twin(new)
    assert (refused.value.problem.status, refused.value.problem.code) == (409, "taken")


@pytest.mark.parametrize("id", ["oto", "oto-portal", "oto--hidden", "nobody-has-this", "oto--nor-this"])
async def test_no_refusal_tells_what_another_talent_has(world: World, id: str) -> None:
    """Whether somebody's thing has an id or nobody's, the answer is the same."""
    await world.client(NINA).make_twin(NewTwin(id="oto--hidden", talent="oto", name="H", reason="x"))
    page = {"twin": "trina", "type": "portal", "reason": "x"}
    hook = {"talent": "trina", "url": "https://club.example/", "reason": "x"}
    twin = {"talent": "trina", "name": "T", "reason": "x"}
    async with world.http("marta") as http:
        for path, body in (("twins", twin), ("deployments", page), ("webhooks", hook)):
            named = body | {"key" if path == "deployments" else "id": id}
            answer = await http.post(f"/admin/v1/{path}", json=named)
            assert (answer.status_code, answer.json()["code"]) == (422, "usage")
            assert "two hyphens, like 'trina--summer'" in answer.json()["detail"]


async def test_who_sees_but_may_not_is_told_so(world: World) -> None:
    """403 for what one sees, 404 for what one does not."""
    otto, nina, bruno = world.client(OTTO), world.client(NINA), world.client(BRUNO)
    twin = await otto.twin("trina")
    terms = TwinTerms(name="Mine", state=TwinState.LIVE, reason="x")
    for who, status in ((otto, 403), (nina, 404), (bruno, 404)):
        with pytest.raises(Refused) as refused:
            await who.change_twin(twin, terms)
        assert refused.value.problem.status == status


HOSTILE = (
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "تريناـ سول",
    "👩‍👩‍👧 Trina",
    "{{7*7}}",
)


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_name_is_kept_as_it_is(world: World, name: str) -> None:
    """Markup, other scripts and quotes are letters like others."""
    marta = world.client(MARTA)
    twin = await marta.twin("trina")
    await marta.change_twin(twin, TwinTerms(name=name, state=TwinState.LIVE, reason=name))
    assert (await marta.twin("trina")).name == name


@pytest.mark.parametrize(
    "name", ["", " ", "x" * 10_000, "a\x00b", "a\u202eb", "\u2066", "a\nb\x1b[31m", "\ud800"]
)
async def test_no_name_is_refused(world: World, name: str) -> None:
    """Too long, unseen, or turning the direction of what stands beside it; never sent back."""
    async with world.http("marta") as http:
        body = json.dumps({"id": "trina--t9", "talent": "trina", "reason": "x", "name": name})
        answer = await http.post(
            "/admin/v1/twins", content=body, headers={"content-type": "application/json"}
        )
        assert answer.status_code == 422
        assert "xxxxx" not in answer.text
        assert (await http.get("/admin/v1/twins/trina--t9")).status_code == 404


@pytest.mark.parametrize("reason", [" ", "\n\t", "\u200b", "\u202e \u2060"])
async def test_a_reason_that_nobody_can_read_is_none(world: World, reason: str) -> None:
    """Nothing is changed, and the audit log gets no line without a reason."""
    async with world.http(MARTA.id) as http:
        before = (await http.get("/admin/v1/audit")).json()["items"]
        bare = await http.post("/admin/v1/talents/trina/stop", json={"reason": reason})
        assert (bare.status_code, bare.json()["code"]) == (422, "usage")
        assert "say why" in bare.json()["detail"]
        assert (await http.get("/admin/v1/audit")).json()["items"] == before


async def test_a_field_too_many_is_refused_and_not_sent_back(world: World) -> None:
    """Neither its name nor its value."""
    async with world.http("marta") as http:
        body = {"id": "trina--t9", "talent": "trina", "name": 7, "reason": "x", "<b>hostile": "value"}
        answer = await http.post("/admin/v1/twins", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
        assert "hostile" not in answer.text
        assert {(fault["field"], fault["problem"]) for fault in answer.json()["invalid"]} == {
            ("body.name", "string_type"),
            ("body", "extra_forbidden"),
        }


async def test_a_post_that_is_sent_twice_at_once_is_done_once(world: World) -> None:
    """Over the real store: one twin is made, and whoever asks later gets the first answer again."""
    body = {"id": "trina--t9", "talent": "trina", "name": "Nine", "reason": "x"}
    async with world.http("marta") as http:

        async def send() -> tuple[int, str]:
            answer = await http.post("/admin/v1/twins", json=body, headers={"idempotency-key": "one"})
            return answer.status_code, answer.json().get("code", "")

        answers = await asyncio.gather(*(send() for _ in range(6)))
        assert (201, "") in answers
        assert set(answers) <= {(201, ""), (409, "request_unfinished")}
        assert await send() == (201, "")
    made = [line async for line in world.client(MARTA).audit(kind="twin", target="trina--t9")]
    assert len(made) == 1


async def test_a_new_keys_secret_is_nowhere_in_the_store(world: World, address: Address) -> None:
    """Not even where the request was made under an Idempotency-Key."""
    given = await world.client(ADMIN).give_key("nina", "hers")
    assert given.secret.startswith("gml_")
    async with world.http() as http:
        headers = {"authorization": f"Bearer {given.secret}"}
        assert (await http.get("/admin/v1/me", headers=headers)).json()["id"] == "nina"
        revoked = await world.client(NINA).revoke_key(given.id, "lost")
        assert revoked.revoked is not None
        assert (await http.get("/admin/v1/me", headers=headers)).status_code == 401
    database = await address.open()

    async def kept(connection: AsyncConnection) -> str:
        return str((await connection.execute(select(requests))).all())

    assert given.secret not in await database.read(kept)
    await database.close()
