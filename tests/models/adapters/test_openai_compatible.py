from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.models.adapters.openai_compatible import OpenAICompatible
from gemelo.models.adapters.openai_mind import MindSettings, Usage
from gemelo.models.adapters.openai_prompt import messages
from gemelo.models.errors import MindError
from gemelo.models.vocabulary import Exchange, Findings, Label, Language, Passage, Prompt, Source, Written
from tests.models.adapters.chat_server import Answer, ChatServer, Then, chat_server

SOURCE = Source("tactics.md", "Pressing")
FOUND = Findings((Passage("p1", "Press high and win it back.", SOURCE),), declined=False)
GOOD = Answer(("Press ", "high."))


def a_prompt(findings: Findings = FOUND, question: str = "How do I press?") -> Prompt:
    history = (Exchange("Hi", "Hello there"), Exchange("And you?", ""))
    return Prompt("You are Leo.", history, findings, question, Language("en"), aside="No idea.", tenant="leo")


@asynccontextmanager
async def a_mind(
    url: str, used: list[Usage] | None = None, **settings: Any
) -> AsyncGenerator[OpenAICompatible]:
    mind = OpenAICompatible(MindSettings(url, "m", **settings), (used if used is not None else []).append)
    yield mind
    await mind.close()


async def said(mind: OpenAICompatible, prompt: Prompt | None = None) -> tuple[Written, ...]:
    return tuple([piece async for piece in mind.reply(prompt or a_prompt()) if isinstance(piece, Written)])


async def failure(server: ChatServer, **settings: Any) -> str:
    """The message of the error that a reply ends in."""
    async with a_mind(server.url, **settings) as mind:
        with pytest.raises(MindError) as caught:
            await said(mind)
    assert caught.value.__suppress_context__
    return str(caught.value)


async def test_a_reply_streams_with_the_source_of_the_best_passage() -> None:
    """Pieces come as the server sends them, labelled as worded by a model."""
    async with chat_server(GOOD) as server, a_mind(server.url) as mind:
        assert await said(mind) == (
            Written("Press ", Label.PARAPHRASE, SOURCE),
            Written("high.", Label.PARAPHRASE, SOURCE),
        )


async def test_a_piece_comes_as_it_is_written_and_closing_then_hangs_up() -> None:
    """A piece is given on while the server has not finished; a reader who leaves stops the server."""
    async with chat_server(Answer(("Press ",), Then.HANG)) as server, a_mind(server.url) as mind:
        async with aclosing(mind.reply(a_prompt())) as reply:
            assert await anext(reply) == Written("Press ", Label.PARAPHRASE, SOURCE)
        await server.hung_up.wait()


async def test_usage_is_told_once_a_reply() -> None:
    """Prompt, cached and written tokens are those that the server counted."""
    used: list[Usage] = []
    async with chat_server(GOOD) as server, a_mind(server.url, used) as mind:
        await said(mind)
    assert used == [Usage(prompt=40, cached=32, written=3)]


async def test_an_answer_that_is_left_is_counted_as_far_as_it_came() -> None:
    """By its pieces, and by what the last answer that was counted says of a prompt's length."""
    used: list[Usage] = []
    async with chat_server(GOOD, Answer(("Press ", "high "), Then.HANG)) as server:
        async with a_mind(server.url, used) as mind:
            await said(mind)
            async with aclosing(mind.reply(a_prompt())) as reply:
                assert [(await anext(reply)), (await anext(reply))]
    assert used[1:] == [Usage(prompt=40, cached=0, written=2)]


async def test_vllm_counts_in_every_piece() -> None:
    """So the count of an answer that is left is its own."""
    counted = {"prompt_tokens": 9, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 8}}
    chunk = {"choices": [{"delta": {"content": "Press "}}], "usage": counted}
    raw = f"data: {json.dumps(chunk)}\n\n".encode()
    used: list[Usage] = []
    async with chat_server(Answer(raw=raw)) as server, a_mind(server.url, used, vllm=True) as mind:
        async with aclosing(mind.reply(a_prompt())) as reply:
            await anext(reply)
    assert server.asked[0]["stream_options"]["continuous_usage_stats"]
    assert used == [Usage(prompt=9, cached=8, written=1)]


async def test_a_declined_search_is_answered_by_the_house_without_a_call() -> None:
    """What was not found is declined, not invented."""
    async with chat_server(GOOD) as server, a_mind(server.url) as mind:
        assert await said(mind, a_prompt(Findings())) == (Written("No idea.", Label.HOUSE),)
        assert server.asked == []


async def test_a_model_may_be_trusted_with_declined_searches() -> None:
    """Where it is configured so, the model is asked without notes."""
    async with chat_server(GOOD) as server, a_mind(server.url, answers_unfounded=True) as mind:
        pieces = await said(mind, a_prompt(Findings()))
    assert pieces[0] == Written("Press ", Label.PARAPHRASE, None)


async def test_only_vllm_is_sent_its_own_fields() -> None:
    """`cache_salt` is the tenant; other servers see neither field."""
    async with chat_server(GOOD) as server:
        async with a_mind(server.url) as mind:
            await said(mind)
        async with a_mind(server.url, vllm=True, priority=3) as mind:
            await said(mind)
            await mind.warm("You are Leo.", "")
    plain, extended, warming = server.asked
    assert plain.keys().isdisjoint({"cache_salt", "priority"})
    assert (extended["cache_salt"], extended["priority"]) == ("leo", 3)
    assert "cache_salt" not in warming


async def test_what_is_begun_on_a_guess_is_served_later() -> None:
    """A draft asks vLLM with a priority below that of a fan who waits."""
    async with chat_server(GOOD) as server, a_mind(server.url, vllm=True) as mind:
        await said(mind, replace(a_prompt(), guess=True))
        await said(mind)
    assert [asked["priority"] for asked in server.asked] == [1, 0]


async def test_a_server_that_is_full_is_asked_once_where_another_can_be() -> None:
    """A 503 is told at once, with when to come back."""
    full = Answer(status=503, headers=("retry-after: 4",))
    async with chat_server(full, GOOD) as server, a_mind(server.url) as mind:
        with pytest.raises(MindError, match=r"^busy") as caught:
            await said(mind, replace(a_prompt(), patience_s=1))
    assert len(server.asked) == 1
    assert caught.value.retry_s == 4


@pytest.mark.parametrize(
    ("status", "retry_s", "of_asked"),
    [(401, 60, False), (403, 60, False), (404, None, False), (400, None, True), (413, None, True)],
)
async def test_a_refused_key_is_told_from_a_refused_prompt(
    status: int, retry_s: float | None, of_asked: bool
) -> None:
    """Only a person can mend the one; the other is no fault of the server's."""
    async with chat_server(Answer(status=status)) as server, a_mind(server.url) as mind:
        with pytest.raises(MindError, match=r"^refused") as caught:
            await said(mind)
    assert (caught.value.retry_s, caught.value.of_asked) == (retry_s, of_asked)


async def test_warming_prefills_the_same_first_message() -> None:
    """One token is asked for, behind the very system message that replies begin with."""
    async with chat_server(GOOD) as server, a_mind(server.url) as mind:
        await said(mind)
        await mind.warm("You are Leo.", "leo")
    reply, warming = server.asked
    assert warming["max_tokens"] == 1
    assert warming["messages"][0] == reply["messages"][0]


async def test_a_failed_warming_is_logged_only(caplog: pytest.LogCaptureFixture) -> None:
    """A session opens although its model is down; the log does not quote the prefix."""
    async with chat_server(Answer(status=500)) as server, a_mind(server.url) as mind:
        with caplog.at_level(logging.WARNING, "gemelo"):
            await mind.warm("You are Leo.", "leo")
    assert "answered 500" in caplog.text
    assert "Leo" not in caplog.text


async def test_no_log_holds_what_was_said(caplog: pytest.LogCaptureFixture) -> None:
    """Even with every logger at its most talkative neither question, notes nor reply are logged."""
    prompt = a_prompt(question="Is this secret?")
    async with chat_server(GOOD, Answer(status=500)) as server, a_mind(server.url) as mind:
        with caplog.at_level(logging.DEBUG):
            await said(mind, prompt)
            with pytest.raises(MindError):
                await said(mind, prompt)
    assert "127.0.0.1" in caplog.text
    assert not [word for word in ("secret", "Press high", "Leo") if word in caplog.text]


@pytest.mark.parametrize("then", [Then.HANG, Then.TAIL_HANGS])
async def test_leaving_a_reply_hangs_up_on_the_server(then: Then) -> None:
    """Cancelling whoever reads a reply closes the connection to the server at once."""
    spoken = asyncio.Event()
    async with chat_server(Answer(("Press ",), then)) as server, a_mind(server.url) as mind:

        async def listen() -> None:
            async for _ in mind.reply(a_prompt()):
                spoken.set()

        listening = asyncio.create_task(listen())
        await spoken.wait()
        listening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await listening
        await server.hung_up.wait()


async def test_leaving_before_the_first_token_hangs_up_too() -> None:
    """A draft that is cancelled while the model is still reading costs the server nothing more."""
    async with chat_server(Answer((), Then.HANG)) as server, a_mind(server.url) as mind:
        listening = asyncio.create_task(said(mind))
        await server.reached.wait()
        listening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await listening
        await server.hung_up.wait()


async def test_a_server_that_is_down_is_said_to_be_down() -> None:
    """A port that nobody listens on ends in `down`."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
        assert (await failure(ChatServer([], url))).startswith("down:")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(status=429), "busy: the language model answered 429"),
        (Answer(status=503), "busy: the language model answered 503"),
        (Answer(status=500), "broken: the language model answered 500"),
        (Answer(status=404), "refused: the language model answered 404"),
        (Answer(("Press ",), Then.RESET), "died:"),
        (Answer(("Press ",), Then.END), "died:"),
        (Answer((), Then.RESET), "died:"),
        (Answer(()), "garbage: the language model answered nothing"),
        (Answer(raw=b"<html>hello</html>"), "died:"),
        (Answer(raw=b"data: {not json}\n\n"), "garbage:"),
        (Answer(raw=b"data: \xff\xfe\n\n"), "garbage:"),
        (Answer(raw=b"data: 5\n\n"), "garbage:"),
        (Answer(raw=b'data: {"choices": 5}\n\n'), "garbage:"),
        (Answer(raw=b'data: {"choices": ["x"]}\n\n'), "garbage:"),
        (Answer(raw=b'data: {"choices": [{"delta": null}]}\n\n'), "garbage:"),
        (Answer(raw=b'data: {"choices": [{"delta": {"content": 5}}]}\n\n'), "garbage:"),
        (Answer(raw=b'data: {"error": {"message": "How do I press?"}}\n\n'), "broken:"),
    ],
)
async def test_whatever_breaks_is_a_mind_error_with_a_code(answer: Answer, code: str) -> None:
    """A broken answer ends in a `MindError` that begins with its code and quotes nobody."""
    async with chat_server(answer) as server:
        message = await failure(server)
    assert message.startswith(code)
    assert "press" not in message.lower()


async def test_the_next_reply_works_after_one_that_broke() -> None:
    """One broken answer leaves nothing behind in the client."""
    async with chat_server(Answer(("Press ",), Then.RESET), GOOD) as server, a_mind(server.url) as mind:
        with pytest.raises(MindError):
            await said(mind)
        assert [piece.text for piece in await said(mind)] == ["Press ", "high."]


async def test_a_slow_first_token_is_given_up() -> None:
    """A server that says nothing is left, and sees the client hang up."""
    async with chat_server(Answer((), Then.HANG)) as server:
        assert (await failure(server, first_token_s=0.05)).startswith("slow:")
        await server.hung_up.wait()


async def test_where_another_can_be_asked_nobody_waits_long() -> None:
    """A prompt that says how long is taken at its word, before the first token and between two."""
    for pieces in ((), ("Press ",)):
        async with chat_server(Answer(pieces, Then.HANG)) as server, a_mind(server.url) as mind:
            with pytest.raises(MindError, match=r"^slow"):
                await said(mind, replace(a_prompt(), patience_s=0.05))


async def test_a_stall_in_mid_sentence_is_given_up() -> None:
    """A server that stops between two tokens is left, and sees the client hang up."""
    async with chat_server(Answer(("Press ",), Then.HANG)) as server:
        assert (await failure(server, between_tokens_s=0.05)).startswith("slow:")
        await server.hung_up.wait()


async def test_a_reply_that_never_ends_is_given_up() -> None:
    """The total limit holds however patient the others are."""
    async with chat_server(Answer(("Press ",), Then.HANG)) as server:
        assert (await failure(server, total_s=0.05, between_tokens_s=60)).startswith("slow:")


async def test_a_finished_reply_needs_no_orderly_end() -> None:
    """What is missing after the model said that it is finished takes nothing from the reply."""
    async with chat_server(Answer(("Press ",), Then.TAIL_HANGS)) as server:
        async with a_mind(server.url, between_tokens_s=0.05) as mind:
            assert [piece.text for piece in await said(mind)] == ["Press "]


@pytest.mark.parametrize("first", [Answer(status=429), Answer(status=503)])
async def test_a_busy_server_is_asked_once_more(first: Answer) -> None:
    """A second try within the first token's time limit answers the fan."""
    async with chat_server(first, GOOD) as server, a_mind(server.url) as mind:
        assert len(await said(mind)) == 2
        assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("first", "times"),
    [
        (Answer(status=429), 2),
        (Answer(status=500), 1),
        (Answer(status=429, headers=("retry-after: 60",)), 1),
        (Answer(status=503, headers=("retry-after: Fri, 20 Nov 2026 10:00:00 GMT",)), 2),
        (Answer(("Press ",), Then.RESET), 1),
    ],
)
async def test_what_another_try_cannot_mend_is_not_tried(first: Answer, times: int) -> None:
    """At most one more try, none for other errors, none past the time limit, none after a token."""
    async with chat_server(first) as server:
        await failure(server)
        assert len(server.asked) == times


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PASSAGES = st.lists(st.builds(Passage, TEXT, TEXT, st.builds(Source, TEXT, TEXT)), max_size=4).map(tuple)


@given(PASSAGES, TEXT)
def test_no_passage_can_pass_for_a_line_of_ours(passages: tuple[Passage, ...], question: str) -> None:
    """Whatever a passage holds, it stands on one line, as one JSON string, before the question."""
    last = messages(a_prompt(Findings(passages, declined=False), question))[-1]
    assert last["role"] == "user"
    content = last.get("content")
    assert isinstance(content, str)
    lines = content.split("\n")
    quoted = [json.loads(line)["text"] for line in lines[1 : 1 + len(passages)]]
    assert quoted == [passage.text for passage in passages]
    assert content.endswith(f"The fan says: {question}")


def test_all_but_the_last_message_stay_as_they_were() -> None:
    """The next turn repeats prefix and history byte for byte, and roles alternate."""
    before, after = messages(a_prompt()), messages(a_prompt(Findings(), "Something else?"))
    assert before[:-1] == after[:-1]
    assert [message["role"] for message in before] == [
        "system", "user", "assistant", "user", "assistant", "user",
    ]  # fmt: skip


def test_a_note_stands_in_the_last_message_before_the_fan_s_words() -> None:
    """A restated rule is the house's, in a line of its own, and changes no prefix."""
    plain, noted = messages(a_prompt()), messages(replace(a_prompt(), note="Name no brand."))
    assert noted[:-1] == plain[:-1]
    lines = str(noted[-1].get("content")).splitlines()
    assert lines[-2:] == ["Name no brand.", "The fan says: How do I press?"]
    assert "\n".join((*lines[:-2], lines[-1])) == plain[-1].get("content")


@given(st.lists(TEXT, max_size=4).map(tuple), TEXT)
def test_no_fact_of_a_fan_can_pass_for_a_line_of_ours(known: tuple[str, ...], question: str) -> None:
    """What a fan once told stands in the last message, each on one line, and changes no prefix."""
    plain, told = (
        messages(a_prompt(question=question)),
        messages(replace(a_prompt(question=question), known=known)),
    )
    assert told[:-1] == plain[:-1]
    lines = str(told[-1].get("content")).split("\n")
    quoted = [json.loads(line)["fan"] for line in lines if line.startswith('{"fan": ')]
    assert quoted[: len(known)] == list(known)
    assert str(told[-1].get("content")).endswith(f"The fan says: {question}")


def test_the_key_is_not_shown() -> None:
    """Settings can be logged without their key."""
    assert "hunter2" not in repr(MindSettings("http://x/v1", "m", key="hunter2"))
