"""Sentences from the house that are nobody's persona: what stopped working, and what to do."""

from __future__ import annotations

from gemelo.context.tenancy.standing import Reason
from gemelo.models.vocabulary import Language

_OVER = {
    "es": "Esta charla se ha terminado: aquí ya no se puede hablar con este gemelo. Gracias por venir.",
    "en": "This conversation is over: this twin can no longer be talked to here. Thank you for coming.",
}
_ENDED = {
    "es": "Hasta aquí llega esta charla: el plazo para hablar aquí ha terminado. Gracias por venir.",
    "en": "This is where this conversation ends: the time for talking here is over. Thank you for coming.",
}
_TEXTS = {
    "no_ear": {
        "es": "Aquí todavía no puedo oírte en español: escríbeme, o usa un navegador que reconozca la voz.",
        "en": "I cannot hear this language here yet: type to me, or use a browser that recognises speech.",
    },
    "store": {
        "es": "No he podido guardar tu mensaje, así que no lo he contestado. Envíalo otra vez, por favor.",
        "en": "I could not keep your message, so I have not answered it. Please send it again.",
    },
    "ear_failed": {
        "es": "El oído no responde ahora mismo: escríbeme, o apaga y enciende el micrófono.",
        "en": "The ear does not answer right now: type to me, or switch the microphone off and on.",
    },
    "erased": {
        "es": "Se ha borrado todo lo que se guardaba de ti aquí, con esta charla. Recarga para empezar otra.",
        "en": "All that was kept of you here is erased, this conversation too. Reload to begin another.",
    },
    "quota": {
        "es": "Este mes ya hemos hablado todo lo que se puede hablar aquí. El mes que viene seguimos.",
        "en": "We have had all the talk that there is here in one month. Let us go on next month.",
    },
    Reason.TALENT_STOPPED: _OVER,
    Reason.TWIN: _OVER,
    Reason.INACTIVE: _OVER,
    Reason.LICENCE: _OVER,
    Reason.SCHEDULE: _ENDED,
    Reason.NO_CAMPAIGN: _ENDED,
}


def notice(code: str, language: Language) -> str:
    """The sentence for `code`; English where the language is not written yet."""
    texts = _TEXTS[code]
    return texts.get(language, texts["en"])
