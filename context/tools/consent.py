"""Whether a fan said yes, for all that words can show; pure.

Code decides it and never a model: a fan was asked in the words that people approved, heard them all, and
said yes in the very next turn. What is not plainly a yes is none: then they are asked again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gemelo.models.vocabulary import Exchange

_LONGEST = 12
"""Words: a yes that goes on for longer is about something else."""
_LEAD_IN = r"(?:(?:ah|oh|uy|eh|um|mm+|pues|bueno|hombre|well|hey|hi|hola)\W+)*"
_AFTER_SI = r"(?:$|[,.!;…]|(?:claro|vale|por|gracias|quiero|acepto|adelante|perfecto|de acuerdo|me parece)\b)"
_YES = re.compile(
    rf"\W*{_LEAD_IN}(?:(?:yes|yeah|yep|yup|sure|ok(?:ay)?|of course|absolutely|definitely|agreed"
    r"|i (?:do )?agree|go ahead|please do|that'?s fine|fine|sounds good|sí|okey|claro|vale|por supuesto"
    r"|de acuerdo|desde luego|acepto|adelante|perfecto|me parece bien|est[áa] bien)\b"
    rf"|si\W*{_AFTER_SI})"
)
_NO = re.compile(
    r"\b(?:no|not|never|don'?t|nope|nah|nunca|jamás|jamas|tampoco|ni|but|pero|if|cannot|can'?t)\b"
)


def agrees(said: str) -> bool:
    """Whether somebody plainly says yes, in Spanish or English."""
    said = said.lower().replace("’", "'")
    short = len(said.split()) <= _LONGEST
    return short and "?" not in said and not _NO.search(said) and bool(_YES.match(said))


def consented(line: str, talk: Sequence[Exchange], said: str) -> bool:
    """Whether a fan has just said yes to a question that they heard whole right before.

    Args:
        line: the question.
        talk: what was said and heard, oldest first.
        said: what the fan has just said.
    """
    return bool(talk) and _plain(line) in _plain(talk[-1].twin) and agrees(said)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
