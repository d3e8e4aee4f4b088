"""What is kept of a fan, in the hands of who manages the talent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from gemelo.admin.services.fans import FanFiles, account_of, erase_of
from gemelo.context.memory.account import Account, Erased, Remembered, Talk, Whose
from gemelo.context.memory.facts import Fact
from gemelo.context.twins import SessionRecord
from gemelo.models.errors import NotAllowed, StoreError, Unknown, UsageError
from gemelo.models.vocabulary import Language
from tests.admin.services.cast import BRUNO, MARTA, NINA, NOBODY, OTTO, ROSA, stock
from tests.desk import MemoryDesk

ES = Language("es")
KNOWN = SessionRecord("s1", "trina-portal", "p", ES, fan="ana")
STRANGER = SessionRecord("s2", "trina-portal", "p", ES)


@pytest.fixture
async def desk() -> MemoryDesk:
    """In memory: the sessions are no rows here."""
    desk = MemoryDesk()
    await stock(desk)
    return desk


@dataclass
class Files:
    """`Fans` and `Sessions` that note what they were asked, in order."""

    asked: list[object] = field(default_factory=list[object])
    broken: bool = False

    async def get(self, session: str) -> SessionRecord | None:
        return {"s1": KNOWN, "s2": STRANGER}.get(session)

    async def open(self, session: str, deployment: str, policy: str, language: Language) -> SessionRecord:
        raise NotImplementedError

    async def ended(self, session: str) -> None:
        raise NotImplementedError

    async def account(self, whose: Whose) -> Account:
        return Account(whose.deployment, (), (Talk(KNOWN, ()),))

    async def erase(self, whose: Whose) -> Erased:
        if self.broken:
            raise StoreError("away")
        self.asked.append(whose)
        return Erased(("s1", "s9"), 3, 1)

    async def leave(self, sessions: Sequence[str]) -> None:
        self.asked.append(tuple(sessions))

    async def agree(self, session: str, fan: str) -> bool:
        raise NotImplementedError

    async def part(self, session: str) -> None:
        raise NotImplementedError

    async def keep(self, session: str, facts: Sequence[Fact]) -> int:
        raise NotImplementedError

    async def knows(self, deployments: Sequence[str], fan: str) -> bool:
        raise NotImplementedError

    async def facts(self, deployment: str, fan: str) -> tuple[Remembered, ...]:
        raise NotImplementedError

    async def expire(self, deployment: str, before: int, limit: int = 500) -> Erased:
        raise NotImplementedError


def filed(files: Files) -> FanFiles:
    return FanFiles(files, files, files.leave)


async def test_a_reviewer_reads_and_leaves_a_line(desk: MemoryDesk) -> None:
    """All of the session's fan at that place, and the audit log says who looked, without a word of it."""
    account = await account_of(desk, filed(Files()), ROSA, "s1")
    assert account.deployment == "trina-portal"
    line = desk.shelves.audit[-1]
    assert (line.who, line.action, line.change) == ("rosa", "read_fan", {"talks": 1})


async def test_a_manager_erases_with_a_reason(desk: MemoryDesk) -> None:
    """Sessions end, all goes, those that began meanwhile end too; it was written down before."""
    files = Files()
    assert await erase_of(desk, filed(files), MARTA, "s1", "she wrote to us") == Erased(("s1", "s9"), 3, 1)
    assert files.asked == [("s1",), Whose("trina-portal", "ana"), ("s1", "s9")]
    line = desk.shelves.audit[-1]
    assert (line.action, line.why, line.change) == ("erase_fan", "she wrote to us", {})


async def test_of_a_fan_nobody_knows_one_session_is_erased(desk: MemoryDesk) -> None:
    """Never those of all who did not agree."""
    files = Files()
    await erase_of(desk, filed(files), MARTA, "s2", "asked by mail")
    assert files.asked[1] == Whose("trina-portal", session="s2")


async def test_nothing_is_erased_unwritten(desk: MemoryDesk) -> None:
    """Without a reason, or where the line cannot be written, nothing goes; a line may stand alone."""
    files = Files()
    with pytest.raises(UsageError):
        await erase_of(desk, filed(files), MARTA, "s1", " ")
    assert files.asked == []
    with pytest.raises(StoreError):
        await erase_of(desk, filed(Files(broken=True)), MARTA, "s1", "asked by mail")
    assert desk.shelves.audit[-1].action == "erase_fan"
    desk.broken = True
    with pytest.raises(StoreError):
        await erase_of(desk, filed(files), MARTA, "s1", "asked by mail")
    assert files.asked == []


async def test_who_may_not_is_told_or_finds_nothing(desk: MemoryDesk) -> None:
    """Of the talent: not allowed. Everybody else: there is no such session."""
    files = filed(Files())
    with pytest.raises(NotAllowed):
        await account_of(desk, files, OTTO, "s1")
    with pytest.raises(NotAllowed):
        await erase_of(desk, files, ROSA, "s1", "why not")
    for who in (NINA, BRUNO, NOBODY):
        with pytest.raises(Unknown):
            await account_of(desk, files, who, "s1")
        with pytest.raises(Unknown):
            await erase_of(desk, files, who, "s1", "why not")
    for session in ("s3", "", "\0", "x" * 300):
        with pytest.raises(Unknown):
            await account_of(desk, files, MARTA, session)
