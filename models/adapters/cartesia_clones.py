"""Voices that Cartesia makes of recordings.

https://docs.cartesia.ai/api-reference/voices/clone; nothing is sent a second time by itself.
"""

from __future__ import annotations

import httpx
from cartesia import APIConnectionError, APIStatusError, NotFoundError

from gemelo.models.adapters.cartesia import VENDOR, CartesiaSettings
from gemelo.models.adapters.sockets import failure, undone
from gemelo.models.errors import ServiceError, Unsure, VoiceError
from gemelo.models.vocabulary import Language

_TIMEOUT_S = 60.0
_OF_THE_SAMPLE = (400, 413, 415, 422)


class CartesiaClones:
    """`VoiceCloner` at Cartesia's. `close` when done."""

    def __init__(self, settings: CartesiaSettings, timeout_s: float = _TIMEOUT_S) -> None:
        self._client = settings.client().with_options(max_retries=0, timeout=timeout_s)

    async def clone(self, name: str, sample: bytes, language: Language) -> str:
        """See `VoiceCloner.clone`."""
        try:
            clip = ("sample.wav", sample, "audio/wav")
            made = await self._client.voices.clone(clip=clip, name=name, language=str(language))
            return _id(made)
        except Exception as error:
            told = _told(error)
            told.of_asked = isinstance(error, APIStatusError) and error.status_code in _OF_THE_SAMPLE
            raise told if _not_made(error) else Unsure(str(told)) from None

    async def find(self, name: str) -> str:
        """See `VoiceCloner.find`."""
        try:
            async for voice in self._client.voices.list(is_owner=True, q=name, limit=100):
                if voice.name == name:
                    return _id(voice)
        except Exception as error:
            raise _told(error) from None
        return ""

    async def delete(self, id: str) -> None:
        """See `VoiceCloner.delete`."""
        try:
            await self._client.voices.delete(id)
        except NotFoundError:
            return
        except Exception as error:
            raise _told(error) from None

    async def close(self) -> None:
        await self._client.close()


def _id(voice: object) -> str:
    """The SDK reads what it is answered as it comes: an id may be anything."""
    id = getattr(voice, "id", None)
    if not isinstance(id, str) or not 0 < len(id) <= 200 or not id.isprintable():
        raise VoiceError(f"garbage: {VENDOR} sent what cannot be read")
    return id


def _not_made(error: Exception) -> bool:
    return undone(error.status_code) if isinstance(error, APIStatusError) else _unreached(error)


def _unreached(error: Exception) -> bool:
    cause = error.__cause__
    return isinstance(error, APIConnectionError) and isinstance(
        cause, httpx.ConnectError | httpx.ConnectTimeout
    )


def _told(error: Exception) -> ServiceError:
    if _unreached(error):
        return VoiceError(f"down: {VENDOR} cannot be reached")
    return failure(VoiceError, VENDOR, error)
