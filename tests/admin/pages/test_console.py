from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI

from gemelo.admin.api.admin.app import mount
from gemelo.admin.pages.app import PATH, Console
from gemelo.admin.pages.visit import COOKIE
from gemelo.admin.services import people
from gemelo.admin.services.rates import Pace
from gemelo.admin.shapes.catalogue import TwinTerms
from gemelo.context.state.memory import MemoryState
from gemelo.context.tenancy.people import THE_HOUSE
from gemelo.context.twins import LayerKind, TwinState
from tests.admin.api.admin.world import SECRET, World
from tests.admin.pages.visitor import Visitor, enter
from tests.admin.services.cast import ADMIN, BRUNO, MARTA, OTTO, TALENT_LAYER

TWIN = "/console/twins/trina"
CAMPAIGN = "/console/campaigns/kortaza-with-trina"


@pytest.mark.parametrize("path", ["/", "/twins/trina", "/deployments/trina-portal"])
async def test_who_is_not_signed_in_is_asked_to(visitor: Visitor, path: str) -> None:
    """Whatever they ask for."""
    answer = await visitor.open(f"/console{path}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/sign-in")


async def test_the_session_is_a_cookie_that_no_script_reads(visitor: Visitor, world: World) -> None:
    """Short-lived, for this site alone, and without the key in it."""
    answer = await visitor.sign_in(world.keys["marta"])
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict", "Path=/console", "Max-Age=1800"} <= set(cookie.split("; "))
    assert world.keys["marta"] not in cookie


async def test_a_wrong_key_signs_nobody_in(visitor: Visitor) -> None:
    """And the page says so."""
    answer = await visitor.sign_in("gml_wrong")
    assert answer.status_code == 401
    assert "opens nothing" in answer.text
    assert COOKIE not in visitor.http.cookies


async def test_a_form_is_bounded(visitor: Visitor) -> None:
    """In however many pieces it comes, before anything reads it."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(1001):
            yield b"k" * 1000

    answer = await visitor.http.post("/console/sign-in", content=pieces())
    assert (answer.status_code, "at most 1000 kB" in answer.text) == (422, True)


async def test_a_key_that_is_revoked_signs_its_holder_out(visitor: Visitor, world: World) -> None:
    """At the next page."""
    await enter(visitor, world, "marta")
    await people.revoke_key(world.office.desk, THE_HOUSE, world.ids["marta"], world.now(), "lost")
    assert (await visitor.open("/console/")).status_code == 303


async def test_a_made_up_cookie_is_nobody(visitor: Visitor) -> None:
    """Also one that was signed for something else."""
    visitor.http.cookies.set(COOKIE, "made.up.cookie", path="/console")
    assert (await visitor.open("/console/")).status_code == 303


async def test_signing_out_ends_the_visit(visitor: Visitor, world: World) -> None:
    """By a form, so that no link does it; also for a copy of its cookie, and with a line in the log."""
    await enter(visitor, world, "marta")
    await visitor.open("/console/")
    copy = visitor.http.cookies[COOKIE]
    await visitor.send("/console/sign-out")
    assert (await visitor.open("/console/")).status_code == 303
    visitor.http.cookies.clear()
    visitor.http.cookies.set(COOKIE, copy, path="/console")
    assert (await visitor.open("/console/")).status_code == 303
    lines = [entry.action async for entry in world.client(MARTA).audit(kind="apikey")]
    assert lines[0] == "sign_out"
    visitor.http.cookies.clear()
    await enter(visitor, world, "marta")
    assert (await visitor.open("/console/")).status_code == 200


async def test_signing_out_is_nobody_else_s(visitor: Visitor, world: World) -> None:
    """Other keys' visits go on."""
    await enter(visitor, world, "marta")
    async with world.http() as http:
        other = await enter(Visitor(http), world, "manu")
        await other.open("/console/")
        await other.send("/console/sign-out")
    assert (await visitor.open("/console/")).status_code == 200


async def test_one_sees_what_is_ones_own(visitor: Visitor, world: World) -> None:
    """A manager their talent's places and campaigns, a brand its campaigns and no place."""
    await enter(visitor, world, "marta")
    page = (await visitor.open("/console/")).text
    assert "trina-portal" in page
    assert "kortaza" in page
    assert "oto" not in page
    await enter(visitor, world, "bruno")
    page = (await visitor.open("/console/")).text
    assert "/console/deployments/" not in page
    assert "kortaza" in page
    for path in ("/console/twins/trina", "/console/deployments/trina-portal", "/console/twins/oto"):
        assert (await visitor.open(path)).status_code == 404


async def test_no_page_lets_a_script_in(visitor: Visitor, world: World) -> None:
    """None is there, none may run, and no other page may frame it."""
    await enter(visitor, world, "marta")
    for path in ("/console/", TWIN, "/console/deployments/trina-summer", CAMPAIGN, "/console/sign-in"):
        answer = await visitor.open(path)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "script-src" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["cache-control"] == "no-store"
        assert "<script" not in answer.text
        assert " style=" not in answer.text


async def test_a_rule_is_tried_published_and_rolled_back(visitor: Visitor, world: World) -> None:
    """Tried without being published; the history says who, when and why."""
    await enter(visitor, world, "marta")
    await visitor.open(TWIN)
    before = visitor.text
    assert before == TALENT_LAYER
    stricter = before.replace("Rivalona", "Prohibida")
    tried = await visitor.send(TWIN, act="try", yaml=stricter, question="Who are you?", where="trina-portal")
    assert tried.status_code == 200, tried.text
    assert "Verdicts" in tried.text
    assert visitor.text == stricter
    publishing = world.office.publishing
    assert (await publishing.newest(MARTA, "trina", None, LayerKind.TALENT)).version == 1
    done = await visitor.send(TWIN, act="publish", yaml=stricter, reason="a new rival")
    assert "Version 2 is live." in done.text
    assert "a new rival" in done.text
    assert "+  - name: Prohibida" in done.text
    back = await visitor.send(TWIN, act="rollback", to="1", reason="too strict")
    assert "Version 3 is live, with the text of version 1." in back.text
    newest = await publishing.newest(MARTA, "trina", None, LayerKind.TALENT)
    assert (newest.version, newest.yaml, newest.reason) == (3, TALENT_LAYER, "too strict")


async def test_what_is_wrong_is_said_with_its_line(visitor: Visitor, world: World) -> None:
    """And what was typed stays."""
    await enter(visitor, world, "marta")
    await visitor.open(TWIN)
    wrong = TALENT_LAYER.replace("name: trina", "nmae: trina")
    answer = await visitor.send(TWIN, act="publish", yaml=wrong, reason="x")
    assert answer.status_code == 422
    assert "<mark>2</mark>" in answer.text
    assert "Line 2:" in answer.text
    assert visitor.text == wrong


async def test_every_line_that_may_not_stand_is_marked(visitor: Visitor, world: World) -> None:
    """Each with what is wrong there, where one rule forbids several."""
    await enter(visitor, world, "marta")
    await visitor.open(TWIN)
    focus = "focus: [Rivalona]\nattested: {en: [I love Rivalona.]}\n"
    answer = await visitor.send(TWIN, act="try", yaml=TALENT_LAYER + focus, question="Who are you?")
    first = TALENT_LAYER.count("\n") + 1
    for line in (first, first + 1):
        assert f"<mark>{line}</mark>" in answer.text
        assert f"Line {line}:" in answer.text


async def test_who_tries_rules_reads_what_is_worth_a_look(visitor: Visitor, world: World) -> None:
    """As of a voice that nobody has agreed to."""
    await enter(visitor, world, "marta")
    await visitor.open(TWIN)
    chosen = TALENT_LAYER + "voice: {id: trina-warm}\n"
    tried = await visitor.send(TWIN, act="try", yaml=chosen, question="Who are you?", where="trina-portal")
    assert "nobody consents to the voice" in tried.text


async def test_nothing_is_published_without_a_reason(visitor: Visitor, world: World) -> None:
    """The page asks for one."""
    await enter(visitor, world, "marta")
    await visitor.open(TWIN)
    answer = await visitor.send(TWIN, act="publish", yaml=TALENT_LAYER + "# x\n", reason=" ")
    assert answer.status_code == 422
    assert "Say why" in answer.text


async def published(world: World, yaml: str, base: int = 1) -> None:
    """What a colleague does meanwhile."""
    await world.office.publishing.publish(ADMIN, "trina", None, LayerKind.TALENT, yaml, base, "first")


async def newest(world: World) -> str:
    return (await world.office.publishing.newest(MARTA, "trina", None, LayerKind.TALENT)).yaml


async def test_of_two_managers_the_second_sees_what_the_first_changed(visitor: Visitor, world: World) -> None:
    """Where both changed other lines, the second's are put on top: to press again keeps both."""
    await enter(visitor, world, "marta")
    await visitor.open(TWIN)
    await published(world, TALENT_LAYER.replace("Rivalona", "Primerona"))
    answer = await visitor.send(TWIN, act="publish", yaml=TALENT_LAYER + "# mine\n", reason="mine")
    assert answer.status_code == 409
    assert "Meanwhile <bdi>Ana</bdi> published version 2" in answer.text
    assert '<span class="add">+  - name: Primerona</span>' in answer.text
    both = TALENT_LAYER.replace("Rivalona", "Primerona") + "# mine\n"
    assert visitor.text == both
    answer = await visitor.send(TWIN, act="publish", yaml=visitor.text, reason="mine")
    assert "Version 3 is live." in answer.text
    assert await newest(world) == both


async def test_a_second_press_undoes_no_colleague_s_change(visitor: Visitor, world: World) -> None:
    """Where both changed the same lines, one's own text stays and is refused until one says that it wins."""
    await enter(visitor, world, "marta")
    await visitor.open(TWIN)
    first, mine = (TALENT_LAYER.replace("Rivalona", name) for name in ("Primerona", "Segundona"))
    await published(world, first)
    for _ in range(3):
        answer = await visitor.send(TWIN, act="publish", yaml=mine, reason="mine")
        assert answer.status_code == 409
        assert visitor.text == mine
        assert await newest(world) == first
    over = re.search(r'name="over" value="(\d+)"', visitor.page)
    assert over
    answer = await visitor.send(TWIN, act="publish", yaml=mine, reason="mine", over=over[1])
    assert "Version 3 is live." in answer.text


async def test_a_rollback_undoes_nothing_that_was_not_seen(visitor: Visitor, world: World) -> None:
    """Where somebody has published since, it is refused; the history says what."""
    await enter(visitor, world, "marta")
    await visitor.open(TWIN)
    await published(world, TALENT_LAYER.replace("Rivalona", "Primerona"))
    answer = await visitor.send(TWIN, act="rollback", to="1", reason="too strict")
    assert (answer.status_code, "published since" in answer.text) == (422, True)
    assert "Primerona" in await newest(world)


async def test_the_history_names_people(visitor: Visitor, world: World) -> None:
    """By what they are called, not by their ids."""
    await enter(visitor, world, "marta")
    await published(world, TALENT_LAYER + "# x\n")
    page = (await visitor.open(TWIN)).text
    assert "<bdi>Ana</bdi>" in page
    assert "<bdi>ana</bdi>" not in page


async def test_who_may_only_look_gets_no_buttons(visitor: Visitor, world: World) -> None:
    """And a form that they make themselves is refused."""
    await enter(visitor, world, "otto")
    await visitor.open(TWIN)
    assert " readonly" in visitor.page
    assert 'value="publish"' not in visitor.page
    answer = await visitor.send(TWIN, act="publish", yaml=TALENT_LAYER + "# x\n", reason="x")
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}]
)
async def test_a_form_of_another_site_is_refused(
    visitor: Visitor, world: World, headers: dict[str, str]
) -> None:
    """Also one that asks to sign in."""
    await enter(visitor, world, "marta")
    await visitor.open(TWIN)
    visitor.http.headers.update(headers)
    assert (await visitor.send(TWIN, act="publish", yaml="x", reason="x")).status_code == 403
    assert (await visitor.sign_in(world.keys["marta"])).status_code == 403


async def test_a_form_needs_its_visits_token(visitor: Visitor, world: World) -> None:
    """Somebody else's does not do."""
    await enter(visitor, world, "bruno")
    await visitor.open("/console/")
    theirs = re.search(r'name="form" value="([^"]+)"', visitor.page)
    assert theirs
    await enter(visitor, world, "marta")
    for token in ("", "made-up", theirs[1]):
        await visitor.open(TWIN)
        answer = await visitor.send(TWIN, form=token, act="publish", yaml="x", reason="x")
        assert answer.status_code == 403


@pytest.mark.parametrize(
    "form", [{"act": "sing"}, {"act": "rollback", "to": "x", "reason": "x"}, {"version": "x", "act": "try"}]
)
async def test_a_form_that_means_nothing_is_refused(
    visitor: Visitor, world: World, form: dict[str, str]
) -> None:
    """With a sentence, not with a fault."""
    await enter(visitor, world, "marta")
    await visitor.open(TWIN)
    answer = await visitor.send(TWIN, **form)
    assert answer.status_code == 422


async def test_hostile_names_are_shown_as_text(visitor: Visitor, world: World) -> None:
    """Markup is written out, and a name keeps its direction to itself."""
    hostile = "<img src=x onerror=alert(1)> ابج"
    marta = world.client(MARTA)
    twin = await marta.twin("trina")
    await marta.change_twin(twin, TwinTerms(name=hostile, state=TwinState.LIVE, reason="x"))
    await enter(visitor, world, "marta")
    for path in ("/console/", TWIN):
        page = (await visitor.open(path)).text
        assert f"<bdi>{html.escape(hostile)}</bdi>" in page
        assert "<img" not in page


async def test_a_large_form_is_refused(visitor: Visitor, world: World) -> None:
    """Before it is read."""
    await enter(visitor, world, "marta")
    await visitor.open(TWIN)
    assert (await visitor.send(TWIN, yaml="x" * 1_100_000)).status_code == 422


async def test_who_asks_too_often_waits(world: World) -> None:
    """The page says so, and when to go on."""
    office = replace(world.office, pace=Pace(MemoryState(lambda: 0), 1))
    outer = FastAPI()
    mount(outer, PATH, Console(office, SECRET).app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(outer), base_url="http://admin") as http:
        visitor = await enter(Visitor(http), world, "marta")
        assert (await visitor.open("/console/")).status_code == 200
        answer = await visitor.open("/console/")
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")


async def test_there_is_no_such_page(visitor: Visitor, world: World) -> None:
    """A page like the others says so."""
    await enter(visitor, world, OTTO.id)
    answer = await visitor.open("/console/nothing")
    assert answer.status_code == 404
    assert "no such page" in answer.text
    assert BRUNO.name not in answer.text
