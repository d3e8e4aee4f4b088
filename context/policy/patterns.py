"""Whether a pattern to avoid may be used at all: measured on text made to hurt it, and on ordinary text."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate, product

import regex

from gemelo.context.guard.rulebook import AvoidedPattern
from gemelo.context.policy.sample import sample

LONGEST_MS = 10
"""What a pattern may take on `SIZE` characters (CPU time, by the library's own watch)."""
LONGEST_OF_A_SESSION_MS = 2
"""The same for one that comes from a page which nobody has approved."""
SIZE = 1_000
MAX_SHARE = 0.1
"""Of ordinary sentences, that a pattern may match."""
_SENTENCES = 100
_LITERAL = regex.compile(r"[^\W_]+")
_ESCAPE = regex.compile(r"\\[pPN]\{[^}]*\}|\\.")
_SPARSE = "~" * 100
_BEGUN = 12
"""Parts of a pattern that are put together, at most."""
_CALL = regex.compile(r"\(\?(?:R|&|P>|[+-]?\d)")
"""A pattern inside itself, whose depth nothing bounds."""
_TOKEN = regex.compile(r"\\.|\[(?:\\.|[^\]])*\]|[()]|\{(\d*)(?:,(\d*))?\}|.", regex.DOTALL)
_RUNS = ("a", "A", "0", " ", "-", ".", "á", "a ", "a1", "ab ", "0 ", "a@", "a.a-")


@lru_cache(maxsize=4096)
def refused(pattern: str, longest_ms: int = LONGEST_MS) -> str:
    """Why this pattern must not be used, empty where it may be."""
    if _CALL.search(pattern):
        return "calls itself"
    if _repeats(pattern) > SIZE:
        return f"repeats something more than {SIZE} times"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compiled = AvoidedPattern(pattern, "").compiled()
    except (regex.error, ValueError, OverflowError, RecursionError, Warning) as error:
        return f"is no regular expression: {error}"
    try:
        if compiled.search("", timeout=longest_ms / 1e3) is not None:
            return "matches where there is nothing"
        for text in hurtful(pattern):
            _run(compiled, text, longest_ms)
        ordinary = [_run(compiled, text, longest_ms) for text in _ordinary()]
    except (TimeoutError, MemoryError):
        return f"takes more than {longest_ms} ms on {SIZE} characters"
    except _Empty:
        return "matches where there is nothing"
    if sum(ordinary) > MAX_SHARE * len(ordinary):
        return f"matches {sum(ordinary)} of {len(ordinary)} ordinary sentences"
    return ""


def _repeats(pattern: str) -> int:
    """How often its counts, one inside the other, repeat something: `regex` writes them all out."""
    inside, last = [1], 1
    for token in _TOKEN.finditer(pattern):
        if token[0] == "(":
            inside.append(1)
        elif token[0] == ")":
            last = inside.pop() if len(inside) > 1 else last
            inside[-1] = max(inside[-1], last)
        elif token[1] or token[2]:
            last *= max(int(token[1] or 1), int(token[2] or 1))
            inside[-1] = max(inside[-1], last)
        else:
            last = 1
    return max(inside)


class _Empty(Exception):
    pass


def _run(compiled: regex.Pattern[str], text: str, longest_ms: int) -> bool:
    """Whether it matches; goes through the whole text, as the guard does."""
    found = False
    for match in compiled.finditer(text, timeout=longest_ms / 1e3):
        if match.start() == match.end():
            raise _Empty
        found = True
    return found


def hurtful(pattern: str) -> Iterator[str]:
    """Texts on which a pattern that goes back and tries again takes longest: nearly what it looks for."""
    literals = _LITERAL.findall(_ESCAPE.sub(" ", pattern))
    begun = accumulate(literals[:_BEGUN])  # all of what it looks for but its end, over and over
    firsts = (literal[0] for literal in literals)
    runs = dict.fromkeys((*_RUNS, *literals, *firsts, *begun, _SPARSE.join((*literals, ""))))
    # with the pattern at the end: where a letter that it needs is missing, a search often gives up at once;
    # without: where its end is found, the search is over
    for run, end in product(filter(None, runs), ("\0" + pattern, "")):
        yield (run * (SIZE // len(run) + 1))[: SIZE - len(end)] + end
    text = " ".join(sample())
    yield text[:SIZE]
    yield text[-SIZE:].replace(" ", "")


def _ordinary() -> tuple[str, ...]:
    texts = sample()
    return texts[:: max(1, len(texts) // _SENTENCES)]
