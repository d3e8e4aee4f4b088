"""Opening a built house to the world: its places, the routes, the socket."""

from __future__ import annotations

import asyncio
import logging
import socket

from gemelo.admin.api.app import Api
from gemelo.admin.api.metrics import PrometheusMeters
from gemelo.admin.api.serve import serve
from gemelo.admin.cli.workshop import tell
from gemelo.admin.services.house import House
from gemelo.admin.services.reception import Reception
from gemelo.admin.services.watch import Watch
from gemelo.admin.wiring import settle
from gemelo.admin.wiring.build import secret
from gemelo.admin.wiring.settings import Settings
from gemelo.models.errors import GemeloError, UnknownDeployment


async def open_doors(house: House, settings: Settings, listener: socket.socket) -> None:
    """Serves a house on a socket that was bound, until the process is told to stop.

    Raises:
        StoreError: the store cannot be read.
    """
    await _open_places(house)
    settle()
    reception = Reception(house, secret(settings), settings.slots, settings.token_s)
    watch = Watch(house, house.twins, house.shared, house.wall)
    api = Api(reception, watch, house.ears, PrometheusMeters(), settings.territory_header)
    address = "http://{}:{}".format(*listener.getsockname()[:2])
    watching = asyncio.create_task(watch.run())
    try:
        await serve(api, listener, settings.drain_s, lambda: tell(f"Gemelo listens on {address}"))
    finally:
        watching.cancel()
        await asyncio.wait([watching])


async def _open_places(house: House) -> None:
    """Opens every deployment before the first fan comes; one that cannot be opened says so when asked for."""
    for deployment in await house.twins.deployments():
        try:
            await house.place(deployment.key)
        except UnknownDeployment:
            continue  # not live
        except GemeloError as error:
            logging.getLogger(__name__).warning("%s is not open: %s", deployment.key, error)
