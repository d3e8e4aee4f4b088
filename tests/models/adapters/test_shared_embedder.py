"""One encoding for all who need it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest

from gemelo.models.adapters.minilm import MiniLmEmbedding
from gemelo.models.adapters.shared_embedder import SharedEmbedder
from gemelo.models.errors import EmbedderError


class Counting:
    """Says how often it was asked; goes on once `go` is set, and fails `failing` times."""

    dimension = token_dimension = 2
    name = "counting"

    def __init__(self, failing: int = 0) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.entered, self.go = Event(), Event()
        self.failing = failing

    def embed(self, texts: Sequence[str]) -> list[MiniLmEmbedding]:
        self.asked.append(tuple(texts))
        self.entered.set()
        self.go.wait(10)
        if self.failing:
            self.failing -= 1
            raise EmbedderError("The sentence encoder failed.")
        return [
            MiniLmEmbedding(
                np.array([len(text), 1], np.float32), np.zeros((0, 2), np.float16), np.zeros(0, np.int32)
            )
            for text in texts
        ]


def test_two_that_need_one_text_share_its_encoding() -> None:
    """The second waits while the first is encoding, and gets the very same."""
    counting = Counting()
    shared = SharedEmbedder(counting)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(shared.embed, ["hola"])
        assert counting.entered.wait(10)
        second = threads.submit(shared.embed, ["hola"])
        counting.go.set()
        assert first.result(10)[0] is second.result(10)[0]
    assert counting.asked == [("hola",)]


def test_a_failure_is_not_kept() -> None:
    """Whoever asks after it has a try of its own."""
    counting = Counting(failing=1)
    counting.go.set()
    shared = SharedEmbedder(counting)
    with pytest.raises(EmbedderError):
        shared.embed(["hola"])
    assert shared.embed(["hola"])[0].vector[0] == 4


def test_only_the_latest_texts_are_kept() -> None:
    """A server that has met a million questions holds no more of them than one that has met forty."""
    counting = Counting()
    counting.go.set()
    shared = SharedEmbedder(counting)
    for text in ["first", *map(str, range(40)), "first"]:
        shared.embed([text])
    assert counting.asked.count(("first",)) == 2


def test_several_texts_go_straight_through() -> None:
    """What learning encodes is neither kept nor shared."""
    counting = Counting()
    counting.go.set()
    shared = SharedEmbedder(counting)
    assert [embedding.vector[0] for embedding in shared.embed(["a", "bc"])] == [1, 2]
    shared.embed(["a"])
    assert counting.asked == [("a", "bc"), ("a",)]


def test_it_says_what_it_wraps() -> None:
    """An index learned through it can be searched without it."""
    shared = SharedEmbedder(Counting())
    assert (shared.name, shared.dimension) == ("counting", 2)
