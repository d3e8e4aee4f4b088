"""What of a prompt must not leave: its instructions, and marks that nobody would say by chance; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gemelo.context.guard.builtin import Rule
from gemelo.context.guard.phrases import Node, Said
from gemelo.context.guard.skeleton import Reading

LEAK_WORDS = 7
"""Words in a row that only who reads the prompt says: a fan's question and an answer share fewer."""
_LEAST_WORDS = 5
_SENTENCE = re.compile(r"[.!?…;:\n]+")
_MARK = re.compile(r"(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{6,48}|[A-Z]{2,}[_-][A-Z_-]{3,}")
"""Keys, codes and canaries: letters with digits in one token, or capitals joined by a line."""


def instructions(secret: str, public: Iterable[str]) -> Node:
    """The trie of all runs of `LEAK_WORDS` words of `secret`; what is `public` may be said."""
    root = Node()
    said = tuple(_words(text) for text in public)
    for sentence in _SENTENCE.split(secret):
        words = _words(sentence).split()
        for first in range(max(1, len(words) - LEAK_WORDS + 1)):
            run = " ".join(words[first : first + LEAK_WORDS])
            if run.count(" ") >= _LEAST_WORDS - 1 and not any(run in text for text in said):
                root.add(Rule.PROMPT, Said.ANYHOW, run)
    return root


def marks(secret: str, public: Iterable[str]) -> tuple[str, ...]:
    """Tokens of `secret` that no language has, each once, but those that `public` texts hold."""
    known = "\n".join(public).casefold()
    found = dict.fromkeys(mark[0] for mark in _MARK.finditer(secret))
    return tuple(mark for mark in found if mark.casefold() not in known)


def spelled(mark: str) -> str:
    """A pattern for a mark, its figures as they are, with or without signs between its letters."""
    return r"[\W_]{0,2}".join(re.findall(r"[^\W_]", mark))


def _words(text: str) -> str:
    return " ".join(Reading(text).skeletons[0].spoken)
