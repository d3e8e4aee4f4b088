"""Would a reader take this piece of text for that name? Pure; `names` proposes the pieces."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from gemelo.context.guard.glyphs import INVISIBLE, LEET, SPACE, fold
from gemelo.context.guard.lexicon import lexicon
from gemelo.context.guard.skeleton import Reading, key
from gemelo.context.guard.tokens import Token, Tokens

_MIN_GLUED = 6
"""Letters from which a name inside a longer token is meant."""
_MIN_TAGGED = 4
"""The same inside a hashtag, handle, domain or CamelCase."""
_MIN_PARTED = 8
"""Letters of a name that is read although it is written as two words, the first with a capital."""
_MIN_SPELLED = 3
"""Single letters in a row that spell something."""

_GAP = re.compile("[ .]+")
_SENTENCE_START = re.compile(r"(?:^|[.!?…\n])[\s\"'“«¿¡(*_]*$")
_SIGNS = frozenset(sign for sign in LEET if not sign.isdigit())
_HUMP = re.compile(r"\w[A-ZÁÉÍÓÚÜÑ]")
_SEEN_BEFORE = 40
"""Characters before a word that are looked at for the end of a sentence."""
_MANY_MARKS = INVISIBLE * 8
_PLURAL = re.compile(r"e?s(?![^ .])")


@dataclass(frozen=True, slots=True)
class Name:
    """One spelling of a name to avoid.

    `letters` are its `words` joined, signs read as letters; `common` says that every word of it is
    an ordinary one, so that only capitals tell the name from the word. `owner` is whoever forbids it.
    """

    words: tuple[str, ...]
    letters: str
    key: str
    common: bool
    owner: str


@dataclass(frozen=True)
class Candidate:
    """`reading.written[first : last + 1]`, whose letters have a name's key; `flat` is its skeleton."""

    reading: Reading
    flat: str
    tokens: Tokens
    first: int
    last: int

    def is_name(self, name: Name) -> bool:
        if not any(character.isalpha() for character in fold(self.written)):
            return False
        if not (self._begins and self._ends):
            return self._is_glued(name)
        if len(self.pieces) == 1 or [key(piece) for piece in self.pieces] == [key(w) for w in name.words]:
            return self._is_whole(name)
        return self._is_cut_up(name)

    @cached_property
    def written(self) -> str:
        return self.reading.written[self.first : self.last + 1]

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """The letters, cut where space or punctuation cuts them."""
        return tuple(_GAP.split(self.flat[self.first : self.last + 1].replace(INVISIBLE, "")))

    @cached_property
    def _begins(self) -> bool:
        at = self.first
        while at and self.flat[at - 1] == INVISIBLE:
            at -= 1
        tag = at == self.first and at > 0 and self.reading.written[at - 1] in "#@"
        return tag or not (at and _one_word(self.flat[at - 1], self.flat[self.first]))

    @cached_property
    def _ends(self) -> bool:
        at = self.last + 1
        while self.flat[at : at + 1] == INVISIBLE:
            at += 1
        return not _one_word(self.flat[self.last], self.flat[at : at + 1]) or bool(
            _PLURAL.match(self.flat, at)
        )

    @cached_property
    def _token(self) -> Token:
        """What stands around it up to white space."""
        return self.tokens.around(self.first, self.last)

    def _is_whole(self, name: Name) -> bool:
        """Written in one piece, or with the spaces that the name has."""
        plain = fold(self.written)
        words = tuple(re.findall(r"\w+", plain))
        signed = not _SIGNS.isdisjoint(plain)  # the scraps between them are no words
        if "".join(self.pieces) != name.letters and not signed and all(map(lexicon().knows, words)):
            return False
        if not name.common or words != name.words or self._styled or self._token.tagged:
            return True
        if len(words) > 1 and not self._spaced:
            return True
        capitals = [word[0].isupper() for word in re.findall(r"\w+", self.written)]
        if len(capitals) > 1 or not capitals[0] or (self.written.isupper() and len(plain) > 1):
            return all(capitals)
        return not _SENTENCE_START.search(self.reading.before(self.first, _SEEN_BEFORE))

    @property
    def _spaced(self) -> bool:
        return SPACE in self.flat[self.first : self.last]

    @property
    def _styled(self) -> bool:
        """Full width, bold, coded, capital letters inside...: nobody writes an ordinary word so."""
        if self.reading.text[slice(*self.reading.span(self.first, self.last + 1))] != self.written:
            return True
        if self.flat.find(_MANY_MARKS, self.first, self.last) >= 0:
            return True  # to normalise them takes the square of their number
        composed = unicodedata.normalize("NFC", self.written)
        if any(unicodedata.category(sign) == "So" for sign in composed):
            return True  # letters in boxes, white on black
        styled = composed != unicodedata.normalize("NFKC", composed) or len(composed) != len(fold(composed))
        return styled or bool(_HUMP.search(composed) and not composed.isupper())

    def _is_glued(self, name: Name) -> bool:
        """Part of a longer token."""
        if len(name.letters) < _MIN_TAGGED or self._spaced:
            return False
        if self._token.tagged:
            return True
        if len(self.pieces) > 1:
            return False
        if len(name.letters) >= _MIN_GLUED and (len(name.words) > 1 or not name.common):
            return not self._token.known
        hump = self._begins or self.reading.written[self.first - 1].islower()
        next_hump = self._ends or self.reading.written[self.last + 1].isupper()
        return self.written[0].isupper() and hump and next_hump

    def _is_cut_up(self, name: Name) -> bool:
        """Letters with space or punctuation where the name has none."""
        if all(len(key(piece)) == 1 for piece in self.pieces):
            return len(self.pieces) >= _MIN_SPELLED
        if lexicon().knows(fold(self.written).replace("’", "'")):  # "he'll"
            return False
        ordinary = all(piece in lexicon().common for piece in self.pieces)
        exact = "".join(self.pieces).replace("l", "i") == name.letters.replace("l", "i")
        if not self._spaced:
            return exact or not ordinary
        if exact and len(name.letters) >= _MIN_PARTED and self.written[0].isupper():
            return not _SENTENCE_START.search(self.reading.before(self.first, _SEEN_BEFORE)) or not ordinary
        return not ordinary if exact else not any(lexicon().knows(piece) for piece in self.pieces)


def _one_word(left: str, right: str) -> bool:
    """Whether two neighbouring letters belong to one word; scripts without spaces do not tell."""
    return all(letter.isascii() and letter.isalpha() for letter in (left, right))
