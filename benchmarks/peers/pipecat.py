"""pipecat behind the scripted services: its standard voice pipeline on its public base classes. Neutral."""

# It runs in an environment of the peers' own; gemelo's has pipecat for its tests, or none.
# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportUntypedBaseClass=false
# pyright: reportUntypedFunctionDecorator=false

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Mapping
from importlib.metadata import version
from typing import Any

from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADParams
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMMessagesAppendFrame,
    LLMTextFrame,
    OutputAudioRawFrame,
    ProposedUserStartedSpeakingFrame,
    ProposedUserStoppedSpeakingFrame,
    StartFrame,
    STTMetadataFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.llm_service import LLMService
from pipecat.services.settings import LLMSettings, STTSettings, TTSSettings
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TextAggregationMode, TTSService
from pipecat.transports.base_input import BaseInputTransport
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams
from pipecat.turns.eager_end_of_turn_mixin import EagerEndOfTurnSTTServiceMixin
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner

from gemelo.benchmarks.peers.conversation import Services
from gemelo.benchmarks.peers.playback import Playback
from gemelo.benchmarks.peers.services import Mind, Recogniser, Synthesis, Voice
from gemelo.benchmarks.peers.speech import IN_RATE, OUT_RATE
from gemelo.benchmarks.transcripts import Cue, Line

VERSIONS: Mapping[str, str] = {"pipecat-ai": version("pipecat-ai")}

logger.remove()
logger.add(sys.stderr, level="ERROR")


def open_engine(services: Services, settings: Mapping[str, Any]) -> Pipecat:
    return Pipecat(services, settings)


_SYSTEM: list[Any] = [{"role": "system", "content": "You are a digital twin."}]


class Pipecat:
    """One pipeline: transport, recogniser, user, mind, voice, transport, assistant.

    Settings: `vad` (parameters of its analyser), `user_speech_timeout` (s; without it its turn model
    decides), `eager` (answers predicted ends), `text_aggregation`, `audio_out_10ms_chunks`, `enable_rtvi`.
    """

    def __init__(self, services: Services, settings: Mapping[str, Any]) -> None:
        self._spoken = services.spoken
        chunks = {name: settings[name] for name in ("audio_out_10ms_chunks",) if name in settings}
        params = TransportParams(
            audio_in_enabled=services.spoken, audio_out_enabled=services.spoken, **chunks
        )
        self._in, out = _In(params), _Out(params, services.playback)
        context = LLMContext([*_SYSTEM])
        pair = LLMContextAggregatorPair(context, user_params=_user(services, settings))
        mode = TextAggregationMode(settings.get("text_aggregation", "sentence"))
        mind = _Llm(services.mind)
        if services.spoken:
            ears = (_Flux if services.recogniser.predicts else _Stt)(services.recogniser, settings)
            stages = [self._in, ears, pair.user(), mind, _Tts(services.voice, mode), out, pair.assistant()]
        else:
            stages = [self._in, pair.user(), mind, _Screen(services), out, pair.assistant()]
        observed = settings.get("enable_rtvi", True)
        quiet: dict[str, Any] = {} if observed else {"enable_rtvi": False, "enable_turn_tracking": False}
        self._worker = PipelineWorker(
            Pipeline(stages),
            params=PipelineParams(),
            idle_timeout_secs=None,
            **quiet,
        )
        self._started = asyncio.Event()

        @self._worker.event_handler("on_pipeline_started")
        async def _(*_: object) -> None:
            self._started.set()

    async def start(self) -> None:
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(self._worker)
        self._running = asyncio.create_task(runner.run())
        await self._started.wait()

    async def hear(self, pcm: bytes) -> None:
        await self._in.push_audio_frame(InputAudioRawFrame(pcm, IN_RATE, 1))

    async def say(self, text: str) -> None:
        message: Any = {"role": "user", "content": text}
        await self._worker.queue_frames([LLMMessagesAppendFrame([message], run_llm=True)])

    async def stop(self) -> None:
        await self._worker.cancel()
        await asyncio.wait([self._running], timeout=5)


def _user(services: Services, settings: Mapping[str, Any]) -> LLMUserAggregatorParams:
    if not services.spoken:
        return LLMUserAggregatorParams()
    strategies: dict[str, Any] = {}
    if "user_speech_timeout" in settings:
        stop = SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=settings["user_speech_timeout"])
        strategies = {"user_turn_strategies": UserTurnStrategies(stop=[stop])}
    vad = SileroVADAnalyzer(params=VADParams(**settings.get("vad", {})))
    return LLMUserAggregatorParams(vad_analyzer=vad, **strategies)


class _In(BaseInputTransport):
    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)


class _Out(BaseOutputTransport):
    """A device that takes a chunk when it has played the one before."""

    def __init__(self, params: TransportParams, playback: Playback) -> None:
        super().__init__(params)
        self._playback = playback

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def write_audio_frame(self, frame: OutputAudioRawFrame) -> bool:
        await asyncio.sleep(max(0.0, self._playback.playhead - asyncio.get_running_loop().time()))
        self._playback.write(frame.audio)
        return True


class _Stt(STTService):
    """A recogniser that marks its finals as such; a task reads its lines as one reads a vendor's socket."""

    def __init__(self, recogniser: Recogniser, settings: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(settings=STTSettings(model="scripted", language="en"), **kwargs)
        self._lines: asyncio.Queue[Line] = asyncio.Queue()
        self._reading: asyncio.Task[None] | None = None
        recogniser.listener = self._lines.put_nowait

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        if not self._reading:
            self._reading = self.create_task(self._read())

    async def cleanup(self) -> None:
        if self._reading:
            await self.cancel_task(self._reading)
            self._reading = None
        await super().cleanup()

    async def run_stt(self, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        yield None

    async def said(self, line: Line) -> None:
        if line.cue is Cue.FINAL:
            await self.push_frame(TranscriptionFrame(line.text, "fan", "", finalized=True))
        else:
            await self.push_frame(InterimTranscriptionFrame(line.text, "fan", ""))

    async def _read(self) -> None:
        while True:
            await self.said(await self._lines.get())


class _Flux(EagerEndOfTurnSTTServiceMixin, _Stt):
    """A recogniser that predicts the ends of turns, as pipecat's own for Deepgram Flux does it."""

    def __init__(self, recogniser: Recogniser, settings: Mapping[str, Any]) -> None:
        super().__init__(recogniser, settings, enable_eager_end_of_turn=settings.get("eager", False))

    def service_metadata_frame(self) -> STTMetadataFrame:
        frame = super().service_metadata_frame()
        frame.user_turn_strategies = self.recommended_user_turn_strategies(enable_interruptions=True)
        return frame

    async def said(self, line: Line) -> None:
        match line.cue:
            case Cue.START:
                await self.broadcast_frame(ProposedUserStartedSpeakingFrame)
            case Cue.EAGER_END:
                await self._push_eager_end_of_turn(line.text, user_id="fan")
            case Cue.RESUME:
                await self._cancel_eager_end_of_turn()
            case Cue.END:
                self._clear_eager_end_of_turn()
                await self.push_frame(TranscriptionFrame(line.text, "fan", "", finalized=True))
                await self.broadcast_frame(ProposedUserStoppedSpeakingFrame)
            case _:
                await self.push_frame(InterimTranscriptionFrame(line.text, "fan", ""))


class _Llm(LLMService):
    def __init__(self, mind: Mind) -> None:
        super().__init__(
            settings=LLMSettings(
                model="scripted",
                system_instruction=None,
                temperature=None,
                max_tokens=None,
                top_p=None,
                top_k=None,
                frequency_penalty=None,
                presence_penalty=None,
                seed=None,
                filter_incomplete_user_turns=False,
                user_turn_completion_config=None,
            )
        )
        self._mind = mind

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if not isinstance(frame, LLMContextFrame):
            await self.push_frame(frame, direction)
            return
        await self.push_frame(LLMFullResponseStartFrame())
        try:
            async for token in self._mind.answer(_asked(frame.context)):
                await self.push_frame(LLMTextFrame(token))
        finally:
            await self.push_frame(LLMFullResponseEndFrame())


def _asked(context: LLMContext) -> str:
    """What the fan has said since the twin spoke last."""
    asked: list[str] = []
    said: list[Any] = context.get_messages()
    for message in reversed(said):
        if message["role"] != "user":
            break
        asked.insert(0, str(message["content"]))
    return " ".join(asked)


class _Tts(TTSService):
    """A voice on a socket: text is handed over, a task adds the sound to its context as it comes."""

    def __init__(self, voice: Voice, mode: TextAggregationMode) -> None:
        super().__init__(
            text_aggregation_mode=mode,
            push_start_frame=True,
            push_text_frames=True,
            settings=TTSSettings(model="scripted", voice="twin", language="en"),
        )
        self._voice = voice
        self._speaking: dict[str, tuple[Synthesis, asyncio.Task[None]]] = {}

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        if context_id not in self._speaking:
            synthesis = self._voice.speak()
            reading = self.create_task(self._read(synthesis, context_id))
            self._speaking[context_id] = (synthesis, reading)
        self._speaking[context_id][0].feed(text)
        yield None

    async def flush_audio(self, context_id: str | None = None) -> None:
        if context_id in self._speaking:
            self._speaking[context_id][0].end()

    async def on_audio_context_interrupted(self, context_id: str) -> None:
        if speaking := self._speaking.pop(context_id, None):
            await self.cancel_task(speaking[1])

    async def cleanup(self) -> None:
        for _, reading in self._speaking.values():
            await self.cancel_task(reading)
        await super().cleanup()

    async def _read(self, synthesis: Synthesis, context_id: str) -> None:
        async for sound in synthesis.chunks():
            frame = TTSAudioRawFrame(sound.pcm, OUT_RATE, 1, context_id=context_id)
            await self.append_to_audio_context(context_id, frame)
        await self.append_to_audio_context(context_id, TTSStoppedFrame(context_id=context_id))
        await self.remove_audio_context(context_id)
        self._speaking.pop(context_id, None)


class _Screen(FrameProcessor):
    """Where text leaves for the fan."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._texts = services.texts

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMTextFrame):
            self._texts.write(frame.text)
        await self.push_frame(frame, direction)
