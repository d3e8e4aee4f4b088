"""Faces trained by Tavus, over a real socket."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from gemelo.models.adapters.tavus import TavusAvatars, TavusFaces
from gemelo.models.errors import AvatarError, ServiceError, Unsure
from tests.models.adapters.tavus_server import TavusServer
from tests.models.adapters.vendor_server import KEY, RETRY_AFTER_S, Fault

FILM, CONSENT = "https://cdn.example/film.mp4?sig=1", "https://cdn.example/consent.mp4"


@asynccontextmanager
async def tavus(
    *faults: Fault | None, key: str = KEY, timeout_s: float = 30
) -> AsyncGenerator[tuple[TavusServer, TavusFaces]]:
    server = TavusServer(list(faults))
    async with server.listening():
        faces = TavusFaces(key, server.url, timeout_s)
        try:
            yield server, faces
        finally:
            await faces.close()


async def failure(faces: TavusFaces, film: str = FILM) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        await faces.train("gemelo-1", film, CONSENT)
    return caught.value


async def test_a_face_is_trained_found_and_deleted() -> None:
    """Its training takes hours: it is asked how far that is; deleting takes the films along."""
    async with tavus() as (server, faces):
        id = await faces.train("gemelo-1", FILM, CONSENT)
        assert await faces.trained(id) is None
        assert await faces.find("gemelo-1") == id
        server.become("completed")
        assert await faces.trained(id) is True
        await faces.delete(id)
        await faces.delete(id)
        assert await faces.find("gemelo-1") == ""
        assert server.deleted[0] == {"hard": "true"}


async def test_a_training_that_fails_is_told() -> None:
    """The vendor says `error`."""
    async with tavus() as (server, faces):
        id = await faces.train("gemelo-1", FILM, CONSENT)
        server.become("error", "20/100")
        assert await faces.trained(id) is False


async def test_a_training_of_which_the_vendor_knows_nothing_has_failed() -> None:
    """Somebody has deleted it there: nothing will come of it."""
    async with tavus() as (_, faces):
        assert await faces.trained("r1") is False


async def test_a_state_that_nobody_knows_is_no_answer() -> None:
    """Neither ready nor failed is guessed."""
    async with tavus() as (server, faces):
        id = await faces.train("gemelo-1", FILM, CONSENT)
        server.become("paused")
        with pytest.raises(AvatarError, match="garbage"):
            await faces.trained(id)


async def test_a_face_is_found_behind_many_others() -> None:
    """Page by page, by its whole name."""
    async with tavus() as (_, faces):
        for number in range(150):
            await faces.train(f"gemelo-1{number:03}", FILM, CONSENT)
        assert await faces.find("gemelo-1") == ""
        assert await faces.find("gemelo-1149") != ""


async def test_a_wrong_key_trains_nothing() -> None:
    """401 is told with the minute for which nobody need try again."""
    async with tavus(key="wrong") as (_, faces):
        error = await failure(faces)
    assert isinstance(error, AvatarError)
    assert (str(error), error.retry_s) == ("refused: tavus answered 401", 60)


async def test_a_busy_vendor_says_when_to_come_back() -> None:
    """429 carries what `retry-after` says, and is not asked again behind one's back."""
    async with tavus(Fault.BUSY) as (server, faces):
        error = await failure(faces)
    assert (isinstance(error, AvatarError), error.retry_s) == (True, RETRY_AFTER_S)
    assert len(server.asked) == 1


async def test_a_film_that_the_vendor_does_not_take_is_told_from_a_failure() -> None:
    """Another one may go well."""
    async with tavus() as (_, faces):
        error = await failure(faces, "https://cdn.example/film.gif")
    assert (isinstance(error, AvatarError), error.of_asked) == (True, True)


async def test_a_vendor_that_is_not_there_has_begun_nothing() -> None:
    """Nothing was sent: there is nothing to look for."""
    async with tavus() as (server, _):
        pass
    faces = TavusFaces(KEY, server.url)
    error = await failure(faces)
    await faces.close()
    assert (isinstance(error, AvatarError), str(error)) == (True, "down: tavus cannot be reached")


@pytest.mark.parametrize(
    ("fault", "code", "begun"),
    [
        (Fault.DROP, "died", False),
        (Fault.GOING_AWAY, "died", True),
        (Fault.MALFORMED, "garbage", True),
        (Fault.HALF_OPEN, "slow", True),
        (Fault.FULL, "busy", True),
    ],
)
async def test_where_no_answer_comes_nobody_knows(fault: Fault, code: str, begun: bool) -> None:
    """Torn before it was read or before the answer, half an answer, none: what was begun is found."""
    async with tavus(fault, timeout_s=0.5 if fault is Fault.HALF_OPEN else 30) as (_, faces):
        error = await failure(faces)
        assert (type(error), str(error).partition(":")[0]) == (Unsure, code)
        assert bool(await faces.find("gemelo-1")) is begun


@pytest.mark.parametrize("fault", [Fault.UNAUTHORISED, Fault.BUSY, Fault.DROP, Fault.MALFORMED])
async def test_a_question_that_fails_says_so(fault: Fault) -> None:
    """Nobody takes a face for gone, ready or failed that is not."""
    async with tavus(None, *[fault] * 4) as (_, faces):  # a torn question is put once more
        id = await faces.train("gemelo-1", FILM, CONSENT)
        with pytest.raises(AvatarError):
            await faces.find("gemelo-1")
        with pytest.raises(AvatarError):
            await faces.trained(id)


async def test_a_conversation_is_begun_in_a_room_and_ended() -> None:
    """With the room's address and the token that lets its avatar in; ending it twice is no error."""
    server, asked = TavusServer(), list[tuple[str, str]]()
    server.joins = lambda url, token: asked.append((url, token))
    async with server.listening():
        avatars = TavusAvatars(KEY, server.url)
        id = await avatars.begin("r1", "ws://rooms.example", "let me in")
        assert (asked, server.conversations) == ([("ws://rooms.example", "let me in")], {id: "active"})
        await avatars.end(id)
        await avatars.end("c9")
        assert server.conversations == {id: "ended"}
        await avatars.close()


@pytest.mark.parametrize("fault", [Fault.UNAUTHORISED, Fault.BUSY, Fault.DROP, Fault.MALFORMED])
async def test_a_conversation_that_is_not_begun_says_so(fault: Fault) -> None:
    """The twin goes on without a face."""
    server = TavusServer([fault])
    async with server.listening():
        avatars = TavusAvatars(KEY, server.url)
        with pytest.raises(AvatarError):
            await avatars.begin("r1", "ws://rooms.example", "let me in")
        await avatars.close()
