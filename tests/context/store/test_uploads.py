"""Documents that wait to be learned: each handed out once, in order, none lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from gemelo.context.knowledge.uploads import Upload, UploadState
from gemelo.context.store.books import SqlBooks
from gemelo.context.store.database import Database
from gemelo.context.store.desk import SqlDesk
from gemelo.context.store.uploads import SqlUploads
from gemelo.context.tenancy.people import THE_HOUSE
from gemelo.context.twins import Twin
from tests.context.store.conftest import Clock
from tests.rows import Rows

LEASE = 60_000


@pytest.fixture
async def uploads(database: Database, twins: Rows, clock: Clock) -> SqlUploads:
    await twins.put_twin(Twin("other", "leo", "Other"))
    return SqlUploads(database, clock)


def upload(id: str, twin: str = "host", created: int = 1) -> Upload:
    return Upload(id, twin, f"{id}.md", "IyBB", created)


async def send(database: Database, *some: Upload) -> None:
    async def work(books: SqlBooks) -> None:
        for one in some:
            await books.add(one, "send")

    await SqlDesk(database).write(THE_HOUSE, "to be learned", work)


async def kept(database: Database, id: str) -> Upload:
    return (await SqlDesk(database).read(THE_HOUSE, lambda books: books.get(Upload, id))).noun


async def test_documents_are_handed_out_in_the_order_of_sending(
    database: Database, uploads: SqlUploads
) -> None:
    """All of one twin together, those of the next in the next claim."""
    await send(database, upload("b", created=2), upload("c", "other", created=3), upload("a", created=5))
    assert [(one.id, tries) for one, tries in await uploads.claim(LEASE)] == [("b", 1), ("a", 1)]
    assert [one.id for one, _ in await uploads.claim(LEASE)] == ["c"]
    assert await uploads.claim(LEASE) == ()


async def test_a_twin_is_left_alone_while_somebody_learns(database: Database, uploads: SqlUploads) -> None:
    """What is sent meanwhile waits: two indexes of one twin are never built at the same time."""
    await send(database, upload("a"))
    [(claimed, tries)] = await uploads.claim(LEASE)
    await send(database, upload("b", created=2))
    assert await uploads.claim(LEASE) == ()
    assert await uploads.settle(replace(claimed, state=UploadState.INDEXED, passages=3), tries)
    assert [one.id for one, _ in await uploads.claim(LEASE)] == ["b"]


async def test_two_who_claim_at_once_get_different_twins(database: Database, uploads: SqlUploads) -> None:
    """However many ask, every document is handed out once."""
    await send(database, upload("a"), upload("b", "other"), upload("c", "other"))
    taken = await asyncio.gather(*(uploads.claim(LEASE) for _ in range(6)))
    ids = sorted(one.id for some in taken for one, _ in some)
    later = [one.id for _ in range(2) for one, _ in await uploads.claim(LEASE)]
    assert sorted(ids + later) == ["a", "b", "c"]


async def test_what_is_settled_keeps_no_content(database: Database, uploads: SqlUploads) -> None:
    """The verdict stays, the file's bytes do not."""
    await send(database, upload("a"))
    [(claimed, tries)] = await uploads.claim(LEASE)
    verdict = replace(claimed, state=UploadState.WARNED, passages=2, note="there is very little text in it")
    assert await uploads.settle(verdict, tries)
    assert await kept(database, "a") == replace(verdict, content="")


async def test_who_died_leaves_it_to_the_next(database: Database, uploads: SqlUploads, clock: Clock) -> None:
    """After the lease it is handed out again, and the one that was too slow settles nothing."""
    await send(database, upload("a"))
    [(slow, first)] = await uploads.claim(LEASE)
    clock.at += LEASE
    [(again, second)] = await uploads.claim(LEASE)
    assert (again, second) == (slow, first + 1)
    assert not await uploads.settle(replace(slow, state=UploadState.INDEXED), first)
    assert (await kept(database, "a")).state is UploadState.WAITING


async def test_a_failure_is_tried_again_after_a_while(
    database: Database, uploads: SqlUploads, clock: Clock
) -> None:
    """Nothing of the twin is handed out before, so that the order stays."""
    await send(database, upload("a"))
    [(claimed, tries)] = await uploads.claim(LEASE)
    assert await uploads.settle(claimed, tries, again_in_ms=5_000)
    await send(database, upload("b", created=2))
    assert await uploads.claim(LEASE) == ()
    clock.at += 5_000
    assert [(one.id, tries) for one, tries in await uploads.claim(LEASE)] == [("a", 2), ("b", 1)]


async def test_what_is_withdrawn_is_handed_out_to_nobody(database: Database, uploads: SqlUploads) -> None:
    """Its bytes are gone; who has it already can see it, and what others sent stays."""
    await send(database, upload("a"), upload("b", created=2))
    [(claimed, tries), (other, _)] = await uploads.claim(LEASE)
    assert await uploads.withdraw("host", "a.md") == 1
    assert (await uploads.withdrawn(claimed), await uploads.withdrawn(other)) == (True, False)
    assert not await uploads.settle(replace(claimed, state=UploadState.INDEXED), tries)
    assert (await kept(database, "a")).content == ""
