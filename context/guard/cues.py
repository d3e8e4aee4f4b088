"""Cues: regular expressions over folded words, kept as lines of text that anybody can read and mend.

A line of `cues/NAME.txt` is one cue; `#` begins a comment. `WORD = a|b|c` names alternatives for the lines
below it, which use them as `{WORD}`; named twice, they add up. What `cues/shared.txt` names every file may
use. A cue matches whole words.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_NAMED = re.compile(r"([A-Z_]+) = (.*)")
_USED = re.compile(r"\{([A-Z_]+)\}")


_SHARED = "shared"


@cache
def cues(name: str) -> re.Pattern[str]:
    """The cues of one file, as one expression."""
    named: dict[str, str] = {}
    found: list[str] = []
    for line in (*_lines(_SHARED), *_lines(name)):
        written = _USED.sub(lambda used: f"(?:{named[used[1]]})", line.strip())
        if definition := _NAMED.fullmatch(written):
            known = named.get(definition[1])
            named[definition[1]] = f"{known}|{definition[2]}" if known else definition[2]
        else:
            found.append(written)
    return re.compile(rf"\b(?:{'|'.join(found)})\b")


def _lines(name: str) -> list[str]:
    text = (files("gemelo.context.guard") / "cues" / f"{name}.txt").read_text("utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
