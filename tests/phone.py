"""A telephone call as Twilio's Media Streams tell it, to a program that answers it at its WebSocket.

The messages are those of Twilio's page "Media Streams - WebSocket Messages"; `ASSUMED` says what that leaves
open.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import soxr  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray
from websockets.asyncio.client import ClientConnection, connect

RATE = 8_000
PIECE = RATE // 50
STREAM, CALL, ACCOUNT = "MZ" + "0" * 32, "CA" + "0" * 32, "AC" + "0" * 32
_PATIENCE_S = 60
_LOUD = 300
_BIAS, _CLIP = 132, 32_635

ASSUMED = (
    "Twilio sends a caller's sound in pieces of 20 ms",
    "Twilio plays what it is sent at once and without a gap, and is silent at once where it is told to clear",
)

Samples = NDArray[np.int16]


def to_ulaw(samples: Samples) -> bytes:
    """ITU-T G.711, mu-law."""
    wide = samples.astype(np.int32)
    level = np.minimum(np.abs(wide), _CLIP) + _BIAS
    exponent = np.floor(np.log2(level)).astype(np.int32) - 7
    mantissa = (level >> (exponent + 3)) & 0x0F
    sign = np.where(wide < 0, 0x80, 0)
    return (~(sign | exponent << 4 | mantissa) & 0xFF).astype(np.uint8).tobytes()


def from_ulaw(payload: bytes) -> Samples:
    code = ~np.frombuffer(payload, np.uint8).astype(np.int32) & 0xFF
    level = ((code & 0x0F) << 3 | 0x84) << (code >> 4 & 0x07)
    return np.where(code & 0x80, _BIAS - level, level - _BIAS).astype(np.int16)


def at_telephone(clip: NDArray[np.float32], rate: int) -> Samples:
    """A recording, -1 to 1, as a telephone carries it."""
    return (np.asarray(soxr.resample(clip, rate, RATE)) * 32_767).astype(np.int16)


@dataclass
class PhoneCall:
    """One call; what its caller has heard so far."""

    socket: ClientConnection
    got: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    loud: int = 0
    """Samples of the twin that sounded."""
    hush: int = 0
    """Samples since the last that sounded."""
    line: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])
    """What carries its messages, each way."""
    _saying: Samples = field(default_factory=lambda: np.zeros(0, np.int16))
    _waiting: bytearray = field(default_factory=bytearray)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _chunks: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def send(self, event: str, **about: Any) -> None:
        """One message of Twilio's."""
        message = {"event": event, "sequenceNumber": str(next(self._numbers)), "streamSid": STREAM, **about}
        await self.socket.send(json.dumps(message))

    async def begin(self) -> None:
        await self.socket.send(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
        sound = {"encoding": "audio/x-mulaw", "sampleRate": RATE, "channels": 1}
        start = {"accountSid": ACCOUNT, "streamSid": STREAM, "callSid": CALL, "tracks": ["inbound"]}
        await self.send("start", start=start | {"mediaFormat": sound, "customParameters": {}})

    def say(self, *clips: Samples) -> None:
        """Speaks from the next piece on."""
        self._saying = np.concatenate([self._saying, *clips])

    async def talk(self) -> None:
        """The line: a piece each way every 20 ms."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for count in itertools.count(1):
            await asyncio.sleep(begun + count * PIECE / RATE - loop.time())
            piece, self._saying = self._saying[:PIECE], self._saying[PIECE:]
            payload = to_ulaw(np.pad(piece, (0, PIECE - len(piece))))
            about = {"chunk": str(next(self._chunks)), "timestamp": str(count * 20), "track": "inbound"}
            await self.send("media", media=about | {"payload": base64.b64encode(payload).decode()})
            self._play()

    def _play(self) -> None:
        piece, self._waiting = from_ulaw(bytes(self._waiting[:PIECE])), self._waiting[PIECE:]
        if len(piece) and np.abs(piece.astype(np.int32)).max() > _LOUD:
            self.loud, self.hush = self.loud + len(piece), 0
        else:
            self.hush += PIECE

    async def listen(self) -> None:
        """Takes what the program sends."""
        async for text in self.socket:
            message = json.loads(text)
            assert message["streamSid"] == STREAM
            self.got.append(message)
            if message["event"] == "media":
                self._waiting += base64.b64decode(message["media"]["payload"], validate=True)
            elif message["event"] == "clear":
                self._waiting.clear()

    async def until(self, enough: Callable[[PhoneCall], Any]) -> None:
        """Waits for something; raises what the line has ended with, where it ends first."""
        async with asyncio.timeout(_PATIENCE_S):
            while not enough(self):
                for ended in (task for task in self.line if task.done()):
                    ended.result()
                    raise ConnectionError("the program has closed the line")
                await asyncio.sleep(PIECE / RATE)

    def of(self, event: str) -> list[dict[str, Any]]:
        return [message for message in self.got if message["event"] == event]

    async def hang_up(self) -> None:
        await self.send("stop", stop={"accountSid": ACCOUNT, "callSid": CALL})
        await self.socket.close()


@asynccontextmanager
async def called(url: str) -> AsyncGenerator[PhoneCall]:
    """A caller on the line to a program's WebSocket."""
    async with connect(url) as socket:
        call = PhoneCall(socket)
        await call.begin()
        call.line = [asyncio.create_task(call.listen()), asyncio.create_task(call.talk())]
        try:
            yield call
        finally:
            for task in call.line:
                task.cancel()
            await asyncio.gather(*call.line, return_exceptions=True)
