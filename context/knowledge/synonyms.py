"""Words that fans use for one thing, as data. Folded; search takes the words of a line for one word."""

from __future__ import annotations

from gemelo.context.knowledge.spanish import WORDS

SYNONYMS: dict[str, tuple[str, ...]] = {
    "es": (
        *(line.partition(": ")[2] for line in WORDS.strip().splitlines()),
        *("eres sos", "tu vos", "tienes tenes", "puedes podes", "quieres queres", "dices decis"),
    ),
    "en": (
        "goalkeeper keeper goalie gk",
        "referee ref",
        "pitch field",
        "match game",
        "football soccer footie footy",
        "fan supporter",
        "boots cleats",
        "shirt jersey",
        "coach manager gaffer",
        "draw drew drawn tie tied",
        "shoot shot",
        "win won",
        "lose lost defeat",
        "begin began begun start",
        "kid child children",
        "man men",
        "woman women female",
        "foot feet",
        "teach taught",
        "throw threw thrown",
        "injury injured injure hurt",
        "practice practise train",
        "advice tip tips",
        "striker forward",
        "sad gutted upset",
        "angry mad furious",
        "happy glad",
        "afraid scared",
        "invent create",
        "song chant",
        "eat ate eaten",
    ),
}
