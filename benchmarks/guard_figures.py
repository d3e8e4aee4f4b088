"""Whether a figure of an approved claim passes where it counts what was approved, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gemelo.benchmarks.guard_names import broken
from gemelo.benchmarks.guard_places import demo_context, with_topics
from gemelo.benchmarks.guard_texts import LANGUAGES, figures
from gemelo.benchmarks.rows import House, Row, share
from gemelo.context.policy.context import Context

_BRAND = "Brisalta"


def figure_rows(house: House) -> Iterator[Row]:
    """What is blocked of sentences that swap an approved figure's meaning, and of those that keep it.

    Half of the lines, every other one, were looked at while the rule was written; the other half judges it.
    """
    bare = with_topics(demo_context())
    for language in LANGUAGES:
        blocked = [
            (told.kind, bool(broken(house.guard(_sponsored(bare, told.claim)), told.sentence, language)))
            for told in figures(language)
        ]
        for kind, metric in (("swapped", "blocked"), ("same", "over_block")):
            hits = [hit for which, hit in blocked if which == kind]
            yield share(metric, language, hits, f"figures, {kind}")
            yield share(metric, language, hits[1::2], f"figures, {kind}, unseen half")


def _sponsored(context: Context, claim: str) -> Context:
    """The same context with a sponsor of whom one claim is approved."""
    return replace(context, rules=replace(context.rules, brand=_BRAND, approved=(claim,)))
