"""What is kept of a fan: seen and erased by the fan, or for them by who manages the talent.

fan ── badge or resume token ──▶ Whose ──▶ account, erase
manager ── a session's id ──▶ its fan ──▶ the same, written down without a word of what was said
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gemelo.admin.services.checking import findable, permit, reason_of
from gemelo.admin.services.desk import Books, Desk
from gemelo.admin.services.house import Sessions
from gemelo.admin.services.leads import lead_json
from gemelo.admin.services.notebook import Fans
from gemelo.context.memory.account import Account, Erased, Whose
from gemelo.context.tenancy.people import Action, Principal
from gemelo.context.twins import Deployment, SessionRecord, Twin
from gemelo.models.errors import Unknown

Leave = Callable[[Sequence[str]], Awaitable[None]]
"""Ends those of the sessions that are talked in at this server, and returns once they store nothing more."""


async def nobody_leaves(sessions: Sequence[str]) -> None:
    """For a program that serves no sessions."""


@dataclass(frozen=True, slots=True)
class FanFiles:
    """Where what fans left is looked up and erased."""

    fans: Fans
    sessions: Sessions
    leave: Leave = nobody_leaves

    async def account(self, whose: Whose) -> Account:
        """Everything that is kept of a fan at one deployment. Raises `StoreError`."""
        return await self.fans.account(whose)

    async def erase(self, whose: Whose) -> Erased:
        """Erases it all. A conversation that goes on ends first, so that nothing of it is stored afterwards.

        Raises:
            StoreError: all or nothing is erased; sessions may have ended.
        """
        await self.leave([talk.session.id for talk in (await self.fans.account(whose)).talks])
        erased = await self.fans.erase(whose)
        await self.leave(erased.sessions)  # one that began meanwhile
        return erased


async def account_of(desk: Desk, files: FanFiles, who: Principal, session: str) -> Account:
    """All that is kept of the fan of a session, for who may read talk; that it was read is written down.

    Raises:
        Unknown: there is no such session, or not for `who`.
        NotAllowed, StoreError.
    """
    record = await _seen(desk, files, who, session, Action.READ_TALK)
    account = await files.account(_whose(record))
    await desk.write(who, "", lambda books: books.note("read_fan", record, {"talks": len(account.talks)}))
    return account


async def erase_of(desk: Desk, files: FanFiles, who: Principal, session: str, why: str) -> Erased:
    """Erases all that is kept of the fan of a session, e.g. because the fan has written to ask for it.

    It is written down first: an erasure without a line in the audit log cannot be.

    Raises:
        Unknown: there is no such session, or not for `who`.
        UsageError: no reason is given.
        NotAllowed, StoreError.
    """
    reason = reason_of(why, needed=True)
    record = await _seen(desk, files, who, session, Action.EDIT)
    await desk.write(who, reason, lambda books: books.note("erase_fan", record))
    return await files.erase(_whose(record))


async def _seen(desk: Desk, files: FanFiles, who: Principal, session: str, action: Action) -> SessionRecord:
    record = await files.sessions.get(findable(session))

    async def look(books: Books) -> str:
        assert record is not None
        place = await books.get(Deployment, record.deployment)
        return (await books.get(Twin, place.noun.twin)).noun.talent

    talent = ""
    try:
        if record:
            talent = await desk.read(who, look)
    except Unknown:
        record = None  # where it was is nobody's business
    if record is None:
        raise Unknown(f"there is no session {session[:64]!r}")
    permit(who, action, talent=talent)
    return record


def _whose(record: SessionRecord) -> Whose:
    return Whose(record.deployment, record.fan) if record.fan else Whose(record.deployment, session=record.id)


def account_json(account: Account) -> dict[str, Any]:
    """An account as it is handed out. Times are ms since 1970 UTC."""
    return {
        "deployment": account.deployment,
        "facts": [
            {"kind": fact.kind, "text": fact.text, "language": fact.language, "at": fact.created}
            for fact in account.facts
        ],
        "talks": [
            {
                "session": talk.session.id,
                "at": talk.session.created,
                "turns": [
                    {"number": turn.number, "at": turn.created, "fan": turn.fan, "twin": turn.twin}
                    for turn in talk.turns
                ],
            }
            for talk in account.talks
        ],
        "leads": [lead_json(lead) for lead in account.leads],
    }
