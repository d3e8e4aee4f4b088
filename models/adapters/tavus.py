"""Faces that Tavus trains of films, and that join LiveKit rooms.

https://docs.tavus.io/api-reference/phoenix-replica-model; what it called replicas it calls faces now, with
the same ids. No package of theirs for Python knows more than conversations, so this is plain HTTP.
"""

from __future__ import annotations

from typing import Any, cast

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, TCPConnector

from gemelo.models.adapters.sockets import answered, undone
from gemelo.models.errors import AvatarError, Unsure

VENDOR = "tavus"
_URL = "https://tavusapi.com/v2"
_ECHO_PAL = "pb87e71797da"
"""Tavus' stock PAL for LiveKit rooms, as its plugin for LiveKit Agents (1.8.9) has it."""
_PAGE = 100
_MOST_PAGES = 100
_OF_THE_FILM = (400, 413, 415, 422)
_STATES = {"started": None, "training": None, "completed": True, "ready": True, "error": False}


class TavusFaces:
    """`FaceCloner` at Tavus'. Made inside a running loop; `close` when done."""

    def __init__(self, key: str, url: str = "", timeout_s: float = 30) -> None:
        self._line = _Line(key, url, timeout_s)

    async def train(self, name: str, film: str, consent: str) -> str:
        """See `FaceCloner.train`."""
        asked = {"replica_name": name, "train_video_url": film, "consent_video_url": consent}
        try:
            return _text(await self._line.ask("POST", "replicas", json=asked), "replica_id")
        except _Undone:
            raise
        except AvatarError as error:
            raise Unsure(str(error)) from None

    async def trained(self, id: str) -> bool | None:
        """See `FaceCloner.trained`."""
        try:
            said = await self._line.ask("GET", f"replicas/{id}")
        except _Nowhere:
            return False
        status = _text(said, "status")
        if status not in _STATES:
            raise _garbage()
        return _STATES[status]

    async def find(self, name: str) -> str:
        """See `FaceCloner.find`."""
        for page in range(1, _MOST_PAGES + 1):
            said = await self._line.ask("GET", "replicas", params={"limit": _PAGE, "page": page})
            listed: Any = said.get("data")
            if not isinstance(listed, list):
                raise _garbage()
            replicas = cast("list[Any]", listed)
            for replica in replicas:
                if isinstance(replica, dict) and cast("dict[str, Any]", replica).get("replica_name") == name:
                    return _text(cast("dict[str, Any]", replica), "replica_id")
            if len(replicas) < _PAGE:
                return ""
        raise AvatarError(f"broken: {VENDOR} lists without an end")

    async def delete(self, id: str) -> None:
        """See `FaceCloner.delete`; the films go too."""
        try:
            await self._line.ask("DELETE", f"replicas/{id}", params={"hard": "true"}, silent=True)
        except _Nowhere:
            return

    async def close(self) -> None:
        await self._line.close()


class _Line:
    """Requests to Tavus, each sent once. Made inside a running loop."""

    def __init__(self, key: str, url: str, timeout_s: float) -> None:
        self._url = (url or _URL).rstrip("/")
        self._session = ClientSession(
            connector=TCPConnector(force_close=True),  # a lost one would have a request sent again
            headers={"x-api-key": key},
            timeout=ClientTimeout(total=timeout_s),
        )

    async def close(self) -> None:
        await self._session.close()

    async def ask(self, method: str, path: str, *, silent: bool = False, **more: Any) -> dict[str, Any]:
        """What is answered, where that is JSON's object; `silent`: nothing is.

        Raises:
            AvatarError: the vendor does not do it; `of_asked` where what it was given is why.
        """
        try:
            async with self._session.request(method, f"{self._url}/{path}", **more) as answer:
                if answer.status >= 400:
                    raise _refusal(answer.status, answer.headers.get("retry-after", ""))
                said: Any = {} if silent else await answer.json(content_type=None)
        except ClientConnectorError:
            raise _Undone(f"down: {VENDOR} cannot be reached") from None
        except TimeoutError:
            raise AvatarError(f"slow: {VENDOR} did not answer in time") from None
        except ClientError:
            raise AvatarError(f"died: {VENDOR} broke off") from None
        except ValueError:  # what it sent is no JSON, or no text
            raise _garbage() from None
        if not isinstance(said, dict):
            raise _garbage()
        return cast("dict[str, Any]", said)


class _Undone(AvatarError):
    """What was asked was not done, and will not be."""


class _Nowhere(_Undone):
    """There is nothing of this id."""


def _refusal(status: int, retry_after: str) -> AvatarError:
    retry_s = float(retry_after) if retry_after.isdecimal() else None
    kind = _Nowhere if status == 404 else _Undone if undone(status) else AvatarError
    error = answered(kind, VENDOR, status, retry_s)
    error.of_asked = status in _OF_THE_FILM
    return error


def _garbage() -> AvatarError:
    return AvatarError(f"garbage: {VENDOR} sent what cannot be read")


def _text(said: dict[str, Any], name: str) -> str:
    value: Any = said.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 200 or not value.isprintable() or "/" in value:
        raise _garbage()
    return value


class TavusAvatars:
    """`Avatars` at Tavus: a conversation in echo mode, which says nothing of its own."""

    def __init__(self, key: str, url: str = "", pal: str = "", timeout_s: float = 15) -> None:
        self._line = _Line(key, url, timeout_s)
        self._pal = pal or _ECHO_PAL

    async def begin(self, face: str, url: str, token: str) -> str:
        """See `Avatars.begin`."""
        properties = {"livekit_ws_url": url, "livekit_room_token": token}
        asked = {"pal_id": self._pal, "face_id": face, "properties": properties}
        return _text(await self._line.ask("POST", "conversations", json=asked), "conversation_id")

    async def end(self, id: str) -> None:
        """See `Avatars.end`."""
        try:
            await self._line.ask("POST", f"conversations/{id}/end", silent=True)
        except _Nowhere:
            return

    async def close(self) -> None:
        await self._line.close()
