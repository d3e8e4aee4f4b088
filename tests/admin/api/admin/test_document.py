from __future__ import annotations

from typing import Any

import pytest

from tests.admin.api.admin.world import World


@pytest.fixture
async def document(world: World) -> dict[str, Any]:
    """As anybody gets it, without a key."""
    async with world.http() as http:
        answer = await http.get("/admin/v1/openapi.json")
        assert answer.status_code == 200
        return answer.json()


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


async def test_it_is_openapi_3_1(document: dict[str, Any]) -> None:
    """At the address where it is mounted."""
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": "/admin/v1"}]


async def test_every_operation_says_what_it_does(document: dict[str, Any]) -> None:
    """In a summary of its own and a sentence."""
    found = operations(document)
    summaries = [operation["summary"] for _, _, operation in found]
    assert len(found) > 40
    assert len(set(summaries)) == len(summaries)
    assert all(operation["description"] for _, _, operation in found)
    assert len({operation["operationId"] for _, _, operation in found}) == len(found)


async def test_every_operation_has_examples(document: dict[str, Any]) -> None:
    """Of what is sent and of what is answered."""
    shapes = document["components"]["schemas"]

    def has_example(content: dict[str, Any]) -> bool:
        name = content["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
        shape = shapes[name]
        if name.startswith("Listed"):
            shape = shapes[shape["properties"]["items"]["items"]["$ref"].rsplit("/", 1)[1]]
        return bool(shape.get("examples"))

    for method, path, operation in operations(document):
        if "requestBody" in operation:
            assert has_example(operation["requestBody"]["content"]), (method, path)
        [done] = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        assert "content" not in done or has_example(done["content"]), (method, path)


async def test_every_refusal_is_described(document: dict[str, Any]) -> None:
    """As a problem; nothing of the framework's own is left."""
    for _, _, operation in operations(document):
        for status, answer in operation["responses"].items():
            if not status.startswith("2"):
                assert set(answer["content"]) == {"application/problem+json"}
    assert not [name for name in document["components"]["schemas"] if "Validation" in name]


async def test_every_change_asks_what_was_seen_and_every_post_takes_a_key(document: dict[str, Any]) -> None:
    """If-Match is required of a PUT, an Idempotency-Key may go with a POST."""
    for method, _, operation in operations(document):
        headers = {one["name"]: one["required"] for one in operation["parameters"] if one["in"] == "header"}
        assert headers == {"put": {"If-Match": True}, "post": {"Idempotency-Key": False}}.get(method, {})
