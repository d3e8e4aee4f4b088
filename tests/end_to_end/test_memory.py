"""What minds read of fans: fenced by deployment, and shared only where both sides agree.

The model is a server of the test's own, which sees every prompt.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gemelo.admin.services.demo import CAMPAIGNS, PORTAL, TWIN
from gemelo.context.store.database import Database
from gemelo.context.store.sqlite import sqlite_url
from gemelo.context.twins import LayerKind
from tests.client import PATIENCE_S, Fan, talking
from tests.models.adapters.chat_server import Answer, ChatServer
from tests.rows import Rows
from tests.server import ROOT, Server

BRAND = CAMPAIGNS[0]
TALENT_LAYER = (ROOT / "admin/demo/layers/talent.yaml").read_text("utf-8")


@dataclass
class World:
    """A server on a data folder of its own, and the model behind it."""

    server: Server
    model: ChatServer

    async def publish(self, memory: str) -> None:
        """Says for all places of the twin what is kept."""
        database = await Database.open(sqlite_url(self.server.data / "gemelo.sqlite"))
        layer = f"{TALENT_LAYER}\nmemory: {memory}\n"
        await Rows(database).put_layer(TWIN, None, LayerKind.TALENT, layer)
        await database.close()

    async def prompted(self, fan: Fan, question: str) -> str:
        """All that the model got to answer a question."""
        before = len(self.model.asked)
        await fan.ask(question)
        prompts = [asked["messages"] for asked in self.model.asked[before:] if question in str(asked)]
        assert prompts, "the model was not asked"
        return "\n".join(message["content"] for messages in prompts for message in messages)


@pytest.fixture
async def world(own_demo: Path) -> AsyncIterator[World]:
    model = ChatServer([Answer(("That is a fine question.",))])
    async with model.listening():
        settings = {"GEMELO_LLM_URL": model.url, "GEMELO_LLM_MODEL": "m"}
        server = await asyncio.to_thread(Server(own_demo, settings).start)
        try:
            yield World(server, model)
        finally:
            await asyncio.to_thread(server.stop)


async def agreed(fan: Fan, **more: Any) -> dict[str, Any]:
    await fan.tell("remember", on=True, **more)
    return (await fan.got("server-message", t="remember"))["data"]["d"]


async def told_at_the_portal(world: World, **more: Any) -> dict[str, Any]:
    """The tokens of a fan who told the portal their name."""
    async with talking(world.server, PORTAL, language="en") as fan:
        given = await agreed(fan, **more)
        await fan.ask("My name is Zoltan. What is offside?")
        async with asyncio.timeout(PATIENCE_S):
            while "Zoltan" not in await known(world, fan):
                pass
    return given


async def known(world: World, fan: Fan) -> str:
    """The facts that a prompt holds."""
    prompt = await world.prompted(fan, "What is a corner?")
    return "\n".join(line for line in prompt.splitlines() if line.startswith('{"fan": '))


async def test_a_known_fan_is_known_at_that_place_alone(world: World) -> None:
    """Their facts stand in the portal's prompts, after the prefix; not in a brand's, whatever it is sent."""
    given = await told_at_the_portal(world, share=True)
    assert given["shared"] == {}, "no layer allows it"
    async with talking(world.server, PORTAL, language="en", fan=given["token"]) as fan:
        prompt = await world.prompted(fan, "What is a false nine?")
        assert '{"fan": "My name is Zoltan"}' in prompt
        last = world.model.asked[-1]["messages"]
        assert "Zoltan" not in last[0]["content"]
    for token in (given["token"], None, ""):
        async with talking(world.server, BRAND, language="en", fan=token) as fan:
            assert "Zoltan" not in await world.prompted(fan, "What is a false nine?")
    async with talking(world.server, PORTAL, language="en") as stranger:
        assert "Zoltan" not in await world.prompted(stranger, "What is a false nine?")


async def test_facts_are_shared_where_layers_and_fan_say_so(world: World) -> None:
    """With the token for the other place they are in its prompt, as long as the layers say so."""
    await world.publish(f"{{keep: true, share: [{BRAND}]}}")
    unshared = await told_at_the_portal(world)
    assert unshared["shared"] == {}, "the fan did not agree to it"
    given = await told_at_the_portal(world, share=True)
    assert list(given["shared"]) == [BRAND]
    token = given["shared"][BRAND]
    async with talking(world.server, BRAND, language="en", fan=token) as fan:
        assert "My name is Zoltan" in await known(world, fan)
    await world.publish("{keep: true}")
    async with talking(world.server, BRAND, language="en", fan=token) as fan:
        assert await known(world, fan) == ""


async def test_a_place_that_keeps_nothing_any_more_recalls_nothing(world: World) -> None:
    """A layer that is published while a fan talks holds from the next session on at the latest."""
    given = await told_at_the_portal(world)
    portal = (ROOT / "admin/demo/layers/portal.yaml").read_text("utf-8").replace("keep: true", "keep: false")
    database = await Database.open(sqlite_url(world.server.data / "gemelo.sqlite"))
    await Rows(database).put_layer(TWIN, PORTAL, LayerKind.DEPLOYMENT, portal)
    await database.close()
    async with talking(world.server, PORTAL, language="en", fan=given["token"]) as fan:
        assert await known(world, fan) == ""
        await fan.tell("remember", on=True)
        assert "nothing is kept" in (await fan.error("bad_message"))["data"]["message"]
