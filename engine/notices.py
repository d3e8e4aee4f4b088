"""Sentences from the house that are nobody's persona: what stopped working, and what to do."""

from __future__ import annotations

from gemelo.models.vocabulary import Language

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
}


def notice(code: str, language: Language) -> str:
    """The sentence for `code`; English where the language is not written yet."""
    texts = _TEXTS[code]
    return texts.get(language, texts["en"])
