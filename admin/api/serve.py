"""Running the application until it is told to stop, and stopping without cutting anybody off."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from gemelo.admin.api.seating import Seating
from gemelo.admin.api.websocket import DirectWebSocket
from gemelo.models.errors import UsageError

MAX_FRAME = 1_000_000
"""Bytes of one WebSocket frame; a larger one closes the socket with 1009."""
_GONE_MS = 30_000
"""A peer that takes nothing of what was sent for this long is given up by the kernel."""


class PortTaken(UsageError):
    code = "port_taken"


class _Server(uvicorn.Server):
    """Leaves signals to `serve`, which drains before it stops."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def bind(host: str, port: int) -> socket.socket:
    """Takes the port before anything slow is loaded.

    Raises:
        PortTaken: somebody else has it, or it may not be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named, or asyncio does not know what it accepts for TCP and leaves small answers waiting (Nagle): 40 ms
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; accepted sockets inherit it
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _GONE_MS)
    try:
        listener.bind((host, port))
        listener.listen(256)
    except (OSError, OverflowError) as error:
        listener.close()
        why = getattr(error, "strerror", None) or error
        raise PortTaken(f"cannot listen on {host}:{port} ({why}): stop what uses it or give --port") from None
    return listener


async def serve(
    app: ASGIApp, seating: Seating, listener: socket.socket, drain_s: float, ready: Callable[[], None]
) -> None:
    """Serves until SIGTERM or SIGINT, then drains: no new sessions, running replies finish, then close."""
    config = uvicorn.Config(
        app,
        ws=DirectWebSocket,
        ws_max_size=MAX_FRAME,
        ws_per_message_deflate=False,
        access_log=False,
        log_config=None,
        lifespan="off",
        timeout_graceful_shutdown=2,
    )
    server = _Server(config)
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    ready()
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait([serving, stop], return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    await seating.drain(drain_s)
    server.should_exit = True
    await serving
