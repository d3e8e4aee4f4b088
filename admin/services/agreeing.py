"""What a campaign's terms were before, read from the audit log: who approves sees what has changed."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from gemelo.admin.services.checking import findable
from gemelo.admin.services.desk import Books, Desk, Entry
from gemelo.context.tenancy.campaigns import Campaign, Terms
from gemelo.context.tenancy.people import Principal, Side

_LINES = 200
"""Of the audit log, that are looked through."""
_TERMS = TypeAdapter(Terms)


@dataclass(frozen=True, slots=True)
class Compared:
    """How terms differ from earlier ones, as a unified diff; empty where there are none.

    Attributes:
        approved: one's own side had approved those.
        findings: what reviewers said of the terms as they stand, newest first.
    """

    diff: tuple[str, ...] = ()
    approved: bool = False
    findings: tuple[Entry, ...] = ()


async def compared(desk: Desk, who: Principal, campaign: Campaign) -> Compared:
    """A campaign's terms beside those that one's own side approved last, else those before the last edit.

    Raises:
        Unknown, StoreError.
    """

    async def work(books: Books) -> tuple[Entry, ...]:
        await books.get(Campaign, findable(campaign.id))
        return (await books.trail(limit=_LINES, kind="campaign", target=campaign.id)).items

    lines = await desk.read(who, work)
    past = [terms for terms in map(_terms, lines) if terms]
    sides = [side for side in Side if who.holds(side, talent=campaign.talent, brand=campaign.brand)]
    signed = next((hash for line in lines for hash in _signed(line, sides)), "")
    own = next((terms for terms in past if terms.hash == signed), None)
    before = own or next((terms for terms in past if terms != campaign.terms), None)
    findings = tuple(line for line in lines if _is_finding(line, campaign.terms.hash))
    if before is None or before == campaign.terms:
        return Compared(findings=findings)
    return Compared(await asyncio.to_thread(_diff, before, campaign.terms), own is not None, findings)


def _is_finding(line: Entry, hash: str) -> bool:
    return line.action == "review" and line.change.get("terms") == hash


def _terms(line: Entry) -> Terms | None:
    """The terms that an act has set."""
    change = line.change.get("terms") if line.action in ("create", "edit") else None
    return _TERMS.validate_python(change[1]) if change else None


def _signed(line: Entry, sides: list[Side]) -> Iterator[str]:
    """The terms that an act has approved for one of some sides."""
    change: Sequence[Any] = line.change.get("approvals", ((), ()))
    for approval in change[1]:
        if line.action == "approve" and approval["side"] in sides:
            yield approval["hash"]


def _diff(before: Terms, after: Terms) -> tuple[str, ...]:
    lines = difflib.unified_diff(_written(before), _written(after), lineterm="")
    return tuple(lines)[2:]


def _written(terms: Terms) -> list[str]:
    """Terms as lines that people read."""
    zone = ZoneInfo(terms.window.zone)
    starts, ends = (
        datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone).isoformat(" ", "minutes")
        for ms in (terms.window.starts, terms.window.ends)
    )
    return [
        f"page: {terms.deployment}",
        f"category: {terms.category}",
        f"exclusive: {'yes' if terms.exclusive else 'no'}",
        f"from: {starts} ({terms.window.zone})",
        f"until: {ends} ({terms.window.zone})",
        *terms.layer.splitlines(),
    ]
