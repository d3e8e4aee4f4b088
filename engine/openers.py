"""Short beginnings in the twin's manner, spoken ahead, for answers that have no sound yet.

commit ──▶ question judged ──▶ draft sounds? ── yes ──▶ the answer
                                    └── no ──▶ opener, then the answer without a gap if it is there
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from gemelo.context.policy.context import PerLanguage
from gemelo.engine.playout import FRAME_BYTES
from gemelo.models.errors import ServiceError
from gemelo.models.seams import TextToSpeech
from gemelo.models.vocabulary import Language, Speech

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Opener:
    """One beginning and how it sounds: whole frames, so that none of it waits for the answer."""

    text: str
    speech: Speech


@dataclass(frozen=True, slots=True)
class Openers:
    """A twin's openers in each language; none are its default."""

    spoken: Mapping[Language, tuple[Opener, ...]] = field(default_factory=dict[Language, tuple[Opener, ...]])

    def after(self, last: str, language: Language) -> Opener | None:
        """The opener whose turn it is when `last` was said last; None where there are none."""
        openers = self.spoken.get(language, ())
        said = next((index for index, opener in enumerate(openers) if opener.text == last), -1)
        return openers[(said + 1) % len(openers)] if openers else None


async def speak(lines: PerLanguage, voice: TextToSpeech) -> Openers:
    """Has a voice say all openers. A voice that fails leaves the twin without: they are a nicety."""
    try:
        return Openers(
            {
                language: tuple([Opener(line, await _spoken(line, language, voice)) for line in said])
                for language, said in lines.entries
            }
        )
    except ServiceError as error:
        log.warning("openers could not be spoken: %s", error.code)
        return Openers()


async def _spoken(line: str, language: Language, voice: TextToSpeech) -> Speech:
    async def whole() -> AsyncIterator[str]:
        yield line

    parts = [part async for part in voice.speak(whole(), language)]
    pcm = b"".join(part.pcm for part in parts)
    return Speech(
        pcm.ljust(-(-len(pcm) // FRAME_BYTES) * FRAME_BYTES, b"\0"),
        len(line),
        tuple(word for part in parts for word in part.words),
        tuple(viseme for part in parts for viseme in part.visemes),
    )
