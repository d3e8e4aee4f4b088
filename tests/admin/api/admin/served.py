"""The world's admin API on a real port, in a thread with a loop of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from gemelo.admin.api.serve import bind
from tests.admin.api.admin.tenants import furnish
from tests.admin.api.admin.world import World, make_world, open_database


@dataclass(frozen=True)
class Served:
    """`url` is where the world answers."""

    url: str
    world: World


@contextmanager
def served(folder: Path, *, furnished: bool = False) -> Generator[Served]:
    """Serves a world of its own until the block ends."""
    listener = bind("127.0.0.1", 0)
    ready, worlds, servers = threading.Event(), list[World](), list[uvicorn.Server]()

    async def serve() -> None:
        database = await open_database(folder)
        try:
            worlds.append(await make_world(database))
            if furnished:
                await furnish(worlds[0], database)
            config = uvicorn.Config(worlds[0].app, log_config=None, access_log=False, lifespan="off")
            servers.append(uvicorn.Server(config))
            ready.set()
            await servers[0].serve(sockets=[listener])
        finally:
            ready.set()
            await database.close()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    ready.wait()
    try:
        yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", worlds[0])
    finally:
        for server in servers:
            server.should_exit = True
        thread.join()
