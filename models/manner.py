"""How a talent talks in one language: lines of their own that a mind may say as they stand.

They come from an approved persona (`context.persona`) or from a layer's `persona.manner`, and have passed the
policy's checks. A mind with nothing found to answer from makes its small talk of them. Every tuple may be
empty: then the talent has shown no such line, and the house's own lines serve.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Manner:
    """One language's lines, the most typical first.

    Attributes:
        greetings: whole answers to a hello ("¡Muy buenas!").
        farewells: whole answers to a goodbye.
        thanks: whole answers to thanks.
        fillers: beginnings and fillings ("pues", "you know"), in small letters, without punctuation.
        favourites: turns of phrase that mark the talent out.
        not_known: whole lines for what is not known, some of which offer what is.
        topics: what the talent knows most about, to offer ("¿hablamos de ...?"), in small letters.
        traits: one plain English sentence each on the manner, for a mind that reads instructions.
    """

    greetings: tuple[str, ...] = ()
    farewells: tuple[str, ...] = ()
    thanks: tuple[str, ...] = ()
    fillers: tuple[str, ...] = ()
    favourites: tuple[str, ...] = ()
    not_known: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()

    @property
    def said(self) -> tuple[str, ...]:
        """Every line that is said as it stands."""
        return (*self.greetings, *self.farewells, *self.thanks, *self.not_known)


NO_MANNER = Manner()
"""Of a talent who has shown none in a language."""
