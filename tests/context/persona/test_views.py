"""What a talent thinks, and never talks about."""

from __future__ import annotations

from gemelo.context.persona.corpus import Said
from gemelo.context.persona.views import entered, opinions, telling, titles
from tests.context.persona.corpora import BACKGROUND, CORPUS, EN, ES


def test_opinions_are_said_in_the_first_person() -> None:
    """One a passage, with where it stands."""
    assert [one.text[:14] for one in opinions(CORPUS, ES)] == ["Bueno, prefier", "Creo que dormi"]
    assert [one.at for one in opinions(CORPUS, EN)] == ["en/bread.md#1", "en/bread.md#2"]


def test_a_few_opinions_come_from_all_over() -> None:
    """Not the first ones alone."""
    many = [Said(f"I think number {n} is really quite good.", EN, f"a.md#{n:02}") for n in range(40)]
    some = opinions(many, EN, 4)
    assert [one.at for one in some] == ["a.md#00", "a.md#10", "a.md#20", "a.md#30"]


def test_a_topic_is_entered_by_its_own_words() -> None:
    """Two of them in a sentence, and two such sentences; words that others use too tell nothing."""
    words = telling({"alcohol": BACKGROUND.topics["alcohol"][EN]}, BACKGROUND.said[EN], EN)["alcohol"]
    assert {"vodka", "tequila"} <= words
    drinker = [Said("Vodka and tequila, please.", EN, "a.md#1"), Said("Tequila, then vodka.", EN, "a.md#2")]
    assert list(entered(drinker, {"alcohol": words}, EN)) == ["alcohol"]
    assert entered(drinker[:1], {"alcohol": words}, EN) == {}
    assert entered(CORPUS, {"alcohol": words}, EN) == {}


def test_what_another_topic_uses_too_tells_nothing() -> None:
    """Of two topics each is told by what it has alone."""
    drinks, bets = ["Rum tonight.", "More rum."], ["Poker tonight.", "More poker, tonight."]
    told = telling({"alcohol": drinks, "betting": bets}, ["It rains tonight."], EN)
    assert told == {"alcohol": {"rum"}, "betting": {"poker"}}


def test_a_document_s_title_is_what_it_is_about() -> None:
    """Where three passages stand below it; a page's number is none."""
    assert [title for title, _ in titles(CORPUS, ES)] == ["Entrenar sin prisa"]
    pages = [Said("Text.", ES, f"a.pdf#{n}", "p. 4") for n in range(5)]
    assert titles(pages, ES) == ()
