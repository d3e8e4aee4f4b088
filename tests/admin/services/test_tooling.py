"""What tools stand on: who may be asked, and what a trial leaves."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from gemelo.admin.services.tooling import NoCaller, Toolshed, signing
from gemelo.context.hooks.webhook import signed, verify
from gemelo.context.policy.context import ToolText
from gemelo.context.records import ToolVerdict
from gemelo.context.tools.toolbox import Services
from tests.context.tools.test_definitions import KINDS, definition
from tests.context.tools.test_toolbox import WISH, World, after_yes
from tests.fakes import context

HERE = replace(context(), toolset=tuple(ToolText(kind, definition(kind).canonical()) for kind in KINDS))


def shed(world: World, *hosts: str, loopback: bool = False) -> Toolshed:
    return Toolshed(Services(world, world, signing("house"), lambda: 1_000_000), frozenset(hosts), loopback)


@pytest.mark.parametrize(
    ("hosts", "offered"),
    [
        ((), False),
        (("club.example",), True),
        (("shop.example", "club.example"), True),
        (("*.example",), True),
        (("example",), False),
        (("*.club.example",), False),
        (("evilclub.example",), False),
    ],
)
def test_only_servers_that_the_operator_lists_are_asked(hosts: tuple[str, ...], offered: bool) -> None:
    """By their whole name, or as one of all below another."""
    names = [spec.name for spec in shed(World(), *hosts).open(HERE, "tess").specs]
    assert ("http" in names) is offered
    assert names[:3] == ["catalogue", "schedule", "lead"]


def test_this_machine_is_asked_only_where_it_may_be() -> None:
    """However it is listed."""
    tool = definition("http", url="http://127.0.0.1:8000/")
    assert "https alone" in shed(World(), "127.0.0.1").refuses(tool)
    assert not shed(World(), "127.0.0.1", loopback=True).refuses(tool)


async def test_a_trial_keeps_no_lead_and_asks_nobody() -> None:
    """Its tools answer all the same."""
    world = World()
    box = shed(world, "club.example").open(HERE, "tess", rehearsing=True)
    kept: Any = await box.run("lead", WISH, after_yes())
    asked: Any = await box.run("http", '{"size": "39"}', after_yes())
    assert (kept.verdict, asked.verdict) == (ToolVerdict.DONE, ToolVerdict.FAILED)
    assert (world.kept, world.posted) == ([], [])


async def test_what_is_tried_for_real_is_kept() -> None:
    """The test above would notice."""
    world = World()
    box = shed(world, "club.example").open(HERE, "tess")
    await box.run("lead", WISH, after_yes())
    await box.run("http", '{"size": "39"}', after_yes())
    assert (len(world.kept), len(world.posted)) == (1, 1)


def test_each_talent_has_a_secret_for_each_host() -> None:
    """Made from the house's own, 256 bits, always the same; it signs as webhooks do."""
    secret = signing("house")
    made = {secret(talent, host) for talent in ("tess", "leo") for host in ("a.example", "b.example")}
    assert len(made | {signing("other")("tess", "a.example")}) == 5
    assert secret("tess", "a.example") in made
    assert all(len(base64.b64decode(one.removeprefix("whsec_"))) == 32 for one in made)
    headers = signed(secret("tess", "a.example"), "m1", 1_000_000, b"{}")
    assert verify(secret("tess", "a.example"), headers, b"{}", 1_000_000)
    assert not verify(secret("tess", "b.example"), headers, b"{}", 1_000_000)


async def test_nobody_is_asked_where_no_host_is_listed() -> None:
    """A stand-in refuses every call."""
    world = World()
    services = Services(world, NoCaller(), signing("house"), lambda: 1_000_000)
    box = Toolshed(services, frozenset({"club.example"})).open(HERE, "tess")
    assert (await box.run("http", '{"size": "39"}', after_yes())).verdict is ToolVerdict.FAILED
