"""What words alone tell: whether they take the floor, and whether a reply to fewer of them still answers.

Drafts are kept while the *gist* of a turn stays the same. It is conservative: what it leaves out are
hesitations, and courtesies at the end of something that stands without them. Where the word before may
need the next one ("how do you say thanks", "no, thanks") nothing is left out: a draft more is cheap,
an answer to another question is not.
"""

from __future__ import annotations

import unicodedata

BACK_CHANNELS = frozenset(
    "mhm mm mmm hm hmm uh huh aha ajá aja ah oh eh ok okay okey vale sí si ya claro bueno bien yes yeah yep "
    "right sure wow jaja jajaja haha hahaha genial guau cool nice exacto exactly great entiendo".split()
)
"""Words that say "go on", folded; several in a row still do."""

FLOOR_TAKERS = frozenset(
    "stop wait hey no but why who what when where how para espera oye alto pero cállate calla basta "
    "quién qué cómo cuándo dónde cuál perdón sorry pardon excuse listen escucha hola hello".split()
)
"""Single words that take the floor however short they were."""

HESITATIONS = frozenset("um umm uh uhm erm hmm mm mmm eh ehm".split())

COURTESIES = tuple(
    tuple(phrase.split())
    for phrase in (
        "thank you very much", "thank you so much", "thanks a lot", "thank you", "many thanks", "thanks",
        "please", "muchísimas gracias", "muchas gracias", "por favor", "gracias",
        "thank", "por",  # what has been heard of "thank you" and "por favor"
    )
)  # fmt: skip
"""Longest first."""

_NEEDS_MORE = frozenset(
    # what is quoted, meant or named
    "say says said saying mean means meant does word words spell write called is was decir dice dices dicen "
    "dijo digo significa significan palabra palabras escribe llama es era "
    # what is given, owed or wanted
    "give gives gave giving owe owes want wants need needs get got send dar da dan das doy dando dio dé pide "
    "piden pedir merece quiere quiero necesita "
    # who pleases, and what leads on to a noun
    "i you we they he she who to will would can could may must should not never no a an the my your his her "
    "its our their any some of for with without and or as but than ni sin con de del la las lo los el un "
    "una mi mis tu tus su sus y o que a al en mil".split()
)
"""Words after which a courtesy may be part of what is asked."""


def normalise(text: str) -> str:
    """Folds case, width, punctuation and white space."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    spoken = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in folded)
    return " ".join(spoken.split()) or text.strip()


def gist(text: str) -> str:
    """The normalised text without the words that change nothing in it."""
    words: list[str] = []
    for word in normalise(text).split():
        if word not in HESITATIONS or not words or words[-1] in _NEEDS_MORE:
            words.append(word)
    while courtesy := next((c for c in COURTESIES if _ends_with(words, c)), None):
        words = words[: -len(courtesy)]
    return " ".join(words)


def is_back_channel(words: list[str]) -> bool:
    """Whether all that was said, if anything, only asks to go on."""
    return all(word in BACK_CHANNELS for word in words)


def _ends_with(words: list[str], courtesy: tuple[str, ...]) -> bool:
    """Whether a courtesy follows two words or more that stand without it."""
    stands = words[: -len(courtesy)]
    return tuple(words[-len(courtesy) :]) == courtesy and len(stands) > 1 and stands[-1] not in _NEEDS_MORE
