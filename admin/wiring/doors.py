"""Opening a built house to the world: its places, the routes, the socket."""

from __future__ import annotations

import logging
import socket
from contextlib import AsyncExitStack, nullcontext
from functools import partial

from gemelo.admin.api.admin.app import PATH, admin_app, mount
from gemelo.admin.api.app import Api
from gemelo.admin.api.callers import Callers
from gemelo.admin.api.calls import Calls
from gemelo.admin.api.completions import Completions
from gemelo.admin.api.metrics import PrometheusMeters
from gemelo.admin.api.rtvi import Rtvi
from gemelo.admin.api.seating import Seating
from gemelo.admin.api.serve import serve
from gemelo.admin.cli.serve import ADMIN, JOBS, ROLES, TALK
from gemelo.admin.cli.workshop import tell
from gemelo.admin.pages.app import PATH as CONSOLE
from gemelo.admin.pages.app import Console
from gemelo.admin.services.house import House
from gemelo.admin.services.people import known
from gemelo.admin.services.reception import Reception
from gemelo.admin.services.watch import Settling, watching
from gemelo.admin.wiring import settle, vendors
from gemelo.admin.wiring.build import secret
from gemelo.admin.wiring.jobs import background
from gemelo.admin.wiring.office import make_office
from gemelo.admin.wiring.settings import Settings
from gemelo.models.errors import GemeloError, UnknownDeployment


async def open_doors(
    house: House, settings: Settings, listener: socket.socket, roles: frozenset[str] = ROLES
) -> None:
    """Serves a house on a socket that was bound, until the process is told to stop.

    Args:
        roles: whether it serves fans, managers, and what nobody waits for.

    Raises:
        StoreError: the store cannot be read.
    """
    if TALK in roles:
        await open_places(house)
    settle()
    signs = secret(settings)
    reception = Reception(house, signs, settings.slots, settings.token_s, quotas=settings.quotas)
    meters = PrometheusMeters()
    meters.watch(vendors.lines(house))
    address = "http://{}:{}".format(*listener.getsockname()[:2])
    async with watching(house) as watch, AsyncExitStack() as closing:
        seating = Seating(reception, watch, meters)
        where = settings.territory_header
        api = Api(reception, seating, house.ears, meters, where)
        if TALK in roles:
            callers = Callers(partial(known, house.desk), where)
            api.open_to_fans()
            completions = Completions(reception, seating, meters, house.shared, callers)
            completions.add(api.app)
            closing.push_async_callback(completions.close)
            Calls(reception, seating, meters, callers).add(api.app)
            Rtvi(reception, seating, meters, callers).add(api.app)
        if ADMIN in roles:
            office = make_office(
                house,
                Settling(house.desk, watch),
                seating.leave,
                a_minute=settings.admin_rate,
                webhooks_here=settings.webhooks_here,
            )
            mount(api.app, PATH, admin_app(office, house.requests, signs))
            mount(api.app, CONSOLE, Console(office, signs).app)
        async with background(house, settings, meters) if JOBS in roles else nullcontext():
            await serve(
                api.app, seating, listener, settings.drain_s, lambda: tell(f"Gemelo listens on {address}")
            )


async def open_places(house: House) -> None:
    """Opens every deployment before the first fan comes; one that cannot be opened says so when asked for."""
    for deployment in await house.twins.deployments():
        try:
            await house.place(deployment.key)
        except UnknownDeployment:
            continue  # not live
        except GemeloError as error:
            logging.getLogger(__name__).warning("%s is not open: %s", deployment.key, error)
