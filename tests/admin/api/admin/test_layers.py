from __future__ import annotations

import asyncio

import pytest

from gemelo.admin.client import Refused
from gemelo.context.tenancy.people import Principal
from tests.admin.api.admin.world import World
from tests.admin.services.cast import MANU, MARTA, NINA, OTTO, ROSA, TALENT_LAYER

STRICTER = TALENT_LAYER.replace("Rivalona", "Prohibida")


async def test_a_rule_is_tried_before_and_rolled_back_after(world: World) -> None:
    """A candidate is known by the hash of its policy; the history tells each version's author and reason."""
    marta = world.client(MARTA)
    seen = await marta.layer(twin="trina")
    proposal = await marta.propose(STRICTER, twin="trina")
    assert {one.deployment for one in proposal.touched} == {"trina-portal", "trina-summer", "trina-winter"}
    assert "+  - name: Prohibida" in proposal.diff
    policy = next(one.policy for one in proposal.touched if one.deployment == "trina-portal")
    explained = await marta.explain("trina-portal", policy)
    assert any(row.value.startswith("Prohibida") for row in explained.rules)
    tried = await marta.try_("trina-portal", policy[:12], "Who are you?")
    assert tried.reply
    assert (await marta.layer(twin="trina")) == seen
    published = await marta.publish(seen, STRICTER, "a new rival")
    assert published.layer.version == 2
    back = await marta.roll_back(1, "too strict", twin="trina")
    assert (back.layer.version, back.layer.yaml) == (3, TALENT_LAYER)
    past = await marta.layer_history(twin="trina", last=2)
    assert [(one.layer.version, one.layer.author, one.layer.reason) for one in past.items] == [
        (3, "marta", "too strict"),
        (2, "marta", "a new rival"),
    ]


async def test_two_managers_publish_at_once(world: World) -> None:
    """One of them is told; what the other wrote stands."""
    marta, manu = world.client(MARTA), world.client(MANU)
    seen = await marta.layer(deployment="trina-portal")
    assert seen.version == 0
    texts = ["layer: deployment\nname: a\n", "layer: deployment\nname: b\n"]
    done = await asyncio.gather(
        marta.publish(seen, texts[0], "a"), manu.publish(seen, texts[1], "b"), return_exceptions=True
    )
    [refused] = [one for one in done if isinstance(one, Refused)]
    assert (refused.problem.status, refused.problem.code) == (412, "stale")
    assert (await marta.layer(deployment="trina-portal")).version == 1


async def test_what_is_wrong_in_a_layer_is_said_with_its_line(world: World) -> None:
    """And nothing is published."""
    marta = world.client(MARTA)
    seen = await marta.layer(twin="trina")
    with pytest.raises(Refused, match="talent@2:2: nmae") as refused:
        await marta.publish(seen, TALENT_LAYER.replace("name: trina", "nmae: trina"), "x")
    assert refused.value.problem.status == 422
    assert await marta.layer(twin="trina") == seen


@pytest.mark.parametrize(("who", "status"), [(OTTO, 403), (ROSA, 403), (NINA, 404)])
async def test_who_may_not_edit_publishes_nothing(world: World, who: Principal, status: int) -> None:
    """Who sees it is told so; for the others there is no such twin."""
    seen = await world.client(MARTA).layer(twin="trina")
    client = world.client(who)
    for act in (client.propose(STRICTER, twin="trina"), client.publish(seen, STRICTER, "x")):
        with pytest.raises(Refused) as refused:
            await act
        assert refused.value.problem.status == status
