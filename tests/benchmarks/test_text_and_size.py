"""Typed turns through a real server, and what things weigh."""

from __future__ import annotations

from pathlib import Path

import pytest

from gemelo.benchmarks import text
from gemelo.benchmarks.rows import Bench, House
from gemelo.benchmarks.serving import ServerFailed
from gemelo.benchmarks.size import base_install


def test_no_two_questions_are_alike() -> None:
    """An answer kept from an earlier question can help nobody; the languages take turns."""
    asked = list(text.questions(text.TURNS))
    assert len({question for _, question in asked}) == len(asked) == text.TURNS
    assert [lang for lang, _ in asked[:4]] == ["en", "es", "en", "es"]


def test_the_base_install_is_weighed_with_what_it_brings() -> None:
    """onnxruntime alone is more than 20 MB, and it is required."""
    assert base_install() > 20 * 2**20


@pytest.mark.slow
async def test_typed_turns_are_timed_at_the_client(demo_data: Path) -> None:
    """A server of its own answers every question; both languages have a row, and so has an upstream."""

    async def house() -> House:
        raise AssertionError("the server is another process")

    rows = await text.run(Bench(house, None, lambda line: None, demo=demo_data), 4)
    assert [(row.profile, row.lang, row.n) for row in rows] == [
        ("", "", 4),
        ("", "en", 2),
        ("", "es", 2),
        ("sse", "", 2),
        ("sse-no-guard", "", 2),
        ("websocket", "", 2),
    ]
    assert {row.metric for row in rows} == {"first_text"}
    assert all(row.value > 0 for row in rows)


async def test_a_target_that_does_not_answer_is_told() -> None:
    """Nothing listens on port 1."""

    async def house() -> House:
        raise AssertionError("the server is another process")

    with pytest.raises(ServerFailed, match="no session was opened"):
        await text.run(Bench(house, None, lambda line: None, target="127.0.0.1:1"), 4)
