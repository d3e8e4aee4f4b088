"""Who may say where a talent's people are told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gemelo.admin.services.desk import Desk
from gemelo.admin.services.hooks import change_webhook, delete_webhook, make_webhook, webhooks
from gemelo.context.hooks.webhook import MAX_OF_TALENT, Webhook
from gemelo.models.errors import BadWebhook, NotAllowed, Stale, Taken, Unknown
from tests.admin.services.cast import BRUNO, MARTA, NINA, NOBODY, OTTO, ROSA

ASKED = Webhook("trina--club", "trina", "https://club.example/gemelo", "", ("turn.flagged",))


async def test_a_manager_makes_an_endpoint_and_sees_its_secret_once(desk: Desk) -> None:
    """The program makes the secret; whoever looks later does not see it, and neither does the audit log."""
    made = await make_webhook(desk, MARTA, ASKED)
    assert made.secret.startswith("whsec_")
    [kept] = (await webhooks(desk, MARTA, "trina")).items
    assert (kept.noun.url, kept.noun.topics, kept.noun.secret) == (ASKED.url, ("turn.flagged",), "")
    with pytest.raises(Taken):
        await make_webhook(desk, MARTA, ASKED)


async def test_an_endpoint_is_paused_and_gets_another_secret(desk: Desk) -> None:
    """Each on the revision that was looked at; a fresh secret is shown, an old one is not."""
    made = await make_webhook(desk, MARTA, ASKED)
    paused = await change_webhook(desk, MARTA, "trina--club", 1, paused=True, topics=())
    assert (paused.noun.paused, paused.noun.topics, paused.noun.secret, paused.revision) == (True, (), "", 2)
    fresh = await change_webhook(desk, MARTA, "trina--club", 2, fresh_secret=True)
    assert fresh.noun.secret not in ("", made.secret)
    with pytest.raises(Stale):
        await change_webhook(desk, MARTA, "trina--club", 1, paused=False)


@pytest.mark.parametrize("url", ["http://club.example", "https://127.0.0.1/", "https://10.0.0.1", "x"])
async def test_an_address_that_may_not_be_posted_to_is_refused(desk: Desk, url: str) -> None:
    """Before anything is kept."""
    with pytest.raises(BadWebhook):
        await make_webhook(desk, MARTA, Webhook("trina--club", "trina", url, ""))


@pytest.mark.parametrize(
    "topics", [("",), ("turn_flagged",), ("campaign.approve",), ("x" * 65, "turn.flagged")]
)
async def test_a_topic_that_nobody_posts_is_refused(desk: Desk, topics: tuple[str, ...]) -> None:
    """With the list of those there are, when it is made and when it is changed."""
    with pytest.raises(BadWebhook, match=r"turn\.flagged.*campaign\.approved"):
        await make_webhook(desk, MARTA, replace(ASKED, topics=topics))
    await make_webhook(desk, MARTA, ASKED)
    with pytest.raises(BadWebhook):
        await change_webhook(desk, MARTA, "trina--club", 1, topics=topics)


async def test_a_talent_has_so_many_webhooks_and_no_more(desk: Desk) -> None:
    """The refusal says what to do, and one that is deleted makes room."""
    for number in range(MAX_OF_TALENT):
        await make_webhook(desk, MARTA, replace(ASKED, id=f"trina--club-{number}"))
    with pytest.raises(BadWebhook, match="at most 10 webhooks: delete one"):
        await make_webhook(desk, MARTA, ASKED)
    await delete_webhook(desk, MARTA, "trina--club-0", "no longer theirs")
    await make_webhook(desk, MARTA, ASKED)


async def test_a_webhook_is_deleted_once(desk: Desk) -> None:
    """Deleted again it stays so, without another line in the audit log; one that never was is not there."""
    await make_webhook(desk, MARTA, ASKED)
    for _ in range(2):
        await delete_webhook(desk, MARTA, "trina--club", "moved")
    assert not (await webhooks(desk, MARTA, "trina")).items
    [line] = (await desk.read(MARTA, lambda books: books.trail(kind="webhook", action="delete"))).items
    assert (line.target, line.why, "secret" in line.change) == ("trina--club", "moved", False)
    with pytest.raises(Unknown):
        await delete_webhook(desk, MARTA, "nothing")
    for who in (ROSA, OTTO):
        with pytest.raises(NotAllowed):
            await delete_webhook(desk, who, "trina--club")
    for who in (NINA, BRUNO, NOBODY):
        with pytest.raises(Unknown):
            await delete_webhook(desk, who, "trina--club")


async def test_others_of_the_talent_may_not(desk: Desk) -> None:
    """A reviewer and a reader see the talent, and neither make nor see its endpoints."""
    await make_webhook(desk, MARTA, ASKED)
    for who in (ROSA, OTTO):
        with pytest.raises(NotAllowed):
            await make_webhook(desk, who, ASKED)
        with pytest.raises(NotAllowed):
            await webhooks(desk, who, "trina")
        with pytest.raises(NotAllowed):
            await change_webhook(desk, who, "trina--club", 1, paused=True)
        with pytest.raises(NotAllowed):
            await delete_webhook(desk, who, "trina--club")


async def test_for_anybody_else_there_is_none(desk: Desk) -> None:
    """Another talent's manager, a brand's and a stranger find nothing."""
    await make_webhook(desk, MARTA, ASKED)
    for who in (NINA, BRUNO, NOBODY):
        with pytest.raises(Unknown):
            await make_webhook(desk, who, ASKED)
        with pytest.raises(Unknown):
            await webhooks(desk, who, "trina")
        with pytest.raises(Unknown):
            await change_webhook(desk, who, "trina--club", 1, paused=True)
        with pytest.raises(Unknown):
            await delete_webhook(desk, who, "trina--club")
