"""Opening a house to the rooms of a LiveKit server."""

from __future__ import annotations

import asyncio
import socket
import uuid
from collections.abc import Awaitable, Callable, Sequence

from gemelo.admin.api.app import Api
from gemelo.admin.api.metrics import PrometheusMeters
from gemelo.admin.api.rooms import Rooms
from gemelo.admin.api.seating import Seating
from gemelo.admin.api.serve import serve
from gemelo.admin.cli.workshop import tell
from gemelo.admin.services.handover import Handover
from gemelo.admin.services.house import House
from gemelo.admin.services.reception import Reception
from gemelo.admin.services.watch import watching
from gemelo.admin.wiring import settle, vendors
from gemelo.admin.wiring.build import secret
from gemelo.admin.wiring.doors import open_places
from gemelo.admin.wiring.settings import Settings
from gemelo.models.errors import UsageError
from gemelo.pipelines.livekit.registration import Registration
from gemelo.pipelines.livekit.server import Server


async def open_rooms(
    build: Callable[[], Awaitable[House]],
    settings: Settings,
    listener: socket.socket,
    url: str,
    name: str,
    deployment: str,
) -> None:
    """Talks in the rooms of a server until the process is told to stop; tells on a socket how it is.

    Raises:
        BadAddress, KeyRefused, UsageError, ModelFileError, StoreError.
    """
    key, signs = settings.livekit_api_key, settings.livekit_api_secret.get_secret_value()
    if not (key and signs):
        raise UsageError("gemelo worker needs the server's key: set LIVEKIT_API_KEY and LIVEKIT_API_SECRET")
    server = Server(url, key, signs)
    house = await build()
    await open_places(house)
    avatars = vendors.avatars(settings)
    settle()
    reception = Reception(house, secret(settings), settings.slots, settings.token_s, quotas=settings.quotas)
    meters = PrometheusMeters()
    meters.watch(vendors.lines(house))
    async with watching(house) as watch:
        seating = Seating(reception, watch, meters)
        rooms = Rooms(server, reception, seating, meters, deployment, avatars)
        registration = Registration(server, name, rooms)
        work = [asyncio.create_task(registration.run())]
        if settings.redis_url:
            rooms.worker = uuid.uuid4().hex
            handover = rooms.handover = Handover(
                house.shared, rooms.worker, server.rooms, rooms.go_on, lambda: rooms.load < 1
            )
            work.append(asyncio.create_task(handover.run()))
        api = Api(reception, seating, house.ears, meters)
        address = "http://{}:{}".format(*listener.getsockname()[:2])

        async def say_when_ready() -> None:
            await registration.registered.wait()
            tell(f"Gemelo works for {url} as {name!r} and answers at {address}")

        telling = asyncio.create_task(say_when_ready())
        serving = asyncio.create_task(serve(api.app, seating, listener, settings.drain_s, lambda: None))
        try:
            await until(serving, work)
        finally:
            await rooms.close()
            for one in avatars.values():
                await one.close()
            for task in (everything := (serving, telling, *work)):
                task.cancel()
            await asyncio.gather(*everything, return_exceptions=True)


async def until(serving: asyncio.Task[None], work: Sequence[asyncio.Task[None]]) -> None:
    """Waits until the process is told to stop; raises what ended some of its work before."""
    ended, _ = await asyncio.wait([serving, *work], return_when=asyncio.FIRST_COMPLETED)
    for task in ended:
        task.result()
    await serving
