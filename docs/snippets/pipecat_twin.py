from contextlib import asynccontextmanager

from fastapi import BackgroundTasks, FastAPI, WebSocket
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.runner.utils import parse_telephony_websocket
from pipecat.serializers.twilio import TwilioFrameSerializer
from pipecat.transports.base_transport import TransportParams
from pipecat.transports.smallwebrtc.request_handler import (
    SmallWebRTCPatchRequest,
    SmallWebRTCRequest,
    SmallWebRTCRequestHandler,
)
from pipecat.transports.smallwebrtc.transport import SmallWebRTCTransport
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.workers.runner import WorkerRunner

from gemelo.admin.wiring.pipecat import open_twins


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with open_twins() as app.state.twins:
        yield


app = FastAPI(lifespan=lifespan)
connections = SmallWebRTCRequestHandler()


async def talk(transport, **about):
    twin = app.state.twins.twin("demo-portal", language="en")
    worker = PipelineWorker(Pipeline([transport.input(), twin, transport.output()]), **about)

    @transport.event_handler("on_client_disconnected")
    async def gone(_transport, _client):
        await worker.cancel()

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()


@app.post("/api/offer")
async def offer(request: SmallWebRTCRequest, tasks: BackgroundTasks):
    async def begin(connection):
        both = TransportParams(audio_in_enabled=True, audio_out_enabled=True)
        tasks.add_task(talk, SmallWebRTCTransport(connection, both))

    return await connections.handle_web_request(request, begin)


@app.patch("/api/offer")
async def candidates(request: SmallWebRTCPatchRequest):
    await connections.handle_patch_request(request)


@app.websocket("/phone")
async def phone(socket: WebSocket):
    await socket.accept()
    _, call = await parse_telephony_websocket(socket)
    keep = TwilioFrameSerializer.InputParams(auto_hang_up=False)
    twilio = TwilioFrameSerializer(call.stream_id, params=keep)
    both = FastAPIWebsocketParams(audio_in_enabled=True, audio_out_enabled=True, serializer=twilio)
    rates = PipelineParams(audio_in_sample_rate=8000, audio_out_sample_rate=8000)
    await talk(FastAPIWebsocketTransport(socket, both), params=rates, enable_rtvi=False)
