"""What of a prompt must not leave: its instructions, and marks that nobody would say by chance; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate

from gemelo.context.guard.builtin import Rule
from gemelo.context.guard.codes import ROT13
from gemelo.context.guard.lexicon import lexicon
from gemelo.context.guard.phrases import Node
from gemelo.context.guard.skeleton import Reading

LEAK_WORDS = 7
"""Words in a row that only who reads the prompt says: a fan's question and an answer share fewer."""
_LEAST_WORDS = 5
_ITEM = re.compile(r"[;…]")
_SENTENCE = re.compile(r"[.!?:\n]+")
_MARK = re.compile(r"(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{6,48}|[A-Z]{2,}[_-][A-Z_-]{3,}")
"""Keys, codes and canaries: letters with digits in one token, or capitals joined by a line."""
_TOLD = re.compile(
    r"\b(?:pass ?(?:phrase|word|code)|(?:secret|code) ?(?:word|phrase|code|key)"
    r"|contraseña|(?:palabra|frase|clave) (?:clave|secreta|de paso))\b"
    r"[^.;:=\n]{0,40}?(?:\bis\b|\bes\b|[:=])\s*[\"'«“]?((?:[^\W_]|[ '’-]){5,60}+)",
    re.IGNORECASE,
)
"""What a prompt itself calls a pass phrase, password or secret word."""
_MOST_WORDS = 5
_SPELLED_LETTERS = 24
"""Letters of the prompt in a row that, spelled one by one, give it away as seven words do."""


@lru_cache(maxsize=8)
def instructions(secret: str, public: tuple[str, ...]) -> Node:
    """The trie of all runs of `LEAK_WORDS` words of `secret`; what is `public` may be said.

    So are shorter sentences, and runs in rot13, from the last word to the first, with every word
    backwards, and both. A list's items are no run: a twin may say what it talks about.
    """
    root = Node()
    said = tuple(Reading(text).said for text in public)
    for part in _ITEM.split(secret):
        sentences = [words for sentence in _SENTENCE.split(part) if (words := Reading(sentence).said.split())]
        text = [word for words in sentences for word in words]
        ends = set(accumulate(map(len, sentences)))
        starts = [0, *sorted(ends)]
        whole = [(at, at + len(words)) for at, words in zip(starts, sentences, strict=False)]
        runs = [(first, first + LEAK_WORDS) for first in range(len(text) - LEAK_WORDS + 1)]
        for first, after in (*runs, *(span for span in whole if span[1] - span[0] < LEAK_WORDS)):
            run = text[first:after]
            if len(run) >= _LEAST_WORDS and not any(" ".join(run) in words for words in said):
                breaks = {end - first for end in ends if first < end < after}
                _add(root, run, breaks)
    return root


def _add(root: Node, run: list[str], breaks: set[int]) -> None:
    """Adds a run of words in every order and writing; `breaks` are words before which a sentence ends."""
    backwards = {len(run) - at for at in breaks}
    inside_out = [word[::-1] for word in run]
    root.add_run(Rule.PROMPT, run, breaks)
    root.add_run(Rule.PROMPT, [word.translate(ROT13) for word in run], breaks)
    root.add_run(Rule.PROMPT, inside_out, breaks)
    root.add_run(Rule.PROMPT, run[::-1], backwards)
    root.add_run(Rule.PROMPT, inside_out[::-1], backwards)


def marks(secret: str, public: Iterable[str]) -> tuple[str, ...]:
    """What of `secret` nobody says by chance, each once, but what `public` texts hold.

    Tokens that no language has, and what is told as a pass phrase: several words, or one that no
    dictionary knows. A password that is an ordinary word is none: the twin could not say that word.
    """
    known = "\n".join(public).casefold()
    told = (found[1].strip(" '’-") for found in _TOLD.finditer(secret))
    found = dict.fromkeys((*(mark[0] for mark in _MARK.finditer(secret)), *filter(_is_mark, told)))
    return tuple(mark for mark in found if mark.casefold() not in known)


def _is_mark(told: str) -> bool:
    words = Reading(told).said.split()
    return 1 < len(words) <= _MOST_WORDS or (len(words) == 1 and not lexicon().knows(words[0]))


def disguised(mark: str) -> tuple[str, str]:
    """A mark, and the same in rot13."""
    return mark, mark.translate(ROT13)


def spelled(mark: str) -> str:
    """A pattern for a mark in `Reading.plain`, with or without signs between its letters."""
    return r"[\W_]{0,2}".join(re.findall(r"[^\W_]", Reading(mark).plain))


class Spelt:
    """The letters of a secret, to be known again where they are spelled one by one."""

    def __init__(self, secret: str, public: Iterable[str]) -> None:
        self._secret = _letters(secret)
        self._public = "\n".join(map(_letters, public))

    def find(self, reading: Reading) -> Iterator[tuple[int, int]]:
        """Runs of spelled letters that give the secret away, as indices in `written`."""
        for skeleton in reading.skeletons if self._secret else ():
            for run in skeleton.spelled:
                windows = range(len(run.letters) - _SPELLED_LETTERS + 1)
                if any(self._holds(run.letters[at : at + _SPELLED_LETTERS]) for at in windows):
                    yield skeleton.places[run.first][0], skeleton.places[run.after - 1][1]

    def _holds(self, letters: str) -> bool:
        return letters in self._secret and letters not in self._public


def _letters(text: str) -> str:
    return Reading(text).said.replace(" ", "")
