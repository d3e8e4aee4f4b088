"""`Twin`: one processor that hears, answers and speaks, where a pipeline has recogniser, model and voice."""

# pipecat's base classes take keywords without types
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress

from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    EndWorkerFrame,
    Frame,
    InterruptionFrame,
    LLMConfigureOutputFrame,
    LLMMessagesAppendFrame,
    StartFrame,
)
from pipecat.observers.base_observer import BaseObserver, FramePushed
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup
from pipecat.processors.frameworks.rtvi.frames import RTVIClientMessageFrame, RTVIServerResponseFrame
from pipecat.transports.base_output import BaseOutputTransport

from gemelo.models.errors import GemeloError, UsageError
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, OUT_RATE
from gemelo.pipelines.pipecat.mouth import Mouth
from gemelo.pipelines.pipecat.table import Broadcast, Hush, Push, Step, Voice, asked
from gemelo.pipelines.pipecat.talk import NotOpen, PipelineTalk

log = logging.getLogger(__name__)

OPEN_S = 10.0
"""How long frames wait for a session to be opened; what comes after that and before it is lost."""
_COMPLAIN_S = 1.0
_FOR_WHO_ANSWERS = (LLMMessagesAppendFrame, LLMConfigureOutputFrame)

Door = Callable[
    [Callable[[Step], Awaitable[None]]], AbstractAsyncContextManager[tuple[PipelineTalk, asyncio.Event]]
]
"""Lets a fan in, to a talk whose steps the argument takes; the event says that the fan has taken the session
up elsewhere. Raises `GemeloError` where nobody may come in."""


class Twin(FrameProcessor):
    """Hosts one session of a twin, from `StartFrame` to `EndFrame` (which lets it finish what it is saying)
    or `CancelFrame`. Where the session ends first, or none is to be had, it ends the pipeline.

    Event handlers: `on_opened(twin, opened)` with an `Opened`.

    Args:
        door: where its fan comes in; `Twins.twin` makes one for a deployment.
    """

    def __init__(self, door: Door, *, name: str | None = None) -> None:
        super().__init__(name=name)
        self._door = door
        self._talk: PipelineTalk | None = None
        self._hosting: asyncio.Task[None] | None = None
        self._mouth = Mouth(OUT_RATE)
        self._is_leaving = False
        self._complained = -math.inf
        self._register_event_handler("on_opened")

    async def setup(self, setup: FrameProcessorSetup) -> None:
        await super().setup(setup)
        self._mouth = Mouth(setup.audio_out_sample_rate)
        setup.pipeline_worker.add_observer(_Writing(self._wrote))

    async def cleanup(self) -> None:
        await self._close(at_once=True)
        await super().cleanup()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        down = direction is FrameDirection.DOWNSTREAM
        if isinstance(frame, StartFrame):
            await self.push_frame(frame, direction)
            await self._open()
        elif isinstance(frame, EndFrame | CancelFrame):
            await self._close(at_once=isinstance(frame, CancelFrame))
            await self.push_frame(frame, direction)
        else:
            if down or isinstance(frame, InterruptionFrame):
                await self._ask(frame)
            if not (down and isinstance(frame, _FOR_WHO_ANSWERS)):
                await self.push_frame(frame, direction)

    async def _ask(self, frame: Frame) -> None:
        """Has the session take a frame, and says what is wrong with it."""
        wrong = None
        try:
            call = asked(frame)
            if call is None:
                return
            if self._talk is None or self._is_leaving:
                raise NotOpen
            self._talk.ask(call)
        except UsageError as error:
            wrong = error
        await self._answer(frame, wrong)

    async def _answer(self, frame: Frame, wrong: UsageError | None) -> None:
        """A page's message is answered; of any other frame what is wrong goes upstream, once a second, but
        not that it came before a session or after it, as frames do."""
        now = asyncio.get_running_loop().time()
        said = f"{wrong.code}: {wrong}" if wrong else None
        if isinstance(frame, RTVIClientMessageFrame):
            await self.push_frame(RTVIServerResponseFrame(client_msg=frame, data={}, error=said))
        elif said and not isinstance(wrong, NotOpen) and now >= self._complained + _COMPLAIN_S:
            self._complained = now
            await self.push_error(said)

    # -- the session's life -------------------------------------------------------------------------

    async def _open(self) -> None:
        """Opens the session, unless it is open."""
        if self._hosting:
            return
        opened = asyncio.Event()
        self._hosting = asyncio.create_task(self._host(opened))
        with suppress(TimeoutError):
            await asyncio.wait_for(opened.wait(), OPEN_S)

    async def _host(self, opened: asyncio.Event) -> None:
        try:
            async with self._door(self._carry) as (talk, moved):
                self._talk = talk
                await self._call_event_handler("on_opened", talk.opened)
                asyncio.get_running_loop().call_soon(opened.set)
                await talk.serve(moved)
        except GemeloError as error:
            await self.push_error(f"{error.code}: {error}", force_treat_as_permanent=True)
        except Exception as error:  # its message may quote what a fan said
            log.error("a pipeline's talk ended by a fault: %s", type(error).__name__)
            await self.push_error("internal: the twin's session has failed", force_treat_as_permanent=True)
        finally:
            self._talk = None
            opened.set()
        if not self._is_leaving:
            await self.push_frame(
                EndWorkerFrame(reason="the twin's session is over"), FrameDirection.UPSTREAM
            )

    async def _close(self, *, at_once: bool) -> None:
        """Ends the session and waits until all of it is told and stored."""
        if not self._hosting:
            return
        self._is_leaving = True
        if self._talk is None:
            self._hosting.cancel()
        elif at_once:
            await self._talk.hang_up(1000)
        else:
            await self._talk.leave()
        await asyncio.wait([self._hosting])
        self._hosting, self._is_leaving = None, False

    # -- what the session tells ---------------------------------------------------------------------

    async def _carry(self, step: Step) -> None:
        match step:
            case Push(Voice() as voice):
                await self.push_frame(self._mouth.take(voice))
            case Push(frame, up):
                await self.push_frame(frame, FrameDirection.UPSTREAM if up else FrameDirection.DOWNSTREAM)
            case Broadcast(kind):
                await self.broadcast_frame(kind)
            case Hush():  # not `broadcast_interruption`: that forgets what the fan has just written
                self._mouth.forget()
                await self.broadcast_frame(InterruptionFrame)

    def _wrote(self, ms: float) -> None:
        if self._talk:
            self._talk.wrote(ms)


class _Writing(BaseObserver):
    """Sees how much of the twin's voice the pipeline's transport has written.

    Args:
        wrote: is told how many ms more.
    """

    def __init__(self, wrote: Callable[[float], None]) -> None:
        super().__init__(observe_every_push=False)  # a transport's pieces are frames of its own
        self._wrote = wrote

    async def on_push_frame(self, data: FramePushed) -> None:
        frame = data.frame
        if isinstance(frame, Voice) and isinstance(data.source, BaseOutputTransport):
            samples = len(frame.audio) / BYTES_PER_SAMPLE / frame.num_channels
            self._wrote(samples * 1000 / frame.sample_rate)
