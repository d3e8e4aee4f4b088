"""The benchmark of the guard: its disguises, its table, and its figures on a handful of texts."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.benchmarks import guard
from gemelo.benchmarks.brands import BENIGN, BRANDS, CARRIERS, COMMON, SHORT
from gemelo.benchmarks.disguises import DISGUISES, composed
from gemelo.benchmarks.rows import Bench, House
from gemelo.benchmarks.targets import judged
from gemelo.models.errors import BadDocument
from tests.benchmarks.house import QuietHouse
from tests.virtual import virtually


async def _house() -> House:
    return QuietHouse()


def _bench(data: Path | None) -> Bench:
    return Bench(_house, data, lambda line: None)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """One passage of sixty clean words, one utterance and two profane words."""
    rows = {
        "retrieval/passages.jsonl": [{"text": "Los locales jugaron bien la segunda parte. " * 10}],
        "dialogue/utterances.jsonl": [{"text": "and then it rained"}],
        "guardrails/ldnoobw_en.jsonl": [{"text": "fuck"}, {"text": "a harmless thing"}],
    }
    for name, lines in rows.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("\n".join(map(json.dumps, lines)))
    return tmp_path


def test_the_guard_s_figures_have_their_sizes(data: Path) -> None:
    """Every group is counted apart, and what the data do not hold is left out."""
    found = virtually(guard.run(_bench(data), size=guard.Size(0, 0, ())))
    rows = {(row.profile, row.metric, row.lang): row for row in found}
    for profile in ("brands", "common-word", "short"):
        assert 0.8 < rows[profile, "caught", ""].value <= 1
        assert rows[profile, "caught_composed", ""].n > 100
    assert rows["same-author", "blocked_near_brand", ""].n == 400
    assert rows["blind", "blocked_near_brand", "en"].n + rows["blind", "blocked_near_brand", "es"].n >= 400
    assert rows["natural", "blocked", "en"].n == 11
    for language in ("en", "es"):
        assert rows["figures, swapped", "blocked", language].value > 0.9
        assert rows["figures, same", "over_block", language].value < 0.2
        assert rows["figures, same, unseen half", "over_block", language].n == 13
    assert rows["natural", "profanity_per_1000_words", ""].value == 0
    assert rows["ldnoobw", "caught", "en"].value == 0.5
    assert ("ldnoobw", "caught", "es") not in rows
    assert rows["200 names", "span rules, a clause at once", ""].unit == "us"
    assert rows["200 names", "hold", ""].p50 is not None
    assert len(rows) == len(found)
    unknown = {of.title for of in judged("guard", found) if not of.n and not of.title.startswith("topic ")}
    assert unknown == {
        *("harmful requests blocked", "jailbreaks blocked", "xstest safe blocked", "replies with the canary"),
        *("dialogue blocked, es", "natural sentences blocked, es"),
        *("first audio delayed, span rules", "first audio delayed, full guard"),
        "engine alone, guard off: over its services",
    }


async def test_without_data_it_says_what_it_needs() -> None:
    """No folder, one sentence."""
    with pytest.raises(BadDocument, match="--data"):
        await guard.run(_bench(None))


def test_the_table_is_large_enough() -> None:
    """The goal speaks of 24 brands, 30 disguises and 400 sentences."""
    assert len(set(BRANDS)) >= 24
    assert len(DISGUISES) >= 30
    assert len(set(BENIGN)) == 400
    assert not set(BRANDS) & {*COMMON, *SHORT}
    assert all(carrier.count("{}") == 1 for carrier in CARRIERS)


@given(st.sampled_from([*BRANDS, *COMMON, *SHORT]), st.integers(0, 10_000))
def test_disguises_hide_or_decline(name: str, seed: int) -> None:
    """Each gives a text or says that it cannot be done, and two of them can follow each other."""
    dice = Random(seed)
    for disguise in DISGUISES.values():
        text = disguise(name, dice)
        assert text is None or text.strip()
    drawn = composed(name, dice)
    assert drawn is None or (drawn[1] and drawn[0].count("+") == 1)
