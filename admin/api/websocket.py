"""uvicorn's WebSocket with a short way for what comes often: see `gemelo.pipelines.direct`.

uvicorn stops reading a socket at every message and starts again when the application has taken it: two
changes of the poll set, a queue and a change of task for each, 60 of the 90 us that a frame of audio took.
"""

from __future__ import annotations

from collections.abc import Callable

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import (
    Frame,
    apply_mask,  # pyright: ignore[reportPrivateImportUsage]  # that in C, where there is one
)
from websockets.http11 import Request

from gemelo.pipelines.direct import DIRECT

_FIN_BINARY = 0x82
_MASKED = 0x80
_MASKED_SHORT, _MASKED_LONG = 0xFE, 0xFF
"""The length follows in two bytes, or in eight."""


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

    def drop(self) -> None:
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Most reads bring one frame of audio, whole: it needs no parser that can wait for the rest of it.

        A client that cuts a frame behind its header, so that nothing waits to be parsed, and has the rest
        look like another frame, confuses its own socket.
        """
        sound = None if self.conn.reader.buffer else whole_binary(data)
        if sound is None or not self._is_taken(sound):
            super().data_received(data)

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            self.scope.setdefault("extensions", {})[DIRECT] = {"socket": self}

    def handle_text(self, event: Frame) -> None:
        if not (event.fin and self._is_taken(event.data, text=True)):
            super().handle_text(event)

    def handle_bytes(self, event: Frame) -> None:
        if not (event.fin and self._is_taken(event.data)):
            super().handle_bytes(event)

    def _is_taken(self, data: bytes | bytearray | memoryview, *, text: bool = False) -> bool:
        """Whether the application takes a message at once. While one waits the long way none overtakes it."""
        if not self._take or self.close_sent or not self.queue.empty():
            return False
        try:
            return self._take(bytes(data).decode() if text else bytes(data))
        except UnicodeDecodeError:
            return False


def whole_binary(data: bytes) -> bytes | None:
    """The payload, where data are one whole binary frame of a client and no more (RFC 6455, section 5.2)."""
    if len(data) < 6 or data[0] != _FIN_BINARY or not _MASKED <= data[1] < _MASKED_LONG:
        return None
    mask = 4 if data[1] == _MASKED_SHORT else 2
    length = int.from_bytes(data[2:4]) if mask == 4 else data[1] - _MASKED
    payload = mask + 4
    return apply_mask(data[payload:], data[mask:payload]) if len(data) == payload + length else None
