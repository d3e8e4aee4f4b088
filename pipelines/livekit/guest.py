"""An avatar of a vendor's in one room: its token, and what was begun for it."""

from __future__ import annotations

import secrets

from gemelo.models.seams import Avatars
from gemelo.pipelines.livekit.server import Server


class VendorGuest:
    """`Guest`.

    Args:
        face: as its vendor calls it.
        room: the name of the room.
        twin: the identity for which it publishes.
    """

    def __init__(self, avatars: Avatars, face: str, server: Server, room: str, twin: str) -> None:
        self._avatars = avatars
        self._face = face
        self._server = server
        self._room = room
        self._twin = twin
        self._begun = ""
        # one's own: that of a worker which died may still be in the room, and would be put out by another
        self.identity = f"{twin}-avatar-{secrets.token_hex(4)}"

    async def invite(self) -> None:
        """See `Guest.invite`."""
        token = self._server.pass_for_avatar(self._room, self.identity, self._twin)
        self._begun = await self._avatars.begin(self._face, self._server.at("ws"), token)

    async def dismiss(self) -> None:
        """See `Guest.dismiss`."""
        begun, self._begun = self._begun, ""
        if begun:
            await self._avatars.end(begun)
