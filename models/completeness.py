"""Whether words can be all that somebody wanted to say: what a transcript tells about the end of a turn.

Spanish and English, by the last two words and by whether a question word came before them: an article, a
preposition, a conjunction, an auxiliary without its verb or a filler leaves a clause open; a question
mark, or one of the short answers that stand alone, closes it. Everything else is open to doubt, which
the sound must settle. Other languages are always in doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from gemelo.models.vocabulary import Language


class Completeness(Enum):
    UNFINISHED = "unfinished"
    """Nobody stops here: "tell me about the", "quiero saber si"."""
    FRAGMENT = "fragment"
    """A word or two that are none of the answers which stand alone: "so", "cancela todos"."""
    DOUBTFUL = "doubtful"
    FINISHED = "finished"
    """There is nothing to wait for: "yes please", "¿de verdad?"."""


def completeness(text: str, language: Language) -> Completeness:
    """Judges the transcript of a turn so far, punctuated or not."""
    grammar = _GRAMMARS.get(language)
    words = [word.replace("’", "'") for word in _SPOKEN.findall(text.casefold())]
    if grammar is None or not words:
        return Completeness.DOUBTFUL
    if text.rstrip().endswith(_TRAILING_OFF):
        return Completeness.UNFINISHED
    if " ".join(words) in grammar.alone:
        return Completeness.FINISHED
    is_question, hangs = text.rstrip().endswith("?"), _hangs(words, grammar)
    if is_question:  # a recogniser may take a rising voice for a question
        return Completeness.DOUBTFUL if hangs else Completeness.FINISHED
    if hangs:
        return Completeness.UNFINISHED
    return Completeness.FRAGMENT if len(words) <= _FRAGMENT_WORDS else Completeness.DOUBTFUL


@dataclass(frozen=True, slots=True)
class _Grammar:
    """One language, all words folded.

    Attributes:
        leading: words that want another one after them.
        stranded: those of them that may end a question that a question word begins.
        particles: those of them that may belong to a verb shortly before...
        particle_verbs: ...which is one of these.
        asking: question words; they too want something to ask about.
        auxiliaries: verbs that want another one, but not straight after their subject: "I think I can".
        copulas: as they, but "what time it is" and "who the man is" are whole.
        subjects: pronouns; straight after an auxiliary they ask, and want a verb: "what do you".
        transitive: verbs that want an object, unless a question word was it...
        without_object: ...or one of these words stands before them.
        alone: whole turns that are short and complete.
        inverts: whether a question word's copula stands before its subject: "how old is".
    """

    leading: frozenset[str]
    stranded: frozenset[str]
    particles: frozenset[str]
    particle_verbs: frozenset[str]
    asking: frozenset[str]
    auxiliaries: frozenset[str]
    copulas: frozenset[str]
    subjects: frozenset[str]
    transitive: frozenset[str]
    without_object: frozenset[str]
    alone: frozenset[str]
    inverts: bool


def _hangs(words: list[str], grammar: _Grammar) -> bool:
    """Whether the last word wants another one."""
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    asked = not grammar.asking.isdisjoint(words[:-1])
    if last in grammar.leading:
        is_stranded = last in grammar.stranded and words[0] in grammar.asking
        is_particle = last in grammar.particles and not grammar.particle_verbs.isdisjoint(words[-4:-1])
        return not (is_stranded or is_particle)
    if last in grammar.asking:
        return True
    if last in grammar.auxiliaries:
        return before not in grammar.subjects
    if last in grammar.copulas:
        opens = before in grammar.asking or (grammar.inverts and words[0] in grammar.asking)
        return before not in grammar.subjects and (opens or not asked)
    if last in grammar.transitive:
        return not asked and before not in grammar.without_object
    asks = before in grammar.auxiliaries or (before in grammar.copulas and not asked)
    return last in grammar.subjects and asks


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in text.split(","))


_SPOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_FRAGMENT_WORDS = 2
_TRAILING_OFF = (",", "...", "…", "-", "–", ":")
_GRAMMARS = {
    Language("en"): _Grammar(
        leading=_words(
            "a an the my your our their every any and or but nor because although unless whereas while "
            "whether if than as of to from with without for by at in on into onto upon about between among "
            "during against towards per via very quite um umm uh uhm er erm eh gonna wanna let let's mister "
            "mr mrs so i we they he she that's what's where's who's how's here's there's it's i'm you're "
            "we're they're he's she's i've you've we've they've i'll you'll we'll they'll i'd"
        ),
        stranded=_words("to from with for at about like"),
        particles=_words("on in so"),
        particle_verbs=_words(
            "come go hold turn turned put log sign move carry keep going hang get been want have like think "
            "hope say said tell told do believe guess ever"
        ),
        asking=_words("what who where when how which whose"),
        auxiliaries=_words(
            "will would could should can may might must shall have has had do does did don't doesn't didn't "
            "can't couldn't wouldn't won't shouldn't"
        ),
        copulas=_words("is are was were am isn't aren't wasn't weren't"),
        subjects=_words("i you he she it we they that this there"),
        transitive=_words("need want give show bring send get make put set find tell add buy take use used"),
        without_object=_words("you they we"),
        alone=_phrases(
            "yes, no, yeah, yep, nope, sure, okay, ok, thanks, thank you, thank you very much, no thanks, "
            "no thank you, yes please, of course, of course not, not really, not yet, maybe, never mind, "
            "nevermind, i don't know, i do not know, i don't think so, i think so, that's right, that's it, "
            "that's all, bye, goodbye, me too, go ahead, stop, so what, how come, who knows, yes i do, "
            "yes i am, no i don't, no i'm not, i do, i am, i can, i will"
        ),
        inverts=True,
    ),
    Language("es"): _Grammar(
        leading=_words(
            "el la los las un una unos unas de del a al en con por para sin sobre entre hasta desde hacia "
            "según tras durante contra bajo y e o u ni pero sino que porque aunque mientras cuando si como "
            "donde quienes cual cuyo cuya mi tu su mis tus sus nuestro nuestra nuestros nuestras vuestro "
            "vuestra cada muy tan me te se le les nos os lo eh em mmm pues"
        ),
        stranded=frozenset(),
        particles=frozenset(),
        particle_verbs=frozenset(),
        asking=_words("qué quién quiénes dónde cuándo cómo cuánto cuánta cuántos cuántas cuál cuáles"),
        auxiliaries=_words(
            "ha han he has hemos había habían habías habíamos haya hayan hubiera hubieran voy vas va vamos "
            "van iba ibas iban"
        ),
        copulas=_words("es son era eran fue fueron soy eres somos sería serían"),
        subjects=frozenset(),
        transitive=_words(
            "quiero quieres quiere quieren quería puedo puedes puede pueden podría podrías podrían debo "
            "debes debe deben necesito necesitas necesita tengo tienes tiene tienen hay suele suelen"
        ),
        without_object=_words("no si se lo la los las que ya cuando te me nos"),
        alone=_phrases(
            "sí, no, vale, claro, claro que sí, claro que no, gracias, muchas gracias, no gracias, "
            "sí por favor, por supuesto, de acuerdo, nada, nada más, no sé, no lo sé, creo que sí, creo que "
            "no, también, yo también, tampoco, yo tampoco, todavía no, ya está, así es, eso es, eso es todo, "
            "no importa, adiós, hasta luego, para, cómo, por qué, para qué, y qué, no sé qué, no sé cómo, "
            "no sé cuándo, no sé quién"
        ),
        inverts=False,
    ),
}
