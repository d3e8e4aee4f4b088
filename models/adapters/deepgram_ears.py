"""Deepgram's ears: Flux, which says when a turn is over, and nova-3, which only tells words.

Flux: https://developers.deepgram.com/docs/flux/state (what follows what).
nova-3: https://developers.deepgram.com/reference/speech-to-text/listen-streaming.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from gemelo.models.adapters.socket_ear import SocketEar, Terms
from gemelo.models.errors import EarError, ServiceError
from gemelo.models.vocabulary import IN_RATE, Language, Signal, Transcript, TurnSignal

with warnings.catch_warnings():  # the SDK talks by what the websockets library calls legacy
    warnings.simplefilter("ignore", DeprecationWarning)
    import deepgram.listen.v1.client
    import deepgram.listen.v2.client  # noqa: F401  else imported at the first dialling
    from deepgram import AsyncDeepgramClient, DeepgramClientEnvironment
    from deepgram.listen.v1.socket_client import AsyncV1SocketClient
    from deepgram.listen.v1.types import ListenV1Results
    from deepgram.listen.v2.socket_client import AsyncV2SocketClient
    from deepgram.listen.v2.types import ListenV2FatalError, ListenV2TurnInfo

_MULTI = frozenset({"en", "es", "fr", "de", "hi", "ru", "pt", "ja", "it", "nl"})
_FLUX = {"flux-general-en": frozenset({"en"}), "flux-general-multi": _MULTI}
_KINDS = {
    "StartOfTurn": Signal.START,
    "Update": Signal.UPDATE,
    "EagerEndOfTurn": Signal.EAGER_END,
    "TurnResumed": Signal.RESUME,
    "EndOfTurn": Signal.END,
}
_KEEP_ALIVE_S = 4.0
"""nova-3 hangs up after 10 s without sound; Deepgram advises 3-5 s."""


@dataclass(frozen=True, slots=True)
class DeepgramSettings:
    """How Deepgram is asked.

    Attributes:
        url: begins with wss:// (ws:// in tests); empty: Deepgram's own.
        eot, eager_eot: confidence (0-1) at which a turn is over, or probably so. Deepgram allows 0.5-1.0 and
            0.3-0.9; `eager_eot` is at most `eot`.
        eot_timeout_ms: silence after which a turn is over whatever the model thinks.
        silent_s: Flux says something of every quarter of a second in a turn; after so long it is gone.
    """

    key: str = field(repr=False)
    url: str = ""
    flux: str = "flux-general-multi"
    nova: str = "nova-3"
    eot: float = 0.7
    eager_eot: float = 0.4
    eot_timeout_ms: int = 3000
    connect_s: float = 3.0
    silent_s: float = 2.0

    def client(self) -> AsyncDeepgramClient:
        if not self.url:
            return AsyncDeepgramClient(api_key=self.key)
        http = self.url.replace("ws", "http", 1)
        place = DeepgramClientEnvironment(base=http, production=self.url, agent=self.url, agent_rest=http)
        return AsyncDeepgramClient(api_key=self.key, environment=place)


class FluxEars:
    """`FallibleEars` on Flux: turns are Deepgram's own decision."""

    def __init__(self, settings: DeepgramSettings) -> None:
        self._settings = settings
        self._client = settings.client()
        self._terms: Terms[AsyncV2SocketClient] = Terms(
            "deepgram",
            AsyncV2SocketClient.send_media,
            connect_s=settings.connect_s,
            silent_s=settings.silent_s,
        )

    def hears(self, language: Language) -> bool:
        return language in _FLUX.get(self._settings.flux, _MULTI)

    async def open(
        self, language: Language, emit: Callable[[TurnSignal], None], lost: Callable[[ServiceError], None]
    ) -> SocketEar[AsyncV2SocketClient, TurnSignal]:
        """See `FallibleEars.open`."""
        ear = SocketEar(self._terms, lambda: self._dial(language), _FluxReading(), emit, lost)
        await ear.start()
        return ear

    def _dial(self, language: Language) -> AbstractAsyncContextManager[AsyncV2SocketClient]:
        settings = self._settings
        hint = [str(language)] if settings.flux.endswith("multi") else None
        return self._client.listen.v2.connect(
            model=settings.flux,
            encoding="linear16",
            sample_rate=IN_RATE,
            eot_threshold=settings.eot,
            eager_eot_threshold=settings.eager_eot,
            eot_timeout_ms=settings.eot_timeout_ms,
            language_hint=hint,
        )


class _FluxReading:
    """Reads what Flux says on one socket.

    In a turn it says something of every quarter of a second; between turns that is nowhere written, so
    silence there is no sign of anything unless it has broken it before.
    """

    def __init__(self) -> None:
        self._next = 0
        self._in_turn = False
        self._talks = self.awaits = False

    def read(self, message: Any, sent_s: float) -> Iterator[TurnSignal]:
        if isinstance(message, ListenV2FatalError):
            raise EarError("broken: deepgram reported an error")
        if message.sequence_id != self._next:  # the SDK leaves out what is no JSON
            raise EarError("garbage: deepgram sent what cannot be read")
        self._next += 1
        if not isinstance(message, ListenV2TurnInfo):
            return
        kind, text = _KINDS.get(message.event), message.transcript.strip()
        self._in_turn = kind is not Signal.END and (self._in_turn or kind is not Signal.UPDATE)
        self._talks = self._talks or (kind is Signal.UPDATE and not self._in_turn)
        self.awaits = self._in_turn or self._talks
        if kind is None or (kind is Signal.UPDATE and not text):
            return
        if kind is Signal.START:
            yield TurnSignal(kind)
            kind = Signal.UPDATE
        if kind is Signal.RESUME:
            yield TurnSignal(kind)
            kind = Signal.UPDATE
        if text or kind is Signal.END:
            yield TurnSignal(kind, text, _silence_ms(message, sent_s))


def _silence_ms(message: ListenV2TurnInfo, sent_s: float) -> float:
    """How long the sound had gone on after the last word, where words have times."""
    end = message.words[-1].end if message.words else None
    return max(0.0, (sent_s - end) * 1000) if end is not None else 0.0


class NovaRecogniser:
    """`FallibleSpeechToText` on nova-3: words alone; when a turn is over is decided here."""

    def __init__(self, settings: DeepgramSettings) -> None:
        self._settings = settings
        self._client = settings.client()
        self._terms: Terms[AsyncV1SocketClient] = Terms(
            "deepgram",
            AsyncV1SocketClient.send_media,
            chunk_ms=40,
            connect_s=settings.connect_s,
            idle=(AsyncV1SocketClient.send_keep_alive, _KEEP_ALIVE_S),
        )

    def hears(self, language: Language) -> bool:
        return language in _MULTI

    async def open(
        self, language: Language, emit: Callable[[Transcript], None], lost: Callable[[ServiceError], None]
    ) -> NovaStream:
        """See `FallibleSpeechToText.open`."""
        ear = SocketEar(self._terms, lambda: self._dial(language), _NovaReading(), emit, lost)
        await ear.start()
        return NovaStream(ear)

    def _dial(self, language: Language) -> AbstractAsyncContextManager[AsyncV1SocketClient]:
        return self._client.listen.v1.connect(
            model=self._settings.nova,
            language=str(language),
            encoding="linear16",
            sample_rate=IN_RATE,
            interim_results=True,
            smart_format=True,
        )


class NovaStream:
    """One fan's `SpeechStream`."""

    def __init__(self, ear: SocketEar[AsyncV1SocketClient, Transcript]) -> None:
        self._ear = ear

    def hear(self, pcm: bytes) -> None:
        self._ear.hear(pcm)

    def begin(self) -> None:
        """See `SpeechStream.begin`: nova-3 finds the voice by itself."""

    def settle(self) -> None:
        """See `SpeechStream.settle`."""
        self._ear.order(AsyncV1SocketClient.send_finalize)

    async def close(self) -> None:
        await self._ear.close()


class _NovaReading:
    """Puts the segments of nova-3 together to what was heard since the last final."""

    awaits = False

    def __init__(self) -> None:
        self._segments: list[str] = []

    def read(self, message: Any, sent_s: float) -> Iterator[Transcript]:
        if not isinstance(message, ListenV1Results):
            return
        text = message.channel.alternatives[0].transcript.strip()
        whole = " ".join(part for part in (*self._segments, text) if part)
        if message.from_finalize or message.speech_final:
            self._segments = []
            yield Transcript(whole, final=True)
        elif message.is_final:
            self._segments += [text] if text else []
        elif whole:
            yield Transcript(whole, final=False)
