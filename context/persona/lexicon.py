"""Words that show a manner, in Spanish and English, folded: greetings, fillers, forms of address; data."""

from __future__ import annotations

import re

ES, EN = "es", "en"

GREETINGS = {
    ES: re.compile(
        r"(?:hola+|muy buenas|buenas(?= (?:tardes|noches|a)\b|\W*$|[,!.])|(?:muy )?buenos dias"
        r"|bienvenid[oa]s?|saludos|encantad[oa] de)\b"
    ),
    EN: re.compile(
        r"(?:hello|hi|hey|welcome|good (?:morning|afternoon|evening)|(?:great|nice|lovely) to (?:see|meet)"
        r" you|greetings)\b"
    ),
}
"""What a sentence that answers a hello begins with."""
FAREWELLS = {
    ES: re.compile(r"(?:adios|hasta (?:luego|pronto|la|manana|otra|siempre)|nos vemos|chau|cuidate)\b"),
    EN: re.compile(r"(?:goodbye|bye|see you|take care|until (?:next time|we meet)|farewell|so long)\b"),
}
THANKS = {
    ES: re.compile(r"(?:gracias a (?:ti|usted|vos|vosotros|ustedes)|de nada|no hay de que|a ti por)\b"),
    EN: re.compile(
        r"(?:you(?:'re| are) (?:very |most )?welcome|my pleasure|don't mention it"
        r"|thank you for (?:asking|your|coming|saying|being))\b"
    ),
}
NOT_KNOWN = {
    ES: re.compile(r"(?:eso )?(?:no (?:lo|la) se\b|no tengo (?:ni )?idea\b|ni idea\b|de eso no se\b)"),
    EN: re.compile(
        r"(?:i (?:don't|do not) know\b(?! (?:what|who|how|why|where|when|if|whether|any)\b)|no idea\b"
        r"|i have no idea\b|i couldn't tell you\b)"
    ),
}

FILLERS = {
    ES: (
        "bueno", "pues", "o sea", "a ver", "mira", "oye", "vamos", "digamos", "la verdad", "claro", "en fin",
        "es decir", "por cierto", "sabes", "en realidad", "de hecho", "hombre", "eh", "vale", "venga",
    ),
    EN: (
        "well", "you know", "i mean", "so", "look", "listen", "honestly", "actually", "basically", "right",
        "of course", "by the way", "anyway", "in fact", "to be honest", "let me tell you", "oh", "okay",
    ),
}  # fmt: skip
"""What is set off by a comma and says nothing of the matter."""
BEGINNINGS = frozenset(("bueno", "pues", "hombre", "la verdad", "well", "honestly", "to be honest", "oh"))
"""Those that go before an admission."""

TU = frozenset("tu ti te contigo tus tuyo tuya tienes eres puedes quieres sabes".split())
USTED = frozenset("usted ustedes".split())
VOSOTROS = frozenset("vosotros vosotras vuestro vuestra vuestros vuestras os sois teneis podeis".split())
VOS = frozenset("vos sos tenes podes queres sabes".split()) - TU

CONTRACTED = re.compile(
    r"\b\w+(?:n['’]t|['’](?:m|re|ve|ll|d))\b|\b(?:it|that|he|she|there|what|let)['’]s\b", re.I
)
SPELLED_OUT = re.compile(
    r"\b(?:(?:i am|it is|that is|he is|she is|there is|we are|you are|they are)"
    r"|(?:do|does|did|is|are|was|were|have|has|had|could|would|should|will) not|cannot"
    r"|(?:i|you|we|they) (?:have|will|would))\b",
    re.I,
)

OPINIONS = {
    ES: re.compile(
        r"\b(?:creo que|pienso que|opino que|considero que|me parece|para mi,|en mi (?:humilde )?opinion"
        r"|mi (?:humilde )?opinion|prefiero|me quedo con|me (?:gusta|encanta|gustan|encantan)|no me gustan?"
        r"|mi favorit[oa]|mis favorit[oa]s|yo elijo|elijo|estoy convencid[oa]|a mi juicio)\b"
    ),
    EN: re.compile(
        r"\b(?:i (?:think|believe|feel that|prefer|like|love|hate|choose|would (?:keep|rather)"
        r"|don't (?:like|think)|lean towards|go for|am convinced)|in my (?:humble )?(?:opinion|view|book)"
        r"|my (?:humble )?opinion|my favou?rites?|seems? to me|seem (?:\w+ )?to me)\b"
    ),
}
"""What a sentence says that is somebody's own view."""
