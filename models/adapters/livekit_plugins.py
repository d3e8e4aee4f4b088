"""Any vendor that LiveKit Agents has a plugin for: its voice and its recogniser, outside of any room.

A plugin is made by a function that gets an HTTP session of ours: those that plugins make themselves live in
LiveKit's jobs. Retries are ours too (see `gemelo.models.failover`).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import TypeVar

import aiohttp
import numpy as np
import soxr  # pyright: ignore[reportMissingTypeStubs]
from livekit import rtc
from livekit.agents import APIConnectOptions, APIError, APITimeoutError, stt, tts
from livekit.agents.types import USERDATA_TIMED_TRANSCRIPT

from gemelo.models.adapters.sockets import failure
from gemelo.models.adapters.timed_speech import TimedSpeech
from gemelo.models.clauses import as_clauses
from gemelo.models.errors import EarError, ServiceError, VoiceError
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, IN_RATE, OUT_RATE, Language, Speech, Transcript

E = TypeVar("E", bound=ServiceError)

_ONCE = APIConnectOptions(max_retry=0, timeout=3.0)
_MAX_CLAUSE = 300
_FINAL_S = 0.3
"""A recogniser that is asked for its final and gives none by then has said it."""


class PluginVoice:
    """`TextToSpeech` of a plugin. Call `close` at the end.

    Args:
        vendor: its name.
        make: makes the plugin's voice for a language.
    """

    def __init__(self, vendor: str, make: Callable[[aiohttp.ClientSession, Language], tts.TTS[str]]) -> None:
        self._vendor = vendor
        self._make = make
        self._session: aiohttp.ClientSession | None = None
        self._voices: dict[Language, tts.TTS[str]] = {}

    def start(self, language: Language) -> None:
        """Has the plugin connect ahead, where it can. Call it in a running loop."""
        self._voice(language).prewarm()

    async def close(self) -> None:
        for voice in self._voices.values():
            await voice.aclose()
        if self._session:
            await self._session.close()

    async def speak(self, text: AsyncIterator[str], language: Language) -> AsyncGenerator[Speech, None]:
        """See `TextToSpeech.speak`. Where a plugin tells no times of words, they are estimated."""
        lead = ""
        async for piece in text:
            lead += piece
            if lead.strip():
                break
        if not lead.strip():
            yield Speech(b"", len(lead))
            return
        voice = self._voice(language)
        speech, pcm = TimedSpeech(), _Resampled()
        sounds = self._streamed if voice.capabilities.streaming else self._by_clause
        try:
            async for audio in sounds(voice, _led(lead, text), speech):
                times = audio.frame.userdata.get(USERDATA_TIMED_TRANSCRIPT, ())
                words = [word for word in times if isinstance(word.start_time, float | int)]
                starts = [float(word.start_time) for word in words]
                ends = [float(word.end_time) for word in words]
                speech.words([word.strip() for word in words], starts, ends)
                if not voice.capabilities.aligned_transcript:
                    speech.guess()
                yield speech.audio(pcm.take(audio.frame))
        except Exception as error:
            raise _told(VoiceError, self._vendor, error) from None
        if rest := pcm.rest():
            yield speech.audio(rest)
        yield speech.finish()

    def _voice(self, language: Language) -> tts.TTS[str]:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        if language not in self._voices:
            self._voices[language] = self._make(self._session, language)
        return self._voices[language]

    @staticmethod
    async def _streamed(
        voice: tts.TTS[str], text: AsyncIterator[str], speech: TimedSpeech
    ) -> AsyncGenerator[tts.SynthesizedAudio, None]:
        stream = voice.stream(conn_options=_ONCE)

        async def feed() -> None:
            async for piece in text:
                speech.fed(piece)
                stream.push_text(piece)
            stream.end_input()

        feeding = asyncio.create_task(feed())
        try:
            async for audio in stream:
                yield audio
        finally:
            feeding.cancel()
            await asyncio.wait([feeding])
            await stream.aclose()

    @staticmethod
    async def _by_clause(
        voice: tts.TTS[str], text: AsyncIterator[str], speech: TimedSpeech
    ) -> AsyncGenerator[tts.SynthesizedAudio, None]:
        async for clause in as_clauses(text, _MAX_CLAUSE):
            speech.fed(clause)
            if clause.strip():
                async with voice.synthesize(clause, conn_options=_ONCE) as sounds:
                    async for audio in sounds:
                        yield audio


def _told(kind: type[E], vendor: str, error: Exception) -> E:
    """A plugin's exception in our words. One that it gives no status broke off in mid-stream."""
    if isinstance(error, APIError) and not 400 <= getattr(error, "status_code", 0) < 600:
        late = isinstance(error, APITimeoutError)
        return kind(f"slow: {vendor} did not answer in time" if late else f"died: {vendor} broke off")
    return failure(kind, vendor, error)


async def _led(lead: str, text: AsyncIterator[str]) -> AsyncIterator[str]:
    yield lead
    async for piece in text:
        yield piece


class _Resampled:
    """Frames of any rate as s16le at `OUT_RATE`."""

    def __init__(self) -> None:
        self._stream: soxr.ResampleStream | None = None

    def take(self, frame: rtc.AudioFrame) -> bytes:
        samples = np.frombuffer(frame.data, np.int16)
        if frame.num_channels > 1:
            samples = samples.reshape(-1, frame.num_channels).mean(axis=1).astype(np.int16)
        if frame.sample_rate == OUT_RATE:
            return samples.tobytes()
        if self._stream is None:
            self._stream = soxr.ResampleStream(frame.sample_rate, OUT_RATE, 1, dtype="int16")
        return self._stream.resample_chunk(samples).tobytes()

    def rest(self) -> bytes:
        """What the filter still holds. Call it once, at the end."""
        if self._stream is None:
            return b""
        return self._stream.resample_chunk(np.zeros(0, np.int16), last=True).tobytes()


class PluginRecogniser:
    """`FallibleSpeechToText` of a plugin. Call `close` at the end.

    Args:
        vendor: its name.
        make: makes the plugin's recogniser for a language.
        languages: that it hears.
    """

    def __init__(
        self,
        vendor: str,
        make: Callable[[aiohttp.ClientSession, Language], stt.STT[str]],
        languages: frozenset[Language],
    ) -> None:
        self._vendor = vendor
        self._make = make
        self._languages = languages
        self._session: aiohttp.ClientSession | None = None

    def hears(self, language: Language) -> bool:
        return language in self._languages

    async def open(
        self, language: Language, emit: Callable[[Transcript], None], lost: Callable[[ServiceError], None]
    ) -> PluginStream:
        """See `FallibleSpeechToText.open`. No plugin says when it is connected: one that cannot is lost."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return PluginStream(self._vendor, self._make(self._session, language), emit, lost)

    async def close(self) -> None:
        if self._session:
            await self._session.close()


class PluginStream:
    """One fan's `SpeechStream`."""

    def __init__(
        self,
        vendor: str,
        recogniser: stt.STT[str],
        emit: Callable[[Transcript], None],
        lost: Callable[[ServiceError], None],
    ) -> None:
        self._vendor = vendor
        self._recogniser = recogniser
        self._emit = emit
        self._lost = lost
        self._stream: stt.RecognizeStream = recogniser.stream(conn_options=_ONCE)
        self._interim = ""
        self._given = False  # what was heard was given as a final, and the vendor's own is still to come
        self._waiting: asyncio.TimerHandle | None = None
        self._task = asyncio.create_task(self._listen())

    def hear(self, pcm: bytes) -> None:
        with contextlib.suppress(RuntimeError):  # it broke, and that is being told
            self._stream.push_frame(rtc.AudioFrame(pcm, IN_RATE, 1, len(pcm) // BYTES_PER_SAMPLE))

    def begin(self) -> None:
        """See `SpeechStream.begin`."""
        if self._waiting is None:  # else what was heard is owed yet
            self._interim, self._given = "", False

    def settle(self) -> None:
        """See `SpeechStream.settle`. A plugin that has no way to be asked is believed after a while."""
        with contextlib.suppress(RuntimeError):  # it broke, and that is being told
            self._stream.flush()
        if self._waiting is None:
            self._waiting = asyncio.get_running_loop().call_later(_FINAL_S, self._settled)

    async def close(self) -> None:
        if self._waiting:
            self._waiting.cancel()
        self._task.cancel()
        await asyncio.wait([self._task])
        await self._stream.aclose()
        await self._recogniser.aclose()

    def _settled(self) -> None:
        """No final came: what was heard last is one."""
        self._waiting = None
        text, self._interim, self._given = self._interim, "", bool(self._interim)
        self._emit(Transcript(text, final=True))

    async def _listen(self) -> None:
        try:
            async for event in self._stream:
                self._heard(event)
            error: Exception = EarError(f"died: {self._vendor} broke off")
        except Exception as raised:
            error = raised
        if self._waiting:
            self._waiting.cancel()
        self._lost(_told(EarError, self._vendor, error))

    def _heard(self, event: stt.SpeechEvent) -> None:
        text = event.alternatives[0].text.strip() if event.alternatives else ""
        if event.type is stt.SpeechEventType.INTERIM_TRANSCRIPT and text:
            self._interim, self._given = text, False
            self._emit(Transcript(text, final=False))
        elif event.type is stt.SpeechEventType.FINAL_TRANSCRIPT:
            if self._waiting:
                self._waiting.cancel()
                self._waiting = None
            elif self._given:
                self._given = False
                return
            self._interim = ""
            self._emit(Transcript(text, final=True))
