"""What is said where the talent's words hold no answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gemelo.context.policy.context import Context, Row
from gemelo.engine.asides import instead, offer
from gemelo.engine.stage import Ask
from gemelo.models.manner import Manner
from gemelo.models.vocabulary import Findings, Label, Language, Passage, Source
from tests.fakes import EN, ES, context


def ask(question: str, language: Language = EN, *, opening: bool = False, number: int = 2) -> Ask:
    return Ask(question, language, number, (), opening=opening, spoken=False)


def passage(place: str, text: str = "The kilns are hot.", label: Label = Label.VERBATIM) -> Passage:
    return Passage(place, text, Source("a.md", place), label=label, sentences=(text,), best=(0,))


KILNS = passage("Studio › 2.1 The kilns")
FOUND = Findings((KILNS,), declined=False)


def test_what_was_found_is_answered_by_the_mind() -> None:
    """Nothing stands in for an answer."""
    assert instead(ask("How hot are the kilns?"), context(), FOUND) is None


@pytest.mark.parametrize(
    ("said", "language"), [("Hello!", EN), ("¡Hola!", ES), ("thanks a lot", EN), ("adiós", ES), ("ok", EN)]
)
@pytest.mark.parametrize("found", [FOUND, Findings()])
def test_a_courtesy_is_no_question(said: str, language: Language, found: Findings) -> None:
    """It is answered by the house, whatever a search for it finds, and nothing is declined."""
    other = instead(ask(said, language), context(), found)
    assert other
    assert other.answers
    assert other.offer is None


def test_who_it_is_stands_in_the_layers() -> None:
    """Asked who it is, it says the disclosure, once, and whose words it answers with."""
    for opening, told in ((True, 0), (False, 1)):
        other = instead(ask("Who are you?", opening=opening), context(), Findings())
        assert other
        assert other.answers
        assert other.line.count("I am a virtual twin.") == told
        assert "Tess" in other.line


def test_a_talent_who_says_who_they_are_is_quoted() -> None:
    """A heading that asks the same, or a sentence that presents them, is the answer."""
    headed = passage("Me › Who are you? What is your name?")
    presented = passage("Me", "My name is Ingrid, and I make bowls.")
    for known in (headed, presented):
        assert instead(ask("Who are you?"), context(), Findings((known,), declined=False)) is None


def test_a_question_that_says_nothing_is_asked_back() -> None:
    """Where nobody could tell what is meant, the twin asks; a question it understood it declines."""
    unclear = instead(ask("and why?"), context(), Findings())
    declined = instead(ask("Who won the last election?"), context(), Findings())
    assert unclear
    assert unclear.line.rstrip().endswith(("?", "more."))
    assert declined
    assert declined.line == "declined one."
    assert not unclear.answers
    assert not declined.answers


def of_layer(kind: str) -> Context:
    return replace(context(), rows=(Row("deflections.en.declined", "no", kind, "x.yaml", 1),))


def test_a_twin_that_does_not_know_offers_what_it_does() -> None:
    """The platform's line is followed by titles of the nearest passages, to be judged by the guard."""
    other = instead(ask("Who won the last election?"), of_layer("platform"), Findings((KILNS,)))
    assert other
    assert other.offer
    assert other.offer.text == "You can ask me about “The kilns”."
    assert other.offer.label is not Label.HOUSE


def test_a_layer_that_declines_in_its_own_words_offers_by_itself() -> None:
    """Lines of a talent say what can be asked; nothing is put behind them."""
    other = instead(ask("Who won the last election?"), of_layer("talent"), Findings((KILNS,)))
    assert other
    assert other.offer is None


def test_an_approved_persona_speaks_for_itself() -> None:
    """Its own greeting, its own way not to know, and its topics come before the house's lines."""
    manner = Manner(greetings=("Hey, you!",), not_known=("No clue, friend.",), topics=("clay", "glazes"))
    there = of_layer("platform")
    there = replace(there, persona=replace(there.persona, manner=((EN, manner),)))
    greeted = instead(ask("Hello!"), there, Findings())
    declined = instead(ask("Who won the last election?"), there, Findings((KILNS,)))
    assert greeted
    assert greeted.line == "Hey, you!"
    assert declined
    assert declined.line == "No clue, friend."
    assert declined.offer
    assert declined.offer.text == "You can ask me about clay or glazes."


@pytest.mark.parametrize("line", ["Hello {user.name}!", "Hello {", "} {} {0}"])
def test_a_line_of_the_talent_s_is_said_to_the_letter(line: str) -> None:
    """A brace in it is a character like any other."""
    there = replace(context(), persona=replace(context().persona, manner=((EN, Manner(greetings=(line,))),)))
    greeted = instead(ask("Hello!"), there, Findings())
    assert greeted
    assert greeted.line == line


def test_only_titles_that_say_something_are_offered() -> None:
    """No times, numbers, other languages, claims of a sponsor or long lines; three at most, each once."""
    odd = ("http2stream.close(code)", "12:40", "p. 4", "IV", "La cosecha de la aceituna", "word " * 12)
    places = (*odd, "Classes", "Classes", "Glazes", "My teacher", "Clay")
    claim = passage("Brisalta", label=Label.SPONSORED)
    told = offer(Findings((claim, *map(passage, places))), EN)
    assert told
    assert told.text == "You can ask me about “Classes”, “Glazes” or “My teacher”."
    assert offer(Findings(tuple(map(passage, odd))), EN) is None
