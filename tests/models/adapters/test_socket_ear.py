"""What all ears at the other end of a socket have in common, each against its vendor's fake."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from gemelo.models.errors import EarError
from gemelo.models.seams import FallibleEars
from gemelo.models.vocabulary import Language, Signal
from tests.models.adapters.listener import Notes, sound
from tests.models.adapters.socket_ears import flux, ink, loss
from tests.models.adapters.vendor_server import RETRY_AFTER_S, Fault

EN = Language("en")
Opening = Callable[..., AbstractAsyncContextManager[tuple[Any, FallibleEars]]]

pytestmark = pytest.mark.parametrize(("vendor", "opened"), [("deepgram", flux), ("cartesia", ink)])


async def test_sound_that_came_before_the_socket_was_open_is_heard(vendor: str, opened: Opening) -> None:
    """A slow handshake costs no word."""
    notes = Notes()
    async with opened(Fault.SLOW_START) as (_, ears):
        ear = await ears.open(EN, notes.emit, notes.lose)
        ear.hear(sound(1.2))
        await notes.until(lambda: Signal.END in notes.kinds)
        await ear.close()
    assert notes.said[-1].text.startswith("Who won"), vendor


@pytest.mark.parametrize(
    ("fault", "code"),
    [(Fault.DROP, "died"), (Fault.GOING_AWAY, "died"), (Fault.MALFORMED, "garbage")],
)
async def test_a_lost_socket_is_told_once(vendor: str, opened: Opening, fault: Fault, code: str) -> None:
    """Whatever ends a socket in mid-stream, the ear says so once, by a code, and says nothing more."""
    assert str(await loss(opened(fault))).startswith(f"{code}: {vendor}")


async def test_a_wrong_key_is_refused_for_a_while(vendor: str, opened: Opening) -> None:
    """401 is told with its status, and nobody need ask again for a minute."""
    async with opened(key="wrong") as (_, ears):
        with pytest.raises(EarError, match=rf"^refused: {vendor} answered 401$") as caught:
            await ears.open(EN, Notes().emit, Notes().lose)
    assert caught.value.retry_s == 60


async def test_a_busy_vendor_says_when_to_come_back(vendor: str, opened: Opening) -> None:
    """429 carries what `retry-after` says."""
    async with opened(Fault.BUSY) as (_, ears):
        with pytest.raises(EarError, match=rf"^busy: {vendor} answered 429$") as caught:
            await ears.open(EN, Notes().emit, Notes().lose)
    assert caught.value.retry_s == RETRY_AFTER_S
