"""A reranker behind any server with a `/rerank` endpoint of Cohere's form: vLLM, Jina, Cohere, a vendor.

    POST {"model", "query", "documents": [text, ...], "top_n"}
    200  {"results": [{"index", "relevance_score"}, ...]}

https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html, "Re-rank API"
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from math import isfinite
from typing import Any, cast

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar

from gemelo.models.errors import RerankerError

_CONNECT_S = 1.0
_TOTAL_S = 10.0
"""Whoever asks has a limit of their own, which is far shorter."""
_MOST_BYTES = 1 << 20
"""Of an answer, which may tell every passage again."""
_GARBLED = (ValueError, TypeError, KeyError, AttributeError, OverflowError)


class Reranking:
    """`Reranker` over HTTP; made inside a running loop, closed with `close`.

    Args:
        url: of the endpoint, with or without its last part `/rerank`.
        model: its name there; empty where the server has but one.
        key: sent as the bearer token; empty sends none.
    """

    def __init__(self, url: str, model: str = "", key: str = "") -> None:
        self._url = url if url.rstrip("/").endswith("/rerank") else f"{url.rstrip('/')}/rerank"
        self._model = {"model": model} if model else {}
        self._session = ClientSession(
            timeout=ClientTimeout(total=_TOTAL_S, connect=_CONNECT_S),
            headers={"Accept-Encoding": "identity", **({"Authorization": f"Bearer {key}"} if key else {})},
            cookie_jar=DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,  # a small answer must not become a large one here
        )

    async def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        """See `Reranker.rerank`. The message of a `RerankerError` quotes nothing that was sent."""
        asked: dict[str, Any] = {**self._model, "query": query, "documents": list(texts), "top_n": len(texts)}
        try:
            async with self._session.post(self._url, json=asked, allow_redirects=False) as answer:
                if answer.status != 200:
                    raise RerankerError(f"the reranker answered {answer.status}")
                told = json.loads(await _read(answer))
        except TimeoutError:
            raise RerankerError("the reranker did not answer in time") from None
        except (ClientError, OSError, asyncio.IncompleteReadError) as error:
            raise RerankerError(f"the reranker was not reached: {type(error).__name__}") from None
        except (ValueError, RecursionError):
            raise RerankerError("the reranker answered what is no JSON") from None
        return _scores(told, len(texts))

    async def close(self) -> None:
        """Closes the connections that are kept for the next question."""
        await self._session.close()


async def _read(answer: ClientResponse) -> bytes:
    """The body of an answer.

    Raises:
        RerankerError: it is too long.
    """
    body = bytearray()
    async for piece in answer.content.iter_any():
        body += piece
        if len(body) > _MOST_BYTES:
            raise RerankerError(f"the reranker answered more than {_MOST_BYTES} bytes")
    return bytes(body)


def _scores(told: Any, size: int) -> list[float]:
    """The score of each text, in the order of the texts.

    Raises:
        RerankerError: one is missing, or is no number.
    """
    try:
        results = cast(list[dict[str, Any]], told["results"])
        scores = {int(row["index"]): float(row["relevance_score"]) for row in results}
        found = [scores[number] for number in range(size)]
    except _GARBLED:
        raise RerankerError("the reranker did not score every text") from None
    if not all(map(isfinite, found)):
        raise RerankerError("the reranker gave scores that are no numbers")
    return found
