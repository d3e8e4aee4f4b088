"""What Cartesia's ears and voice share: the client and what it is told of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from cartesia import AsyncCartesia
from cartesia.types.websocket_connection_options import WebSocketConnectionOptions

from gemelo.models.vocabulary import Language

VENDOR = "cartesia"


@dataclass(frozen=True, slots=True)
class CartesiaSettings:
    """How Cartesia is asked.

    Attributes:
        url: begins with wss:// (ws:// in tests); empty: Cartesia's own.
        voices: Cartesia's id of the voice for each language.
    """

    key: str = field(repr=False)
    url: str = ""
    voice_model: str = "sonic-3.5"
    ear_model: str = "ink-2"
    voices: Mapping[Language, str] = field(default_factory=dict[Language, str])
    connect_s: float = 3.0
    ping_s: float = 4.0
    """How often a socket is pinged, and how long an answer may take: nothing else finds a half-open one."""

    @property
    def socket(self) -> WebSocketConnectionOptions:
        """Handed through to the `websockets` library, which knows more options than the SDK names."""
        options = {
            "compression": None,
            "ping_interval": self.ping_s,
            "ping_timeout": self.ping_s,
            "close_timeout": 1,
            "max_size": 2**22,
        }
        return cast("WebSocketConnectionOptions", options)

    def client(self) -> AsyncCartesia:
        if not self.url:
            return AsyncCartesia(api_key=self.key)
        http = self.url.replace("ws", "http", 1)
        return AsyncCartesia(api_key=self.key, base_url=http, websocket_base_url=self.url)
