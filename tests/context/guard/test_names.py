"""Finding names to avoid, however they are written."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gemelo.context.guard.names import Match, NameMatcher
from gemelo.context.guard.near import one_edit
from gemelo.context.guard.skeleton import Reading
from gemelo.models.clauses import sentences
from tests.context.guard.disguises import DISGUISES, made_up_names

DATA = Path(os.environ.get("GEMELO_TEST_DATA", Path(__file__).parents[3] / ".." / "shared" / "data"))
CARRIERS = (
    "Creo que {} es la mejor, la verdad.",
    "Have you tried {}, my friend?",
    "{} gana",
    "Lo digo yo: {}.",
)
BRANDS = ("Puma", "Target", "Apple", "Red Bull", "Coca-Cola", "Nike", "Kivo", "Lumen Or")
MATCHER = NameMatcher((brand, "campaign") for brand in BRANDS)


@pytest.mark.parametrize("disguise", DISGUISES)
@given(name=made_up_names(), carrier=st.sampled_from(CARRIERS), seed=st.integers(0, 1000))
def test_a_name_is_found_in_every_disguise(disguise: str, name: str, carrier: str, seed: int) -> None:
    """Whatever a reader would see through, the matcher sees through, and it says where."""
    written = DISGUISES[disguise](name, random.Random(seed))
    text = carrier.format(written)
    [first, *_] = NameMatcher([(name, "talent")]).find(Reading(text))
    start = text.index(written)
    assert start <= first.start < first.end <= start + len(written)
    assert first.owner == "talent"


@pytest.mark.parametrize(
    "text",
    [
        "A puma is a big cat.",
        "El puma vive en la sierra.",
        "Our target audience loves apple pie.",
        "Target the left wing.",
        "The red bull charged.",
        "He drank coca tea with a cola.",
        "He'll kick; we're like a team.",
        "I like it. Keep going, Nick!",
        "No te olvides del kilo de naranjas.",
        "2026, 100 % y 3-1 en el 90'.",
        "",
    ],
)
def test_ordinary_words_pass(text: str) -> None:
    """A name that is also a word is meant only where it is written as a name."""
    assert MATCHER.find(Reading(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "I bought a Puma.",
        "Las PUMA son mías.",
        "Shopping at Target again",
        "My pUmA",
        "#puma",
        "apple.com",
        "I drank Red Bull.",
        "redbull",
        "red-bull",
        "coca-cola",
        "a Lumen Or lamp",
        "iLovePumaShoes",
        "N.i.k.e",
        "ni ke",
        "n i k e",
        "N\nI\nK\nE",
        "Ｎｉｋｅ",
        "p\u200bu\u200bm\u200ba",
        "Kivooooo",
        "Kivos",
    ],
)
def test_names_that_are_words_or_short_are_found_where_they_are_meant(text: str) -> None:
    """Capitals, tags, styles and odd cuts give a name away."""
    assert MATCHER.find(Reading(text))


@pytest.mark.parametrize(
    "text",
    [
        "I love azatroK",
        "I love asatrok",
        "S29ydGF6YQ== is the best",
        "S29ydGF6YQ, they say",
        "&#75;&#x6f;rt&aacute;za",
        "K&shy;ortaza",
        "Red&nbsp;Bull",
        "K as in kite, O as in ocean, R as in river, T for table, A like apple, Z as in zebra and then A",
        "ka, o de Óscar, erre, te, a de Ana, zeta y a",
        "kay oh ar tee ay zee ay",
        "kilo oscar romeo tango alpha zulu alpha",
        "K - O - R - T - A - Z - A",
        "double u? no: ka o erre te te a zeta a",
        "k o r t z a",
        "F ! @ t",
        "F.!.@.t",
        "Pep$!",
        "Pep$i",
        "|kea",
        "@7up_es",
        "#KortzaFans",
        "@kortza_es",
        "Kor tza",
        "the Zalan do shop",
        "Cortassa",
        "koka kola",
        "a Schwepps, please",
    ],
)
def test_names_are_found_reversed_coded_spelled_and_by_ear(text: str) -> None:
    """Whatever takes a reader a second look, and two disguises at once."""
    names = ("Kortaza", "Red Bull", "Fiat", "Pepsi", "Ikea", "7up", "Zalando", "Coca-Cola", "Schweppes")
    assert NameMatcher((name, "campaign") for name in names).find(Reading(text))


@pytest.mark.parametrize(
    "text",
    [
        "El decoro del palacio, la cortesía y la corteza del pan",
        "She was born in 1986, on the 7th day, up north.",
        "en el te de a o y",
        "UGFzc3dvcmQ= is no name",
        "cortaba, cortada, corta",
    ],
)
def test_words_near_a_name_pass(text: str) -> None:
    """Dictionary words and their forms, years, and letters that spell nothing."""
    names = ("Kortaza", "Fiat", "Pepsi", "7up", "Zalando", "Ideca")
    assert NameMatcher((name, "campaign") for name in names).find(Reading(text)) == []


def test_a_match_says_where_and_whose() -> None:
    """Positions are those of the text as it was given, wide characters included."""
    matcher = NameMatcher([("Kortaza", "talent"), ("Brisalta", "campaign")])
    found = matcher.find(Reading("Straße, ﬁn: k0rt\u00e4za; Brisalta"))
    assert found == [Match(12, 19, "talent"), Match(21, 29, "campaign")]


def test_other_scripts_are_found_by_alias() -> None:
    """A script that leaves no space between words needs none around a name."""
    assert NameMatcher([("耐克", "campaign")]).find(Reading("我喜欢耐克鞋"))


def test_no_names_match_nothing() -> None:
    """A context without names to avoid finds none."""
    assert NameMatcher([]).find(Reading("Puma Nike Adidas")) == []


@pytest.mark.parametrize(
    ("other", "near"),
    [("kortaza", False), ("kortza", True), ("kortazaa", True), ("korataza", True), ("kotraza", True),
     ("kortasa", True), ("kotrasa", False), ("kort", False), ("", False)],
)  # fmt: skip
def test_one_edit_is_one_edit(other: str, near: bool) -> None:
    """One insertion, deletion, substitution or swap, no more and no less."""
    assert one_edit("kortaza", other) is near
    assert one_edit(other, "kortaza") is near


@given(st.text(max_size=80), st.lists(st.text(min_size=1, max_size=12), max_size=4))
@example("a a a a a a", ["aaa"])
def test_any_text_and_any_names_give_spans_of_the_text(text: str, names: list[str]) -> None:
    """Nothing makes the matcher fall over, and every span lies in the text."""
    for found in NameMatcher((name, "talent") for name in names).find(Reading(text)):
        assert 0 <= found.start < found.end <= len(text)


def _lines(file: str, *keys: str) -> list[str]:
    if not (DATA / file).exists():
        pytest.skip("shared data absent")
    rows = [json.loads(line) for line in (DATA / file).read_text(encoding="utf-8").splitlines()]
    return [sentence for row in rows for name in keys if name in row for sentence in sentences(row[name])]


@pytest.mark.parametrize(
    "file", ["retrieval/passages.jsonl", "retrieval/questions.jsonl", "dialogue/utterances.jsonl"]
)
def test_natural_sentences_pass(file: str) -> None:
    """With 200 made-up names at most .2 % of natural sentences are blocked."""
    dice = random.Random(7)
    names: set[str] = set()
    while len(names) < 200:
        syllables = [dice.choice("bcdfgklmnprstvz") + dice.choice("aeiou") for _ in range(dice.randint(2, 4))]
        names.add("".join(syllables).capitalize() + dice.choice(["x", "n", "s", "l", "r", ""]))
    matcher = NameMatcher((name, "campaign") for name in sorted(names))
    texts = _lines(file, "text", "question")
    assert sum(bool(matcher.find(Reading(text))) for text in texts) <= 0.002 * len(texts)
