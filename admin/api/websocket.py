"""uvicorn's WebSocket with a short way for what comes often: see `gemelo.pipelines.direct`.

uvicorn stops reading a socket at every message and starts again when the application has taken it: two
changes of the poll set, a queue and a change of task for each, 60 of the 90 us that a frame of audio took.
"""

from __future__ import annotations

from collections.abc import Callable

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import Frame, Opcode
from websockets.http11 import Request

from gemelo.pipelines.direct import DIRECT


class DirectWebSocket(WebSocketsSansIOProtocol):
    """A `Direct`, as uvicorn makes one for each socket."""

    _take: Callable[[str | bytes], bool] | None = None

    def hand_over(self, take: Callable[[str | bytes], bool]) -> None:
        self._take = take

    def send_now(self, data: str | bytes) -> bool:
        if self.close_sent or self.disconnected or not self.writable.is_set():
            return False
        try:
            if isinstance(data, bytes):
                self.conn.send_binary(data)
            else:
                self.conn.send_text(data.encode())
        except InvalidState:
            return False
        self.transport.write(b"".join(self.conn.data_to_send()))
        return True

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            self.scope.setdefault("extensions", {})[DIRECT] = {"socket": self}

    def handle_text(self, event: Frame) -> None:
        if not self._is_taken(event):
            super().handle_text(event)

    def handle_bytes(self, event: Frame) -> None:
        if not self._is_taken(event):
            super().handle_bytes(event)

    def _is_taken(self, event: Frame) -> bool:
        """Whether the application takes a message at once. While one waits the long way none overtakes it."""
        if not (self._take and event.fin and not self.close_sent and self.queue.empty()):
            return False
        data = bytes(event.data)
        try:
            return self._take(data.decode() if event.opcode is Opcode.TEXT else data)
        except UnicodeDecodeError:
            return False
