"""A fan who agrees, and takes it back, in one session."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gemelo.admin.services.badges import Badge, Badges
from gemelo.admin.services.notebook import Notebook
from gemelo.context.memory.account import Erased, Whose
from gemelo.context.memory.facts import Fact, Kind
from gemelo.context.store.database import Database
from gemelo.context.store.fans import SqlFans
from gemelo.context.store.sessions import SqlSessions
from gemelo.context.store.sqlite import sqlite_url
from gemelo.context.twins import Deployment, DeploymentType, Talent, Twin
from gemelo.models.errors import StoreError
from gemelo.models.vocabulary import Language
from tests.rows import Rows

ES = Language("es")
NAME = Fact(Kind.NAME, "me llamo Ana", ES)
BADGES = Badges("secret")


@pytest.fixture
async def fans(tmp_path: Path) -> AsyncIterator[SqlFans]:
    database = await Database.open(sqlite_url(tmp_path / "gemelo.sqlite"))
    twins = Rows(database)
    await twins.put_talent(Talent("leo", "Leo"))
    await twins.put_twin(Twin("host", "leo", "Leo"))
    await twins.put_deployment(Deployment("portal", "host", DeploymentType.PORTAL))
    for session in ("s1", "s2"):
        await SqlSessions(database).open(session, "portal", "p", ES)
    yield SqlFans(database)
    await database.close()


async def test_nothing_is_kept_before_a_fan_agrees(fans: SqlFans) -> None:
    """Nor known: what was said before is not gone through."""
    notebook = Notebook(fans, BADGES, "s1", "portal")
    await notebook.keep([NAME])
    assert notebook.known == ()
    agreed = await notebook.agree(())
    badge = BADGES.read(agreed.token, "portal")
    assert badge
    assert await fans.facts("portal", badge.fan) == ()


async def test_an_agreement_is_the_same_however_often_it_is_given(fans: SqlFans) -> None:
    """A fan who presses twice keeps one name, and what is kept under it."""
    notebook = Notebook(fans, BADGES, "s1", "portal")
    first = await notebook.agree(())
    await notebook.keep([NAME])
    second = await notebook.agree(("shop", "portal"))
    assert second.token == first.token
    assert notebook.known == ("me llamo Ana",)
    badge = BADGES.read(first.token)
    assert badge
    assert {key: BADGES.read(token) for key, token in second.shared.items()} == {
        "shop": Badge("shop", badge.fan, ("portal",))
    }


async def test_who_takes_it_back_is_forgotten(fans: SqlFans) -> None:
    """Facts and earlier talks go; this conversation stays, as nobody's."""
    earlier = Notebook(fans, BADGES, "s1", "portal")
    badge = BADGES.read((await earlier.agree(())).token)
    assert badge
    await earlier.keep([NAME])
    notebook = Notebook(fans, BADGES, "s2", "portal", badge, ("me llamo Ana",))
    await notebook.agree(())
    assert not (await notebook.part()).on
    assert notebook.known == ()
    await notebook.keep([NAME])
    account = await fans.account(Whose("portal", badge.fan))
    assert (account.facts, account.talks) == ((), ())
    [talk] = (await fans.account(Whose("portal", session="s2"))).talks
    assert talk.session.fan == ""


async def test_a_session_that_was_erased_agrees_to_nothing(fans: SqlFans) -> None:
    """There is nothing to hang it on."""
    await fans.erase(Whose("portal", session="s1"))
    agreed = await Notebook(fans, BADGES, "s1", "portal").agree(("shop",))
    assert (agreed.on, agreed.token, dict(agreed.shared)) == (False, "", {})


class Faltering(SqlFans):
    """A store that fails when it is first asked to erase."""

    failed = False

    async def erase(self, whose: Whose) -> Erased:
        if not self.failed:
            self.failed = True
            raise StoreError("the store does not answer")
        return await super().erase(whose)


async def test_who_could_not_be_forgotten_is_when_they_ask_again(tmp_path: Path, fans: SqlFans) -> None:
    """Nothing more is kept or known meanwhile."""
    database = await Database.open(sqlite_url(tmp_path / "gemelo.sqlite"))
    notebook = Notebook(Faltering(database), BADGES, "s1", "portal")
    badge = BADGES.read((await notebook.agree(())).token)
    assert badge
    await notebook.keep([NAME])
    with pytest.raises(StoreError):
        await notebook.part()
    await notebook.keep([Fact(Kind.HOME, "vivo en Soria", ES)])
    assert notebook.known == ()
    assert [fact.kind for fact in await fans.facts("portal", badge.fan)] == [Kind.NAME]
    assert not (await notebook.part()).on
    assert await fans.facts("portal", badge.fan) == ()
    await database.close()
