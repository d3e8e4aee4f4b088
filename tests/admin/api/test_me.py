"""A fan is remembered, sees what is kept and erases it, on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.client import HERE, PATIENCE_S, Fan, admit, fetch, opened, talking
from tests.server import Server


@pytest.fixture
def own(own_demo: Path) -> Iterator[Server]:
    """A server whose store is this test's alone."""
    running = Server(own_demo).start()
    yield running
    running.stop()


async def me(server: Server, token: str, method: str = "GET", origin: str | None = HERE) -> httpx.Response:
    headers = {b"authorization": f"Bearer {token}".strip().encode()}
    headers |= {b"origin": origin.encode()} if origin else {}
    async with httpx.AsyncClient(base_url=server.url, timeout=PATIENCE_S, trust_env=False) as client:
        return await client.request(method, "/v1/me", headers=headers)


async def agreed(fan: Fan, **more: Any) -> str:
    """The fan agrees to be remembered; the token that their page keeps."""
    before = len(messages(fan))
    await fan.tell("remember", on=True, **more)
    await fan.until(lambda _: len(messages(fan)) > before)
    return messages(fan)[-1]["token"]


def messages(fan: Fan) -> list[dict[str, Any]]:
    return [frame["data"]["d"] for frame in fan.of("server-message", t="remember")]


async def told(server: Server, token: str, count: int = 1) -> list[str]:
    """The facts that are kept, once there are as many: they are written after the turn."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            facts = (await me(server, token)).json()["facts"]
            if len(facts) >= count:
                return [fact["text"] for fact in facts]
            await asyncio.sleep(0.05)


async def test_a_fan_is_remembered_once_they_agree(own: Server) -> None:
    """From then on their facts are kept; the next session with their token knows them; others do not."""
    async with talking(own, language="en") as fan:
        await fan.ask("My name is Zoltan. Who are you?")
        token = await agreed(fan)
        await fan.ask("I live in Bilbao. What is offside?")
        assert await told(own, token) == ["I live in Bilbao"]
    answer = (await admit(own, "demo-portal", fan=token)).json()
    assert (answer["fan"], answer["deployment"]["memory"]) == (token, True)
    async with opened(own, answer["token"]) as again:
        await again.send("client-ready", {"version": "1", "about": {}, "voice": False})
        await again.got("bot-ready")
        await again.ask("I support Zaragoza. Who won?")
        assert await told(own, token, 2) == ["I live in Bilbao", "I support Zaragoza"]
    account = (await me(own, token)).json()
    assert [len(talk["turns"]) for talk in account["talks"]] == [2, 1]
    assert account["talks"][0]["turns"][0]["fan"] == "My name is Zoltan. Who are you?"


async def test_erasing_ends_the_conversation_and_leaves_no_byte(own: Server) -> None:
    """Everything goes, a session that is live is told so and closed, and its token is of no more use."""
    async with talking(own, language="en", voice=True) as fan:
        token = await agreed(fan)
        await fan.ask("My name is Zoltan. Who are you, canary-4711?")
        await told(own, token)
        erased = await me(own, token, "DELETE")
        gone = {"sessions": 1, "turns": 1, "facts": 1, "leads": 0}
        assert (erased.status_code, erased.json()) == (200, gone)
        assert await fan.closed() == 4410
        [notice] = fan.of("server-message", t="notice")
        assert notice["data"]["d"]["code"] == "erased"
        resume = fan.ready["resume"]
    assert (await me(own, token)).json() == {
        "deployment": "demo-portal",
        "facts": [],
        "talks": [],
        "leads": [],
    }
    assert (await admit(own, "demo-portal", fan=token)).json()["fan"] is None
    async with talking(own, resume=resume) as anew:
        assert anew.ready["session"] != fan.ready["session"]
    files = [path for path in own.data.rglob("*") if path.is_file()]
    assert any(path.name == "gemelo.sqlite" for path in files)
    for path in files:
        content = path.read_bytes()
        assert b"canary-4711" not in content, path
        assert b"Zoltan" not in content, path


async def test_taking_it_back_erases_all_but_this_conversation(own: Server) -> None:
    """A fan who no longer agrees is forgotten; the talk that goes on is as any other fan's."""
    async with talking(own, language="en") as fan:
        token = await agreed(fan)
        await fan.ask("My name is Zoltan. Who are you?")
        await told(own, token)
    async with talking(own, fan=token, language="en") as fan:
        await fan.ask("Who won?")
        await fan.tell("remember", on=False)
        await fan.until(lambda _: bool(messages(fan)))
        assert messages(fan) == [{"on": False, "token": "", "shared": {}}]
        await fan.ask("My name is Zoltan. What is offside?")
        account = (await me(own, fan.ready["resume"])).json()
        assert account["facts"] == []
        assert len(account["talks"][0]["turns"]) == 2
    assert (await me(own, token)).json()["talks"] == []


async def test_a_brand_s_page_gets_nothing_of_what_the_portal_was_told(own: Server) -> None:
    """The token is of no use at another deployment, and what is kept there is another account."""
    async with talking(own, language="en") as fan:
        token = await agreed(fan)
        await fan.ask("My name is Zoltan. Who are you?")
        await told(own, token)
    answer = (await admit(own, "demo-campaign-a", fan=token)).json()
    assert (answer["fan"], answer["deployment"]["memory"]) == (None, False)
    async with talking(own, "demo-campaign-a", fan=token, language="en") as there:
        await there.ask("Who am I?")
        await there.tell("remember", id="r", on=True)
        assert "nothing is kept" in (await there.error("bad_message"))["data"]["message"]
        account = (await me(own, there.ready["resume"])).json()
        assert account["deployment"] == "demo-campaign-a"
        assert "Zoltan" not in str(account)


@pytest.mark.parametrize("token", ["", "x", "ñ", "a.b.c", "9" * 20_000])
async def test_a_made_up_token_opens_no_account(server: Server, token: str) -> None:
    """401 with a sentence, for seeing and for erasing."""
    for method in ("GET", "DELETE"):
        answer = await me(server, token, method)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token_refused")


async def test_only_pages_of_the_deployment_are_answered(server: Server) -> None:
    """Another site's page is refused even with a token; a program, and our own page, are let in."""
    async with talking(server) as fan:
        resume = fan.ready["resume"]
        assert (await me(server, resume, origin="https://evil.example")).status_code == 403
        assert (await me(server, resume, "DELETE", origin="null")).status_code == 403
        for origin in (None, HERE, server.url):
            answer = await me(server, resume, origin=origin)
            assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")


async def test_a_browser_may_ask_whether_it_may_ask(server: Server) -> None:
    """The preflight allows the methods and the header that pages need."""
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        answer = await client.options("/v1/me", headers={"origin": HERE})
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-methods"] == "GET, DELETE"
    assert answer.headers["access-control-allow-headers"] == "authorization"


async def test_there_is_a_plain_page_for_it(server: Server) -> None:
    """It is served, with what it needs, and holds nothing of anybody."""
    page = await fetch(server, "/v1/me/page")
    assert "What is kept of you" in page.text
    assert (await fetch(server, "/widget/pages/me.js")).status_code == 200


@pytest.mark.parametrize("on", [None, "yes", 1, {}])
async def test_an_agreement_is_yes_or_no(server: Server, on: object) -> None:
    """Anything else is a broken message."""
    async with talking(server) as fan:
        await fan.tell("remember", on=on)
        assert "on" in (await fan.error("bad_message"))["data"]["message"]
        assert not messages(fan)
