"""Whether words can be all that somebody wanted to say: what a transcript tells about the end of a turn.

Spanish and English, by the last words alone: an article, a preposition, a conjunction, an auxiliary or a
filler leaves a clause open; a question mark, or one of the short answers that stand alone, closes it.
Everything else is open to doubt, which the sound must settle. Other languages are always in doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from gemelo.models.vocabulary import Language


class Completeness(Enum):
    UNFINISHED = "unfinished"
    """Nobody stops here: "tell me about the", "quiero saber si"."""
    DOUBTFUL = "doubtful"
    FINISHED = "finished"
    """There is nothing to wait for: "yes, please", "¿de verdad?"."""


@dataclass(frozen=True, slots=True)
class _Grammar:
    """One language, all words folded.

    Attributes:
        leading: words that want another one after them.
        stranded: those of them that may stand last where a question word came first.
        auxiliaries: verbs that want another one, but not straight after a subject: "I think he is".
        subjects: pronouns that answer an auxiliary, or are one's subject.
        asking: question words.
        alone: whole turns that are short and complete.
    """

    leading: frozenset[str]
    stranded: frozenset[str]
    auxiliaries: frozenset[str]
    subjects: frozenset[str]
    asking: frozenset[str]
    alone: frozenset[str]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in text.split(","))


_GRAMMARS = {
    Language("en"): _Grammar(
        leading=_words(
            "a an the my your our their every and or but nor because although unless whereas while whether "
            "if than as since of to from with without for by at in into onto upon about between among during "
            "against towards per via very quite um umm uh uhm er erm eh i we they he she gonna wanna let "
            "which whose mister mr mrs"
        ),
        stranded=_words("of to from with for by at in into about like"),
        auxiliaries=_words(
            "is are was were am will would could should can may might must shall have has had do does did "
            "isn't aren't wasn't don't doesn't didn't can't couldn't wouldn't won't i'm you're we're they're "
            "he's she's it's i've you've we've they've i'll you'll we'll they'll i'd"
        ),
        subjects=_words("i you he she it we they that this there"),
        asking=_words("what who where when how why which whose"),
        alone=_phrases(
            "yes, no, yeah, yep, nope, sure, okay, ok, thanks, thank you, thank you very much, no thanks, "
            "no thank you, yes please, of course, of course not, not really, not yet, maybe, never mind, "
            "nevermind, i don't know, i do not know, i don't think so, i think so, that's right, that's all, "
            "bye, goodbye, me too, go ahead, stop"
        ),
    ),
    Language("es"): _Grammar(
        leading=_words(
            "el la los las un unos unas de del a al en con por para sin sobre entre hasta desde hacia según "
            "tras y e o u ni pero sino que porque aunque mientras cuando si como donde cuyo cuya mi tu su mis "
            "tus sus nuestro nuestra nuestros nuestras vuestro vuestra cada muy tan me te se le les nos os lo "
            "eh em este mmm pues"
        ),
        stranded=frozenset(),
        auxiliaries=_words(
            "ha han he has hemos había habían habías habíamos haya hayan hubiera voy vas va vamos van iba "
            "soy eres son era fui fuiste fueron"
        ),
        subjects=frozenset(),
        asking=_words("qué quién quiénes dónde cuándo cómo cuánto cuánta cuántos cuántas cuál cuáles"),
        alone=_phrases(
            "sí, no, vale, claro, claro que sí, claro que no, gracias, muchas gracias, no gracias, "
            "sí por favor, por supuesto, de acuerdo, nada, nada más, no sé, no lo sé, creo que sí, creo que "
            "no, también, yo también, tampoco, yo tampoco, todavía no, ya está, eso es, eso es todo, "
            "no importa, adiós, hasta luego, para"
        ),
    ),
}
_SPOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_TRAILING_OFF = (",", "...", "…", "-", "–", ":")


def completeness(text: str, language: Language) -> Completeness:
    """Judges the transcript of a turn so far, punctuated or not."""
    grammar = _GRAMMARS.get(language)
    words = [word.replace("’", "'") for word in _SPOKEN.findall(text.casefold())]
    if grammar is None or not words:
        return Completeness.DOUBTFUL
    if text.rstrip().endswith(_TRAILING_OFF) or _hangs(words, grammar):
        return Completeness.UNFINISHED
    if text.rstrip().endswith("?") or " ".join(words) in grammar.alone:
        return Completeness.FINISHED
    return Completeness.DOUBTFUL


def _hangs(words: list[str], grammar: _Grammar) -> bool:
    last = words[-1]
    before = words[-2] if len(words) > 1 else ""
    asked = not grammar.asking.isdisjoint(words[:-1])
    if last in grammar.auxiliaries:
        return before not in grammar.subjects and not asked
    if last in grammar.leading:
        return not (asked and last in grammar.stranded) and before not in grammar.auxiliaries
    return last in grammar.subjects and before in _INVERTED
    

_INVERTED = _words("do does did can could would will have has should")
