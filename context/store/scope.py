"""Whose eyes a transaction has. On Postgres row-level security hides from it what they may not see.

    see_as(connection, who) ─▶ set_config('gemelo.talents', …, true) ─▶ gemelo_talents() ─▶ policies

The settings last as long as the transaction. One that has said nothing sees nothing.
"""

from __future__ import annotations

from sqlalchemy import ARRAY, String, bindparam, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.tenancy.people import Principal

_ACTS = 0x67656D656C6F02
"""The lock of acts at the desk."""

_SEE = select(
    func.set_config("gemelo.house", bindparam("house", type_=String), True),
    func.set_config("gemelo.who", bindparam("who", type_=String), True),
    func.set_config("gemelo.talents", cast(bindparam("talents", type_=ARRAY(String)), String), True),
    func.set_config("gemelo.brands", cast(bindparam("brands", type_=ARRAY(String)), String), True),
)


async def see_as(connection: AsyncConnection, who: Principal) -> None:
    """Gives the rest of a transaction a principal's eyes; SQLite has but one pair."""
    if connection.dialect.name != "postgresql":
        return
    seen = {"talents": sorted(who.talents), "brands": sorted(who.brands)}
    await connection.execute(_SEE, seen | {"house": "on" if who.is_platform else "", "who": who.id})


async def queue_up(connection: AsyncConnection) -> None:
    """Waits until no other act is under way, so that the audit log is numbered in the order of commits.

    SQLite has its acts queue before they begin.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(_ACTS)))
