"""From what a twin has learned to the draft of its persona; pure, and the same for the same texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gemelo.context.guard.builtin import TOPICS
from gemelo.context.knowledge.words import fold
from gemelo.context.persona import lexicon, views
from gemelo.context.persona.corpus import Said, languages
from gemelo.context.persona.document import (
    FORMAT,
    MAX_SENTENCE,
    Evidence,
    Figures,
    Line,
    PersonaDocument,
    Tongue,
)
from gemelo.context.persona.manner import Length, Measured, Shown, measure
from gemelo.context.persona.phrases import Found, favourites, subjects
from gemelo.models.vocabulary import Language

MAX_SENTENCES = 12_000
"""Of one language that a draft reads: as many show a manner, and more cost a minute and a gigabyte."""
CITED = 2
"""Sentences that a line cites at most."""
_OFTEN = 0.08
"""Share of sentences from which asking, or exclaiming, is a trait."""
_SWITCHES = 0.02
_OFFERED = 3
"""Lines of what is not known that offer a topic."""

_ADDRESS = {
    "tu": "Addresses one person as tú.",
    "vos": "Addresses one person as vos.",
    "vosotros": "Addresses people as vosotros.",
    "usted": "Addresses people as usted.",
    "contracted": "Contracts verbs, as in talk.",
    "spelled_out": "Spells verbs out and does not contract them.",
}
_OFFER = {
    "es": {"": "eso no lo sé, pero pregúntame por {}.", "usted": "eso no lo sé, pero pregúnteme por {}."},
    "en": {"": "I don't know that one, but ask me about {}."},
}


@dataclass(frozen=True, slots=True)
class Background:
    """Other people's sentences, to see what is the talent's own.

    Attributes:
        said: harmless ones, by language.
        asked: harmless questions, by language.
        topics: ones that enter each of the platform's topics, by language.
    """

    said: Mapping[Language, Sequence[str]]
    asked: Mapping[Language, Sequence[str]]
    topics: Mapping[str, Mapping[Language, Sequence[str]]]


def draft(twin: str, version: str, corpus: Sequence[Said], background: Background) -> PersonaDocument:
    """The persona that some sentences show.

    Args:
        version: of what the twin has learned.
        corpus: every sentence of it (`corpus.said`).
    """
    spoken = [language for language in languages(corpus) if language in background.said]
    corpus = [one for language in spoken for one in _some(corpus, language)]
    measured = {language: measure(corpus, language) for language in spoken}
    entered: set[str] = set()
    for language in spoken:
        harmless = (*background.said[language], *background.asked.get(language, ()))
        entering = {topic: background.topics[topic].get(language, ()) for topic in TOPICS}
        told = views.telling(entering, harmless, language)
        entered |= views.entered(corpus, told, language).keys()
    return PersonaDocument(
        format=FORMAT,
        twin=twin,
        drawn_from=version,
        sentence_length=_length(measured, spoken),
        manner={
            language: _tongue(
                [one for one in corpus if one.language == language], measured[language], background
            )
            for language in spoken
        },
        never_talks_about=tuple(topic for topic in TOPICS if topic not in entered) if spoken else (),
    )


def _some(corpus: Iterable[Said], language: Language) -> Sequence[Said]:
    """What is said in a language; of a large corpus every so many sentences from end to end."""
    own = [one for one in corpus if one.language == language]
    return own[:: -(-len(own) // MAX_SENTENCES)] if own else own


def _tongue(corpus: Sequence[Said], measured: Measured, background: Background) -> Tongue:
    language = measured.language
    own = [one for one in corpus if one.language == language]
    others = [Said(text, language, "").folded for text in background.said[language]]
    titled = (Line(text=_small(text), evidence=cited(some)) for text, some in views.titles(own, language))
    topics = (*titled, *(_found(one) for one in subjects(own, others, language)))
    topics = tuple({line.text.casefold(): line for line in reversed(topics)}.values())[::-1]
    return Tongue(
        measured=_figures(measured),
        greetings=_shown(measured.greetings),
        farewells=_shown(measured.farewells),
        thanks=_shown(measured.thanks),
        fillers=_shown(measured.fillers),
        favourites=tuple(_found(one) for one in favourites(own, others, language)),
        not_known=_not_known(measured, topics),
        topics=topics,
        traits=tuple(_traits(measured, own)),
        opinions=tuple(
            Line(text=one.text[:MAX_SENTENCE], evidence=cited([one])) for one in views.opinions(own, language)
        ),
    )


def cited(examples: Iterable[Said]) -> tuple[Evidence, ...]:
    """The first few sentences that show a line, each passage once."""
    found = {one.at: Evidence(at=one.at, sentence=one.text[:MAX_SENTENCE]) for one in reversed([*examples])}
    return tuple(reversed(found.values()))[:CITED]


def _shown(lines: Iterable[Shown]) -> tuple[Line, ...]:
    return tuple(Line(text=one.text, evidence=cited(one.examples)) for one in lines)


def _found(found: Found) -> Line:
    return Line(text=found.text, evidence=cited(found.examples))


def _figures(measured: Measured) -> Figures:
    return Figures(
        sentences=measured.sentences,
        words=measured.words,
        median_words=measured.median_words,
        long_words=measured.long_words,
        asks=round(measured.asks, 3),
        exclaims=round(measured.exclaims, 3),
        switching=round(measured.switching, 3),
        address=measured.address.text,
    )


def _length(measured: Mapping[Language, Measured], spoken: Sequence[Language]) -> Length:
    return measured[spoken[0]].sentence_length if spoken else "medium"


def _not_known(measured: Measured, topics: Sequence[Line]) -> tuple[Line, ...]:
    """The talent's own lines, then ones that offer what they know most about, begun as they begin."""
    own = _shown(measured.not_known)
    offers = _OFFER.get(measured.language)
    if offers is None:
        return own
    offer = offers.get(measured.address.text, offers[""])
    filler = next((one.text for one in measured.fillers if fold(one.text) in lexicon.BEGINNINGS), "")
    begun = f"{filler}, {offer}" if filler else offer
    return (
        *own[:_OFFERED],
        *(
            Line(text=_capital(begun.format(topic.text)), evidence=topic.evidence)
            for topic in topics[:_OFFERED]
        ),
    )


def _small(text: str) -> str:
    """A heading as it stands inside a sentence; a name, whose next word has a capital, keeps its own."""
    words = text.split()
    named = words[0].isupper() or any(word[:1].isupper() for word in words[1:2])
    return text if named else text[:1].lower() + text[1:]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _traits(measured: Measured, own: Sequence[Said]) -> Iterable[Line]:
    middle = [one for one in own if len(one.written) == round(measured.median_words)] or own[:1]
    if middle:
        about = (
            f"Half of your [{measured.language}] sentences have at most {measured.median_words:.0f} words."
        )
        yield Line(text=about, evidence=cited(middle))
    if told := _ADDRESS.get(measured.address.text):
        yield Line(text=told, evidence=cited(measured.address.examples))
    if measured.asks >= _OFTEN:
        yield Line(text="Asks back often.", evidence=cited(one for one in own if one.text.endswith("?")))
    if measured.exclaims >= _OFTEN:
        yield Line(text="Exclaims often.", evidence=cited(one for one in own if "!" in one.text))
    if measured.switching >= _SWITCHES:
        told = "Says a sentence in another language now and then."
        yield Line(text=told, evidence=cited(measured.switched.examples))
