"""A worker's registration at a LiveKit server, which sends it the rooms that want a twin.

    register ──▶ availability(job)? ──▶ yes, as IDENTITY ──▶ assignment(job) ──▶ the hall begins
             ◀── load, full or not ◀── whenever that changes

The messages are those of `livekit_agent.proto`. The server weighs workers by 1 - load and asks the next where
one says no. Why this and not the worker of livekit-agents: decision 014.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from importlib.metadata import version
from typing import Protocol

import aiohttp
from google.protobuf.message import DecodeError
from livekit.protocol import agent, models

from gemelo.models.errors import UsageError
from gemelo.pipelines.livekit.server import Server

log = logging.getLogger(__name__)

ASSIGN_S = 10.0
"""A room that was accepted and not assigned by then went to nobody."""
STATUS_S = 0.5
"""How often it is looked whether the load has changed."""
_AGAIN_S = (0.2, 0.5, 1.0, 2.0, 5.0)
_HEARTBEAT_S = 10.0


class KeyRefused(UsageError):
    """The server does not know the key."""

    code = "key_refused"


class Hall(Protocol):
    """Where rooms are served."""

    @property
    def load(self) -> float:
        """The share of its places that are taken; from 1 on it takes no more."""
        ...

    def reserve(self, job: agent.Job) -> str:
        """Keeps a place for a room; the identity that the twin will have in it, empty where there is none."""
        ...

    def begin(self, job: str, ended: Callable[[str], None]) -> None:
        """The room is this worker's: serves it, and tells when that is over, with a code where it failed."""
        ...

    def forget(self, job: str) -> None:
        """The room went to somebody else, or the server wants the twin to leave it."""
        ...


class Registration:
    """Stays registered at one server under one name."""

    def __init__(self, server: Server, name: str, hall: Hall) -> None:
        self._server = server
        self._name = name
        self._hall = hall
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._outgoing: asyncio.Queue[agent.WorkerMessage] = asyncio.Queue()
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._jobs = 0
        self.registered = asyncio.Event()

    async def run(self) -> None:
        """Registers, and again whenever the connection is lost, until it is cancelled.

        Raises:
            KeyRefused: the server does not know the key. Who was registered tries again: there are fans in
                its rooms.
        """
        tries = 0
        known = False
        async with aiohttp.ClientSession() as http:
            while True:
                try:
                    await self._stay(http)
                except aiohttp.WSServerHandshakeError as error:
                    if error.status in (401, 403) and not known:
                        raise KeyRefused(
                            "the LiveKit server refuses this key: set LIVEKIT_API_KEY and LIVEKIT_API_SECRET"
                        ) from None
                    log.warning("the LiveKit server answers %s: trying again", error.status)
                except (aiohttp.ClientError, OSError, DecodeError) as error:
                    log.warning(
                        "the LiveKit server cannot be reached: %s: trying again", type(error).__name__
                    )
                if self.registered.is_set():
                    known, tries = True, 0
                self.registered.clear()
                await asyncio.sleep(_AGAIN_S[min(tries, len(_AGAIN_S) - 1)])
                tries += 1

    async def _stay(self, http: aiohttp.ClientSession) -> None:
        """One connection, from its registration to its end."""
        headers = {"authorization": f"Bearer {self._server.pass_for_workers()}"}
        address = self._server.at("ws", "/agent")
        async with http.ws_connect(address, headers=headers, heartbeat=_HEARTBEAT_S) as socket:
            await socket.send_bytes(self._introduction().SerializeToString())
            tasks = [asyncio.create_task(work(socket)) for work in (self._write, self._watch_load)]
            try:
                async for received in socket:
                    if received.type is aiohttp.WSMsgType.BINARY:
                        self._take(agent.ServerMessage.FromString(received.data))
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    def _introduction(self) -> agent.WorkerMessage:
        allowed = models.ParticipantPermission(
            can_subscribe=True, can_publish=True, can_publish_data=True, can_update_metadata=True, agent=True
        )
        register = agent.RegisterWorkerRequest(
            type=agent.JT_ROOM, agent_name=self._name, version=version("gemelo"), allowed_permissions=allowed
        )
        return agent.WorkerMessage(register=register)

    def _take(self, message: agent.ServerMessage) -> None:
        match message.WhichOneof("message"):
            case "register":
                log.info("registered at the LiveKit server as %r", self._name)
                self.registered.set()
            case "availability":
                self._answer(message.availability.job)
            case "assignment":
                self._begin(message.assignment.job.id)
            case "termination":
                self._hall.forget(message.termination.job_id)
            case _:
                pass

    def _answer(self, job: agent.Job) -> None:
        identity = self._hall.reserve(job)
        answer = agent.AvailabilityResponse(
            job_id=job.id, available=bool(identity), participant_identity=identity
        )
        if identity:
            loop = asyncio.get_running_loop()
            self._waiting[job.id] = loop.call_later(ASSIGN_S, self._give_up, job.id)
        self._outgoing.put_nowait(agent.WorkerMessage(availability=answer))

    def _give_up(self, job: str) -> None:
        if self._waiting.pop(job, None):
            self._hall.forget(job)

    def _begin(self, job: str) -> None:
        if timer := self._waiting.pop(job, None):
            timer.cancel()
            self._jobs += 1
            self._hall.begin(job, lambda code: self._ended(job, code))

    def _ended(self, job: str, code: str) -> None:
        self._jobs -= 1
        status = agent.JS_FAILED if code else agent.JS_SUCCESS
        update = agent.UpdateJobStatus(job_id=job, status=status, error=code)
        self._outgoing.put_nowait(agent.WorkerMessage(update_job=update))

    async def _write(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            message = await self._outgoing.get()
            await socket.send_bytes(message.SerializeToString())

    async def _watch_load(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        said = -1.0
        while True:
            if (load := min(1.0, self._hall.load)) != said:
                said = load
                status = agent.WS_FULL if load >= 1 else agent.WS_AVAILABLE
                update = agent.UpdateWorkerStatus(status=status, load=load, job_count=self._jobs)
                await socket.send_bytes(agent.WorkerMessage(update_worker=update).SerializeToString())
            await asyncio.sleep(STATUS_S)
