"""Mouth shapes for phonemes: IPA, as espeak-ng writes it for Spanish and English, to `VISEMES`.

Pure. The classes follow the usual grouping by what the lips and jaw show (MPEG-4 face animation
parameters, ISO/IEC 14496-2, table of visemes), merged down to the shapes that the widget draws.
"""

from __future__ import annotations

REST = "rest"

_CLASSES = {
    "aa": "aɑɐʌæɒäɶ",
    "ee": "eiɛjiɜəɘ",
    "ih": "ɪyʏɨᵻ",
    "oh": "oɔɵø",
    "ou": "uʊwʉɯ",
    "mbp": "mbpβ",
    "fv": "fv",
    "l": "lɫʎnɲtdɬ",
    "sz": "sz",
    "ch": "ʃʒʝɟ",
    "kg": "kɡgxɣŋhʔɦcç",
    "th": "θð",
    "r": "rɹɾɚɝʁ",
}
_SHAPE_OF = {phoneme: shape for shape, phonemes in _CLASSES.items() for phoneme in phonemes}
_AFFRICATES = {"tʃ": "ch", "dʒ": "ch", "ts": "sz", "dz": "sz"}


def shapes(phoneme: str) -> tuple[str, ...]:
    """Mouth shapes of one phoneme in the order in which they are made.

    Stress and length marks show nothing. A diphthong has two shapes; an affricate has one. What is
    no phoneme (a pause) is `rest`.
    """
    for affricate, shape in _AFFRICATES.items():
        if affricate in phoneme:
            return (shape,)
    found: list[str] = []
    for character in phoneme:
        shape = _SHAPE_OF.get(character)
        if shape and shape not in found[-1:]:
            found.append(shape)
    return tuple(found) or (REST,)
