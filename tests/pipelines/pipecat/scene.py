"""A real pipeline of pipecat's in virtual time: a twin, and a transport that writes into the air."""

# pipecat's base classes take keywords without types
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from pipecat.frames.frames import (
    ErrorFrame,
    Frame,
    LLMMessagesAppendFrame,
    LLMTextFrame,
    OutputAudioRawFrame,
    StartFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams
from pipecat.workers.runner import WorkerRunner

from gemelo.admin.api.metrics import PrometheusMeters
from gemelo.engine.session import Fan
from gemelo.models.errors import GemeloError
from gemelo.models.vocabulary import OUT_RATE
from gemelo.pipelines.pipecat.processor import Twin
from gemelo.pipelines.pipecat.table import Step
from gemelo.pipelines.pipecat.talk import PipelineTalk
from tests.fakes import EN, World
from tests.virtual import virtually

F = TypeVar("F", bound=Frame)


def appended(*messages: Any, run: bool | None = None) -> LLMMessagesAppendFrame:
    """What pipecat's clients have typed text sent as."""
    return LLMMessagesAppendFrame(messages=list(messages), run_llm=run)


class Ends(FrameProcessor):
    """Stands before a twin or behind its transport and keeps what comes by, and when (s)."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[tuple[float, Frame]] = []

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        self.frames.append((asyncio.get_running_loop().time(), frame))
        await self.push_frame(frame, direction)

    def of(self, kind: type[F]) -> list[F]:
        return [frame for _, frame in self.frames if isinstance(frame, kind)]

    def when(self, kind: type[Frame]) -> float:
        """When the first of a kind came by."""
        return next(at for at, frame in self.frames if isinstance(frame, kind))


class Air(BaseOutputTransport):
    """A transport that takes as long to write a sound as it lasts, and before the first `late_s`."""

    def __init__(self) -> None:
        super().__init__(TransportParams(audio_out_enabled=True, audio_out_end_silence_secs=0))
        self.written = bytearray()
        self.late_s = 0.0

    async def start(self, frame: StartFrame) -> None:
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def write_audio_frame(self, frame: OutputAudioRawFrame) -> bool:
        if not self.written:
            await asyncio.sleep(self.late_s)
        self.written += frame.audio
        await asyncio.sleep(len(frame.audio) / 2 / frame.sample_rate)
        return True


class Piped:
    """A pipeline with a twin in it; `rate` is that of what it puts out (Hz)."""

    def __init__(self, twin: Twin, rate: int = OUT_RATE) -> None:
        self.twin = twin
        self.before, self.air, self.behind = Ends(), Air(), Ends()
        pipeline = Pipeline([self.before, twin, self.air, self.behind])
        params = PipelineParams(audio_out_sample_rate=rate)
        self.worker = PipelineWorker(pipeline, params=params, idle_timeout_secs=None, enable_rtvi=False)
        self.running: asyncio.Task[None] | None = None

    async def start(self) -> None:
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(self.worker)
        self.running = asyncio.create_task(runner.run())

    async def give(self, frame: Frame, wait_s: float = 0.0) -> None:
        """Sends a frame down from where the pipeline begins."""
        await self.worker.queue_frame(frame)
        await asyncio.sleep(wait_s)

    async def over(self) -> None:
        """Waits until the pipeline has ended."""
        assert self.running
        async with asyncio.timeout(60):
            await self.running

    def said(self) -> str:
        """All that the twin wrote."""
        return "".join(frame.text for frame in self.behind.of(LLMTextFrame))

    def errors(self) -> list[str]:
        """What whoever runs the pipeline was told of errors."""
        return [frame.error for frame in self.before.of(ErrorFrame)]


class Scene(Piped):
    """A pipeline whose twin runs on scripted services; `refusal` is why nobody is let in."""

    def __init__(
        self, refusal: GemeloError | None = None, *, spoken: bool = True, rate: int = OUT_RATE
    ) -> None:
        self.world = World()
        self.refusal = refusal
        self.spoken = spoken
        self.talks: list[PipelineTalk] = []
        self.moved = asyncio.Event()
        super().__init__(Twin(self.door), rate)

    @asynccontextmanager
    async def door(
        self, carry: Callable[[Step], Awaitable[None]]
    ) -> AsyncGenerator[tuple[PipelineTalk, asyncio.Event]]:
        if self.refusal:
            raise self.refusal
        fan = Fan(f"s{len(self.talks) + 1}", EN)
        talk = PipelineTalk(
            fan, self.world.stage(), PrometheusMeters(), carry, resume="again", spoken=self.spoken
        )
        self.talks.append(talk)
        yield talk, self.moved

    def outcomes(self) -> list[Any]:
        return list(self.world.records.outcomes.values())


def scene(
    play: Callable[[Scene], Awaitable[None]],
    refusal: GemeloError | None = None,
    *,
    spoken: bool = True,
    rate: int = OUT_RATE,
    kind: type[Scene] = Scene,
) -> Scene:
    """Plays a scene to the end of its pipeline."""

    async def main() -> Scene:
        played = kind(refusal, spoken=spoken, rate=rate)
        await played.start()
        await asyncio.sleep(1)
        await play(played)
        await played.over()
        return played

    return virtually(main())
