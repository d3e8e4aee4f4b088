"""Whose eyes a transaction has. On Postgres row-level security hides from it what they may not see."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.tenancy.people import Principal


async def see_as(connection: AsyncConnection, who: Principal) -> None:
    """Gives the rest of a transaction a principal's eyes; SQLite has but one pair."""
