"""A short way for what comes many times a second, offered by the server in a socket's scope.

ASGI hands every message over through a queue and a task, which for a frame of audio costs more than all
that is done with it, and for what a page reports as much. A server may offer this extension under `DIRECT`
in `scope["extensions"]`; where none does, everything goes the long way and nothing else is different.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from starlette.websockets import WebSocket

DIRECT = "gemelo.direct"


class Direct(Protocol):
    """One socket, as its server sees it."""

    def hand_over(self, take: Callable[[str | bytes], bool]) -> None:
        """From now on `take` gets each message as it arrives; one that it refuses goes the long way, and so
        do those that come before that one has been received."""
        ...

    def send_now(self, data: str | bytes) -> bool:
        """Sends a frame without waiting; False where that cannot be: the long way waits, or says why."""
        ...

    def drop(self) -> None:
        """Ends the connection at once, whatever is still unsent."""
        ...


def offered(socket: WebSocket) -> Direct | None:
    """The short way to a socket, where its server has one."""
    return socket.scope.get("extensions", {}).get(DIRECT, {}).get("socket")
