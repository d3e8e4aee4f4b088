"""What stands before every operation: who asks, how much is sent, and whether it was asked before.

    request ─▶ key ─▶ Principal ─▶ pace ─▶ body, bounded ─▶ Idempotency-Key? ─▶ operation
               401                 429     413              the first answer again | 409 | 422

Under a key an act happens at most once. A refusal leaves its key free; a server that dies in an act leaves it
taken, for nobody knows whether the act was done.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from hashlib import sha256

from fastapi import Request, Response
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gemelo.admin.api.admin.problems import BadHeader, KeyReused, TooLarge, Unfinished, refusal
from gemelo.admin.shapes.knowledge import MAX_CONTENT
from gemelo.context.requests import Answered, Requests
from gemelo.context.tenancy.people import Principal
from gemelo.models.errors import GemeloError, StoreError, TokenRefused

MAX_BODY = 1_000_000
"""Bytes of a request."""
MAX_UPLOAD = MAX_CONTENT + 10_000
"""Bytes of one that sends a document, or the sample of a voice."""
_UPLOADS = re.compile(r"/twins/[^/]+/documents|/consents/[^/]+/clones")
_OPEN = ("/openapi.json",)
"""Addresses that need no key."""
_KEPT_HEADERS = ("content-type", "etag", "location")
_KEY = re.compile(r"[\x21-\x7e]{1,128}")
_NO_KEY = "send an API key: Authorization: Bearer KEY"

Known = Callable[[str], Awaitable[Principal]]
"""Who holds an API key. Raises `TokenRefused`."""
Paced = Callable[[Principal], Awaitable[None]]
"""Counts a request. Raises `TooOften`."""


class Gate:
    """ASGI middleware of the admin API; leaves the principal in `request.state.who`."""

    def __init__(self, app: ASGIApp, known: Known, paced: Paced, requests: Requests) -> None:
        self._app = app
        self._known = known
        self._paced = paced
        self._requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _path(scope) in _OPEN:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            who = request.state.who = await self._who(request)
            await self._paced(who)
            body = await _body(request)
            key = _key(request)
            if key is None:
                await self._app(scope, _again(body, receive), send)
            else:
                await self._once(request, who, key, body, send)
        except ClientDisconnect:
            return
        except GemeloError as error:
            await refusal(request, error)(scope, receive, send)

    async def _who(self, request: Request) -> Principal:
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise TokenRefused(_NO_KEY)
        return await self._known(secret.strip())

    async def _once(self, request: Request, who: Principal, key: str, body: bytes, send: Send) -> None:
        asked = sha256(b"\n".join((request.method.encode(), _asked_for(request), body))).hexdigest()
        before = await self._requests.claim(who.id, key, asked)
        if before is not None:
            await _repeat(before, asked)(request.scope, request.receive, send)
            return
        answer = _Answer()
        await self._app(request.scope, _again(body, request.receive), answer.take)
        if 200 <= answer.status < 300:
            await self._write_down(who, key, answer)
        else:
            await self._requests.release(who.id, key)
        await answer.pass_on(send)

    async def _write_down(self, who: Principal, key: str, answer: _Answer) -> None:
        """The act is done: where its answer cannot be kept, the key stays taken and the answer still goes."""
        try:
            await self._requests.finish(who.id, key, answer.status, answer.kept())
        except StoreError:
            return


class _Answer:
    """What an operation answered, held back until it is written down."""

    def __init__(self) -> None:
        self._messages: list[Message] = []

    async def take(self, message: Message) -> None:
        self._messages.append(message)

    async def pass_on(self, send: Send) -> None:
        for message in self._messages:
            await send(message)

    @property
    def status(self) -> int:
        return self._messages[0]["status"] if self._messages else 500

    def kept(self) -> str:
        """As text; an answer that is not to be stored (a secret, what fans said) keeps no body."""
        headers = {name.decode(): value.decode("latin-1") for name, value in self._messages[0]["headers"]}
        if headers.get("cache-control") == "no-store":
            return ""
        body = b"".join(message.get("body", b"") for message in self._messages[1:]).decode()
        return json.dumps([{name: headers[name] for name in _KEPT_HEADERS if name in headers}, body])


def _repeat(before: Answered, asked: str) -> Response:
    if before.sha256 != asked:
        raise KeyReused("this Idempotency-Key was used for another request: take a new one for each")
    if not before.status:
        raise Unfinished(
            "a request with this Idempotency-Key is under way, or its server died in it: "
            "look what has come of it before you send it under a new key"
        )
    if not before.body:
        raise Unfinished(
            "this was done under this Idempotency-Key, and its answer is one that nobody keeps: "
            "take a new key where it can be asked again"
        )
    headers, body = json.loads(before.body)
    return Response(body, before.status, {**headers, "idempotent-replayed": "true"})


def _key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if request.method != "POST" or key is None:
        return None
    if not _KEY.fullmatch(key):
        raise BadHeader("an Idempotency-Key is 1 to 128 visible ASCII letters, best a random UUID")
    return key


async def _body(request: Request) -> bytes:
    """All of it. Raises `TooLarge` as soon as it is."""
    most = MAX_UPLOAD if _UPLOADS.fullmatch(_path(request.scope)) else MAX_BODY
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise TooLarge(f"a request holds at most {most // 1000} kB here")
        chunks.append(chunk)
    return b"".join(chunks)


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives a body that was read to who reads it next, and then whatever else comes."""
    left = [body]

    async def again() -> Message:
        return {"type": "http.request", "body": left.pop()} if left else await receive()

    return again


def _path(scope: Scope) -> str:
    return scope["path"].removeprefix(scope.get("root_path", ""))


def _asked_for(request: Request) -> bytes:
    """Address, query and the revision that was seen: all that the answer hangs on beside the body."""
    path: bytes = request.scope["path"].encode("utf-8", "surrogatepass")
    return b"?".join((path, request.scope["query_string"], request.headers.get("if-match", "").encode()))
