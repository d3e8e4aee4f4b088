"""How fans put a question: short spellings, words of asking, several clauses in one message.

Pure. What is looked for is often the smaller part of a message: "hola, oye, ¿me explicas q es la ley de
la ventaja?" asks for six of its twelve words.
"""

from __future__ import annotations

import re

from gemelo.context.knowledge.words import fold, is_function_word, words
from gemelo.models.vocabulary import Language

_SPELLINGS = {
    "es": {
        **dict.fromkeys(("q", "k", "ke"), "que"),
        **dict.fromkeys(("xq", "pq", "xk", "porq"), "por qué"),
        **dict.fromkeys(("tb", "tmb", "tbn"), "también"),
        **dict.fromkeys(("porfa", "porfis", "plis"), "por favor"),
        **dict.fromkeys(("tikitaka", "tikitaca"), "tiki-taka"),
        **{"x": "por", "pa": "para", "d": "de", "dnd": "dónde", "cdo": "cuando", "tas": "estás"},
        **dict.fromkeys(("orsai", "orsay"), "fuera de juego"),
        "ia": "inteligencia artificial",
    },
    "en": {
        **{"u": "you", "ur": "your", "r": "are", "n": "and", "bout": "about", "wanna": "want to"},
        **{"im": "I am", "ive": "I have", "dont": "do not", "cant": "cannot", "doesnt": "does not"},
        **{"didnt": "did not", "isnt": "is not", "havent": "have not", "gotta": "have to", "ya": "you"},
        **{"youre": "you are", "whatcha": "what are you", "gonna": "going to", "goin": "going"},
        **{"fav": "favourite", "sub": "substitute", "subs": "substitutes", "cuz": "because"},
        **{"whats": "what is", "whos": "who is", "hows": "how is", "wheres": "where is"},
        **dict.fromkeys(("pls", "plz"), "please"),
        **dict.fromkeys(("thx", "ty"), "thanks"),
    },
}

_CALLS = {
    "es": frozenset(
        (
            *"hola holi oye oiga mira bueno pues venga eh ey che y ayuda perdona disculpa".split(),
            *("a ver", "por favor", "una duda", "una pregunta", "una cosa", "una consulta"),
            *("tengo una duda", "tengo una pregunta"),
        )
    ),
    "en": frozenset(
        (
            *"hello hi hey well so ok okay and but please sorry listen there help".split(),
            *("excuse me", "a question", "one question", "a quick question", "i have a question"),
        )
    ),
}
"""What a message opens with before anything is asked, folded."""

_REQUESTS = {
    "es": frozenset(
        f"{request} {tail}".strip()
        for request in (
            *"cuentame contame hablame explicame aclarame dime decime sabes".split(),
            *("me cuentas", "me hablas", "me explicas", "me dices", "no entiendo", "no se"),
            *("me contas", "me decis", "me podes decir", "me podes explicar", "me podes contar"),
            *(
                "puedes decirme",
                "puedes explicarme",
                "puedes contarme",
                "podrias decirme",
                "podrias explicarme",
            ),
            *("me puedes decir", "me puedes explicar", "me podrias decir", "me podrias explicar"),
            *("quiero saber", "quisiera saber", "me gustaria saber", "quiero entender"),
            *("que opinas", "que piensas", "que crees", "que te parece", "que te parecen"),
            *("ayudame con", "me ayudas con", "puedes ayudarme con", "me puedes ayudar con"),
        )
        for tail in ("", "algo", "algo de", "algo sobre", "de", "sobre", "acerca de")
    ),
    "en": frozenset(
        f"{request} {tail}".strip()
        for request in (
            *("tell me", "talk", "talk to me", "explain", "explain to me", "do you know", "any idea"),
            *("can you tell me", "could you tell me", "can you explain", "could you explain", "can you talk"),
            *("i want to know", "i would like to know", "i d like to know", "i want to understand"),
            *("i don t understand", "i don t get", "i never understood", "what do you think"),
            *("what is your opinion", "what s your opinion", "help me with", "can you help me with"),
        )
        for tail in ("", "more", "more about", "something about", "about", "of", "on")
    ),
}
"""What asks to be told, whatever it is about, folded."""

_TAILS = {
    "es": re.compile(
        r"[\s,]+(?:hoy|ahora|ahorita|porfa|por favor|gracias|jaja\w*|como si tuviera \w+ años|"
        r"para (?:tontos|principiantes))[\s.!?]*$",
        re.I,
    ),
    "en": re.compile(
        r"[\s,]+(?:today|now|right now|please|thanks|then|mate|lol|haha\w*|like i(?: a|')?m \w+|"
        r"for (?:dummies|beginners))[\s.!?]*$",
        re.I,
    ),
}
"""What a message ends with after all has been asked."""

_LONGEST = 6
"""Words of the longest of these phrases."""

_ASKING = {
    "es": frozenset(
        "opinas opinion piensas parece crees cuentame contame cuenta cuentas hablame habla hablas explicame "
        "explicas explica explicar dime decime dices digas decir sabes saber conoces quiero quisiera "
        "gustaria entiendo entender hola oye mira bueno pues hoy duda pregunta alguna algo "
        "cosa ayuda ayudar ayudame funciona funcionan significa explicado facil "
        "sencillo".split()
    ),
    "en": frozenset(
        "tell help think opinion know knows explain explained understand understood talk want like say "
        "hello hi hey well so ok okay today question thing something anything get got "
        "exactly really actually work works mean means explained simple easy".split()
    ),
}

_QUESTION = {
    "es": re.compile(
        r"[¿?]|\b(?:que|cual|cuales|quien|quienes|como|cuando|donde|cuanto|cuanta|cuantos|cuantas|dime|decime|"
        r"cuentame|contame|hablame|explicame|recomiendame|escribeme|quiero|quisiera|necesito)\b"
    ),
    "en": re.compile(
        r"\?|\b(?:what|which|who|whose|when|where|why|how|tell|explain|recommend|write|want|need|give)\b|"
        r"^(?:is|are|was|were|do|does|did|can|could|will|would|should|have|has)\b"
    ),
}
_JOINED = {
    "es": re.compile(
        r"\s+y\s+(?=(?:(?:a|con|de|desde|en|para|por)\s+)?(?:qu[eé]|qui[eé]n|c[oó]mo|cu[aá]\w+|d[oó]nde)\b)"
    ),
    "en": re.compile(r"\s+and\s+(?=(?:what|which|who|when|where|why|how|is|are|do|does|did|can)\b)"),
}
"""Between two questions in one breath."""
_CLAUSE = re.compile(r"(?<=[.!?…,;:])\s+|(?=¿)|\n+")
_WORD = re.compile(r"[^\W_]+")
_CUPS = "mundial|final|copa|eurocopa|euros?|world cup|cup"
_SHORT_YEAR = re.compile(
    rf"\b(?:{_CUPS})(?: de| del| of| in| en)? ['’]?(\d\d)\b(?![-:])|"
    rf"(?:\bdel |\bthe |['’])(\d\d)(?= (?:{_CUPS})\b)",
    re.I,
)
_FIRST_SHORT_YEAR = "28"
"""From this one on, a year of two digits is one of the twentieth century: the first World Cup was in 1930."""


def is_light(word: str, language: Language) -> bool:
    """Whether a folded word carries grammar, or asks as such, rather than says what is asked."""
    return is_function_word(word, language) or word in _ASKING.get(language, ())


def spelled_out(text: str, language: Language) -> str:
    """A message with the spellings of chats written out: "q" is "que", "the 98 final" that of 1998."""
    known = _SPELLINGS.get(language, {})
    written = _WORD.sub(lambda word: known.get(word.group().lower(), word.group()), text)
    return _SHORT_YEAR.sub(_year, written)


def _year(found: re.Match[str]) -> str:
    digits = next(digits for digits in found.groups() if digits)
    century = "19" if digits >= _FIRST_SHORT_YEAR else "20"
    start = found.start(found.lastindex or 0) - found.start()
    return found.group()[:start].rstrip("'’") + century + found.group()[start:]


def pith(text: str, language: Language) -> str:
    """A message without what opens it, ends it and asks to be told, as long as there is something left."""
    calls, requests = _CALLS.get(language, frozenset()), _REQUESTS.get(language, frozenset())
    text = _without(calls, text) or text
    if tails := _TAILS.get(language):
        text = tails.sub("", text) or text
    told = _without(calls | requests, text)
    return told if any(not is_light(word, language) for word in words(told)) else text


def readings(text: str, language: Language) -> tuple[str, ...]:
    """Parts of a message that may stand for it where the whole finds nothing.

    The last clause that asks something decides alone, or the questions that it joins: no greeting may
    hide a question that has no answer. Where none asks, each clause may.
    """
    clauses = [clause for part in _CLAUSE.split(text) if words(clause := pith(part, language))]
    asks = _QUESTION.get(language)
    asking = [clause for clause in clauses if asks and asks.search(fold(clause))]
    telling = [clause for clause in clauses if any(not is_light(word, language) for word in words(clause))]
    found = [clause for clause in asking if clause in telling][-1:] or (telling if asking else clauses)
    if joined := _JOINED.get(language):
        found = [pith(part, language) for clause in found for part in joined.split(clause)]
    return tuple(dict.fromkeys(part for part in found if words(part) != words(text)))


def _without(phrases: frozenset[str], text: str) -> str:
    """A text without the phrases that it begins with, one after another; empty where it holds no more."""
    found = [(fold(word.group()), word.start()) for word in _WORD.finditer(text)]
    start = 0
    while length := _opening([word for word, _ in found[start : start + _LONGEST]], phrases):
        start += length
    if not start:
        return text
    return text[found[start][1] :] if start < len(found) else ""


def _opening(said: list[str], phrases: frozenset[str]) -> int:
    """How many of some words make up the longest phrase that they begin with."""
    return next((n for n in range(len(said), 0, -1) if " ".join(said[:n]) in phrases), 0)
