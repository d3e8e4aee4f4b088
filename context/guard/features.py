"""What a text looks like to the meaning rules: its sentence vector beside hashed words; pure.

A rule over both learns from few examples: the vector knows paraphrases, the words know what a
paraphrase would blur. Feature hashing: Weinberger et al., 2009.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from gemelo.context.guard.classes import PAIRS, classes, stems
from gemelo.context.guard.glyphs import fold

WEIGHT = 0.7
"""Length of the hashed part; that of the vector is 1."""
_WORD = re.compile(r"[^\W_]+")
_GRAM = 4


def features(text: str, vector: NDArray[np.float32], hashed_to: int, *tables: str) -> NDArray[np.float32]:
    """Joins a text's vector (d,) and its words, `hashed_to` so many dimensions: (d + `hashed_to`,).

    Args:
        tables: further ones of classes of words that count.
    """
    hashed = np.zeros(hashed_to, np.float32)
    for feature, weight in _said(text, ("classes", *tables)):
        code = crc32(feature.encode())
        hashed[code % hashed_to] += weight if code & 0x8000_0000 else -weight
    length = float(np.linalg.norm(hashed))
    return np.concatenate([vector, hashed * (WEIGHT / length if length else 0.0)])


def _said(text: str, tables: Sequence[str]) -> Iterator[tuple[str, float]]:
    words = _WORD.findall(fold(text))
    kinds: set[str] = set()
    for word in words:
        yield f"w {word}", 1.0
        for stem in {*stems(word)}:
            yield f"s {stem}", 0.5
        for table in tables:
            kinds |= classes(word, table)
        whole = f"<{word}>"
        for start in range(len(whole) - _GRAM + 1):
            yield f"c {whole[start : start + _GRAM]}", 0.4
    for pair in pairwise(words):
        yield f"b {pair[0]} {pair[1]}", 1.0
    for kind in kinds:
        yield f"k {kind}", 1.5
        for other in PAIRS:
            if other != kind and other in kinds:
                yield f"k {kind} {other}", 1.5
