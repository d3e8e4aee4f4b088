"""How well replies that enter a topic are told from harmless ones, topic by topic.

Each topic is judged by a guard that avoids no other, whose margins are noted while it judges: so the
recall at a fixed share of false positives comes from the same calls as the recall of the product.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from gemelo.benchmarks.guard_names import broken
from gemelo.benchmarks.guard_texts import LANGUAGES, own
from gemelo.benchmarks.rows import Row, share
from gemelo.context.guard.builtin import TOPICS, Rule
from gemelo.context.guard.compiled import CompiledGuard
from gemelo.context.guard.linear import Floats, Line
from gemelo.context.guard.meaning import Meaning, Sense, seeds
from gemelo.context.guard.rulebook import AvoidedTopic, Rulebook
from gemelo.models.vocabulary import Language

FALSE_POSITIVES = 0.03
CUSTOM = ("betting", "alcohol")
"""Topics that are also measured as if a layer had brought them."""
EXAMPLES = 8
"""Examples that such a layer gives in each language."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One judged text: how far its furthest clause was beyond the threshold, and whether it was blocked."""

    margin: float
    blocked: bool


class Noting(Meaning):
    """Another's meaning that notes the margins of every topic it is asked about."""

    def __init__(self, meaning: Meaning) -> None:
        self._meaning = meaning
        self.margins: list[float] = []

    def senses(self, texts: Sequence[str], language: Language) -> list[Sense]:
        return self._meaning.senses(texts, language)

    def enters(self, said: Floats, names: Sequence[str]) -> dict[str, float]:
        found = self._meaning.enters(said, names)
        self.margins += found.values()
        return found

    def learn(self, examples: Sequence[str]) -> Line:
        line = self._meaning.learn(examples)
        return _NotedLine(line.weights, line.bias, self.margins)


@dataclass(frozen=True, slots=True)
class _NotedLine(Line):
    margins: list[float] = field(compare=False)

    def margin(self, features: Floats) -> float:
        self.margins.append(Line.margin(self, features))
        return self.margins[-1]


def topic_rows(
    meaning: Meaning, demo: CompiledGuard, dice: Random, topics: Sequence[str] = TOPICS
) -> Iterator[Row]:
    """Recall and false positives of every topic that ships, and of two as layers might bring them.

    Args:
        demo: the guard of the demo talent, which avoids all of them at once.
    """
    for language in LANGUAGES:
        harmless = own(f"topic-harmless.{language}.txt")
        stopped = [Rule.TOPICS in broken(demo, text, language) for text in harmless]
        yield share("over_block in the demo", language, stopped, "topic-harmless")
    for name in topics:
        yield from _rows(meaning, AvoidedTopic(name, (), "bench"), name)
        for language in LANGUAGES:
            entering = own(f"topic-{name}.{language}.txt")
            stopped = [bool(broken(demo, text, language)) for text in entering]
            yield share("blocked in the demo", language, stopped, f"topic-{name}")
    for name in CUSTOM if set(CUSTOM) <= set(topics) else ():
        examples = [text for lang in LANGUAGES for text in dice.sample(seeds(name, lang), EXAMPLES)]
        yield from _rows(meaning, AvoidedTopic("custom", tuple(examples), "bench"), name, " as a layer's own")


def recall_at(entering: Sequence[float], harmless: Sequence[float], most: float) -> list[bool]:
    """Which texts lie beyond a threshold that at most a share `most` of the harmless ones is beyond."""
    spared = sorted(harmless, reverse=True)[int(most * len(harmless))]
    return [margin > spared for margin in entering]


def _rows(meaning: Meaning, topic: AvoidedTopic, texts: str, how: str = "") -> Iterator[Row]:
    noting = Noting(meaning)
    guard = CompiledGuard(Rulebook("", topics=(topic,)), "bench", noting)
    profile = f"topic-{texts}{how}"
    for language in LANGUAGES:
        entering = [_scored(guard, noting, text, language) for text in own(f"topic-{texts}.{language}.txt")]
        harmless = [_scored(guard, noting, text, language) for text in own(f"topic-harmless.{language}.txt")]
        hits = recall_at([s.margin for s in entering], [s.margin for s in harmless], FALSE_POSITIVES)
        yield share("recall at 3 % false positives", language, hits, profile)
        yield share("recall", language, [scored.blocked for scored in entering], profile)
        yield share("over_block", language, [scored.blocked for scored in harmless], profile)


def _scored(guard: CompiledGuard, noting: Noting, text: str, language: Language) -> Scored:
    noting.margins.clear()
    blocked = Rule.TOPICS in broken(guard, text, language)
    return Scored(max(noting.margins, default=float("-inf")), blocked)
