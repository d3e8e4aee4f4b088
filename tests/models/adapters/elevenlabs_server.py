"""A fake ElevenLabs: the voice's socket of many contexts, as LiveKit's plugin speaks it.

`ASSUMED` says what no page of the vendor's confirms: ElevenLabs has no models of these messages for Python,
so they are as the plugin reads and writes them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.server import ServerConnection

from tests.models.adapters.vendor_server import Fault, VendorServer

CHAR_MS = 50

ASSUMED = (
    "ElevenLabs sends one message of sound for each text, with the times of its characters",
    "ElevenLabs says isFinal once a context was closed and all of it has been said",
)


@dataclass
class ElevenLabsServer(VendorServer):
    """Speaks what it is sent; a fault of mid-stream comes with the second text."""

    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def key_of(self, headers: Mapping[str, str]) -> str:
        return headers.get("xi-api-key", "")

    async def talk(self, connection: ServerConnection, fault: Fault | None) -> None:
        at: dict[str, int] = {}
        texts = 0
        async for message in connection:
            asked = json.loads(message)
            self.asked.append(asked)
            context = asked["context_id"]
            if asked.get("close_context"):
                await connection.send(json.dumps({"isFinal": True, "contextId": context}))
            elif text := asked["text"].strip():
                texts += 1
                if fault and texts == 2:
                    await self.suffer(connection, fault)
                    fault = None
                said = f"{text} "
                starts = [at.get(context, 0) + CHAR_MS * number for number in range(len(said))]
                at[context] = starts[-1] + CHAR_MS
                times = {
                    "chars": list(said),
                    "charStartTimesMs": starts,
                    "charDurationsMs": [CHAR_MS] * len(said),
                }
                pcm = (900).to_bytes(2, "little") * (24 * CHAR_MS * len(said))
                sound = {
                    "audio": base64.b64encode(pcm).decode(),
                    "normalizedAlignment": times,
                    "alignment": times,
                    "contextId": context,
                }
                await connection.send(json.dumps(sound))
