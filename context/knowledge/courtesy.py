"""Messages that ask for no knowledge: a hello, thanks, "who are you?", "what can I ask you?"; pure.

A message is one of these only where all of it is: "hello, who founded the club?" asks something.
"""

from __future__ import annotations

from enum import IntEnum

from gemelo.context.knowledge.words import words
from gemelo.models.clauses import sentences
from gemelo.models.vocabulary import Language


class Courtesy(IntEnum):
    """What a message wants that wants no knowledge; of several in one message the greatest is answered."""

    HEARD = 1
    """"Ok", "great": it was taken note of."""
    GREETING = 2
    FAREWELL = 3
    THANKS = 4
    WELLBEING = 5
    """"How are you?"."""
    TOPICS = 6
    """"What can I ask you?"."""
    IDENTITY = 7
    """"Who are you?"."""


_PHRASES: dict[str, dict[Courtesy, str]] = {
    "en": {
        Courtesy.HEARD: "ok|okay|great|perfect|cool|nice|good|got it|i see|i understand|understood|wow|"
        "interesting|all right|alright|sure|fine|very good|sounds good|makes sense|ha|haha|hahaha|lol",
        Courtesy.GREETING: "hi|hello|hey|hi there|hello there|hey there|good morning|good afternoon|"
        "good evening|good day|greetings|nice to meet you|pleased to meet you|welcome|hiya|howdy",
        Courtesy.FAREWELL: "bye|goodbye|good bye|bye bye|see you|see you later|see you soon|see you tomorrow|"
        "good night|take care|i have to go|i must go|gotta go|until next time|talk to you later",
        Courtesy.THANKS: "thanks|thank you|thank you very much|thank you so much|thanks a lot|many thanks|"
        "thanks so much|thx|ty|cheers|much appreciated|thank you for your help|thanks for your help",
        Courtesy.WELLBEING: "how are you|how are you doing|how are you today|how is it going|how s it going|"
        "how do you do|what s up|whats up|sup|are you ok|how have you been|how are things|how do you feel",
        Courtesy.TOPICS: "what can you talk about|what can i ask you|what can i ask|what do you know|"
        "what can you do|what can you tell me|what do you know about|what topics do you know|"
        "what should we talk about|what can we talk about|what are your topics|how does this work|"
        "how can you help me|what can you help me with|can you help me|help|help me",
        Courtesy.IDENTITY: "who are you|who r u|what are you|what is your name|what s your name|"
        "whats your name|your name|who am i talking to|who is this|tell me about yourself|"
        "introduce yourself|tell me who you are|who is speaking|are you a robot|are you a bot|are you human|"
        "are you a human|are you real|are you an ai|are you a real person|are you a person|"
        "are you an artificial intelligence|are you a machine",
    },
    "es": {
        Courtesy.HEARD: "ok|okay|vale|genial|perfecto|bien|muy bien|de acuerdo|entiendo|entendido|ya veo|"
        "claro|guay|interesante|que bien|que bueno|listo|estupendo|fenomenal|ja|jaja|jajaja|dale",
        Courtesy.GREETING: "hola|holi|buenas|muy buenas|buenos dias|buen dia|buenas tardes|buenas noches|"
        "saludos|encantado|encantada|encantado de conocerte|encantada de conocerte|mucho gusto|que tal",
        Courtesy.FAREWELL: "adios|chau|chao|hasta luego|hasta pronto|hasta manana|hasta otra|"
        "hasta la proxima|nos vemos|me voy|me tengo que ir|tengo que irme|cuidate|"
        "que descanses|hasta la vista",
        Courtesy.THANKS: "gracias|muchas gracias|muchisimas gracias|mil gracias|te lo agradezco|se agradece|"
        "gracias por todo|gracias por tu ayuda|gracias por la ayuda|muy amable",
        Courtesy.WELLBEING: "como estas|como te va|como andas|que tal estas|como va todo|que tal todo|"
        "como esta usted|como va|todo bien|que pasa|que hay|como te encuentras|que onda|como te sientes",
        Courtesy.TOPICS: "de que puedes hablar|que te puedo preguntar|que puedo preguntarte|"
        "que puedo preguntar|que sabes|que sabes hacer|que puedes hacer|de que hablamos|"
        "de que podemos hablar|de que sabes|"
        "que me puedes contar|que puedes contarme|de que temas sabes|que temas conoces|ayuda|ayudame|"
        "me puedes ayudar|puedes ayudarme|como funciona esto|"
        "en que me puedes ayudar|sobre que puedo preguntarte",
        Courtesy.IDENTITY: "quien eres|quien sos|que eres|como te llamas|cual es tu nombre|tu nombre|"
        "con quien hablo|quien habla|hablame de ti|presentate|cuentame de ti|dime quien eres|quien es usted|"
        "eres un robot|eres un bot|eres humano|eres humana|eres real|eres una ia|eres una persona|"
        "eres una persona real|eres una inteligencia artificial|eres una maquina|sos un robot|sos real|"
        "como se llama usted",
    },
}
_KNOWN = {
    language: {phrase: kind for kind, phrases in kinds.items() for phrase in phrases.split("|")}
    for language, kinds in _PHRASES.items()
}
_FILLING = {
    "en": frozenset(
        "there everyone all so well and then you guys friend mate please oh ah um now again to".split()
    ),
    "es": frozenset(
        "oye eh ah pues bueno y entonces tu a todos todas amigo amiga tio tia por favor oh ahora".split()
    ),
}
"""What may stand beside such a phrase and changes nothing."""
_LONGEST = 6
"""Words of the longest phrase."""


def courtesy(text: str, language: Language, names: str = "") -> Courtesy | None:
    """What a message wants that is made of courtesies; None where anything else stands in it.

    Args:
        names: of the twin, which may be called by them.
    """
    known, called = _KNOWN.get(language, {}), {*words(names), *_FILLING.get(language, ())}
    said, at = words(text), 0
    found: list[Courtesy] = []
    while at < len(said):
        spans = range(min(_LONGEST, len(said) - at), 0, -1)
        count = next((n for n in spans if " ".join(said[at : at + n]) in known), 0)
        if count:
            found.append(known[" ".join(said[at : at + count])])
        elif said[at] not in called:
            return None
        at += count or 1
    return max(found, default=None)


def asked_in(heading: str, kind: Courtesy, language: Language) -> bool:
    """Whether a heading asks the same: a talent who has an answer of their own gives it."""
    parts = (part for title in sentences(heading) for part in (title, *title.split(",")))
    return any(courtesy(part, language) is kind for part in parts)
