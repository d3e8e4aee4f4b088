"""A LiveKit server as a worker sees it: its address, and who holds its key may do what."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

import aiohttp
from livekit import api, rtc

from gemelo.models.errors import ServiceError, UsageError

_ANSWER_S = 5.0
ON_BEHALF = "lk.publish_on_behalf"
"""An attribute that clients know: for whom a participant publishes."""


class RoomError(ServiceError):
    """A LiveKit server, or a room of it, cannot be reached."""

    code = "livekit"


class BadAddress(UsageError):
    code = "bad_address"


@dataclass(frozen=True, slots=True)
class Server:
    """One LiveKit server.

    Attributes:
        url: ws, wss, http or https.
    """

    url: str
    key: str
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        if urlsplit(self.url).scheme not in ("ws", "wss", "http", "https") or not urlsplit(self.url).hostname:
            raise BadAddress(f"{self.url[:80]!r} is no address of a LiveKit server: write ws://HOST:PORT")

    def at(self, scheme: str, path: str = "") -> str:
        """Its address for `ws` or `http`, secured where it is."""
        parts = urlsplit(self.url)
        secured = scheme + "s" if parts.scheme in ("wss", "https") else scheme
        return urlunsplit((secured, parts.netloc, parts.path.rstrip("/") + path, "", ""))

    def pass_for_workers(self) -> str:
        """A token with which a worker registers."""
        return self._token().with_grants(api.VideoGrants(agent=True)).to_jwt()

    def pass_for_avatar(self, room: str, identity: str, twin: str) -> str:
        """A token with which an avatar joins a room, to publish for a twin."""
        grants = api.VideoGrants(room_join=True, room=room)
        token = self._token().with_identity(identity).with_kind("agent").with_grants(grants)
        return token.with_attributes({ON_BEHALF: twin}).to_jwt()

    async def join(self, name: str, identity: str) -> rtc.Room:
        """Enters a room as a twin; whoever was in it under this identity is put out.

        Raises:
            RoomError: it cannot be entered.
        """
        grants = api.VideoGrants(room_join=True, room=name, can_update_own_metadata=True)
        token = self._token().with_identity(identity).with_kind("agent").with_grants(grants)
        room = rtc.Room()
        try:
            await room.connect(self.at("ws"), token.to_jwt(), rtc.RoomOptions(auto_subscribe=False))
        except rtc.ConnectError as error:
            raise RoomError(f"a room cannot be entered: {type(error).__name__}") from None
        return room

    async def rooms(self) -> dict[str, str]:
        """The names of the rooms that are open, by their id.

        Raises:
            RoomError: the server does not tell.
        """
        timeout = aiohttp.ClientTimeout(total=_ANSWER_S)
        try:
            async with api.LiveKitAPI(self.at("http"), self.key, self.secret, timeout=timeout) as server:
                listed = await server.room.list_rooms(api.ListRoomsRequest())
        except (TimeoutError, aiohttp.ClientError, api.TwirpError) as error:
            raise RoomError(f"rooms cannot be listed: {type(error).__name__}") from None
        return {room.sid: room.name for room in listed.rooms}

    def _token(self) -> api.AccessToken:
        return api.AccessToken(self.key, self.secret)
