"""`Reader` of recordings and films too: their sound is heard by a recogniser, a stretch at a time.

file ─▶ sound (in the confined process) ─▶ stretches between pauses ─▶ recogniser ─▶ lines with times
"""

from __future__ import annotations

import asyncio
import importlib.util

import numpy as np

from gemelo.models.adapters.reading.parts import clock, from_day, in_parts
from gemelo.models.adapters.reading.reader import DocumentReader, Sound
from gemelo.models.errors import BadDocument, EarError
from gemelo.models.seams import SpeechStream, SpeechToText
from gemelo.models.utterances import utterances
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, IN_RATE, Language, Part, Transcript

SUFFIXES = frozenset(".wav .flac .mp3 .ogg .opus .mp4 .m4a .mov .webm .mkv".split())
_LANGUAGES = (Language("en"), Language("es"))
"""In which a recording is heard that does not say its own: the first that the recogniser knows."""
_PIECE = IN_RATE * BYTES_PER_SAMPLE // 10
_LONGEST_S = 60.0
"""A stretch is at most 15 s long: a recogniser that has not settled it by then is dead."""


class ListeningReader:
    """Reads documents as `documents` does, and hears recordings. `close` closes what reads.

    Args:
        recogniser: hears them; one that nobody talks to, for it is kept busy for minutes.
    """

    def __init__(
        self, documents: DocumentReader, recogniser: SpeechToText, longest_s: float = _LONGEST_S
    ) -> None:
        self._documents = documents
        self._recogniser = recogniser
        self._longest_s = longest_s
        self._one = asyncio.Lock()

    def reads(self, suffix: str) -> bool:
        """See `Reader.reads`: recordings where `gemelo[recordings]` is installed and somebody hears.

        Before the ending of a recording's name its language may stand: ".es.mp3".
        """
        ending = _split(suffix)[1]
        if ending not in SUFFIXES:
            return self._documents.reads(suffix)
        return importlib.util.find_spec("av") is not None and self._language("") is not None

    async def read(self, suffix: str, data: bytes) -> tuple[Part, ...]:
        """See `Reader.read`. Of a recording: what is said, each part with its time."""
        said, ending = _split(suffix)
        if ending not in SUFFIXES or not self.reads(suffix):
            return await self._documents.read(ending, data)
        sound = await self._documents.sound(ending, data)
        language = self._language(said or sound.language)
        if language is None:
            raise BadDocument(
                f"it is in {(said or sound.language)!r}, which is not heard here: learn its subtitles instead"
            )
        async with self._one:  # a recogniser has one pair of ears for those who learn
            lines = await self._heard(sound, language)
        if not lines:
            raise BadDocument("nothing is said in it that could be understood")
        return tuple(from_day(in_parts(lines), sound.dated))

    async def close(self) -> None:
        await self._documents.close()

    def _language(self, said: str) -> Language | None:
        """The language that a recording is heard in; None where nobody here understands it."""
        asked = (Language(said),) if said else _LANGUAGES
        return next((one for one in asked if self._recogniser.hears(one)), None)

    async def _heard(self, sound: Sound, language: Language) -> list[tuple[str, str]]:
        """What is said, with the times at which it is.

        Raises:
            BadDocument: the recogniser cannot be reached.
        """
        samples = np.frombuffer(sound.pcm, np.int16)
        stretches = await asyncio.to_thread(lambda: list(utterances(samples)))
        heard: asyncio.Queue[Transcript] = asyncio.Queue()
        lines: list[tuple[str, str]] = []
        try:
            stream = await self._recogniser.open(language, heard.put_nowait)
            try:
                for start, end in stretches:
                    pcm = bytes(samples[start:end])
                    if text := await self._understood(stream, pcm, heard):
                        lines.append((clock(start / IN_RATE), _sentence(text)))
            finally:
                await stream.close()
        except EarError as error:
            raise BadDocument(f"it cannot be heard now: {error} Learn it again later.") from error
        return lines

    async def _understood(self, stream: SpeechStream, pcm: bytes, heard: asyncio.Queue[Transcript]) -> str:
        """The words of one stretch.

        Raises:
            EarError: the recogniser has not settled it in time.
        """
        while not heard.empty():
            heard.get_nowait()
        stream.begin()
        for at in range(0, len(pcm), _PIECE):
            stream.hear(pcm[at : at + _PIECE])
            await asyncio.sleep(0)
        said = [heard.get_nowait() for _ in range(heard.qsize())]  # some settle stretches unasked
        stream.settle()
        try:
            async with asyncio.timeout(self._longest_s):
                said.append(await heard.get())
                while not said[-1].final:
                    said.append(await heard.get())
        except TimeoutError:
            raise EarError("the recogniser says nothing any more.") from None
        return " ".join(one.text for one in said if one.final and one.text)


def _split(suffix: str) -> tuple[str, str]:
    """The language in the ending of a name, or nothing, and the ending proper."""
    said, _, ending = suffix.rpartition(".")
    return said.lstrip("."), f".{ending}"


def _sentence(text: str) -> str:
    """Recognised words as a sentence: a pause is where one ends, for all that anybody can tell."""
    text = " ".join(text.split())
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "…")) else ".")
