"""An endpoint on this machine that takes webhooks, checks their signatures and can misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from gemelo.context.hooks.webhook import verify
from gemelo.context.store.clock import now_ms


@dataclass
class Receiver:
    """What came: ids of messages, in order. `answers` are statuses to give first; 0 never answers."""

    secret: str
    url: str = ""
    answers: list[int] = field(default_factory=list[int])
    got: list[str] = field(default_factory=list[str])
    forged: int = 0
    bodies: dict[str, set[bytes]] = field(default_factory=dict[str, set[bytes]])
    hung: asyncio.Event = field(default_factory=asyncio.Event)
    first: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        if not verify(self.secret, headers, body, now_ms()):
            self.forged += 1
            return web.Response(status=401)
        self.got.append(headers["webhook-id"])
        self.first.set()
        self.bodies.setdefault(headers["webhook-id"], set()).add(body)
        answer = self.answers.pop(0) if self.answers else 204
        if answer == 0:
            self.hung.set()
            await asyncio.sleep(3600)
        if 300 <= answer < 400:
            return web.Response(status=answer, headers={"location": self.url + "elsewhere"})
        return web.Response(status=answer)


@asynccontextmanager
async def receiving(secret: str, *answers: int) -> AsyncGenerator[Receiver]:
    """A receiver that listens on a free port of loopback."""
    receiver = Receiver(secret, answers=list(answers))
    app = web.Application()
    app.router.add_post("/{tail:.*}", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    receiver.url = f"http://{host}:{port}/"
    try:
        yield receiver
    finally:
        await runner.cleanup()
