"""One HTTP path of a fake server on a free port of the loopback interface."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web


@asynccontextmanager
async def posted(
    path: str, answer: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> AsyncGenerator[str]:
    """Answers what is posted to `/v1` and `path`; gives the address that ends in `/v1`."""
    app = web.Application()
    app.router.add_post(f"/v1{path}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}/v1"
    finally:
        await runner.cleanup()
