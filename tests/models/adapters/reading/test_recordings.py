"""Hearing recordings with any recogniser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from gemelo.models.adapters.reading.reader import DocumentReader
from gemelo.models.adapters.reading.recordings import ListeningReader
from gemelo.models.errors import BadDocument, EarError
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, IN_RATE, Language, Part, Transcript
from tests.models.adapters.reading.filmed import recording

_dice = np.random.default_rng(3)
PAUSE = np.zeros(2 * IN_RATE, np.int16)
VOICE = (_dice.standard_normal(3 * IN_RATE) * 4_000).astype(np.int16)
TALK = np.concatenate([PAUSE, VOICE, PAUSE, VOICE, PAUSE])
"""Two stretches, at 2 and at 7 seconds."""


@dataclass
class Dictation:
    """A recogniser that hears `said`, one stretch after the other, in the languages that it knows."""

    said: list[str] = field(default_factory=list[str])
    languages: tuple[str, ...] = ("en",)
    deaf: bool = False
    gone: bool = False
    opened: list[Language] = field(default_factory=list[Language])
    lengths: list[float] = field(default_factory=list[float])
    closed: int = 0

    def hears(self, language: Language) -> bool:
        return language in self.languages

    async def open(self, language: Language, emit: Callable[[Transcript], None]) -> Dictation:
        if self.gone:
            raise EarError("There is no ear.")
        self.opened.append(language)
        self.emit = emit
        return self

    def begin(self) -> None:
        self.lengths.append(0.0)

    def hear(self, pcm: bytes) -> None:
        self.lengths[-1] += len(pcm) / BYTES_PER_SAMPLE / IN_RATE

    def settle(self) -> None:
        if self.deaf:
            return
        text = self.said[len(self.lengths) - 1]
        self.emit(Transcript(text[:3], final=False))
        self.emit(Transcript(text, final=True))

    async def close(self) -> None:
        self.closed += 1


@pytest.fixture
async def documents() -> AsyncIterator[DocumentReader]:
    reader = DocumentReader()
    yield reader
    await reader.close()


async def heard(
    documents: DocumentReader, ear: Dictation, suffix: str = ".wav", language: str = "", date: str = ""
) -> list[Part]:
    ending = f".{suffix.rpartition('.')[2]}"
    reader = ListeningReader(documents, ear, longest_s=0.2)
    return list(await reader.read(suffix, recording(ending, TALK, language=language, date=date)))


async def test_what_is_said_is_told_with_its_times(documents: DocumentReader) -> None:
    """Each stretch is a sentence; the part is placed where it begins, and is from the recording's day."""
    ear = Dictation(["i was born by the sea", "Did I swim?"])
    [part] = await heard(documents, ear, date="2019-02-03")
    assert part.text == "I was born by the sea.\nDid I swim?"
    assert (part.place, part.dated) == ("0:01", "2019-02-03")
    assert ear.lengths == [pytest.approx(3.4, abs=0.1)] * 2
    assert ear.closed == 1


async def test_a_long_talk_is_told_in_parts(documents: DocumentReader) -> None:
    """Sixty words or so each, with the time of its first."""
    ear = Dictation(["word " * 60, "other " * 10])
    assert [part.place for part in await heard(documents, ear)] == ["0:01", "0:06"]


@pytest.mark.parametrize(
    ("suffix", "tag", "language"), [(".wav", "", "en"), (".es.wav", "", "es"), (".mp4", "spa", "es")]
)
async def test_a_recording_is_heard_in_its_language(
    documents: DocumentReader, suffix: str, tag: str, language: str
) -> None:
    """Which its name says, or the file itself."""
    ear = Dictation(["a", "b"], ("en", "es"))
    await heard(documents, ear, suffix, language=tag)
    assert ear.opened == [language]


async def test_a_language_that_nobody_hears_is_refused(documents: DocumentReader) -> None:
    """Rather than written down as another one."""
    with pytest.raises(BadDocument, match=r"'es'.*subtitles"):
        await heard(documents, Dictation(["a", "b"]), ".es.wav")


async def test_where_nothing_is_understood_nothing_is_learned(documents: DocumentReader) -> None:
    """Music, or a voice that the ear does not know."""
    with pytest.raises(BadDocument, match="nothing is said"):
        await heard(documents, Dictation(["", ""]))


@pytest.mark.parametrize("ear", [Dictation(gone=True), Dictation(deaf=True)], ids=["gone", "deaf"])
async def test_an_ear_that_fails_is_no_fault_of_the_recording(
    documents: DocumentReader, ear: Dictation
) -> None:
    """The reason says so; nobody waits for ever."""
    with pytest.raises(BadDocument, match="cannot be heard now"):
        await heard(documents, ear)


async def test_other_documents_are_read_as_ever(documents: DocumentReader) -> None:
    """No ear is asked for them."""
    ear = Dictation(gone=True)
    reader = ListeningReader(documents, ear)
    [part] = await reader.read(".txt", b"The bakery opens at six.")
    assert part.text == "The bakery opens at six."
    assert reader.reads(".txt")
    assert not reader.reads(".exe")


async def test_without_an_ear_recordings_are_no_format(documents: DocumentReader) -> None:
    """They are refused like any other that is not read here."""
    reader = ListeningReader(documents, Dictation(languages=()))
    assert not reader.reads(".mp3")
    with pytest.raises(BadDocument, match=r"not supported: \.mp3"):
        await reader.read(".mp3", b"ID3")
