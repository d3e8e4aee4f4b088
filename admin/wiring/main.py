"""Entry point of the program `gemelo`."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from gemelo.admin.cli.parser import parser
from gemelo.admin.wiring.settings import Settings, read_settings
from gemelo.models.errors import Closed, GemeloError, UsageError

if TYPE_CHECKING:
    from gemelo.admin.services.cloning import Cloning
    from gemelo.admin.services.desk import Desk
    from gemelo.admin.services.house import House
    from gemelo.admin.services.jobs import Outbox
    from gemelo.admin.services.leads import LeadBook


_CHATTY = ("uvicorn", "alembic", "picows", "httpx", "httpx2", "faiss", "livekit", "matplotlib", "taskiq")
"""They log tokens and addresses."""


class Workshop:
    """Builds for one run of the program; see `admin.cli.workshop.Workshop`.

    What is built is imported where it is built: `gemelo models` needs no house, `gemelo say` no server,
    and the imports of both take most of a second.
    """

    def __init__(self, settings: Settings, stack: AsyncExitStack) -> None:
        self._settings = settings
        self._stack = stack

    @property
    def models_dir(self) -> Path:
        return self._settings.models_dir

    async def house(self, *, recover: bool = False) -> House:
        from gemelo.admin.wiring.build import build

        house = await build(self._settings, recover=recover)
        self._stack.push_async_callback(house.close)
        return house

    async def desk(self) -> Desk:
        from gemelo.admin.wiring.build import open_database
        from gemelo.context.store.desk import SqlDesk

        database = await open_database(self._settings)
        self._stack.push_async_callback(database.close)
        return SqlDesk(database)

    async def outbox(self) -> Outbox:
        from gemelo.admin.wiring.build import open_database
        from gemelo.context.store.outbox import SqlOutbox

        database = await open_database(self._settings)
        self._stack.push_async_callback(database.close)
        return SqlOutbox(database)

    async def cloning(self) -> Cloning:
        from gemelo.admin.wiring.build import make_cloning, open_database
        from gemelo.context.store.desk import SqlDesk

        database = await open_database(self._settings)
        self._stack.push_async_callback(database.close)
        return make_cloning(self._settings, self._stack, database, SqlDesk(database))

    async def leads(self) -> LeadBook:
        from gemelo.admin.wiring.build import open_database
        from gemelo.context.store.leads import SqlLeads

        database = await open_database(self._settings)
        self._stack.push_async_callback(database.close)
        return SqlLeads(database)

    async def serve(self, host: str, port: int, roles: frozenset[str]) -> None:
        from gemelo.admin.api.serve import bind
        from gemelo.admin.wiring.doors import open_doors

        listener = bind(host, port)  # before anything slow, and before open turns are recovered
        house = await self.house(recover=True)
        await open_doors(house, self._settings, listener, roles)

    async def work(self, livekit: str, name: str, deployment: str, host: str, port: int) -> None:
        from gemelo.admin.api.serve import bind

        try:
            from gemelo.admin.wiring.worker import open_rooms
        except ModuleNotFoundError as error:
            raise UsageError(f"gemelo worker needs {error.name}: install gemelo[livekit]") from error
        listener = bind(host, port)
        await open_rooms(self.house, self._settings, listener, livekit, name, deployment)


async def _run(arguments: argparse.Namespace) -> int:
    async with AsyncExitStack() as stack:
        return await arguments.run(arguments, Workshop(read_settings(), stack))


def set_up_logging() -> None:
    """Tells on stderr what happens, and nothing that fans choose."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # livekit's room logs by the root logger itself, and names the topics of texts that it passes over
    logging.getLogger().addFilter(lambda record: record.levelno >= logging.WARNING)


def main() -> None:
    """Runs one command. Exit status: 0 it did its work, 1 it could not, 2 wrong usage."""
    set_up_logging()
    arguments = parser(next(iter(sys.argv[1:]), "")).parse_args()
    try:
        sys.exit(asyncio.run(_run(arguments)))
    except GemeloError as error:
        why = " ({})".format(error.reason.replace("_", " ")) if isinstance(error, Closed) else ""
        print(f"gemelo: {error}{why}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
