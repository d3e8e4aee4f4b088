"""What the guard catches, what it lets pass, what it takes and how much it holds back.

Every figure comes from real calls of the compiled guard, or from whole replies behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from gemelo.benchmarks import guard_speed
from gemelo.benchmarks.disguises import DISGUISES
from gemelo.benchmarks.guard_asked import asked_rows
from gemelo.benchmarks.guard_figures import figure_rows
from gemelo.benchmarks.guard_names import name_rows, natural_rows, profanity_rows
from gemelo.benchmarks.guard_places import demo_context, with_topics
from gemelo.benchmarks.guard_replies import DRAWS, leak_rows
from gemelo.benchmarks.guard_speed import TURNS, speed_rows, voice_rows
from gemelo.benchmarks.guard_texts import natural
from gemelo.benchmarks.guard_topics import topic_rows
from gemelo.benchmarks.policy import compile_rows
from gemelo.benchmarks.rows import Bench, Row
from gemelo.benchmarks.scripted_turns import made_up_context
from gemelo.context.guard.builtin import TOPICS

SEED = 20
SETTINGS = {
    **guard_speed.SETTINGS,
    "seed": SEED,
    "disguises": len(DISGUISES),
    "written_by": {
        "brands, disguises, near_brand same-author": "the matcher's author",
        "near_brand blind": "a model that had not seen the matcher",
        "topic-*, crisis, extraction, fans-lively, planted": "a model that had not seen rules or seeds",
        "attacks-es": "the same model, translated from the English items of the same index",
        "figures": "the rule's author, before the rule; every other line unseen while it was written",
        "prompt": "who wrote the benchmark; the observer shares no code with the guard",
        "all others": "the data folder's public sets",
    },
    "guard": "platform and demo talent layers, every meaning rule; names and near-brand without topics",
}


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured of what takes long."""

    turns: int = TURNS
    draws: int = DRAWS
    topics: tuple[str, ...] = TOPICS


FULL = Size()


async def run(bench: Bench, seed: int = SEED, size: Size = FULL) -> list[Row]:
    """Measures both kinds of error of every rule, times and holds: some eight minutes.

    The data are folders `retrieval`, `dialogue` and `guardrails`; what is not there is left out.

    Raises:
        BadDocument: no data are named, or the folder is not there.
    """
    data = bench.needed("")
    dice = Random(seed)
    house = await bench.house()
    full = house.guard(demo_context())
    sentences = list(natural(data))
    bench.report(f"guard: names in {len(DISGUISES)} disguises, and near misses")
    rows = name_rows(house, dice)
    rows += figure_rows(house)
    bench.report("guard: what it takes")
    if sentences:
        rows += speed_rows(house, sentences)
        rows += profanity_rows(house.guard(with_topics(made_up_context())), sentences, data)
    rows += compile_rows(house.guard)
    rows += await voice_rows(house, size.turns)
    bench.report("guard: what fans ask")
    rows += asked_rows(full, data)
    bench.report("guard: topics")
    rows += topic_rows(house.meaning, full, dice, size.topics)
    if size.draws:
        bench.report("guard: a mind that repeats its prompt")
        rows += await leak_rows(house, data, dice, size.draws)
    bench.report(f"guard: {len(sentences)} natural sentences by every rule")
    return [*rows, *natural_rows(full, sentences)]
