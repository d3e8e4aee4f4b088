"""Cartesia's ears: ink-2, which says when a turn is over.

https://docs.cartesia.ai/api-reference/stt/turns/websocket; English alone, as its page of models says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

from cartesia.resources.stt.auto_finalize import AsyncAutoFinalizeResourceConnection
from cartesia.types.stt_error_response import STTErrorResponse

from gemelo.models.adapters.cartesia import VENDOR, CartesiaSettings
from gemelo.models.adapters.socket_ear import SocketEar, Terms
from gemelo.models.adapters.sockets import answered
from gemelo.models.errors import EarError, ServiceError
from gemelo.models.vocabulary import IN_RATE, Language, Signal, TurnSignal

_KINDS = {
    "turn.start": Signal.START,
    "turn.update": Signal.UPDATE,
    "turn.eager_end": Signal.EAGER_END,
    "turn.resume": Signal.RESUME,
    "turn.end": Signal.END,
}


class InkEars:
    """`FallibleEars` on ink-2: turns are Cartesia's own decision."""

    def __init__(self, settings: CartesiaSettings) -> None:
        self._settings = settings
        self._client = settings.client()
        self._terms: Terms[AsyncAutoFinalizeResourceConnection] = Terms(
            VENDOR, AsyncAutoFinalizeResourceConnection.send_raw, connect_s=settings.connect_s
        )

    def hears(self, language: Language) -> bool:
        return language == "en"

    async def open(
        self, language: Language, emit: Callable[[TurnSignal], None], lost: Callable[[ServiceError], None]
    ) -> SocketEar[AsyncAutoFinalizeResourceConnection, TurnSignal]:
        """See `FallibleEars.open`."""
        ear = SocketEar(self._terms, self._dial, _InkReading(), emit, lost)
        await ear.start()
        return ear

    def _dial(self) -> AbstractAsyncContextManager[AsyncAutoFinalizeResourceConnection]:
        return self._client.stt.auto_finalize.websocket(
            encoding="pcm_s16le",
            model=self._settings.ear_model,
            sample_rate=IN_RATE,
            websocket_connection_options=self._settings.socket,
        )


class _InkReading:
    """Reads what ink-2 says; it tells no times, so nobody knows for how long the fan had been silent."""

    awaits = False

    def read(self, message: Any, sent_s: float) -> Iterator[TurnSignal]:
        if isinstance(message, STTErrorResponse):
            raise answered(EarError, VENDOR, message.status_code)
        kind = _KINDS.get(message.type)
        text = getattr(message, "transcript", "").strip()
        if kind and (text or kind in (Signal.START, Signal.RESUME, Signal.END)):
            yield TurnSignal(kind, text)
