"""uvicorn's WebSocket with a short way for audio: see `gemelo.pipelines.direct`.

uvicorn stops reading a socket at every message and starts again when the application has taken it: two
changes of the poll set, a queue and a change of task for each frame, 60 of the 90 us that one took.
"""

from __future__ import annotations

from collections.abc import Callable

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import Frame
from websockets.http11 import Request

from gemelo.pipelines.direct import DIRECT


class DirectWebSocket(WebSocketsSansIOProtocol):
    """A `Direct`, as uvicorn makes one for each socket."""

    _take: Callable[[bytes], bool] | None = None

    def hand_over(self, take: Callable[[bytes], bool]) -> None:
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

    def handle_bytes(self, event: Frame) -> None:
        if not (self._take and event.fin and not self.close_sent and self._take(bytes(event.data))):
            super().handle_bytes(event)
