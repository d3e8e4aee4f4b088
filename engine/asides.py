"""What a twin says where the talent's words hold no answer: small talk, a question back, an offer; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gemelo.context.knowledge.asking import is_light
from gemelo.context.knowledge.courtesy import Courtesy, asked_in, courtesy
from gemelo.context.knowledge.followups import Leaning, lean
from gemelo.context.knowledge.language import guess
from gemelo.context.knowledge.titles import titles
from gemelo.context.knowledge.words import words
from gemelo.context.policy.context import Context
from gemelo.context.policy.layers import Deflection, Kind
from gemelo.engine.stage import Ask
from gemelo.models.manner import Manner
from gemelo.models.vocabulary import Findings, Label, Language, Passage, Source, Written

OFFERED = 3
"""Titles that are offered at most."""
MOST_TITLE_WORDS = 10

_LINES: Mapping[str, Mapping[Courtesy, tuple[str, ...]]] = {
    "en": {
        Courtesy.HEARD: ("Good. What else would you like to know?", "Ask me whatever you like next."),
        Courtesy.GREETING: ("Hello! What would you like to know?", "Hello! Ask me whatever you like."),
        Courtesy.FAREWELL: ("Goodbye, and thank you for the chat.", "Goodbye, come back whenever you like."),
        Courtesy.THANKS: ("You're welcome, ask me whatever you like.", "My pleasure. What else shall it be?"),
        Courtesy.WELLBEING: (
            "All in order here, thank you. And you?",
            "All well here. What shall we talk about?",
        ),
        Courtesy.TOPICS: ("I answer with what {name} has said and written.",),
        Courtesy.IDENTITY: ("I answer with what {name} has said and written.",),
    },
    "es": {
        Courtesy.HEARD: ("Bien. ¿Qué más te gustaría saber?", "Pregúntame ahora lo que quieras."),
        Courtesy.GREETING: ("¡Hola! ¿Qué te gustaría saber?", "¡Hola! Pregúntame lo que quieras."),
        Courtesy.FAREWELL: ("Hasta pronto, y gracias por la charla.", "Adiós, vuelve cuando quieras."),
        Courtesy.THANKS: ("De nada, pregúntame lo que quieras.", "A ti. ¿Qué más te gustaría saber?"),
        Courtesy.WELLBEING: (
            "Por aquí todo en orden, gracias. ¿Y tú?",
            "Todo bien por aquí. ¿De qué hablamos?",
        ),
        Courtesy.TOPICS: ("Respondo con lo que {name} ha dicho y escrito.",),
        Courtesy.IDENTITY: ("Respondo con lo que {name} ha dicho y escrito.",),
    },
}
_UNCLEAR = {
    "en": (
        "What do you mean exactly? Tell me in a word or two more.",
        "I'm not sure what you mean, could you say it another way?",
    ),
    "es": (
        "¿A qué te refieres? Dímelo con alguna palabra más.",
        "No sé bien a qué te refieres, ¿me lo preguntas de otra manera?",
    ),
}
_OFFER = {
    "en": ("You can ask me about {}.", "“{}”", " or "),
    "es": ("Puedes preguntarme por {}.", "«{}»", " o "),
}
_CODE = re.compile(r"[()\[\]{}<>=_/\\]|\w\.\w")
"""What nobody says aloud: `request.headers`, `close(callback)`."""
_PRESENTS = re.compile(r"\b(?:I am|I'm|my name is|soy|me llamo|mi nombre es)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Instead:
    """What is said in place of an answer from the talent's words.

    Attributes:
        answers: whether this is all that was asked for, as with a greeting; otherwise the twin declines.
    """

    line: str
    offer: Written | None = None
    answers: bool = False


def instead(ask: Ask, context: Context, findings: Findings) -> Instead | None:
    """What is said in a mind's place; None where what was found answers.

    A courtesy is answered by the house unless the talent has answered it: below a heading that asks the same,
    or by presenting themselves. Lines of an approved persona come before the house's.
    """
    kind = courtesy(ask.question, ask.language, f"{context.persona.name} {context.talent}")
    if kind is None:
        return _declined(ask, context, findings) if findings.declined else None
    if not findings.declined and _answered(kind, findings.passages[0], ask.language):
        return None
    return _small_talk(kind, ask, context, findings)


def _answered(kind: Courtesy, best: Passage, language: Language) -> bool:
    if asked_in(best.source.place.rpartition(" › ")[2], kind, language):
        return True
    said = best.sentences[best.best[0]] if best.best else best.text
    return kind is Courtesy.IDENTITY and bool(_PRESENTS.search(said))


def _small_talk(kind: Courtesy, ask: Ask, context: Context, findings: Findings) -> Instead:
    spoken = _spoken(ask.language, context)
    lines = _own(kind, context.persona.manner_in(ask.language)) or _LINES[spoken][kind]
    line = lines[ask.number % len(lines)].replace("{name}", context.persona.name)
    if kind is Courtesy.IDENTITY and not ask.opening:
        line = f"{context.disclosure(ask.language)} {line}"
    offers = kind in (Courtesy.IDENTITY, Courtesy.TOPICS)
    return Instead(line, _offer(ask, context, findings) if offers else None, answers=True)


def _declined(ask: Ask, context: Context, findings: Findings) -> Instead:
    """A question back where nobody could tell what is asked; otherwise the line that declines.

    A layer that words it says there what can be asked; the platform's line knows nothing of the talent.
    """
    if not words(ask.question) or lean(ask.question, ask.language) is Leaning.WHOLE:
        return Instead(_UNCLEAR[_spoken(ask.language, context)][ask.number % 2])
    line = context.deflection(Deflection.DECLINED, ask.language, ask.number)
    rule = f"deflections.{ask.language}.{Deflection.DECLINED}"
    if any(row.rule == rule and row.layer != Kind.PLATFORM for row in context.rows):
        return Instead(line)
    own = context.persona.manner_in(ask.language).not_known
    return Instead(own[ask.number % len(own)] if own else line, _offer(ask, context, findings))


def _own(kind: Courtesy, manner: Manner) -> tuple[str, ...]:
    """The talent's own lines for a courtesy."""
    own = {
        Courtesy.GREETING: manner.greetings,
        Courtesy.FAREWELL: manner.farewells,
        Courtesy.THANKS: manner.thanks,
    }
    return own.get(kind, ())


def _offer(ask: Ask, context: Context, findings: Findings) -> Written | None:
    """What the talent knows most about, where people approved that, or else the nearest titles."""
    topics = context.persona.manner_in(ask.language).topics[:OFFERED]
    if not topics or ask.language not in _OFFER:
        return offer(findings, ask.language)
    return Written(_listed(topics, ask.language), Label.HOUSE)


def offer(findings: Findings, language: Language) -> Written | None:
    """Offers what the nearest passages are about, by their titles; None where they have none worth saying.

    It holds words of documents, so it is no fixed line: the guard judges it as any text.
    """
    found: dict[str, Source] = {}
    for passage in findings.passages:
        if passage.label is Label.VERBATIM and (title := _title(passage, language)):
            found.setdefault(title, passage.source)
    if not found or language not in _OFFER:
        return None
    quoted = [_OFFER[language][1].format(title) for title in list(found)[:OFFERED]]
    return Written(_listed(quoted, language), Label.PARAPHRASE, next(iter(found.values())))


def _listed(topics: Sequence[str], language: Language) -> str:
    line, _, last = _OFFER[language]
    *first, end = topics
    return line.format(last.join((", ".join(first), end)) if first else end)


def _title(passage: Passage, language: Language) -> str:
    """What a passage is about in a few words of this language; empty where its heading does not say."""
    for title in titles(passage.source.place):
        said = words(title)
        telling = any(not is_light(word, language) and not word.isdigit() and len(word) > 2 for word in said)
        if (
            telling
            and not _CODE.search(title)
            and len(said) <= MOST_TITLE_WORDS
            and guess(title, language) == language
        ):
            return title
    return ""


def _spoken(language: Language, context: Context) -> str:
    """The language of the house's lines: the fan's, or the first of the place's that they are written in."""
    return next((one for one in (language, *context.languages) if one in _LINES), "en")
