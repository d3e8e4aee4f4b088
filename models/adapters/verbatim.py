"""A mind that cannot invent: it answers with the talent's own sentences, each with its source.

It says the sentence that answers best, then the ones that continue it, and the house's line where
nothing was found. Needs no model file, no key and no time.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from gemelo.models.vocabulary import Label, Passage, Prompt, ToolSpec, Written

MOST_WORDS = 45
"""About fifteen seconds of speech."""
MOST_SENTENCES = 3
NEARLY = 0.9
"""A passage with this share of the best score may stand in for one that was just quoted."""


class VerbatimMind:
    """Implements `LanguageModel` on the findings alone."""

    async def reply(self, prompt: Prompt) -> AsyncGenerator[Written, None]:
        """Streams one to three sentences of one passage; `prompt.aside` where search declined."""
        if prompt.findings.declined or not prompt.findings.passages:
            yield Written(prompt.aside, Label.HOUSE)
            return
        passage, said = _chosen(prompt)
        for number, sentence in enumerate(said, 1):
            tail = "" if number == len(said) else " "
            yield Written(sentence + tail, passage.label, passage.source)

    async def warm(self, prefix: str, tenant: str, tools: tuple[ToolSpec, ...] = ()) -> None:
        """Nothing to prefill."""


def _chosen(prompt: Prompt) -> tuple[Passage, list[str]]:
    """The best passage and what to say of it, unless that is just what was said last."""
    last = prompt.history[-1].twin if prompt.history else ""
    passages = prompt.findings.passages
    for passage in passages:
        said = _said(passage)
        if passage.score < NEARLY * passages[0].score:
            break
        if not last.endswith(" ".join(said)):
            return passage, said
    return passages[0], _said(passages[0])


def _said(passage: Passage) -> list[str]:
    """The best sentence and its followers, in reading order after it, within the limits."""
    sentences: Sequence[str] = passage.sentences or (passage.text,)
    start = passage.best[0] if passage.best else 0
    said = [sentences[start]]
    for sentence in sentences[start + 1 : start + MOST_SENTENCES]:
        if sum(len(spoken.split()) for spoken in [*said, sentence]) > MOST_WORDS:
            break
        said.append(sentence)
    return said
