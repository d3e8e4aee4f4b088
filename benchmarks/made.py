"""Passages that nobody wrote, and vectors that no encoder made: as many as a measurement of size needs.

Made text is of runs of words of real text, with names of its own, so that its words are about as frequent and
as many as those of real text. Made states are those that the real encoder gave tokens of real text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gemelo.context.knowledge.lexical import hashed
from gemelo.context.knowledge.readings import Read
from gemelo.context.knowledge.seam import Cut, Document
from gemelo.context.knowledge.shelf import Entry
from gemelo.models.seams import Embedder, Embedding
from gemelo.models.vocabulary import Language

Text = tuple[str, ...]
"""The sentences of a passage."""
SENTENCES, WORDS = 5, 24
"""Of a made passage: as of an encyclopedia's."""
_DOCUMENT = 100
_NAMES = 0.04
"""Share of words that are names which few other passages have."""
_RUN = (3, 9)
_NOISE = 0.5
"""How far a made vector is off the mean of its tokens."""
_PIECES = 1.3
"""Tokens a word."""


def made_documents(real: Sequence[Text], count: int, sentences: int = SENTENCES) -> list[Document]:
    """Documents of so many passages in all."""
    spoken = [word for text in real for line in text for word in line.split()]
    chance = np.random.default_rng(7)
    cuts = [_passage(spoken, chance, sentences) for _ in range(count)]
    return [Document(f"made-{at}", "", tuple(cuts[at : at + _DOCUMENT])) for at in range(0, count, _DOCUMENT)]


def cut(lines: Sequence[str]) -> Cut:
    """A passage of some sentences in English."""
    end, spans = 0, list[tuple[int, int]]()
    for line in lines:
        spans.append((end, end + len(line)))
        end += len(line) + 1
    return Cut(" ".join(lines), tuple(spans), (), Language("en"))


class Made:
    """An `Embedder` that gives real texts what the real encoder gives them, and others vectors made of that.

    Args:
        real: passages by id; their sentences and windows are encoded as they are.
    """

    def __init__(self, embedder: Embedder, real: Mapping[str, Text]) -> None:
        entries = [Entry(key, text, key, "", "") for key, text in real.items()]
        texts = list(dict.fromkeys(text for one in entries for text in (*one.units, *one.windows)))
        self._real: dict[str, Embedding] = dict(zip(texts, embedder.embed(texts), strict=True))
        units = [self._real[unit] for one in entries for unit in one.units]
        self._states = np.concatenate([one.tokens for one in units])
        self._ids = np.concatenate([one.ids for one in units])
        self._embedder = embedder

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    @property
    def token_dimension(self) -> int:
        return self._embedder.token_dimension

    @property
    def name(self) -> str:
        return self._embedder.name

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        """Real texts by the encoder, the others at once."""
        return [self._real.get(text) or self._made(text) for text in texts]

    def _made(self, text: str) -> Read:
        key = hashed(text)
        chance = np.random.default_rng(key)
        count = max(round(_PIECES * (text.count(" ") + 1)), 1)
        chosen = chance.integers(0, len(self._states), count)
        states = self._states[chosen]
        total = states.sum(axis=0, dtype=np.float32)
        noise = chance.standard_normal(len(total)).astype(np.float32)
        vector = _unit(_unit(total) + _NOISE * _unit(noise))
        return Read(vector.astype(np.float32), states, self._ids[chosen])


def _unit(vector: NDArray[np.floating]) -> NDArray[np.floating]:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def _passage(spoken: Sequence[str], chance: np.random.Generator, sentences: int) -> Cut:
    lines: list[str] = []
    for _ in range(sentences):
        line: list[str] = []
        while len(line) < WORDS:
            at = int(chance.integers(0, len(spoken) - _RUN[1]))
            line += spoken[at : at + int(chance.integers(*_RUN))]
        named = chance.random(len(line)) < _NAMES
        names = chance.zipf(1.2, len(line))
        line = [
            f"Ana{name % 10**7:x}" if is_one else word
            for word, name, is_one in zip(line, names.tolist(), named.tolist(), strict=True)
        ]
        lines.append(" ".join(line).replace(".", "").capitalize() + ".")
    return cut(lines)
