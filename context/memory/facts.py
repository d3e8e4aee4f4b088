"""What a fan said of themselves, found by rule; pure.

    "Hola, me llamo Ana y soy portera." ──▶ Fact(NAME, "me llamo Ana"), Fact(ROLE, "soy portera")

Few, short and careful: a fact is a clause of one of the forms below that begins its sentence, says it
of the fan and says it plainly. What is asked, denied, supposed or told of somebody else is none. There
is at most one of a kind, so that a fan who changes their mind is not remembered twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import regex

from gemelo.models.clauses import sentences
from gemelo.models.vocabulary import Language

MAX_TEXT = 80
"""Characters of one fact."""
_MOST_NAMES = 3
_MOST_WORDS = 5


class Kind(StrEnum):
    """What a fact is about; of each kind a fan has one."""

    NAME = "name"
    HOME = "home"
    TEAM = "team"
    PLAYER = "player"
    ROLE = "role"
    SPORT = "sport"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a fan said of themselves, in their own words."""

    kind: Kind
    text: str
    language: Language


_ROLES_ES = (
    "porter[oa]|defensas?|lateral|central|centrocampista|mediocentro|delanter[oa]|extremo|entrenador|"
    "entrenadora|árbitr[oa]|socio|socia|abonad[oa]|aficionad[oa] al (?:fútbol|baloncesto|tenis|ciclismo)"
)
_ROLES_EN = (
    "goalkeeper|keeper|defender|full[- ]back|centre[- ]back|center[- ]back|midfielder|winger|forward|"
    "striker|coach|referee|season ticket holder"
)
_SPORTS_ES = (
    "(?:fútbol|futbol|fútbol sala|baloncesto|tenis|pádel|padel|voleibol|balonmano|rugby|hockey|béisbol|golf)"
)
_SPORTS_EN = (
    "(?:football|soccer|futsal|basketball|tennis|padel|volleyball|handball|rugby|hockey|baseball|golf)"
)

_FORMS: dict[str, tuple[tuple[Kind, str], ...]] = {
    "es": (
        (Kind.NAME, r"me llamo (?P<name>.+)"),
        (Kind.NAME, r"mi nombre es (?P<name>.+)"),
        (Kind.HOME, r"(?:vivo en|soy de) (?P<place>.+)"),
        (Kind.TEAM, r"mi equipo(?: favorito| preferido| del alma)? es (?P<words>.+)"),
        (Kind.TEAM, r"soy (?:hincha|seguidora?|forof[oa]|fan) (?:del|de la|de los|de las|de) (?P<words>.+)"),
        (Kind.PLAYER, r"mi (?:jugador|jugadora|futbolista)(?: favorit[oa]| preferid[oa]) es (?P<words>.+)"),
        (Kind.ROLE, rf"(?:soy|juego de) (?:(?:el|la|un|una) )?(?:{_ROLES_ES})"),
        (Kind.SPORT, rf"juego (?:al|a) {_SPORTS_ES}"),
        (Kind.SPORT, rf"mi deporte (?:favorito|preferido) es (?:el )?{_SPORTS_ES}"),
    ),
    "en": (
        (Kind.NAME, r"my name(?: is|['’]s) (?P<name>.+)"),
        (Kind.HOME, r"(?:i live in|i am from|i['’]m from|i come from) (?P<place>.+)"),
        (Kind.TEAM, r"my (?:favou?rite )?team is (?P<words>.+)"),
        (Kind.TEAM, r"i support (?P<place>.+)"),
        (Kind.TEAM, r"(?:i am|i['’]m) a (?P<words>.+?) (?:fan|supporter)"),
        (Kind.PLAYER, r"my favou?rite player is (?P<words>.+)"),
        (Kind.ROLE, rf"(?:i am|i['’]m|i play as) (?:an? |the )?(?:{_ROLES_EN})"),
        (Kind.SPORT, rf"i play {_SPORTS_EN}"),
        (Kind.SPORT, rf"my favou?rite sport is {_SPORTS_EN}"),
    ),
}
"""Each begins a clause. `name`: of a person; `place`: a proper name; `words`: a few words of any kind."""

_GREETING = {
    "es": r"(?:(?:hola|buenas tardes|buenos días|buenas|hey|oye|mira|bueno|pues|vale|yo|y)[,!]? )*",
    "en": r"(?:(?:hello|hi there|hi|hey|well|so|ok|okay|oh|and|listen|nice to meet you)[,!]? )*",
}
_ENDS = {
    "es": "y|e|o|pero|que|porque|aunque|cuando|desde|con|para|por|si|como|gracias|tengo|quiero",
    "en": "and|or|but|because|so|that|which|who|when|since|with|for|if|as|thanks|i",
}
"""Words, beside punctuation, at which a value ends before its sentence does."""
_NOT_SAID = {
    "es": r"\b(?:no|nunca|jamás|casi|si|ojalá|como si|broma|mentira|ya no)\b",
    "en": r"\b(?:not|never|no longer|if|wish|joking|kidding|pretend|as if)\b|n['’]t\b",
}
_PARTICLES = frozenset("de del la las los el san santa da do dos".split())
_NO_VALUE = frozenset(
    """aquí ahí allí here there lejos cerca casa home nadie nobody nada nothing ninguno none otro other
    todo all everything él ella ellos him her them it you tú usted vosotros ti esto eso this that""".split()
)
_NO_NAME = frozenset(
    "system sistema user usuario assistant asistente admin administrator administrador developer root gpt "
    "chatgpt bot dios god".split()
)
_WORD = r"[\p{L}\p{M}][\p{L}\p{M}'’.-]*"
_WORDS = regex.compile(rf"{_WORD}(?: {_WORD})*")


def facts(said: str, language: Language) -> tuple[Fact, ...]:
    """What a fan's words tell of the fan: at most one fact of a kind, in the order in which they came.

    Args:
        said: words that the guard has taken personal data out of.
        language: what they are in; none but Spanish and English has forms.
    """
    found: dict[Kind, Fact] = {}
    if language not in _FORMS:
        return ()
    for sentence in sentences(said):
        if _is_plain(sentence, language):
            for fact in _told(sentence.strip(" .!¡…\n"), language):
                found.setdefault(fact.kind, fact)
    return tuple(found.values())


def _is_plain(sentence: str, language: Language) -> bool:
    quoted = any(mark in sentence for mark in '?¿"«»“”{}<>[]`#|\\/_*=')
    return not quoted and not _compiled(_NOT_SAID[language]).search(sentence)


def _told(sentence: str, language: Language) -> list[Fact]:
    """Facts of the clauses at a sentence's beginning; what follows the first that tells none is not read."""
    told: list[Fact] = []
    rest = sentence
    while rest:
        rest = rest[_compiled(_GREETING[language]).match(rest).end() :]  # pyright: ignore[reportOptionalMemberAccess]
        clause, after = _clause(rest, language)
        fact = _fact(clause, language)
        if fact is None:
            return told
        told.append(fact)
        rest = after
    return told


def _clause(text: str, language: Language) -> tuple[str, str]:
    """The first clause, and what comes after the word or mark that ended it."""
    end = _compiled(rf"[,;:]|(?<![\w'’-])(?:{_ENDS[language]})(?![\w'’-])").search(text, 2)
    return (text[: end.start()].strip(), text[end.end() :].strip()) if end else (text.strip(), "")


def _fact(clause: str, language: Language) -> Fact | None:
    if len(clause) > MAX_TEXT:
        return None
    for kind, form in _FORMS[language]:
        if (match := _compiled(form).fullmatch(clause)) and _holds(match):
            return Fact(kind, clause, language)
    return None


def _holds(match: regex.Match[str]) -> bool:
    return all(_VALUES[name](value) for name, value in match.groupdict().items())


def _few_words(value: str) -> bool:
    words = value.split()
    return bool(
        len(words) <= _MOST_WORDS and _WORDS.fullmatch(value) and not _NO_VALUE.intersection(_folded(words))
    )


def _person(value: str) -> bool:
    words = value.split()
    known = _NO_NAME.intersection(_folded(words)) or words[0].lower() in _PARTICLES
    return _few_words(value) and len(words) <= _MOST_NAMES and not known


def _place(value: str) -> bool:
    """A proper name: as it is typed in haste, or with the capitals that a name has."""
    words = [word for word in value.split() if word.lower() not in _PARTICLES]
    capitals = [word for word in words if word[0].isupper()]
    return _few_words(value) and bool(words) and (len(words) == 1 or capitals == words)


_VALUES: dict[str, Callable[[str], bool]] = {"name": _person, "place": _place, "words": _few_words}


def _folded(words: list[str]) -> set[str]:
    return {word.lower() for word in words}


@cache
def _compiled(pattern: str) -> regex.Pattern[str]:
    return regex.compile(pattern, regex.IGNORECASE)
