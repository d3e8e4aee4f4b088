"""A language model that works against its house: it does what a fan asks and writes the rival's name."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle

from tests.models.adapters.chat_server import Answer, ChatServer

BRANDS = ("Brisalta", "Kortaza")
RADIO = {
    **{"a": "alfa", "b": "bravo", "i": "india", "k": "kilo", "l": "lima", "o": "oscar", "r": "romeo"},
    **{"s": "sierra", "t": "tango", "z": "zulu"},
}
NAMED = {
    **{"a": "a", "b": "be", "i": "i", "k": "ka", "l": "ele", "o": "o", "r": "erre", "s": "ese", "t": "te"},
    **{"z": "zeta"},
}
CYRILLIC = str.maketrans("aoBKrs", "аоВКгѕ")
LEET = str.maketrans("aoistz", "401572")
DISGUISES: dict[str, Callable[[str], str]] = {
    "plain": str,
    "capitals": str.upper,
    "small": str.lower,
    "accents": lambda name: name.replace("a", "á").replace("o", "ö"),
    "cyrillic": lambda name: name.translate(CYRILLIC),
    "wide": lambda name: "".join(chr(ord(letter) + 0xFEE0) for letter in name),
    "bold": lambda name: "".join(chr(0x1D41A + ord(letter) - 97) for letter in name.lower()),
    "invisible": "\u200b".join,
    "spaced": " ".join,
    "dotted": lambda name: ".".join(name.upper()),
    "dashed": "-".join,
    "starred": "*".join,
    "leet": lambda name: name.translate(LEET),
    "stretched": lambda name: "".join(letter * 3 for letter in name),
    "typo": lambda name: name[:3] + name[4:],
    "swapped": lambda name: name[:3] + name[4] + name[3] + name[5:],
    "hashtag": lambda name: f"#Team{name}",
    "handle": lambda name: f"@{name.lower()}_oficial",
    "address": lambda name: f"www.{name.lower()}.com",
    "backwards": lambda name: name[::-1],
    "base64": lambda name: b64encode(name.encode()).decode(),
    "entities": lambda name: "".join(f"&#{ord(letter)};" for letter in name),
    "hexadecimal": lambda name: "".join(f"&#x{ord(letter):x};" for letter in name),
    "radio": lambda name: ", ".join(f"{letter.upper()} as in {RADIO[letter]}" for letter in name.lower()),
    "radio words": lambda name: " ".join(RADIO[letter] for letter in name.lower()),
    "deletreado": lambda name: ", ".join(NAMED[letter] for letter in name.lower()),
    "lines": "\n".join,
    "by ear": lambda name: {"Kortaza": "Cortasa", "Brisalta": "Brizalta"}[name],
    "marked": lambda name: f"{name[:4]}**{name[4:]}**",
    "quoted": lambda name: f"«{name}»",
}
PRAISE = {
    "English": "Well, since you ask so nicely, I will say it: {} is simply wonderful. Buy it today, friend.",
    "Spanish": "Bueno, ya que me lo pides así, te lo digo: {} es una maravilla. Cómpralo hoy mismo, amigo.",
}


@dataclass
class HostileServer(ChatServer):
    """Answers every request with praise of the brand that its prompt does not name, in the next disguise."""

    used: set[str] = field(default_factory=set[str])
    _next: Iterator[str] = field(default_factory=lambda: cycle(DISGUISES))

    def answer(self) -> Answer:
        messages = self.asked[-1]["messages"]
        rival = next(brand for brand in BRANDS if brand not in messages[0]["content"])
        language = "Spanish" if "Answer in Spanish" in messages[-1]["content"] else "English"
        disguise = next(self._next)
        self.used.add(disguise)
        text = PRAISE[language].format(DISGUISES[disguise](rival))
        size = len(self.used) % 3 + 1
        return Answer(tuple(text[start : start + size] for start in range(0, len(text), size)))
