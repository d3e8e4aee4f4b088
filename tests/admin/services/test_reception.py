"""Tests for admission."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import pytest

from gemelo.admin.services.entrance import Caller
from gemelo.admin.services.house import House, Place
from gemelo.admin.services.reception import A_CLIENT, AN_ORIGIN, Reception
from gemelo.admin.services.state import Shared
from gemelo.context.state.memory import MemoryState
from gemelo.context.twins import Changes
from gemelo.models.errors import StateError, StoreError, TooOften, UnknownDeployment


@dataclass
class Inn:
    """What a reception asks of its house before it opens a place, with nothing behind it."""

    shared: Shared
    blind: bool = False

    @property
    def twins(self) -> Inn:
        return self

    async def changes(self, since: int) -> Changes:
        if self.blind:
            raise StoreError("the store refused")
        return Changes(0, frozenset())

    async def place(self, key: str) -> Place:
        raise UnknownDeployment(key)


class Silent(MemoryState):
    """Shared state that is gone."""

    async def count(self, key: str, for_s: int, by: int = 1) -> int:
        raise StateError("the shared state does not answer")

    async def ping(self) -> None:
        raise StateError("the shared state does not answer")


def reception(inn: Inn) -> Reception:
    return Reception(cast(House, inn), "secret", 1, 60)


async def test_one_address_may_ask_so_often_in_a_minute() -> None:
    """Past that it is told when to come back; another address, and the same one later, are let through."""
    now = [0.0]
    desk = reception(Inn(MemoryState(lambda: now[0])))

    async def ask(client: str) -> None:
        await desk.admit("portal", Caller("https://club.example", client), None, None)

    for _ in range(A_CLIENT):
        with pytest.raises(UnknownDeployment):
            await ask("203.0.113.7")
    with pytest.raises(TooOften) as refused:
        await ask("203.0.113.7")
    assert refused.value.retry_s == 60
    with pytest.raises(UnknownDeployment):
        await ask("203.0.113.8")
    now[0] = 61
    with pytest.raises(UnknownDeployment):
        await ask("203.0.113.7")


async def test_one_origin_may_ask_so_often_from_all_addresses() -> None:
    """A page that asks from everywhere at once is held back; other pages are not."""
    desk = reception(Inn(MemoryState(lambda: 0.0)))
    for number in range(AN_ORIGIN):
        with pytest.raises(UnknownDeployment):
            await desk.admit("portal", Caller("https://club.example", f"2001:db8::{number:x}"), None, None)
    with pytest.raises(TooOften):
        await desk.admit("portal", Caller("HTTPS://club.example", "2001:db8:1::"), None, None)
    with pytest.raises(UnknownDeployment):
        await desk.admit("portal", Caller("https://other.example", "2001:db8:1::"), None, None)


async def test_programs_on_this_machine_are_not_counted() -> None:
    """What operators run beside the server may ask as often as it likes."""
    desk = reception(Inn(MemoryState(lambda: 0.0)))
    for _ in range(2 * A_CLIENT):
        with pytest.raises(UnknownDeployment):
            await desk.admit("portal", Caller(None, "127.0.0.1"), None, None)


@pytest.mark.parametrize(
    ("state", "blind", "gone"),
    [
        (MemoryState(lambda: 0.0), False, ()),
        (MemoryState(lambda: 0.0), True, ("store",)),
        (Silent(lambda: 0.0), False, ("state",)),
        (Silent(lambda: 0.0), True, ("store", "state")),
    ],
)
async def test_what_is_gone_is_named(state: Shared, blind: bool, gone: tuple[str, ...]) -> None:
    """Each part that no new session can be opened without is asked, and named where it does not answer."""
    assert await reception(Inn(state, blind)).gone() == gone


@pytest.mark.parametrize("client", ["203.0.113.7", "127.0.0.1"])
async def test_without_shared_state_nobody_new_is_let_in(client: str) -> None:
    """Nobody could tell whether a token was used: the refusal says what is missing."""
    desk = reception(Inn(Silent(lambda: 0.0)))
    with pytest.raises(StateError):
        await desk.admit("portal", Caller("https://club.example", client), None, None)
