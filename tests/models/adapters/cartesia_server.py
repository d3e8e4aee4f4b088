"""A fake Cartesia: sonic (`/tts/websocket`) and ink-2 (`/stt/turns/websocket`).

Each message, of either side, goes through the model of it in the vendor's SDK, with extras forbidden.
`ASSUMED` says what neither a model nor a page of the vendor's confirms.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cartesia.types.generation_request import GenerationRequest
from cartesia.types.stt.stt_auto_finalize_connected import STTAutoFinalizeConnected
from cartesia.types.stt.stt_auto_finalize_turn_eager_end import STTAutoFinalizeTurnEagerEnd
from cartesia.types.stt.stt_auto_finalize_turn_end import STTAutoFinalizeTurnEnd
from cartesia.types.stt.stt_auto_finalize_turn_resume import STTAutoFinalizeTurnResume
from cartesia.types.stt.stt_auto_finalize_turn_start import STTAutoFinalizeTurnStart
from cartesia.types.stt.stt_auto_finalize_turn_update import STTAutoFinalizeTurnUpdate
from cartesia.types.stt_error_response import STTErrorResponse
from cartesia.types.websocket_client_event import CancelContextRequest
from cartesia.types.websocket_response import Chunk, Done, Error, PhonemeTimestamps, Timestamps
from websockets.asyncio.server import ServerConnection

from tests.models.adapters.vendor_server import Fault, VendorServer, validated

WORD_S = 0.2
"""Each word is said in so long."""
REQUEST = "5b7f9a52-51c2-4d9a-9a52-3f1f0c6f2d11"

ASSUMED = (
    "Cartesia counts the times of words from the first sound of a context, over all its clauses",
    "Cartesia tells the times of words before the sound of them",
    "Cartesia says nothing more of a context that was cancelled",
    "Cartesia gives words in its times as they stand in the text, their punctuation with them",
)

_TURNS: dict[str, type] = {
    "turn.start": STTAutoFinalizeTurnStart,
    "turn.update": STTAutoFinalizeTurnUpdate,
    "turn.eager_end": STTAutoFinalizeTurnEagerEnd,
    "turn.resume": STTAutoFinalizeTurnResume,
    "turn.end": STTAutoFinalizeTurnEnd,
    "error": STTErrorResponse,
}


@dataclass(frozen=True)
class Turn:
    """ink-2 says `event` once it has heard `at_s` seconds."""

    at_s: float
    event: str
    text: str = ""


@dataclass
class CartesiaServer(VendorServer):
    """Speaks what it is sent, and says `script` of what it hears.

    Attributes:
        fails_at: words, or lines of the script, before a fault of mid-stream.
        error: status of an error that the first word of an utterance is answered with.
        asked: what came for the voice, in order.
        cancelled: contexts that were.
        hold: while it is clear no word is said.
    """

    script: Sequence[Turn] = ()
    fails_at: int = 1
    error: int = 0
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    hold: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.hold.set()

    def key_of(self, headers: Mapping[str, str]) -> str:
        return headers.get("Authorization", "").removeprefix("Bearer ") or headers.get("X-API-Key", "")

    async def talk(self, connection: ServerConnection, fault: Fault | None) -> None:
        assert connection.request is not None
        if connection.request.path.startswith("/stt/turns/websocket"):
            await self._hear(connection, fault)
        else:
            await _Voice(self, connection, fault).run()

    async def _hear(self, connection: ServerConnection, fault: Fault | None) -> None:
        await self._tell(connection, STTAutoFinalizeConnected, {"type": "connected"})
        heard, script = 0, list(self.script)
        async for message in connection:
            if isinstance(message, str):
                continue
            heard += len(message)
            while script and heard >= script[0].at_s * 32_000:
                if fault and len(self.script) - len(script) == self.fails_at:
                    await self.suffer(connection, fault)
                    fault = None
                line = script.pop(0)
                said: dict[str, Any] = {"type": line.event}
                if line.event == "error":
                    said |= {"message": line.text, "status_code": 500, "title": "Broken"}
                elif line.event not in ("turn.start", "turn.resume"):
                    said["transcript"] = line.text
                await self._tell(connection, _TURNS[line.event], said)

    @staticmethod
    async def _tell(connection: ServerConnection, kind: Any, message: dict[str, Any]) -> None:
        await connection.send(json.dumps(validated(kind, message | {"request_id": REQUEST})))


class _Voice:
    """One socket of the voice; contexts are spoken one clause after the other, side by side."""

    def __init__(self, server: CartesiaServer, connection: ServerConnection, fault: Fault | None) -> None:
        self._server = server
        self._connection = connection
        self._fault = fault
        self._words = 0
        self._contexts: dict[str, asyncio.Queue[dict[str, Any]]] = {}

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            speaking: dict[str, asyncio.Task[None]] = {}
            async for message in self._connection:
                asked = json.loads(message)
                context = asked["context_id"]
                if asked.get("cancel"):
                    validated(CancelContextRequest, asked)
                    if context in speaking:
                        speaking[context].cancel()
                    self._server.cancelled.set()
                    continue
                self._server.asked.append(validated(GenerationRequest, asked))
                if context not in self._contexts:
                    self._contexts[context] = asyncio.Queue()
                    speaking[context] = group.create_task(self._speak(context))
                self._contexts[context].put_nowait(asked)
            for task in speaking.values():
                task.cancel()

    async def _speak(self, context: str) -> None:
        at = 0.0
        while True:
            asked = await self._contexts[context].get()
            for word in asked["transcript"].split():
                await self._server.hold.wait()
                if self._server.error:
                    await self._fail(context)
                    return
                if self._fault and self._words >= self._server.fails_at:
                    fault, self._fault = self._fault, None
                    await self._server.suffer(self._connection, fault)
                self._words += 1
                await self._say(context, word, at)
                at += WORD_S
            if not asked.get("continue"):
                await self._send(Done, context, {"type": "done", "done": True})
                return

    async def _say(self, context: str, word: str, at: float) -> None:
        words = {"words": [word], "start": [at], "end": [at + WORD_S]}
        await self._send(Timestamps, context, {"type": "timestamps", "word_timestamps": words})
        half = at + WORD_S / 2
        phonemes = {"phonemes": ["m", "a"], "start": [at, half], "end": [half, at + WORD_S]}
        await self._send(
            PhonemeTimestamps, context, {"type": "phoneme_timestamps", "phoneme_timestamps": phonemes}
        )
        pcm = (1000).to_bytes(2, "little") * round(WORD_S * 24_000)
        data = base64.b64encode(pcm).decode()
        await self._send(Chunk, context, {"type": "chunk", "data": data, "step_time": 12.5})

    async def _fail(self, context: str) -> None:
        error = {
            "type": "error",
            "done": True,
            "title": "Broken",
            "message": "it broke",
            "error_code": "broken",
            "status_code": self._server.error,
            "context_id": context,
        }
        await self._connection.send(json.dumps(validated(Error, error)))

    async def _send(self, kind: Any, context: str, message: dict[str, Any]) -> None:
        whole = {"done": False, "status_code": 206, "context_id": context} | message
        await self._connection.send(json.dumps(validated(kind, whole)))
