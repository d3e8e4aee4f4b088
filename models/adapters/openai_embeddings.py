"""Sentence vectors of any server with OpenAI's `/embeddings`, beside the token states of the encoder here.

    texts ─┬▶ server ─▶ one vector a text, centred ─┬▶ Embedding
           └▶ encoder here ─▶ states of the tokens ─┘

Such a server tells nothing of tokens, by which the search compares words (MaxSim): they stay the encoder's
here. Servers' models differ in how near they put texts that have nothing to do with one another, and how sure
a search has to be was fitted on one that puts them near 0. So what the vectors of plain texts have in common
is taken out of each: Mu, Viswanath, "All-but-the-Top", 2018.

https://platform.openai.com/docs/api-reference/embeddings
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from openai import APIError, APIStatusError, APITimeoutError, OpenAI, Timeout

from gemelo.models.errors import EmbedderError
from gemelo.models.seams import Embedder, Embedding

BATCH = 64
"""Texts of one request."""
MAX_CHARS = 8_000
"""Of one text; the rest is not read."""
_CONNECT_S = 1.0
_LEARNED_S = 60.0
_AGAIN = 4
"""Times that texts to be learned are sent again where the server is busy or gone."""
_BLANK = "."
"""In place of a text without a letter, which servers refuse."""
_KEY_REFUSED = (401, 403)
_GARBLED = (ValueError, TypeError, AttributeError, KeyError)
_PLAIN = (
    "The meeting was moved to Thursday afternoon.",
    "How long does it take to cook brown rice?",
    "She painted the kitchen door green last summer.",
    "The train to the coast leaves from platform four.",
    "What is the difference between a comet and an asteroid?",
    "Our team won the final after extra time.",
    "He forgot his umbrella at the library again.",
    "Can I return the shoes if they do not fit?",
    "The bridge was built in the twelfth century.",
    "Children under six travel free of charge.",
    "Who wrote the music for that film?",
    "Water boils at a lower temperature in the mountains.",
    "Please send me the invoice by the end of the week.",
    "The museum is closed on Mondays.",
    "I have never liked the taste of coffee.",
    "Which players are injured this season?",
    "The committee voted against the new parking rules.",
    "A good night's sleep helps you remember things.",
    "My grandmother taught me how to bake bread.",
    "Why do leaves change colour in autumn?",
    "The company doubled its profits in two years.",
    "Turn left at the church and keep walking.",
    "Is there a discount for students?",
    "The storm damaged several roofs in the village.",
    "Volcanoes form where plates of the crust meet.",
    "He trains three times a week and rests on Sundays.",
    "The doctor recommended drinking more water.",
    "What time does the concert start tonight?",
    "Parliament passed the law after a long debate.",
    "The cat sleeps on top of the refrigerator.",
    "Write a short summary of the second chapter.",
    "The new phone has a brighter screen.",
)
"""About nothing in common."""

_Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ServedEmbedding:
    """One encoded text; see `Embedding`."""

    vector: _Floats
    tokens: NDArray[np.float16]
    ids: NDArray[np.int32]


class ServedEmbedder:
    """`Embedder` with the vectors of a server; `open` it first, `close` it in the end.

    Args:
        local: whose token states stand beside them.
        url, model, key: of an OpenAI-compatible server.
        asked_s: for one text, which a fan waits for; searches have a limit of their own, which is shorter.
    """

    def __init__(
        self, local: Embedder, url: str, model: str, key: str = "none", *, asked_s: float = 2.0
    ) -> None:
        self._local = local
        self._asked_s = asked_s
        self._model = model
        self._client = OpenAI(base_url=url, api_key=key or "none", max_retries=0)
        self._mean: _Floats = np.zeros(0, np.float32)

    def open(self) -> None:
        """Learns how long the vectors are, and what all have in common. Blocks.

        Raises:
            EmbedderError: the server cannot be reached, refuses, or answers what are no vectors.
        """
        self._mean = self._vectors(_PLAIN).mean(axis=0)

    @property
    def dimension(self) -> int:
        return len(self._mean)

    @property
    def token_dimension(self) -> int:
        return self._local.token_dimension

    @property
    def name(self) -> str:
        return f"{self._model}/{self.dimension}/{self._local.name}"

    def embed(self, texts: Sequence[str]) -> Sequence[Embedding]:
        """Encodes texts. Blocks; safe to call from several threads.

        Raises:
            EmbedderError: the server does not answer in time, or not with vectors like those of before.
        """
        if not texts:
            return []
        near = self._local.embed(texts)
        vectors = _unit(self._vectors(texts) - self._mean)
        return [
            ServedEmbedding(vector, one.tokens, one.ids) for vector, one in zip(vectors, near, strict=True)
        ]

    def close(self) -> None:
        """Closes the connections that are kept for the next question."""
        self._client.close()

    def _vectors(self, texts: Sequence[str]) -> _Floats:
        """The server's own vectors, (n, d), unit length."""
        found = np.concatenate(list(self._asked(texts)))
        if self.dimension not in (0, found.shape[1]):
            raise EmbedderError(
                f"the embeddings' server answers vectors of {found.shape[1]} numbers and not of"
                f" {self.dimension} as before: restart, and what was learned is read again"
            )
        return found

    def _asked(self, texts: Sequence[str]) -> Iterator[_Floats]:
        patient = len(texts) > 1
        client = self._client.with_options(
            timeout=Timeout(_LEARNED_S if patient else self._asked_s, connect=_CONNECT_S),
            max_retries=_AGAIN if patient else 0,
        )
        for start in range(0, len(texts), BATCH):
            some = [text[:MAX_CHARS] if text.strip() else _BLANK for text in texts[start : start + BATCH]]
            try:
                answer = client.embeddings.create(model=self._model, input=some, encoding_format="float")
            except APIError as error:
                raise _failure(error) from None
            except _GARBLED:
                raise EmbedderError("the embeddings' server answered what is no JSON of OpenAI's") from None
            yield _read(answer, len(some))


def _read(answer: Any, count: int) -> _Floats:
    """The vectors of an answer in the order of the texts, (n, d), unit length.

    Raises:
        EmbedderError: they are none, or not as many as texts.
    """
    try:
        rows = {int(one.index): one.embedding for one in answer.data}
        found = np.array([rows[at] for at in range(count)], np.float32)
    except _GARBLED:
        raise EmbedderError("the embeddings' server did not answer a vector for each text") from None
    if found.ndim != 2 or not found.size or not np.isfinite(found).all():
        raise EmbedderError("the embeddings' server answered what are no vectors")
    return _unit(found)


def _unit(vectors: _Floats) -> _Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)


def _failure(error: APIError) -> EmbedderError:
    """What is told of it; nothing that was sent."""
    if isinstance(error, APITimeoutError):
        return EmbedderError("the embeddings' server did not answer in time")
    if isinstance(error, APIStatusError):
        if error.status_code in _KEY_REFUSED:
            return EmbedderError("the embeddings' server refuses the key: set GEMELO_EMBEDDINGS_KEY")
        if error.status_code == 404:
            return EmbedderError("the embeddings' server knows no such model or address: look at both")
        return EmbedderError(f"the embeddings' server answered {error.status_code}")
    return EmbedderError(f"the embeddings' server was not reached: {type(error).__name__}")
