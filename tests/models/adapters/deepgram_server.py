"""A fake Deepgram: Flux (`/v2/listen`) and nova-3 (`/v1/listen`), which hear what a script says.

Each message goes through the model of it in the vendor's SDK, with extras forbidden. `ASSUMED` says what
neither a model nor a page of the vendor's confirms.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deepgram.listen.v1.types import ListenV1Metadata, ListenV1Results
from deepgram.listen.v2.types import ListenV2Connected, ListenV2FatalError, ListenV2TurnInfo
from websockets.asyncio.server import ServerConnection

from tests.models.adapters.vendor_server import Fault, VendorServer, validated

BYTES_PER_S = 32_000
REQUEST = "1e6a9b1c-7f5e-4d0a-9c3f-2b8e5d7a4c11"

ASSUMED = (
    "Deepgram answers 429 with retry-after in seconds where too many sockets are open",
    "Flux takes sound that is sent faster than it was spoken, as after a lost socket",
)


@dataclass(frozen=True)
class Turn:
    """Flux says `event` once it has heard `at_s` seconds; each word is said to take 0.2 s."""

    at_s: float
    event: str
    text: str = ""
    word_end: float | None = None


@dataclass(frozen=True)
class Segment:
    """nova-3 says this once it has heard `at_s` seconds."""

    at_s: float
    text: str
    is_final: bool = False
    speech_final: bool = False


@dataclass
class DeepgramServer(VendorServer):
    """Says `script` on each socket, from its beginning; a fault comes with what the script says next."""

    script: Sequence[Turn | Segment] = ()
    fails_at: int = 1
    """How many lines are said before a fault of mid-stream."""
    finalises: bool = True
    """Whether nova-3 does as it is asked."""
    orders: list[str] = field(default_factory=list[str])
    """Types of the messages that came."""
    heard: list[int] = field(default_factory=list[int])
    """Bytes of sound that each socket was given."""
    longest: int = 0
    """Bytes of the longest message of sound."""

    def key_of(self, headers: Mapping[str, str]) -> str:
        return headers.get("Authorization", "").removeprefix("Token ")

    async def talk(self, connection: ServerConnection, fault: Fault | None) -> None:
        assert connection.request is not None
        flux = connection.request.path.startswith("/v2/")
        line = _Flux(connection) if flux else _Nova(connection)
        await line.greet()
        number = len(self.heard)
        self.heard.append(0)
        script = list(self.script)
        async for message in connection:
            if isinstance(message, str):
                self.orders.append(json.loads(message)["type"])
                if self.finalises or self.orders[-1] != "Finalize":
                    await line.obey(self.orders[-1])
                continue
            self.heard[number] += len(message)
            self.longest = max(self.longest, len(message))
            while script and self.heard[number] >= script[0].at_s * BYTES_PER_S:
                if fault and len(self.script) - len(script) == self.fails_at:
                    await self.suffer(connection, fault)
                    line.sequence += 1  # where half a message came, that was it
                    fault = None
                await line.say(script.pop(0))


@dataclass
class _Flux:
    connection: ServerConnection
    sequence: int = 0
    turn: int = 0

    async def greet(self) -> None:
        await self._send(ListenV2Connected, {"type": "Connected"})

    async def obey(self, order: str) -> None:
        return

    async def say(self, line: Any) -> None:
        assert isinstance(line, Turn)
        if line.event == "Error":
            error = {"type": "Error", "code": "INTERNAL_SERVER_ERROR", "description": "it broke"}
            await self._send(ListenV2FatalError, error, request=False)
            return
        words = line.text.split()
        end = line.word_end if line.word_end is not None else 0.2 * len(words)
        timed = [{"word": word, "confidence": 0.9, "start": end - 0.2, "end": end} for word in words]
        ended = line.event == "EndOfTurn"
        message = {
            "type": "TurnInfo",
            "event": line.event,
            "turn_index": self.turn,
            "audio_window_start": 0.0,
            "audio_window_end": line.at_s,
            "transcript": line.text,
            "words": timed,
            "end_of_turn_confidence": 0.8 if ended else 0.4,
        }
        await self._send(ListenV2TurnInfo, message | ({"trigger": "model"} if ended else {}))
        self.turn += ended

    async def _send(self, kind: Any, message: dict[str, Any], *, request: bool = True) -> None:
        message |= {"sequence_id": self.sequence} | ({"request_id": REQUEST} if request else {})
        self.sequence += 1
        await self.connection.send(json.dumps(validated(kind, message)))


@dataclass
class _Nova:
    connection: ServerConnection
    sequence: int = 0
    pending: str = ""

    async def greet(self) -> None:
        return

    async def obey(self, order: str) -> None:
        if order == "Finalize":
            await self._results(self.pending, is_final=True, from_finalize=True)
            self.pending = ""
        elif order == "CloseStream":
            closing = {
                "type": "Metadata",
                "transaction_key": "deprecated",
                "request_id": REQUEST,
                "sha256": "0" * 64,
                "created": "2026-11-21T05:00:00Z",
                "duration": 1.0,
                "channels": 1,
            }
            await self.connection.send(json.dumps(validated(ListenV1Metadata, closing)))
            await self.connection.close()

    async def say(self, line: Any) -> None:
        assert isinstance(line, Segment)
        self.pending = "" if line.is_final else line.text
        await self._results(line.text, is_final=line.is_final, speech_final=line.speech_final)

    async def _results(
        self, text: str, *, is_final: bool, speech_final: bool = False, from_finalize: bool = False
    ) -> None:
        words = [{"word": word, "start": 0.0, "end": 0.2, "confidence": 0.9} for word in text.split()]
        message = {
            "type": "Results",
            "channel_index": [0, 1],
            "duration": 0.2,
            "start": 0.0,
            "is_final": is_final,
            "speech_final": speech_final,
            "from_finalize": from_finalize,
            "channel": {"alternatives": [{"transcript": text, "confidence": 0.9, "words": words}]},
            "metadata": {
                "request_id": REQUEST,
                "model_uuid": REQUEST,
                "model_info": {"name": "general-nova-3", "version": "2026-01-01.0", "arch": "nova-3"},
            },
        }
        await self.connection.send(json.dumps(validated(ListenV1Results, message)))
