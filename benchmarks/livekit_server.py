"""A real livekit-server on free ports of this machine, built by `tests/servers`."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from livekit import api
from livekit.protocol.agent_dispatch import RoomAgentDispatch
from livekit.protocol.room import RoomConfiguration

from gemelo.benchmarks.serving import ServerFailed

PROGRAM = Path(__file__).parents[1] / ".cache" / "servers" / "livekit-server-v1.13.5"
MISSING = "livekit-server is not built: tests/servers builds it where Go is installed"
KEY, SECRET = "devkey", "secret-of-a-server-that-keeps-nothing"
KEYS = {"LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": SECRET}
_PATIENCE_S = 30


@dataclass
class LiveKitServer:
    """One server that keeps nothing."""

    port: int = 0

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def start(self) -> LiveKitServer:
        """Starts it; again after `stop` on the same port, with nothing of what was. Raises `ServerFailed`."""
        port, tcp, udp = free_ports()
        self.port = self.port or port
        config = {
            "port": self.port,
            "bind_addresses": ["127.0.0.1"],
            "keys": {KEY: SECRET},
            "logging": {"level": "warn"},
            "rtc": {"tcp_port": tcp, "udp_port": udp, "use_external_ip": False},
        }
        command = [PROGRAM, "--dev", "--node-ip", "127.0.0.1", "--config-body", json.dumps(config)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + _PATIENCE_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise ServerFailed("livekit-server did not start")
            time.sleep(0.05)
        return self

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> None:
        """Ends it without a word: it would wait for twins whose workers were killed."""
        self._process.kill()
        self._process.wait(30)

    def token(self, room: str, identity: str, metadata: str | None = None, *, agent: str = "gemelo") -> str:
        """What a fan's browser gets of its site's back end; with metadata it asks for a twin."""
        grants = api.VideoGrants(room_join=True, room=room)
        token = api.AccessToken(KEY, SECRET).with_identity(identity).with_grants(grants)
        if metadata is not None:
            dispatch = RoomAgentDispatch(agent_name=agent, metadata=metadata)
            token = token.with_room_config(RoomConfiguration(agents=[dispatch]))
        return token.to_jwt()

    async def dispatch(self, room: str, agent: str, metadata: str) -> None:
        """Asks for a twin in a room that is open, as a site's back end does."""
        request = api.CreateAgentDispatchRequest(room=room, agent_name=agent, metadata=metadata)
        async with api.LiveKitAPI(self.url, KEY, SECRET) as server:
            await server.agent_dispatch.create_dispatch(request)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=1) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False


def free_ports() -> tuple[int, int, int]:
    """Two that are free for TCP, no two the same, and one for UDP."""
    with socket.socket() as one, socket.socket() as other, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        for probe in (one, other, datagrams):
            probe.bind(("127.0.0.1", 0))
        first, second, third = (probe.getsockname()[1] for probe in (one, other, datagrams))
    return first, second, third
