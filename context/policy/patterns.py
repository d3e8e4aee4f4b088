"""Whether a pattern to avoid may be used at all: measured on text made to hurt it, and on ordinary text."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import lru_cache

import regex

from gemelo.context.guard.rulebook import AvoidedPattern
from gemelo.context.policy.sample import sample

LONGEST_S = 0.010
"""What a pattern may take on `SIZE` characters."""
SIZE = 1_000
MAX_SHARE = 0.1
"""Of ordinary sentences, that a pattern may match."""
_SENTENCES = 100
_LITERAL = regex.compile(r"[^\W_]+")
_ESCAPE = regex.compile(r"\\[pPN]\{[^}]*\}|\\.")
_RUNS = ("a", "A", "0", " ", "-", ".", "á", "a ", "a1", "ab ", "0 ", "a@", "a.a-")


@lru_cache(maxsize=4096)
def refused(pattern: str) -> str:
    """Why this pattern must not be used, empty where it may be."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compiled = AvoidedPattern(pattern, "").compiled()
    except (regex.error, ValueError, OverflowError, RecursionError, Warning) as error:
        return f"is no regular expression: {error}"
    if compiled.search("") is not None:
        return "matches where there is nothing"
    try:
        for text in _hurtful(pattern):
            _run(compiled, text)
        ordinary = [_run(compiled, text) for text in _ordinary()]
    except TimeoutError:
        return f"takes more than {LONGEST_S * 1e3:.0f} ms on {SIZE} characters"
    except _Empty:
        return "matches where there is nothing"
    if sum(ordinary) > MAX_SHARE * len(ordinary):
        return f"matches {sum(ordinary)} of {len(ordinary)} ordinary sentences"
    return ""


class _Empty(Exception):
    pass


def _run(compiled: regex.Pattern[str], text: str) -> bool:
    """Whether it matches; goes through the whole text, as the guard does."""
    found = False
    for match in compiled.finditer(text, timeout=LONGEST_S):
        if match.start() == match.end():
            raise _Empty
        found = True
    return found


def _hurtful(pattern: str) -> Iterator[str]:
    """Texts on which a pattern that goes back and tries again takes longest: nearly what it looks for."""
    literals = _LITERAL.findall(_ESCAPE.sub(" ", pattern))
    runs = dict.fromkeys((*_RUNS, *literals, *(literal[0] for literal in literals), " ".join(literals)))
    for run in filter(None, runs):
        yield (run * (SIZE // len(run) + 1))[: SIZE - 1] + "\0"
    text = " ".join(sample())
    yield text[:SIZE]
    yield text[-SIZE:].replace(" ", "")


def _ordinary() -> tuple[str, ...]:
    texts = sample()
    return texts[:: max(1, len(texts) // _SENTENCES)]
