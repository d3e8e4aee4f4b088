"""What a protocol costs on top of the same session: one scripted server, four ways to talk to it, in turns.

    callers (this process, core B) ── /v1/talk · /rtvi · /v1/realtime ──▶ server (core A)
                                   ── livekit-server (core B) ── WebRTC ──▶ worker (core A)

Every fan asks the same question again and again, one way after the other, and round again. Voice-to-voice is
from the last loud sample that was sent to the first that sounds of what came. Then typed turns over
`/v1/chat/completions`, with a mind at an upstream that writes at once: its own time to the first token is
taken out.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from time import perf_counter
from typing import Any

import aiohttp
import numpy as np
import soxr  # pyright: ignore[reportMissingTypeStubs]

from gemelo.benchmarks import callers, text
from gemelo.benchmarks.callers import Caller, Dial
from gemelo.benchmarks.density import needs_its_own, two_cores
from gemelo.benchmarks.fan import Clip, render, sound_bounds
from gemelo.benchmarks.intervals import ENOUGH_FOR_P95
from gemelo.benchmarks.processes import cpu_s
from gemelo.benchmarks.rows import Bench, Row, amount, times
from gemelo.benchmarks.serving import DEPLOYMENT, LOOPBACK, scripted
from gemelo.benchmarks.spoken_turns import EN
from gemelo.benchmarks.upstream import Upstream, upstream
from gemelo.models.vocabulary import FRAME_MS, IN_RATE

QUESTION = "Who are you?"
FANS, TURNS = 15, 8
"""In one slice; the first turn of each fan, which tells whose twin this is, is not counted."""
ROOMS = 4
"""The same in rooms: both ends of fifteen calls over WebRTC, and the server between, fill two cores."""
SLICES, FULL_SLICES = 2, 6
"""Of each protocol, in turns."""
CHATS, CHAT_TURNS = 12, 8
_ANSWER_MS_A_CHAR = 4.0
_ANSWER_WITHIN_S = 4.0
_THINK_S = 0.3
_APART_S = 0.2
_BASE = "talk"
SETTINGS = {
    "server": "gemelo's own; Silero, a pause ends a turn; first token 180 ms, 15 ms a token; voice 90 ms",
    "fans": f"{FANS} at once, {TURNS} short questions each in a slice, {SLICES} slices of each protocol "
    f"({FULL_SLICES} with --full), the protocols in turns; answers of 0.7 s",
    "rooms": f"{ROOMS} fans at once",
    "voice_to_voice": "from the last loud sample sent to the first of the answer that came",
    "livekit": "a worker; buffers of WebRTC at both ends are in it; the server's processor time apart",
    "chat": "first text at the client over the upstream's own time to its first token, both on loopback",
}


@dataclass
class Found:
    """What one protocol took in all of its slices.

    Attributes:
        waits: voice-to-voice (ms).
        asked: questions that were counted.
        cpu_s, minutes: processor time of who serves it, and minutes of sessions.
        besides_s: processor time of a server in between.
    """

    waits: list[float] = field(default_factory=list[float])
    asked: int = 0
    cpu_s: float = 0.0
    minutes: float = 0.0
    besides_s: float | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """One protocol: how it is dialled, who serves it, and whose server stands between."""

    name: str
    dial: Dial
    pid: int
    besides: int | None = None
    fans: int = FANS


async def run(bench: Bench) -> list[Row]:
    """Talks over each protocol in turns, then types over completions.

    Raises:
        ServerFailed: a server did not start.
        UsageError: another server was named.
    """
    needs_its_own(bench)
    voice = (await (await bench.house()).place(DEPLOYMENT)).stage.voice
    clip = await render(voice, QUESTION, EN)
    found = defaultdict[str, Found](Found)
    async with AsyncExitStack() as stack:
        core = stack.enter_context(two_cores())
        ways = await stack.enter_async_context(_ways(bench, core))
        for number in range(FULL_SLICES if bench.full else SLICES):
            for way in ways:
                await _slice(way, clip, found[way.name])
                waited = len(found[way.name].waits)
                bench.report(f"protocols: slice {number + 1}, {way.name}: {waited} answers so far")
    return [*rows(found), *await _completions(bench)]


def rows(found: dict[str, Found]) -> list[Row]:
    """The figures of each protocol, and what it adds to the first."""
    told: list[Row] = []
    base = found.get(_BASE, Found())
    for name, one in found.items():
        told.append(amount("answered", "share", len(one.waits) / max(1, one.asked), name))
        told.append(amount("cpu_s_per_min", "s", one.cpu_s / max(one.minutes, 1e-9), name))
        if one.besides_s is not None:
            told.append(amount("server_cpu_s_per_min", "s", one.besides_s / max(one.minutes, 1e-9), name))
        if one.waits:
            told.append(times("voice_to_voice", "en", one.waits, name))
        for percent in (50, 95):
            if name != _BASE and min(len(one.waits), len(base.waits)) >= (1, ENOUGH_FOR_P95)[percent == 95]:
                over = np.percentile(one.waits, percent) - np.percentile(base.waits, percent)
                told.append(amount(f"added_voice_to_voice_p{percent}", "ms", float(over), name))
    return told


@asynccontextmanager
async def _ways(bench: Bench, core: Sequence[str]) -> AsyncGenerator[list[Way]]:
    """The protocols, with all that serves them; a room only where a livekit-server was built."""
    arguments = (*core, "--turns", "provider", "--codecs", "--ms-a-char", str(_ANSWER_MS_A_CHAR))
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(scripted(*arguments))
        ways = [
            Way(_BASE, callers.talk(server.port), server.pid),
            Way("rtvi", callers.rtvi(server.port), server.pid),
            Way("realtime", callers.realtime(server.port), server.pid),
        ]
        if find_spec("livekit") is None:
            bench.report("protocols: no rooms: install gemelo[livekit]")
        else:
            from gemelo.benchmarks.livekit_server import KEYS, MISSING, PROGRAM, LiveKitServer

            if PROGRAM.exists():
                between = await asyncio.to_thread(LiveKitServer().start)
                stack.push_async_callback(asyncio.to_thread, between.stop)
                worker = await stack.enter_async_context(
                    scripted(*arguments, "--livekit", between.url, demo=None, GEMELO_DRAIN_S="1", **KEYS)
                )
                ways.append(Way("livekit", callers.room(between), worker.pid, between.pid, ROOMS))
            else:
                bench.report(f"protocols: no rooms: {MISSING}")
        yield ways


async def _slice(way: Way, clip: Clip, found: Found) -> None:
    """A few fans over one protocol, each for some turns."""
    now = asyncio.get_running_loop().time
    async with AsyncExitStack() as stack:
        called = [await stack.enter_async_context(way.dial()) for _ in range(way.fans)]
        used, began = cpu_s(way.pid), now()
        between = cpu_s(way.besides) if way.besides else 0.0
        talks = await asyncio.gather(
            *(_conversation(one, clip, number * _APART_S) for number, one in enumerate(called))
        )
        found.cpu_s += cpu_s(way.pid) - used
        found.minutes += way.fans * (now() - began) / 60
        if way.besides:
            found.besides_s = (found.besides_s or 0.0) + cpu_s(way.besides) - between
    for waits in talks:
        found.asked += len(waits)
        found.waits += [ms for ms in waits if ms is not None]


async def _conversation(caller: Caller, clip: Clip, after_s: float) -> list[float | None]:
    """One fan's questions but the first: how long each took to be answered (ms), None where it was not."""
    pcm = _at_rate(clip, caller.rate)
    end_s = sound_bounds(clip)[1] / IN_RATE
    microphone = _Microphone(caller)
    speaking = asyncio.create_task(microphone.run())
    now = asyncio.get_running_loop().time
    waits: list[float | None] = []
    try:
        await asyncio.sleep(after_s)
        for _ in range(TURNS):
            ended = microphone.play(pcm) + end_s
            await asyncio.sleep(ended - now())
            heard = await caller.ear.next_sound(_ANSWER_WITHIN_S)
            waits.append(None if heard is None else 1000 * (heard - ended))
            await caller.ear.quiet(_THINK_S)
    finally:
        speaking.cancel()
        await asyncio.gather(speaking, return_exceptions=True)
    return waits[1:]


class _Microphone:
    """Sends 20 ms frames on an absolute clock, silence where nobody speaks."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._bytes = caller.rate * FRAME_MS // 1000 * 2
        self._left = b""
        self._sent = 0
        self._start = asyncio.get_running_loop().time()

    def play(self, pcm: bytes) -> float:
        """Speaks from the next frame on; says when its first sample sounds (s)."""
        self._left = pcm
        return self._start + self._sent * FRAME_MS / 1000

    async def run(self) -> None:
        now = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(self._start + (self._sent + 1) * FRAME_MS / 1000 - now())
            self._sent += 1
            frame, self._left = self._left[: self._bytes], self._left[self._bytes :]
            await self._caller.say(frame.ljust(self._bytes, b"\0"))


def _at_rate(clip: Clip, rate: int) -> bytes:
    if rate == IN_RATE:
        return clip.tobytes()
    sound = soxr.resample(clip.astype(np.float32), IN_RATE, rate)
    return np.clip(sound, -32768, 32767).astype(np.int16).tobytes()


async def _completions(bench: Bench) -> list[Row]:
    """First text of typed turns over `/v1/chat/completions`, the upstream's own first token taken out."""
    bench.report("protocols: completions over an upstream on loopback")
    questions = [question for lang, question in text.questions(2 * CHATS * CHAT_TURNS) if lang == "en"]
    added: list[float] = []
    async with upstream() as mind:
        serving = scripted(GEMELO_LLM_URL=mind.url, GEMELO_LLM_MODEL="scripted")
        async with serving as server, aiohttp.ClientSession() as client:
            url = f"http://{LOOPBACK}:{server.port}/v1/chat/completions"
            for number in range(CHATS):
                own = questions[number * CHAT_TURNS : (number + 1) * CHAT_TURNS]
                added += (await _chat(client, url, own, mind))[number == 0 :]
    return [times("first_text_over_upstream", "en", added, "chat")] if added else []


async def _chat(
    client: aiohttp.ClientSession, url: str, questions: Sequence[str], mind: Upstream
) -> list[float]:
    """One conversation; of its turns but the first, those for which the mind was asked (ms)."""
    messages: list[dict[str, str]] = []
    added: list[float] = []
    for number, question in enumerate(questions):
        messages.append({"role": "user", "content": question})
        before = len(mind.answered)
        took, said = await _completed(client, url, messages)
        messages.append({"role": "assistant", "content": said})
        if number and len(mind.answered) == before + 1:
            added.append(took - 1000 * (mind.answered[-1].first - mind.answered[-1].came))
    return added


async def _completed(
    client: aiohttp.ClientSession, url: str, messages: list[dict[str, str]]
) -> tuple[float, str]:
    """Ms to the first text of a streamed answer, and all of it."""
    sent, took, said = perf_counter(), 0.0, ""
    asked: dict[str, Any] = {"model": DEPLOYMENT, "messages": messages, "stream": True}
    async with client.post(url, json=asked) as answer:
        answer.raise_for_status()
        async for line in answer.content:
            if not line.startswith(b"data: {"):
                continue
            choices = json.loads(line[6:])["choices"]
            piece = choices[0]["delta"].get("content") if choices else ""
            if piece and not said:
                took = 1000 * (perf_counter() - sent)
            said += piece or ""
    return took, said
