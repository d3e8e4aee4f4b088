from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from gemelo.admin.api.admin.gate import MAX_BODY, Gate
from gemelo.admin.api.admin.problems import add_handlers
from gemelo.admin.services.rates import Pace
from gemelo.context.requests import Answered
from gemelo.context.state.memory import MemoryState
from gemelo.context.tenancy.people import Principal
from gemelo.models.errors import NotAllowed, StoreError, TokenRefused

MARTA = Principal("marta", "Marta")
A_MINUTE = 40


class FakeRequests:
    """`Requests` in memory. `broken` refuses to write answers down."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Answered] = {}
        self.broken = False

    async def claim(self, principal: str, key: str, sha256: str) -> Answered | None:
        before = self.rows.get((principal, key))
        if before is None:
            self.rows[principal, key] = Answered(sha256)
        return before

    async def finish(self, principal: str, key: str, status: int, body: str) -> None:
        if self.broken:
            raise StoreError("the store refused: disk full")
        self.rows[principal, key] = Answered(self.rows[principal, key].sha256, status, body)

    async def prune(self) -> int:
        return 0

    async def release(self, principal: str, key: str) -> None:
        self.rows.pop((principal, key), None)


async def known(secret: str) -> Principal:
    if secret == "down":
        raise StoreError("the store does not answer")
    if secret != "open":  # a word that opens this test's door
        raise TokenRefused("no such key")
    return MARTA


class Works:
    """Operations behind the gate, and how often each was done."""

    def __init__(self) -> None:
        self.done = 0
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def act(self, request: Request, response: Response) -> dict[str, Any]:
        self.begun.set()
        await self.go_on.wait()
        self.done += 1
        response.headers["etag"] = f'"{self.done}"'
        response.status_code = 201
        return {"done": self.done, "said": (await request.json())["say"], "who": request.state.who.id}

    async def refuse(self) -> None:
        self.done += 1
        raise NotAllowed("not you")

    async def break_down(self) -> None:
        raise RuntimeError("a fault")

    async def secret(self, response: Response) -> dict[str, str]:
        self.done += 1
        response.headers["cache-control"] = "no-store"
        return {"secret": "gm_1"}


@pytest.fixture
def works() -> Works:
    return Works()


@pytest.fixture
def requests() -> FakeRequests:
    return FakeRequests()


@pytest.fixture
async def client(works: Works, requests: FakeRequests) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    add_handlers(app)
    app.post("/act")(works.act)
    app.post("/refuse")(works.refuse)
    app.post("/break")(works.break_down)
    app.post("/secret")(works.secret)
    app.add_middleware(
        Gate, known=known, paced=Pace(MemoryState(lambda: 0), A_MINUTE).check, requests=requests
    )
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"authorization": "Bearer open"}
    async with httpx.AsyncClient(transport=transport, base_url="http://admin", headers=headers) as opened:
        yield opened


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic open", "open", "Bearer ñ"]
)
async def test_nothing_answers_without_a_key(client: httpx.AsyncClient, works: Works, header: str) -> None:
    """Neither what there is nor what there is not can be told apart."""
    for path in ("/act", "/nothing"):
        answer = await client.post(
            path, json={"say": 1}, headers={b"authorization": header.encode("latin-1")}
        )
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "token_refused"
    assert works.done == 0


async def test_without_the_store_nobody_is_let_in(client: httpx.AsyncClient, works: Works) -> None:
    """503: to be asked again, and nothing was done."""
    answer = await client.post("/act", json={"say": 1}, headers={"authorization": "Bearer down"})
    assert (answer.status_code, answer.json()["code"], works.done) == (503, "store", 0)


async def test_the_operation_knows_who_asks(client: httpx.AsyncClient) -> None:
    """The body arrives whole."""
    answer = await client.post("/act", json={"say": "hello"})
    assert answer.json() == {"done": 1, "said": "hello", "who": "marta"}


async def test_the_same_key_does_it_once(client: httpx.AsyncClient, works: Works) -> None:
    """Asked again, it is answered as the first time."""
    first, second = [
        await client.post("/act", json={"say": "hello"}, headers={"idempotency-key": "k"}) for _ in range(2)
    ]
    assert works.done == 1
    assert (first.status_code, first.content, first.headers["etag"]) == (
        second.status_code,
        second.content,
        second.headers["etag"],
    )
    assert second.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("/act", {"say": "bye"}, {}),
        ("/refuse", {"say": "hello"}, {}),
        ("/act?x=1", {"say": "hello"}, {}),
        ("/act", {"say": "hello"}, {"if-match": '"2"'}),
    ],
)
async def test_the_same_key_for_another_request_is_refused(
    client: httpx.AsyncClient, works: Works, path: str, body: dict[str, str], headers: dict[str, str]
) -> None:
    """Another address, query, body or revision is another request."""
    await client.post("/act", json={"say": "hello"}, headers={"idempotency-key": "k"})
    answer = await client.post(path, json=body, headers={"idempotency-key": "k", **headers})
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert works.done == 1


async def test_of_two_at_once_one_runs(client: httpx.AsyncClient, works: Works) -> None:
    """The other is told to look what comes of it."""
    works.go_on.clear()
    first = asyncio.create_task(client.post("/act", json={"say": 1}, headers={"idempotency-key": "k"}))
    await works.begun.wait()
    second = await client.post("/act", json={"say": 1}, headers={"idempotency-key": "k"})
    works.go_on.set()
    assert (second.status_code, second.json()["code"]) == (409, "request_unfinished")
    assert (await first).status_code == 201
    assert works.done == 1


async def test_a_refusal_leaves_the_key_free(client: httpx.AsyncClient, works: Works) -> None:
    """What was refused changed nothing: it may be asked again."""
    for _ in range(2):
        answer = await client.post("/refuse", headers={"idempotency-key": "k"})
        assert answer.status_code == 403
    assert works.done == 2


async def test_what_may_have_been_done_is_not_done_again(
    client: httpx.AsyncClient, requests: FakeRequests, works: Works
) -> None:
    """After a fault, and where the answer could not be written down, the key stays taken."""
    assert (await client.post("/break", headers={"idempotency-key": "k"})).status_code == 500
    assert (await client.post("/break", headers={"idempotency-key": "k"})).json()[
        "code"
    ] == "request_unfinished"
    requests.broken = True
    assert (await client.post("/act", json={"say": 1}, headers={"idempotency-key": "l"})).status_code == 201
    requests.broken = False
    again = await client.post("/act", json={"say": 1}, headers={"idempotency-key": "l"})
    assert (again.status_code, works.done) == (409, 1)


async def test_a_secret_is_not_kept_to_be_answered_again(
    client: httpx.AsyncClient, requests: FakeRequests, works: Works
) -> None:
    """An answer that says `no-store` is nowhere in the store."""
    assert (await client.post("/secret", headers={"idempotency-key": "k"})).json() == {"secret": "gm_1"}
    assert "gm_1" not in str(requests.rows)
    again = await client.post("/secret", headers={"idempotency-key": "k"})
    assert (again.status_code, works.done) == (409, 1)


@pytest.mark.parametrize("key", ["", " ", "a b", "k" * 129, "ñ"])
async def test_a_bad_key_is_refused(client: httpx.AsyncClient, works: Works, key: str) -> None:
    """Rather than taken for none."""
    answer = await client.post("/act", json={"say": 1}, headers={b"idempotency-key": key.encode("latin-1")})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_header")
    assert works.done == 0


async def test_a_request_is_bounded(client: httpx.AsyncClient, works: Works) -> None:
    """Before anything reads it."""
    answer = await client.post("/act", content=b" " * (MAX_BODY + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert works.done == 0


async def test_every_refusal_is_a_problem(client: httpx.AsyncClient) -> None:
    """No such path, no such method, a fault of our own."""
    for method, path, status in (("GET", "/nothing", 404), ("GET", "/act", 405), ("POST", "/break", 500)):
        answer = await client.request(method, path)
        problem = json.loads(answer.content)
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.status_code, problem["status"]) == (status, status)
        assert {"type", "title", "detail", "code"} <= problem.keys()
        assert "a fault" not in answer.text


async def test_who_asks_too_often_waits(client: httpx.AsyncClient, works: Works) -> None:
    """A problem says so, with the time to wait; nothing is done, and a key that was sent stays free."""
    for _ in range(A_MINUTE):
        assert (await client.get("/nothing")).status_code == 404
    answer = await client.post("/act", json={"say": 1}, headers={"idempotency-key": "one"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "too_often"
    assert works.done == 0
