"""LiveKit Agents behind the scripted services: an `AgentSession` without a room. Neutral."""

# It runs in an environment of its own; gemelo's has another version of livekit, or none.
# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
# pyright: reportAttributeAccessIssue=false, reportArgumentType=false, reportMissingTypeArgument=false
# pyright: reportIncompatibleMethodOverride=false

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

os.environ.setdefault("LIVEKIT_AGENTS_PRELOAD_LOCAL_INFERENCE", "0")

from livekit import rtc
from livekit.agents import Agent, AgentSession, inference, llm, stt, tokenize, tts
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, APIConnectOptions
from livekit.agents.voice import io

from gemelo.benchmarks.peers.conversation import Services, Texts
from gemelo.benchmarks.peers.playback import Playback
from gemelo.benchmarks.peers.services import Mind, Recogniser, Synthesis, Voice
from gemelo.benchmarks.peers.speech import IN_RATE, OUT_RATE
from gemelo.benchmarks.transcripts import Cue, Line

VERSIONS: Mapping[str, str] = {"livekit-agents": version("livekit-agents")}

logging.getLogger("livekit").setLevel(logging.ERROR)
_TURN_HANDLING = ("turn_detection", "endpointing", "interruption", "preemptive_generation")


def open_engine(services: Services, settings: Mapping[str, Any]) -> LiveKit:
    return LiveKit(services, settings)


class LiveKit:
    """One session.

    Settings: those of its turn handling, `min_silence_duration` (s, of its VAD), `text_aggregation`.
    """

    def __init__(self, services: Services, settings: Mapping[str, Any]) -> None:
        handling: dict[str, Any] = {name: settings[name] for name in _TURN_HANDLING if name in settings}
        self._microphone = _Microphone()
        if services.spoken:
            vad = {}
            if "min_silence_duration" in settings:
                seconds = settings["min_silence_duration"]
                vad = {"vad": inference.VAD(model="silero", min_silence_duration=seconds)}
            voice = _Tts(services.voice, by_token=settings.get("text_aggregation") == "token")
            self._session = AgentSession(
                stt=_Stt(services.recogniser),
                llm=_Llm(services.mind),
                tts=voice,
                turn_handling=handling,
                **vad,
            )
            self._session.input.audio = self._microphone
            self._session.output.audio = _Loudspeaker(services.playback)
        else:
            manual: dict[str, Any] = {"turn_detection": "manual"}
            self._session = AgentSession(llm=_Llm(services.mind), vad=None, turn_handling=manual)
            self._session.output.transcription = _Screen(services.texts)

    async def start(self) -> None:
        await self._session.start(Agent(instructions="You are a digital twin."), record=False)

    async def hear(self, pcm: bytes) -> None:
        self._microphone.frames.put_nowait(rtc.AudioFrame(pcm, IN_RATE, 1, len(pcm) // 2))

    async def say(self, text: str) -> None:
        self._session.generate_reply(user_input=text)

    async def stop(self) -> None:
        await self._session.aclose()


class _Microphone(io.AudioInput):
    def __init__(self) -> None:
        super().__init__(label="fan")
        self.frames: asyncio.Queue[rtc.AudioFrame] = asyncio.Queue()

    async def __anext__(self) -> rtc.AudioFrame:
        return await self.frames.get()


class _Loudspeaker(io.AudioOutput):
    """Takes frames as fast as they come, and tells when they have been played, as a room's track does."""

    def __init__(self, playback: Playback) -> None:
        capabilities = io.AudioOutputCapabilities(pause=True)
        super().__init__(label="fan", capabilities=capabilities, sample_rate=OUT_RATE)
        self._playback = playback
        self._written_s = 0.0
        self._is_paused = False
        self._flushed = False
        self._over: asyncio.TimerHandle | None = None

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        self._playback.write(bytes(frame.data))
        if not self._written_s:
            self.on_playback_started(created_at=time.time())
        self._written_s += frame.duration

    def flush(self) -> None:
        super().flush()
        self._flushed = self._written_s > 0
        self._await_end()

    def clear_buffer(self) -> None:
        if self._written_s:
            left_s = self._playback.left_s
            self._playback.clear()
            self._finish(self._written_s - left_s, interrupted=True)

    def pause(self) -> None:
        super().pause()
        self._playback.pause()
        self._await_end()

    def resume(self) -> None:
        super().resume()
        self._playback.resume()
        self._await_end()

    def _await_end(self) -> None:
        """Sets the alarm for the moment when all that was flushed will have been played."""
        if self._over:
            self._over.cancel()
            self._over = None
        if self._flushed and not self._playback.is_paused:
            loop = asyncio.get_running_loop()
            self._over = loop.call_at(self._playback.playhead, self._finish, self._written_s)

    def _finish(self, played_s: float, interrupted: bool = False) -> None:
        self._written_s, self._flushed = 0.0, False
        self._await_end()
        self.on_playback_finished(playback_position=played_s, interrupted=interrupted)


class _Screen(io.TextOutput):
    """Where text leaves for the fan."""

    def __init__(self, texts: Texts) -> None:
        super().__init__(label="fan", next_in_chain=None)
        self._texts = texts

    async def capture_text(self, text: str) -> None:
        self._texts.write(text)

    def flush(self) -> None:
        return


class _Stt(stt.STT):
    def __init__(self, recogniser: Recogniser) -> None:
        capabilities = stt.STTCapabilities(streaming=True, interim_results=True, offline_recognize=False)
        super().__init__(capabilities=capabilities)
        self._recogniser = recogniser

    async def _recognize_impl(self, *_: Any, **__: Any) -> stt.SpeechEvent:
        raise NotImplementedError

    def stream(
        self, *, language: Any = NOT_GIVEN, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> _SttStream:
        return _SttStream(self, self._recogniser, conn_options)


class _SttStream(stt.RecognizeStream):
    """Its events are those of LiveKit's own recognisers: an eager end is a preflight transcript."""

    _EVENTS: Mapping[Cue, tuple[stt.SpeechEventType, ...]] = {
        Cue.INTERIM: (stt.SpeechEventType.INTERIM_TRANSCRIPT,),
        Cue.FINAL: (stt.SpeechEventType.FINAL_TRANSCRIPT,),
        Cue.START: (stt.SpeechEventType.START_OF_SPEECH, stt.SpeechEventType.INTERIM_TRANSCRIPT),
        Cue.UPDATE: (stt.SpeechEventType.INTERIM_TRANSCRIPT,),
        Cue.EAGER_END: (stt.SpeechEventType.PREFLIGHT_TRANSCRIPT,),
        Cue.RESUME: (stt.SpeechEventType.INTERIM_TRANSCRIPT,),
        Cue.END: (stt.SpeechEventType.FINAL_TRANSCRIPT, stt.SpeechEventType.END_OF_SPEECH),
    }

    def __init__(self, service: _Stt, recogniser: Recogniser, conn_options: APIConnectOptions) -> None:
        super().__init__(stt=service, conn_options=conn_options, sample_rate=IN_RATE)
        recogniser.listener = self._said

    def _said(self, line: Line) -> None:
        said = [stt.SpeechData(language="en", text=line.text, confidence=1.0)]
        for kind in self._EVENTS[line.cue]:
            self._event_ch.send_nowait(stt.SpeechEvent(type=kind, alternatives=said))

    async def _run(self) -> None:
        async for _ in self._input_ch:
            pass


class _Llm(llm.LLM):
    def __init__(self, mind: Mind) -> None:
        super().__init__()
        self.mind = mind

    def chat(
        self,
        *,
        chat_ctx: llm.ChatContext,
        tools: list[Any] | None = None,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
        **_: Any,
    ) -> _LlmStream:
        return _LlmStream(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)


class _LlmStream(llm.LLMStream):
    async def _run(self) -> None:
        async for token in self._llm.mind.answer(_asked(self._chat_ctx)):
            delta = llm.ChoiceDelta(role="assistant", content=token)
            self._event_ch.send_nowait(llm.ChatChunk(id="reply", delta=delta))


def _asked(context: llm.ChatContext) -> str:
    """What the fan has said since the twin spoke last."""
    asked: list[str] = []
    for message in reversed(context.messages()):
        if message.role != "user":
            break
        asked.insert(0, message.text_content or "")
    return " ".join(asked)


class _Tts(tts.TTS):
    """A streaming voice.

    Args:
        by_token: hand text over as it comes; otherwise by sentence, cut by LiveKit's own tokeniser, as
            its streaming plugins do.
    """

    def __init__(self, voice: Voice, *, by_token: bool) -> None:
        capabilities = tts.TTSCapabilities(streaming=True)
        super().__init__(capabilities=capabilities, sample_rate=OUT_RATE, num_channels=1)
        self.voice = voice
        self.by_token = by_token

    def synthesize(self, text: str, **_: Any) -> tts.ChunkedStream:
        raise NotImplementedError

    def stream(self, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS) -> _TtsStream:
        return _TtsStream(tts=self, conn_options=conn_options)


class _TtsStream(tts.SynthesizeStream):
    async def _run(self, emitter: tts.AudioEmitter) -> None:
        emitter.initialize(
            request_id="reply", sample_rate=OUT_RATE, num_channels=1, mime_type="audio/pcm", stream=True
        )
        emitter.start_segment(segment_id="reply")
        synthesis = self._tts.voice.speak()
        feed = self._feed_tokens if self._tts.by_token else self._feed_sentences
        feeding = asyncio.create_task(feed(synthesis))
        try:
            async for sound in synthesis.chunks():
                emitter.push(sound.pcm)
            emitter.end_segment()
        finally:
            feeding.cancel()

    async def _feed_tokens(self, synthesis: Synthesis) -> None:
        async for piece in self._input_ch:
            if isinstance(piece, str):
                self._mark_started()
                synthesis.feed(piece)
        synthesis.end()

    async def _feed_sentences(self, synthesis: Synthesis) -> None:
        sentences = tokenize.blingfire.SentenceTokenizer().stream()
        pushing = asyncio.create_task(self._push(sentences))
        try:
            async for sentence in sentences:
                self._mark_started()
                synthesis.feed(f"{sentence.token} ")
        finally:
            pushing.cancel()
            await sentences.aclose()
            synthesis.end()

    async def _push(self, sentences: tokenize.SentenceStream) -> None:
        async for piece in self._input_ch:
            if isinstance(piece, str):
                sentences.push_text(piece)
            else:
                sentences.flush()
        sentences.end_input()
