"""One encoding for all who need it: the search and the guard read the same question at the same time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future
from threading import Lock

from gemelo.models.seams import Embedder, Embedding

_KEPT = 8
"""Texts whose encoding is kept: those that several are at work on right now."""


class SharedEmbedder:
    """An `Embedder` that encodes a single text once: who comes second waits for the first.

    Several texts at once, as in learning, go straight through.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._recent: OrderedDict[str, Future[Embedding]] = OrderedDict()
        self._lock = Lock()

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    @property
    def token_dimension(self) -> int:
        return self._embedder.token_dimension

    @property
    def name(self) -> str:
        return self._embedder.name

    def embed(self, texts: Sequence[str]) -> Sequence[Embedding]:
        """Encodes texts. Blocks; safe to call from several threads.

        Raises:
            EmbedderError: inference failed, also where another thread asked for it.
        """
        if len(texts) != 1:
            return self._embedder.embed(texts)
        text = texts[0]
        with self._lock:
            encoding, mine = self._recent.get(text), Future[Embedding]()
            if encoding is None:
                self._recent[text] = mine
                if len(self._recent) > _KEPT:
                    self._recent.popitem(last=False)
        return [encoding.result() if encoding else self._encode(text, mine)]

    def _encode(self, text: str, encoding: Future[Embedding]) -> Embedding:
        try:
            encoding.set_result(self._embedder.embed([text])[0])
        except BaseException as error:
            encoding.set_exception(error)
            with self._lock:  # the next one may have more luck
                if self._recent.get(text) is encoding:
                    del self._recent[text]
        return encoding.result()
