"""Ordinary sentences, written for this: what a rule would block of them, it blocks of talk in general."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

_LANGUAGES = ("en", "es")


@cache
def sample() -> tuple[str, ...]:
    """Three hundred sentences, half of them English, half Spanish."""
    folder = files("gemelo.context.policy")
    return tuple(
        sentence
        for language in _LANGUAGES
        for sentence in folder.joinpath(f"sample.{language}.txt").read_text("utf-8").splitlines()
    )
