"""Tests for twins in the rooms of a real LiveKit server, by LiveKit's own client."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from livekit import rtc

from gemelo.admin.services import switches
from gemelo.admin.services.demo import TALENT
from gemelo.benchmarks.fan import render
from gemelo.context.tenancy.people import THE_HOUSE
from gemelo.models.adapters.espeak import EspeakVoice
from gemelo.models.vocabulary import IN_RATE, Language
from gemelo.pipelines.livekit.room import first_fan
from tests.end_to_end.test_live_changes import desk, publish
from tests.livekit_server import KEYS, LiveKitServer, working
from tests.room import RATE, joined
from tests.server import Server, gemelo

QUESTION = "What is the offside rule?"
INTERRUPTION = "No wait, please stop, I would like to ask you about something else entirely."


@pytest.fixture(scope="module")
def worker(livekit: LiveKitServer, demo_data: Path) -> Iterator[Server]:
    with working(livekit, demo_data) as running:
        yield running


def pcm(text: str) -> bytes:
    """A sentence, s16le at the client's rate."""

    async def rendered() -> np.ndarray[tuple[int], np.dtype[np.int16]]:
        voice = EspeakVoice()
        try:
            return await render(voice, text, Language("en"))
        finally:
            await voice.close()

    clip = asyncio.run(rendered())
    at = np.arange(0, len(clip), IN_RATE / RATE)
    return np.interp(at, np.arange(len(clip)), clip).astype("<i2").tobytes()


@pytest.fixture(scope="module")
def question() -> bytes:
    return pcm(QUESTION)


@pytest.fixture(scope="module")
def interruption() -> bytes:
    return pcm(INTERRUPTION)


def silence(seconds: float) -> bytes:
    return bytes(2 * round(seconds * RATE))


@pytest.mark.usefixtures("worker")
async def test_a_typed_question_is_answered_in_captions(livekit: LiveKitServer) -> None:
    """Text on lk.chat is answered on lk.transcription, in one segment that ends as final."""
    async with joined(livekit, "typed") as fan:
        await fan.until(lambda fan: "listening" in fan.states)
        reply = await fan.ask(QUESTION)
        assert "virtual twin" in reply
        (caption,) = fan.captions
        assert caption.whose == "twin-gemelo"
        assert caption.about["lk.transcription_final"] == "true"
        assert caption.about["lk.transcribed_track_id"].startswith("TR_")
        assert (await fan.got("bot-llm-stopped"))["data"]["status"] == "done"


@pytest.mark.usefixtures("worker")
async def test_a_spoken_question_is_answered_aloud(livekit: LiveKitServer, question: bytes) -> None:
    """The fan's track is heard and captioned as the fan's, the twin's track sounds, the state tells which."""
    async with joined(livekit, "spoken") as fan:
        await fan.until(lambda fan: "listening" in fan.states)
        await fan.speak(silence(0.5), question)
        await fan.until(lambda fan: fan.loud > 2 * RATE)
        theirs = [caption for caption in fan.captions if caption.whose == "fan"]
        assert theirs[-1].about["lk.transcription_final"] == "true"
        assert theirs[-1].text
        assert theirs[-1].about["lk.transcribed_track_id"].startswith("TR_")
        assert len({caption.segment for caption in theirs}) == 1
        assert await fan.reply()
        assert [state for state in fan.states if state != "listening"][:2] == ["thinking", "speaking"]
        await fan.until(lambda fan: fan.states[-1] == "listening")


@pytest.mark.usefixtures("worker")
async def test_who_mutes_the_microphone_after_a_question_is_answered(
    livekit: LiveKitServer, question: bytes
) -> None:
    """Nothing comes from a muted track, and that is silence."""
    async with joined(livekit, "muted") as fan:
        await fan.until(lambda fan: "listening" in fan.states)
        await fan.speak(silence(0.5), question, silence(0.1), mute=True)
        assert await fan.reply()


@pytest.mark.usefixtures("worker")
async def test_talking_over_the_twin_silences_it(
    livekit: LiveKitServer, question: bytes, interruption: bytes
) -> None:
    """What waits to be heard is thrown away, and the reply's caption is told anew as it was heard."""
    async with joined(livekit, "over") as fan:
        await fan.until(lambda fan: "listening" in fan.states)
        await fan.speak(silence(0.5), question, silence(4), interruption)
        turn = (await fan.got("bot-llm-started"))["data"]["turn"]
        await fan.until(lambda fan: fan.loud > RATE)
        whole, cut = await fan.until(lambda fan: len(told := fan.told(turn)) > 1 and told[:2])
        assert cut.text
        assert len(cut.text) < len(whole.text)
        await fan.until(lambda fan: fan.hush > RATE // 2)


@pytest.mark.usefixtures("worker")
async def test_one_worker_serves_many_rooms(livekit: LiveKitServer) -> None:
    """Each room is a session of its own."""

    async def ask(name: str) -> tuple[str, str]:
        async with joined(livekit, name) as fan:
            session = (await fan.got("bot-ready"))["data"]["session"]
            return session, await fan.ask("Who are you?")

    answered = await asyncio.gather(*(ask(f"many-{number}") for number in range(4)))
    assert len({session for session, _ in answered}) == 4
    assert all("virtual twin" in reply for _, reply in answered)


async def test_a_full_worker_leaves_rooms_to_the_next(livekit: LiveKitServer, demo_data: Path) -> None:
    """With one place each, two workers serve two rooms."""
    words = ("--name", "small")
    with (
        working(livekit, demo_data, *words, GEMELO_SLOTS="1") as one,
        working(livekit, demo_data, *words, GEMELO_SLOTS="1") as other,
    ):
        async with (
            joined(livekit, "small-1", ask=None) as first,
            joined(livekit, "small-2", ask=None) as second,
        ):
            for room, fan in (("small-1", first), ("small-2", second)):
                await summon(livekit, room, "small")
                await fan.got("bot-ready")
            async with httpx.AsyncClient(trust_env=False) as http:
                told = [(await http.get(f"{worker.url}/readyz")).json() for worker in (one, other)]
            assert [worker["held"] for worker in told] == [1, 1]


async def test_a_worker_comes_back_to_a_server_that_was_started_again(demo_data: Path) -> None:
    """It registers anew by itself."""
    server = LiveKitServer().start()
    try:
        with working(server, demo_data) as worker:
            server.stop()
            server.start()
            await asyncio.to_thread(worker.said, "registered", 2)
            async with joined(server, "again") as fan:
                await fan.got("bot-ready")
                assert await fan.ask("Who are you?")
    finally:
        server.stop()


@pytest.mark.usefixtures("worker")
async def test_a_fan_who_joins_twice_goes_on_in_the_same_session(livekit: LiveKitServer) -> None:
    """LiveKit puts the first connection out; the talk goes on with the second, which is told who is here."""
    async with joined(livekit, "twice") as first:
        await first.got("bot-ready")
        await first.ask("Who are you?")
        async with joined(livekit, "twice", ask=None) as second:
            await first.until(lambda fan: not fan.room.isconnected())
            assert await second.ask("Why do fans sing?")
            assert second.of("bot-llm-started")
            assert second.of("bot-ready") == first.of("bot-ready")
            assert second.policies()[:1] == first.policies()[:1]


@pytest.mark.usefixtures("worker")
async def test_a_room_has_one_fan(livekit: LiveKitServer) -> None:
    """What somebody else in the room types is not answered; they read whose twin it is, and nothing else."""
    async with joined(livekit, "two") as fan:
        await fan.got("bot-ready")
        async with joined(livekit, "two", "other", ask=None) as other:
            await other.room.local_participant.send_text("Who are you?", topic="lk.chat")
            await fan.ask(QUESTION)
            assert len(fan.of("bot-llm-started")) == 1
            assert (other.captions, other.frames) == ([], [])
            (twin,) = (one for one in other.room.remote_participants.values() if one.identity != "fan")
            assert twin.name == twin.attributes["gemelo.badge"] == "AI twin of Vera Golazo"


@pytest.mark.usefixtures("worker")
async def test_a_shared_screen_is_no_voice(livekit: LiveKitServer, question: bytes) -> None:
    """Its sound comes and goes; the microphone is heard on."""
    async with joined(livekit, "shared") as fan:
        await fan.until(lambda fan: "listening" in fan.states)
        await fan.speak(silence(4), question)
        await fan.share_sound()
        assert await fan.reply()


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        ('{"deployment": "nowhere"}', "unknown_deployment"),
        ("", "bad_message"),
        ('{"deployment": 7}', "bad_message"),
        ("{", "bad_message"),
    ],
)
async def test_a_dispatch_that_asks_for_nothing_known_is_refused(
    livekit: LiveKitServer, metadata: str, code: str
) -> None:
    """The room is told why in one frame, and the twin leaves it."""
    async with joined(livekit, f"refused-{code}-{len(metadata)}", ask=metadata) as fan:
        assert (await fan.got("error"))["data"]["code"] == code
        await fan.until(lambda fan: not fan.room.remote_participants)


@pytest.mark.usefixtures("worker")
async def test_too_long_a_message_is_answered_with_what_is_wrong(livekit: LiveKitServer) -> None:
    """And the next one is read."""
    async with joined(livekit, "long") as fan:
        await fan.got("bot-ready")
        await fan.room.local_participant.send_text("x" * 100_000, topic="lk.chat")
        assert (await fan.got("error"))["data"]["code"] == "bad_text"
        assert await fan.ask("Who are you?")


async def test_a_room_that_nobody_joins_has_no_fan(livekit: LiveKitServer) -> None:
    """Who waits for one is told so; another twin is none."""
    room = rtc.Room()
    await room.connect(livekit.url, livekit.token("nobody", "twin"))
    assert await first_fan(room, 0.1) == ""
    await room.disconnect()


async def test_a_worker_that_stops_lets_the_reply_end(livekit: LiveKitServer, demo_data: Path) -> None:
    """SIGTERM: the twin says what it is saying, then leaves; the exit status is 0."""
    with working(livekit, demo_data, "--name", "brief", GEMELO_DRAIN_S="1") as worker:
        async with joined(livekit, "stopping", ask=None) as fan:
            await summon(livekit, "stopping", "brief")
            await fan.until(lambda fan: "listening" in fan.states)
            await fan.room.local_participant.send_text(QUESTION, topic="lk.chat")
            await fan.got("bot-llm-started")
            assert await asyncio.to_thread(worker.stop) == 0
            assert (await fan.got("bot-llm-stopped"))["data"]["status"] == "done"
            assert "virtual twin" in await fan.reply()
            await fan.until(lambda fan: not fan.room.remote_participants)


async def test_a_change_reaches_the_rooms(livekit: LiveKitServer, own_demo: Path) -> None:
    """Another layer holds from the next turn on; a talent who is stopped is silent at once, and leaves."""
    with working(livekit, own_demo, "--name", "own"):
        async with joined(livekit, "changed", ask=None) as fan, desk(own_demo) as office:
            await summon(livekit, "changed", "own")
            await fan.got("bot-ready")
            policies = len(fan.policies())
            await publish(office, "country: ES")
            await fan.until(lambda fan: len(fan.policies()) > policies)
            await switches.stop(office, THE_HOUSE, TALENT, "a test")
            await fan.until(lambda fan: [one for one in fan.captions if "talent_stopped" in one.segment])
            await fan.until(lambda fan: not fan.room.remote_participants)


async def summon(livekit: LiveKitServer, room: str, agent: str) -> None:
    """Asks for a twin in a room that is open, as a site's back end does."""
    await livekit.dispatch(room, agent, '{"deployment": "demo-portal", "language": "en", "voice": false}')


def test_a_worker_without_a_key_says_what_to_set(tmp_path: Path) -> None:
    """And a wrong address is named."""
    done = gemelo(tmp_path, "worker", "--livekit", "ws://127.0.0.1:1")
    assert done.returncode == 1
    assert "LIVEKIT_API_KEY" in done.stderr
    done = gemelo(tmp_path, "worker", "--livekit", "nonsense", **KEYS)
    assert done.returncode == 1
    assert "ws://HOST:PORT" in done.stderr


def test_a_wrong_key_ends_the_worker(livekit: LiveKitServer, demo_data: Path) -> None:
    """The server refuses it, and the program says so."""
    keys = {**KEYS, "LIVEKIT_API_SECRET": "another-secret-that-is-long-enough"}
    done = gemelo(demo_data, "worker", "--livekit", livekit.url, **keys)
    assert done.returncode == 1
    assert "refuses this key" in done.stderr
