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
        "p!€p$!",
        "z a l a n d d o a day",
        "I, k, e, e, a",
        "Xbegnmn",
        "K%6frtaza",
        "%4B%6F%72%74%61%7A%61",
        "%D0%9Aortaza",
        "\\u004b\\x6frt\\u{61}za",
    ],
)
def test_names_are_found_reversed_coded_spelled_and_by_ear(text: str) -> None:
    """Whatever takes a reader a second look, and two disguises at once."""
    names = ("Kortaza", "Red Bull", "Fiat", "Pepsi", "Ikea", "7up", "Zalando", "Coca-Cola", "Schweppes")
    assert NameMatcher((name, "campaign") for name in names).find(Reading(text))


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Kortaza", "azatroK"),
        ("Kortaza", "S29ydGF6YQ=="),
        ("Kortaza", "&#75;&#x6f;rt&aacute;za"),
        ("Kortaza", "K as in kite, O as in ocean, R for red, T, A like apple, Z as in zebra and then A"),
        ("Kortaza", "ka, o de Óscar, erre, te, a de Ana, zeta y a"),
        ("Kortaza", "kilo oscar romeo tango alpha zulu alpha"),
        ("Kortaza", "K - O - R - T - A - Z - A"),
        ("Kortaza", "k o r t z a"),
        ("Kortaza", "Kor tza"),
        ("Kortaza", "k\u200bor.taza"),
        ("Kortaza", "kkoorrttaazzaa"),
        ("Fiat", "F ! @ t"),
        ("Fiat", "efe i a te"),
        ("Zokill", "zeta o ka i ele ele"),
        ("Llozo", "ele ele oh zeta oh"),
        ("Pepsi", "Pep$!"),
        ("Ikea", "|kea"),
        ("Red Bull", "Red&nbsp;Bull"),
        ("Red Bull", "redbull"),
        ("Coca-Cola", "koka kola"),
        ("Lumen Or", "Lumn Or"),
        ("Lumen Or", "lumen 0r"),
    ],
)
def test_what_is_found_is_what_stands_for_the_name(name: str, written: str) -> None:
    """From its first sign to its last, with other words around it."""
    text = f"Bueno, {written} ya."
    found = NameMatcher([(name, "campaign")]).find(Reading(text))
    first, end = min(match.start for match in found), max(match.end for match in found)
    assert text[first:end] == written


@pytest.mark.parametrize("before", range(7))
@pytest.mark.parametrize("after", ["", " ya", " today, my good friend"])
@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Red Kivor", "red kivar"),
        ("Kivor Red", "kivar red"),
        ("The Red Kivor", "the red kivar"),
        ("Red Kivor Club", "red kivar club"),
        ("Kivora", "kiv ara"),
        ("Kivora", "ki.va.ra"),
        ("Kivora", "k i v a r a"),
        ("Kivora", "kivara"),
        ("Kivor", "kivr"),
    ],
)
def test_a_mistyped_name_is_found_wherever_it_stands(
    name: str, written: str, before: int, after: str
) -> None:
    """Words around it that are ordinary change nothing."""
    text = f"{'so ' * before}{written}{after}"
    found = NameMatcher([(name, "campaign")]).find(Reading(text))
    assert text[min(m.start for m in found) : max(m.end for m in found)] == written


@pytest.mark.parametrize("text", ["#kivaramigo", "#amigokivara", "so #superkivara", "by @lovkivara"])
def test_a_mistyped_name_is_found_at_either_end_of_a_tag(text: str) -> None:
    """Wherever the tag stands."""
    [match] = NameMatcher([("Kivora", "campaign")]).find(Reading(text))
    assert text[match.start : match.end] == "kivara"


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Kivo", "Kivo oops", "Kivo"),
        ("Kivo", "Kivo o o oh", "Kivo"),
        ("Kivo", "bikk kivo", "kivo"),
        ("Kivo", "k k kivo", "kivo"),
    ],
)
def test_a_name_ends_where_its_word_ends(name: str, text: str, found: str) -> None:
    """Also where the next word goes on with the same letter."""
    [match] = NameMatcher([(name, "campaign")]).find(Reading(text))
    assert text[match.start : match.end] == found


@pytest.mark.parametrize(
    ("long", "short", "carrier"),
    [
        ("Nike|ekin", "Bmw|wmb", "I love {}"),  # backwards: four letters
        ("Bmw|b m w", "Zk|z k", "{}"),  # letter by letter: three
        ("Kivor|k i v a r", "Kivo|k i v a", "{}"),  # letter by letter, mistyped: five
        ("Kivora|kiv ara", "Kivor|ki var", "a {} b"),  # cut up and mistyped: six
        ("Kivora|mykivora", "Kivor|mykivor", "{}"),  # inside a word: six
        ("Kivora|kivorabest", "Kivor|kivorbest", "{}"),
        ("Kivo|#lovekivo", "Kiv|#lovekiv", "{}"),  # inside a tag: four
        ("Bluefish|Blue fish", "Bluecat|Blue cat", "I love {}, ok"),  # as two ordinary words: eight
        ("Kivor|kivar", "Kivo|kiva", "a {} b"),  # mistyped: five
        ("Kivora|tivora", "Kivor|tivor", "a {} b"),  # in the first letter: six
        ("Kivora|arxvik", "Kivor|rxvik", "a {} b"),  # backwards and mistyped: six
        ("Zekiv|cequive", "Kevo|quevo", "a {} b"),  # by ear: five
        ("Ksaks|xaxs", "Ksaks|xax", "a {} b"),  # in four letters or more
    ],
)
def test_a_disguise_takes_enough_letters(long: str, short: str, carrier: str) -> None:
    """A shorter one would be found in what others say."""
    for name, written, is_found in ((*long.split("|"), True), (*short.split("|"), False)):
        matcher = NameMatcher([(name, "campaign")])
        assert bool(matcher.find(Reading(carrier.format(written)))) is is_found


@pytest.mark.parametrize(("written", "found"), [("quivora", True), ("quivohra", True), ("quivohrah", False)])
def test_by_ear_a_name_has_two_letters_more_at_most(written: str, *, found: bool) -> None:
    """However it sounds."""
    assert bool(NameMatcher([("Kivora", "campaign")]).find(Reading(written))) is found


@pytest.mark.parametrize(
    "text",
    [
        "El decoro del palacio, la cortesía y la corteza del pan",
        "She was born in 1986, on the 7th day, up north.",
        "en el te de a o y",
        "UGFzc3dvcmQ= is no name",
        "cortaba, cortada, corta",
        "Balando las ovejas y jalando el pastor",
        "The statue of Peg\u00adasus",
    ],
)
def test_words_near_a_name_pass(text: str) -> None:
    """Dictionary words and their forms, years, and letters that spell nothing."""
    names = ("Kortaza", "Fiat", "Pepsi", "7up", "Zalando", "Ideca", "Asus")
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
