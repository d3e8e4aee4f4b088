"""OpenAI's agents-realtime for JavaScript, unmodified, in Node."""

from __future__ import annotations

from typing import Any

from tests.clients.programs import AGENTS, question, realtime, talk
from tests.server import Server


def check_typed(told: Any) -> None:
    """A typed question was answered in text."""
    asked, answer = told["history"]
    assert told["errors"] == []
    assert (asked["role"], answer["role"], answer["status"]) == ("user", "assistant", "completed")
    assert "virtual" in answer["content"][0]["text"]


def check_spoken(told: Any) -> None:
    """A question was heard and answered aloud, and the next one cut that answer where it stood."""
    first, cut, second, *_ = told["history"]
    assert told["errors"] == []
    assert told["interrupted"] == 1
    assert told["loudest"] > 1000
    assert first["content"][0]["transcript"]
    assert second["role"] == "user"
    heard = cut["content"][0]["transcript"]
    assert len(heard) < len(told["whole"])
    assert told["whole"].startswith(heard)


def test_a_typed_question_is_answered(server: Server) -> None:
    """Text in, text out."""
    check_typed(talk(AGENTS, "typed", realtime(server.url), "Who are you?"))


def test_a_voice_is_answered_aloud_and_may_interrupt(server: Server) -> None:
    """Audio in, audio out; what was not heard is gone from the client's history too."""
    check_spoken(talk(AGENTS, "spoken", realtime(server.url), question()))
