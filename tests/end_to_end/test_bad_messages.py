"""Messages that no good client sends, on a real socket: a clear error, and the talk goes on."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator

import pytest
from websockets.exceptions import ConnectionClosed

from tests.client import Fan, talking
from tests.end_to_end.kept import turns
from tests.server import Server

QUESTION = "Who are you?"


@pytest.fixture
async def fan(server: Server) -> AsyncIterator[Fan]:
    async with talking(server, language="en") as fan:
        yield fan


async def goes_on(fan: Fan) -> None:
    """The session still answers."""
    reply = await fan.ask(QUESTION)
    assert reply.status == "done"
    assert reply.text


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{",
        "null",
        "[]",
        "7",
        '"client-ready"',
        "{}",
        '{"type": 7}',
        '{"label": "other", "type": "send-text", "data": {"content": "hi"}}',
        '{"type": "send-text", "data": []}',
        '{"type": "send-text", "data": "hi"}',
        '{"type": "send-text"}',
        '{"type": "send-text", "data": {"content": 7}}',
        '{"type": "send-text", "data": {"content": null}}',
        '{"type": "send-text", "id": 7, "data": {"content": "hi"}}',
        '{"type": "send-text", "id": "", "data": {"content": "hi"}}',
        '{"type": "send-text", "id": "\\ud800", "data": {"content": "hi"}}',
        '{"type": "client-ready"}',
        '{"type": "no-such-type"}',
        '{"type": "client-message", "data": {"t": "no-such-t"}}',
        '{"type": "client-message", "data": {"t": ["voice"], "d": {"on": true}}}',
        '{"type": "client-message", "data": {"t": "voice", "d": {"on": 1}}}',
        '{"type": "client-message", "data": {"t": "mic", "d": {"on": "yes"}}}',
        '{"type": "client-message", "data": {"t": "transcript", "d": {"text": "hi"}}}',
        '{"type": "client-message", "data": {"t": "transcript", "d": {"text": 7, "final": true}}}',
        '{"type": "client-message", "data": {"t": "language", "d": {"language": "xx"}}}',
        '{"type": "client-message", "data": {"t": "playback", "d": {"turn": "x", "ms": "7"}}}',
        '{"type": "client-message", "data": {"t": "playback", "d": {"turn": "x", "ms": true}}}',
        '{"type": "client-message", "data": {"t": "playback", "d": {"turn": "x", "ms": NaN}}}',
        '{"type": "client-message", "data": {"t": "playback", "d": {"turn": "x", "ms": Infinity}}}',
        "[" * 100_000,
        '{"a":' * 100_000,
    ],
    ids=range(32),
)
async def test_a_broken_message_is_answered_with_an_error(fan: Fan, frame: str) -> None:
    """Whatever is wrong with a text frame, the client is told and the session goes on."""
    await fan.raw(frame)
    error = await fan.error("bad_message")
    assert error["data"]["fatal"] is False
    assert error["data"]["message"]
    await goes_on(fan)


async def test_an_error_names_the_message_that_caused_it(fan: Fan) -> None:
    """The id of a message comes back with its error."""
    await fan.send("no-such-type", id="m1")
    assert (await fan.error("bad_message"))["id"] == "m1"


@pytest.mark.parametrize("ms", ["-1", "1e308", "9" * 400, "0", "-0.0", "1e-300"])
async def test_odd_playback_times_poison_nothing(server: Server, ms: str) -> None:
    """A report of playback that cannot be is left aside: the reply is spoken to its end."""
    async with talking(server, language="en", voice=True) as fan:
        await fan.send("send-text", {"content": QUESTION})
        turn = (await fan.got("bot-started-speaking"))["data"]["turn"]
        report = '{"type": "client-message", "data": {"t": "playback", "d": {"turn": "%s", "ms": %s}}}'
        await fan.raw(report % (turn, ms))
        await fan.tell("interrupt")
        flushed = await fan.got("server-message", t="flush")
        assert fan.text(turn).startswith(flushed["data"]["d"]["heard"])
        assert not fan.of("error")


@pytest.mark.parametrize("pcm", [b"", b"\0", b"\1\2\3", bytes(65_536)], ids=["empty", "one", "odd", "long"])
async def test_audio_that_is_no_audio_is_refused(fan: Fan, pcm: bytes) -> None:
    """A binary frame of no, odd or too many bytes is answered with an error; the session goes on."""
    await fan.raw(pcm)
    assert (await fan.error("bad_audio"))["data"]["fatal"] is False
    await goes_on(fan)


async def test_a_frame_of_10_mb_closes_with_1009(server: Server, fan: Fan) -> None:
    """Nobody's frame may fill the memory: its header is enough to be let go. Others notice nothing."""
    async with talking(server, language="en") as rude:
        header = b"\x82\xff" + (10_000_000).to_bytes(8) + bytes(4)
        rude.socket.transport.write(header + bytes(1000))
        assert await rude.closed() == 1009
    await goes_on(fan)


async def test_the_parts_of_a_message_count_together(server: Server, fan: Fan) -> None:
    """A message in fragments is bounded like one in a single frame."""
    async with talking(server, language="en") as rude:
        with contextlib.suppress(ConnectionClosed):
            await rude.socket.send(bytes(50_000) for _ in range(21))
        assert await rude.closed() == 1009
    await goes_on(fan)


async def test_ten_broken_messages_in_a_row_close_the_socket(fan: Fan) -> None:
    """A client that only sends nonsense is told so, and let go with 4400."""
    for _ in range(12):
        await fan.raw("{")
    assert await fan.closed() == 4400
    errors = fan.of("error")
    assert len(errors) == 10
    assert [error["data"]["fatal"] for error in errors] == [False] * 9 + [True]


async def test_good_messages_between_broken_ones_keep_the_socket(fan: Fan) -> None:
    """Only broken messages in a row close it."""
    for _ in range(3):
        for _ in range(9):
            await fan.raw("{")
        await fan.tell("interrupt")
    await fan.error("bad_message", 27)
    await goes_on(fan)


async def test_fifty_messages_in_a_second_are_taken_or_refused_by_name(server: Server, fan: Fan) -> None:
    """About 20 are taken, every other one is refused with its id: none is lost silently."""
    ids = [f"m{number}" for number in range(50)]
    for id in ids:
        await fan.send("send-text", {"content": QUESTION}, id)
    await fan.send("no-such-type", id="last")
    await fan.until(lambda frames: any(frame.get("id") == "last" for frame in frames))
    refused = [frame["id"] for frame in fan.of("error", code="too_many")]
    taken = [id for id in ids if id not in refused]
    assert taken[:20] == ids[:20]
    assert len(taken) < 50
    assert len(refused) == len(set(refused))
    await fan.until(lambda _: any(frame["id"] == taken[-1] for frame in fan.of("bot-llm-started")))
    assert [turn["client_id"] for turn in await turns(server.data, fan.ready["session"])] == taken


async def test_a_hundred_thousand_characters_are_too_many(fan: Fan) -> None:
    """A text past the limit is refused as a whole, with the limit in the sentence."""
    await fan.send("send-text", {"content": "a" * 100_000}, "long")
    error = await fan.error("bad_text")
    assert error["id"] == "long"
    assert "4000" in error["data"]["message"]
    await goes_on(fan)


@pytest.mark.parametrize("text", ["", " \n\t", "\0\1\2\x7f", "\u200b\u200d\ufeff", "\ud800", "\u0301"])
async def test_a_text_with_nothing_to_read_is_refused(fan: Fan, text: str) -> None:
    """White space, control characters and halves of characters are no message."""
    await fan.raw(json.dumps({"type": "send-text", "id": "m", "data": {"content": text}}))
    assert (await fan.error("bad_text"))["id"] == "m"
    await goes_on(fan)


@pytest.mark.parametrize(
    "text",
    [
        "⚽⚽🔥",
        "👩‍👩‍👧‍👦",
        "מה זה נבדל?",
        "ما هو التسلل؟",
        "\u202ewho are you\u202c",
        "who\0 are\x1b[31m you\x07?",
        "who are \ud83d you",
        "Z̷̢̧͎̹̖̬͎a̷͚͂l̵̩͝g̶̣͘o̸͇͗" * 20,
        "a" * 4000,
        "¿" * 4000,
        "<script>alert(1)</script>",
        "'; DROP TABLE turns; --",
        "{{7*7}} ${7*7} %s %n",
    ],
    ids=range(13),
)
async def test_any_text_that_can_be_read_gets_a_reply(fan: Fan, text: str) -> None:
    """Emoji, right-to-left and control characters are answered like any other text."""
    await fan.raw(json.dumps({"type": "send-text", "id": "m", "data": {"content": text}}))
    reply = await fan.reply(1)
    assert fan.of("bot-llm-started")[0]["id"] == "m"
    assert reply.status == "done"
    assert reply.text
    await goes_on(fan)


async def test_half_a_character_in_a_transcript_harms_nothing(fan: Fan) -> None:
    """A browser's words with half a surrogate pair in them are heard without it."""
    await fan.tell("language", language="es")
    words = '{"text": "qui\\u00e9n \\ud83d eres", "final": true}'
    await fan.raw(f'{{"type": "client-message", "data": {{"t": "transcript", "d": {words}}}}}')
    heard = await fan.got("user-transcription", final=True)
    assert heard["data"]["text"] == "quién eres"
    assert (await fan.reply(1)).status == "done"
