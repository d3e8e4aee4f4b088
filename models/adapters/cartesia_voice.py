"""Cartesia's voice: one socket, on which any number of utterances are spoken at once.

https://docs.cartesia.ai/api-reference/tts/websocket; an utterance is a context, fed clause by clause.
The socket is dialled ahead and again whenever it is lost, so that no utterance waits for a handshake.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

from cartesia.lib._tts import AsyncTTSResourceConnection
from cartesia.types.generation_request_param import GenerationRequestParam
from cartesia.types.websocket_response import Chunk, Done, Error, PhonemeTimestamps, Timestamps

from gemelo.models.adapters.cartesia import VENDOR, CartesiaSettings
from gemelo.models.adapters.sockets import answered, failure
from gemelo.models.adapters.timed_speech import TimedSpeech
from gemelo.models.clauses import as_clauses
from gemelo.models.errors import VoiceError
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, OUT_RATE, Language, Speech

log = logging.getLogger(__name__)

_MAX_CLAUSE = 300
_REDIAL_S, _LONGEST_REDIAL_S = 0.1, 10.0
"""Waits before a lost socket is dialled again: the first, each twice the one before, up to the longest."""
_LONGEST_TOLD_S = 600.0
"""Where the vendor says when to come back it is believed up to this."""

_Events = asyncio.Queue[Any]


class CartesiaVoice:
    """`TextToSpeech` on sonic. Call `start` to dial ahead, and `close` at the end."""

    def __init__(self, settings: CartesiaSettings, socket: _Socket | None = None) -> None:
        self._settings = settings
        self._socket = socket or _Socket(settings)

    def using(self, voices: Mapping[Language, str]) -> CartesiaVoice:
        """Another voice on the same socket."""
        return CartesiaVoice(replace(self._settings, voices=voices), self._socket)

    def start(self) -> None:
        """Begins to dial."""
        self._socket.start()

    async def close(self) -> None:
        await self._socket.close()

    async def ping(self) -> None:
        """See `failover.line.Ping`: whether the socket is open, not whether anything is spoken on it.

        Raises:
            VoiceError: there is no open socket.
        """
        await self._socket.connection()

    async def speak(self, text: AsyncIterator[str], language: Language) -> AsyncGenerator[Speech, None]:
        """See `TextToSpeech.speak`."""
        voice = self._settings.voices.get(language)
        if voice is None:
            raise VoiceError(f"refused: no voice of cartesia's is named for the language {language!r}")
        speech, context = TimedSpeech(), str(uuid.uuid4())
        events = await self._socket.listen(context)
        feeding = asyncio.create_task(
            self._feed(text, self._request(context, voice, language), speech, events)
        )
        try:
            while not isinstance(event := await events.get(), Done):
                if isinstance(event, Exception):
                    raise event
                if isinstance(event, Error):
                    raise answered(VoiceError, VENDOR, event.status_code or 500, of_asked=True)
                if (piece := _heard(event, speech)) is not None:
                    yield piece
            yield speech.finish()
        finally:
            feeding.cancel()
            await asyncio.wait([feeding])
            self._socket.leave(context)

    def _request(self, context: str, voice: str, language: Language) -> GenerationRequestParam:
        return {
            "context_id": context,
            "model_id": self._settings.voice_model,
            "transcript": "",
            "voice": {"mode": "id", "id": voice},
            "output_format": {"container": "raw", "encoding": "pcm_s16le", "sample_rate": OUT_RATE},
            "language": str(language),
            "add_timestamps": True,
            "add_phoneme_timestamps": True,
            "max_buffer_delay_ms": 0,  # whole clauses are sent: waiting for more text gains nothing
        }

    async def _feed(
        self,
        text: AsyncIterator[str],
        request: GenerationRequestParam,
        speech: TimedSpeech,
        events: _Events,
    ) -> None:
        """Sends clauses as they come; what goes wrong is told where the sound is waited for."""
        begun = False
        try:
            async for clause in as_clauses(text, _MAX_CLAUSE):
                speech.fed(clause)
                if begun or clause.strip():
                    begun = True
                    await self._socket.send({**request, "transcript": clause, "continue": True})
            if begun:
                await self._socket.send({**request, "continue": False})
            else:  # nothing to say: no context was opened
                events.put_nowait(Done(context_id="", done=True, status_code=200, type="done"))
        except Exception as error:
            events.put_nowait(failure(VoiceError, VENDOR, error))


def _heard(event: Any, speech: TimedSpeech) -> Speech | None:
    """What a message means for the utterance; sound comes back as such."""
    match event:
        case Chunk():
            return speech.audio(_pcm(event)) if event.data else None
        case Timestamps(word_timestamps=times) if times:
            speech.words(times.words, times.start, times.end)
        case PhonemeTimestamps(phoneme_timestamps=times) if times:
            speech.phonemes(times.phonemes, times.start, times.end)
        case _:
            pass
    return None


def _pcm(chunk: Chunk) -> bytes:
    try:
        pcm = base64.b64decode(chunk.data, validate=True)
    except ValueError:
        pcm = b"?"
    if len(pcm) % BYTES_PER_SAMPLE:
        raise VoiceError(f"garbage: {VENDOR} sent what is no sound")
    return pcm


class _Socket:
    """The one socket, kept open, and who listens on it."""

    def __init__(self, settings: CartesiaSettings) -> None:
        self._settings = settings
        self._client = settings.client()
        self._connect_s = settings.connect_s
        self._connection: AsyncTTSResourceConnection | None = None
        self._changed = asyncio.Event()
        self._failed: VoiceError | None = None
        self._listening: dict[str, _Events] = {}
        self._task: asyncio.Task[None] | None = None
        self._leaving: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._keep(), name=f"socket to {VENDOR}")

    async def close(self) -> None:
        """Hangs up; who waits for the socket, or asks for it later, is told."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
        self._lost(VoiceError(f"down: the socket to {VENDOR} was closed"))
        if self._leaving:
            await asyncio.wait(self._leaving)

    async def connection(self) -> AsyncTTSResourceConnection:
        """The open socket; waits for the first handshake, and for none that comes after a failure.

        Raises:
            VoiceError: there is none; says why.
        """
        self.start()
        try:
            async with asyncio.timeout(self._connect_s):
                while self._connection is None and self._failed is None:
                    await self._changed.wait()
        except TimeoutError:
            raise VoiceError(f"slow: {VENDOR} did not answer in time") from None
        if self._connection is None:
            assert self._failed is not None
            raise VoiceError(str(self._failed), retry_s=self._failed.retry_s)
        return self._connection

    async def listen(self, context: str) -> _Events:
        """Has what is said of a context put into a queue; so is the error that ends the socket."""
        await self.connection()
        return self._listening.setdefault(context, asyncio.Queue())

    async def send(self, request: GenerationRequestParam) -> None:
        await (await self.connection()).send(request)

    def leave(self, context: str) -> None:
        """Nobody listens to a context any more; one that is not done is cancelled."""
        if self._listening.pop(context, None) is not None and self._connection:
            leaving = asyncio.create_task(self._cancel(self._connection, context))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)

    @staticmethod
    async def _cancel(connection: AsyncTTSResourceConnection, context: str) -> None:
        try:
            await connection.send({"context_id": context, "cancel": True})
        except Exception as error:
            log.info("a context was not cancelled: %s", type(error).__name__)

    async def _keep(self) -> None:
        """Dials and listens for ever."""
        wait_s = _REDIAL_S
        while True:
            try:
                async with asyncio.timeout(self._connect_s):
                    options = self._settings.socket
                    dialled = self._client.tts.websocket_connect(websocket_connection_options=options)
                    connection = await dialled.enter()
                try:
                    self._open(connection)
                    wait_s = _REDIAL_S
                    while True:
                        self._dispatch(await connection.recv())
                finally:
                    self._connection = None
                    closing = asyncio.create_task(connection.close())
                    self._leaving.add(closing)
                    closing.add_done_callback(self._leaving.discard)
            except Exception as error:
                self._lost(failure(VoiceError, VENDOR, error))
                assert self._failed is not None
                log.warning("the socket is lost: %s", self._failed)
                await asyncio.sleep(min(self._failed.retry_s or wait_s, _LONGEST_TOLD_S))
                wait_s = min(2 * wait_s, _LONGEST_REDIAL_S)

    def _open(self, connection: AsyncTTSResourceConnection) -> None:
        self._connection, self._failed = connection, None
        self._changed.set()

    def _lost(self, error: VoiceError) -> None:
        self._connection, self._failed = None, error
        self._changed.set()
        for events in self._listening.values():
            events.put_nowait(VoiceError(str(error), retry_s=error.retry_s))
        self._listening.clear()

    def _dispatch(self, event: Any) -> None:
        context: str | None = getattr(event, "context_id", None)
        if events := self._listening.get(context or ""):
            if isinstance(event, Done | Error):
                del self._listening[context or ""]
            events.put_nowait(event)
        elif context is None and isinstance(event, Error):
            raise answered(VoiceError, VENDOR, event.status_code or 500)
        elif not hasattr(event, "type"):
            raise VoiceError(f"garbage: {VENDOR} sent what cannot be read")
