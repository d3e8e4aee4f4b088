"""A mind that cannot invent: it answers with the talent's own sentences, each with its source.

It says the sentence that answers best, the one before it where that says who is meant, and those that
follow; the house's line, and what can be asked instead, where nothing was found. What it has said in this
talk it does not say again, unless nothing else answers: then it says so. It needs no model file, key or time.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Sequence

from gemelo.models.vocabulary import Label, Passage, Prompt, ToolSpec, Written

MOST_WORDS = 45
"""About fifteen seconds of speech."""
MOST_SENTENCES = 3
NEARLY = 0.9
"""A passage with this share of the best score may stand in for one that was quoted before."""

_LEANS = re.compile(
    r"[\W_]*(?:he|she|they|it|this|that|these|those|his|her|their|its|then|but|so|and|also|however|there|"
    r"él|ella|ellos|ellas|eso|esto|este|esta|estos|estas|ese|esa|esos|esas|aquello|su|sus|pero|entonces|"
    r"así|luego|después|además|también|por eso|y)\b",
    re.IGNORECASE,
)
"""How a sentence begins that says of whom or what only with the one before it."""
_MORE = re.compile(
    r"\W*(?:y |and |ok |vale |please |por favor )*(?:tell me more|more|go on|continue|keep going|what else|"
    r"anything else|cu[eé]ntame m[aá]s|m[aá]s|sigue|contin[uú]a|qu[eé] m[aá]s|algo m[aá]s)\b.{0,12}",
    re.IGNORECASE,
)
"""A fan who wants to hear the rest, and names nothing new."""
_AGAIN = {
    "en": ("As I said:", "I told you before:", "Once more:"),
    "es": ("Como te decía:", "Ya te lo contaba:", "Te lo repito:"),
}
_NO_MORE = {
    "en": "That is all I have on that, so ask me about something else.",
    "es": "Eso es todo lo que tengo sobre eso, así que pregúntame por otra cosa.",
}
_SPACE = re.compile(r"\s+")


class VerbatimMind:
    """Implements `LanguageModel` on the findings alone."""

    async def reply(self, prompt: Prompt) -> AsyncGenerator[Written, None]:
        """Streams one to three sentences of one passage; `prompt.aside` where search declined."""
        if prompt.findings.declined or not prompt.findings.passages:
            for piece in prompt.instead:
                yield piece
            return
        told = _flat(" ".join(exchange.twin for exchange in prompt.history))
        lead, passage, said = _chosen(prompt, told)
        if lead:
            yield Written(lead + " " * bool(said), Label.HOUSE)
        for number, sentence in enumerate(said, 1):
            tail = "" if number == len(said) else " "
            yield Written(sentence + tail, passage.label, passage.source)

    async def warm(self, prefix: str, tenant: str, tools: tuple[ToolSpec, ...] = ()) -> None:
        """Nothing to prefill."""


def _chosen(prompt: Prompt, told: str) -> tuple[str, Passage, list[str]]:
    """What to say: a lead of the house's where what answers was said before, the passage, its sentences."""
    passages = prompt.findings.passages
    near = [passage for passage in passages if passage.score >= NEARLY * passages[0].score] or [passages[0]]
    if _MORE.fullmatch(prompt.question):
        return _further(prompt, near, told)
    for passage in near:
        if _flat(_sentences(passage)[_start(passage)]) not in told:
            return "", passage, _said(passage, _start(passage), told)
    best = passages[0]
    return _again(prompt, told), best, _said(best, _start(best), told)


def _further(prompt: Prompt, near: Sequence[Passage], told: str) -> tuple[str, Passage, list[str]]:
    """What has not been said yet of what was found; the house's line where that is nothing."""
    for passage in near:
        own = _sentences(passage)
        for start in (*range(_start(passage), len(own)), *range(_start(passage))):
            if _flat(own[start]) not in told:
                return "", passage, _in_order(passage, [start], told)
    return _NO_MORE.get(prompt.language, _NO_MORE["en"]), near[0], []


def _again(prompt: Prompt, told: str) -> str:
    """How a repetition begins; not as the ones before it."""
    leads = _AGAIN.get(prompt.language, _AGAIN["en"])
    return min(leads, key=lambda lead: told.count(_flat(lead)))


def _said(passage: Passage, start: int, told: str) -> list[str]:
    """The sentence that answers, with what it leans on and what goes on from it."""
    own = _sentences(passage)
    chosen = [start]
    before = own[start - 1] if start else ""
    if (
        before
        and _LEANS.match(own[start])
        and not before.rstrip().endswith("?")
        and _flat(before) not in told
    ):
        chosen = [start - 1, start]
    return _in_order(passage, chosen, told)


def _in_order(passage: Passage, chosen: list[int], told: str) -> list[str]:
    """Some sentences and those that join them, in reading order, within the limits."""
    own = _sentences(passage)
    if sum(len(own[at].split()) for at in chosen) > MOST_WORDS:
        chosen = chosen[-1:]
    for at in range(chosen[-1] + 1, len(own)):
        fits = sum(len(own[one].split()) for one in (*chosen, at)) <= MOST_WORDS
        if len(chosen) == MOST_SENTENCES or not fits or _flat(own[at]) in told:
            break
        chosen.append(at)
    return [own[at] for at in chosen]


def _start(passage: Passage) -> int:
    return passage.best[0] if passage.best else 0


def _sentences(passage: Passage) -> Sequence[str]:
    return passage.sentences or (passage.text,)


def _flat(text: str) -> str:
    """A text as it is looked for among what was said: a voice that was cut off leaves other white space."""
    return _SPACE.sub(" ", text).strip()
