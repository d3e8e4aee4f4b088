"""The seams: one small Protocol per outside thing, so that the engine never sees a vendor.

Everything here is implemented in `gemelo.models.adapters` (one file a vendor or local model) and
faked once in `tests/fakes.py`. An object named in the plural or as a thing (`SpeechToText`, `Ears`)
is shared by all sessions; what its `open` returns belongs to one session.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gemelo.models.errors import ServiceError
from gemelo.models.vocabulary import (
    Exchange,
    Language,
    Part,
    Prompt,
    Speech,
    ToolCall,
    ToolSpec,
    Transcript,
    TurnSignal,
    Written,
)


class Clock(Protocol):
    """Monotonic time in seconds. Injected, so that tests run in virtual time."""

    def now(self) -> float: ...


class Ear(Protocol):
    """One fan's ear: audio in, turn signals out through the `emit` given to `Ears.open`."""

    def hear(self, pcm: bytes) -> None:
        """Takes s16le mono at `IN_RATE`, any whole number of samples. Never blocks."""
        ...

    def transcript(self, transcript: Transcript) -> None:
        """Takes what the fan's own browser recognised. Ears with a recogniser ignore it."""
        ...

    async def close(self) -> None:
        """Frees what the ear holds; emits nothing afterwards."""
        ...


class Ears(Protocol):
    """Opens ears. `emit` is called on the event loop, in order, and must not block."""

    def hears(self, language: Language) -> bool:
        """Whether this ear can recognise speech in `language` on its own."""
        ...

    async def open(self, language: Language, emit: Callable[[TurnSignal], None]) -> Ear: ...


class FallibleEars(Protocol):
    """Ears at the other end of a wire, whose ears can be lost while somebody talks."""

    def hears(self, language: Language) -> bool: ...

    async def open(
        self, language: Language, emit: Callable[[TurnSignal], None], lost: Callable[[ServiceError], None]
    ) -> Ear:
        """Opens an ear; `lost` is called at most once, and nothing is emitted after it.

        Raises:
            EarError: it does not open.
        """
        ...


class SpeechStream(Protocol):
    """One fan's recogniser behind an ear that decides turns by itself."""

    def hear(self, pcm: bytes) -> None:
        """Takes s16le mono at `IN_RATE`. Never blocks."""
        ...

    def begin(self) -> None:
        """The voice set in: what is heard from now on (and shortly before) is one utterance."""
        ...

    def settle(self) -> None:
        """The voice paused: give a final transcript of the utterance as soon as possible, an empty one
        where nothing is left to say. Not asked where a final has come in this pause already."""
        ...

    async def close(self) -> None: ...


class SpeechToText(Protocol):
    """Plain speech recognition: interims and finals, no opinion about turns. Finals may come unasked."""

    def hears(self, language: Language) -> bool: ...

    async def open(self, language: Language, emit: Callable[[Transcript], None]) -> SpeechStream: ...


class FallibleSpeechToText(Protocol):
    """Speech recognition at the other end of a wire, whose streams can be lost while somebody talks."""

    def hears(self, language: Language) -> bool: ...

    async def open(
        self, language: Language, emit: Callable[[Transcript], None], lost: Callable[[ServiceError], None]
    ) -> SpeechStream:
        """Opens a stream; `lost` is called at most once, and nothing is emitted after it.

        Raises:
            EarError: it does not open.
        """
        ...


class VoiceActivity(Protocol):
    """Voice activity of one fan, from a model that all sessions share."""

    def hear(self, window: NDArray[np.int16]) -> None:
        """Takes exactly 512 samples at 16 kHz; the probability comes by the callback."""
        ...

    def close(self) -> None: ...


class VoiceDetector(Protocol):
    """Shared voice activity model. `heard` gets the probability (0-1) of each window, in order."""

    def open(self, heard: Callable[[float], None]) -> VoiceActivity: ...


class TurnDetector(Protocol):
    """Says from the sound alone whether a speaker has finished."""

    async def finished(self, pcm: NDArray[np.int16]) -> float:
        """Probability (0-1) that the turn is over, from up to 8 s at 16 kHz ending in silence."""
        ...


class LanguageModel(Protocol):
    """A mind. Cancelling the iteration cancels the generation at its source."""

    def reply(self, prompt: Prompt) -> AsyncGenerator[Written | ToolCall, None]:
        """Streams a reply: its words, then the tools that it wants run before it goes on.

        Raises:
            MindError: the model is down, slow, refuses or answers garbage.
        """
        ...

    async def warm(self, prefix: str, tenant: str, tools: tuple[ToolSpec, ...] = ()) -> None:
        """Prefills what all prompts of a session begin with, where the model has a cache for it."""
        ...


class Judge(Protocol):
    """Reads a finished turn once more; it can only flag, for a person to look at."""

    async def flags(self, fan: str, reply: str, rules: Sequence[tuple[str, str]]) -> tuple[str, ...]:
        """Names of the rules (name, what it says) that a reply breaks.

        Raises:
            MindError: it could not be judged.
        """
        ...


class Restater(Protocol):
    """Puts a question that leans on earlier ones so that it stands on its own."""

    async def restate(self, question: str, history: Sequence[Exchange], language: Language) -> str:
        """The question as somebody would ask it who has said nothing before.

        Raises:
            MindError: it could not be put otherwise.
        """
        ...


class Courier(Protocol):
    """Posts to endpoints on the open internet."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """Posts once, follows nothing, and returns the status that was answered.

        Raises:
            CourierError: the endpoint was not reached, may not be, or did not answer in time.
        """
        ...


class Caller(Protocol):
    """Asks servers on the open internet."""

    async def ask(self, url: str, headers: Mapping[str, str], body: bytes, most: int) -> bytes:
        """Posts once, follows nothing, and returns the body of a good answer (2xx).

        Args:
            most: bytes that an answer may have.

        Raises:
            CourierError: there is none; the sentence says why, and quotes nothing of it.
        """
        ...


class TextToSpeech(Protocol):
    """A voice."""

    def speak(self, text: AsyncIterator[str], language: Language) -> AsyncGenerator[Speech, None]:
        """Speaks text as it comes, one utterance per call; ends when the text has ended.

        Raises:
            VoiceError: synthesis failed.
        """
        ...


class VoiceCloner(Protocol):
    """A vendor that makes voices of recordings. Every method may raise `VoiceError`."""

    async def clone(self, name: str, sample: bytes, language: Language) -> str:
        """Makes a voice; asks once, for who asks twice has two.

        Args:
            name: which no other voice of ours has there.
            sample: a WAV file.

        Returns:
            The vendor's id of it.

        Raises:
            VoiceError: it was not made; `of_asked` where the sample is why.
            Unsure: nobody knows.
        """
        ...

    async def find(self, name: str) -> str:
        """The id of a voice of ours, empty where there is none of this name."""
        ...

    async def delete(self, id: str) -> None:
        """Deletes a voice; one that is gone already is no error."""
        ...


class FaceCloner(Protocol):
    """A vendor that trains faces of films. Every method may raise `AvatarError`."""

    async def train(self, name: str, film: str, consent: str) -> str:
        """Begins to train a face, which takes hours; asks once.

        Args:
            name: which no other face of ours has there.
            film, consent: where the vendor may fetch the film, and the one in which its person agrees.

        Returns:
            The vendor's id of it.

        Raises:
            AvatarError: it was not begun; `of_asked` where a film is why.
            Unsure: nobody knows.
        """
        ...

    async def trained(self, id: str) -> bool | None:
        """Whether a training has succeeded, None while it goes on."""
        ...

    async def find(self, name: str) -> str:
        """The id of a face of ours, empty where there is none of this name."""
        ...

    async def delete(self, id: str) -> None:
        """Deletes a face and what it was made of; one that is gone already is no error."""
        ...


class Avatars(Protocol):
    """A vendor whose faces join LiveKit rooms. Every method may raise `AvatarError`."""

    async def begin(self, face: str, url: str, token: str) -> str:
        """Has a face join a room; returns the id of what has begun.

        Args:
            url: of the LiveKit server, as the vendor can reach it.
            token: that lets it in.
        """
        ...

    async def end(self, id: str) -> None:
        """Has it leave; one that has left already is no error."""
        ...


class Hasher(Protocol):
    """Reads files on the open internet."""

    async def sha256(self, url: str, most: int) -> str:
        """The hash of a file (64 hex digits), of which nothing is kept.

        Args:
            most: bytes that it may have.

        Raises:
            CourierError: it cannot be had; the sentence says why.
        """
        ...


class Embedder(Protocol):
    """A sentence encoder."""

    @property
    def dimension(self) -> int:
        """Of the vectors of texts."""
        ...

    @property
    def token_dimension(self) -> int:
        """Of the states of their tokens."""
        ...

    @property
    def name(self) -> str:
        """Identifies the vectors, so that an index made by another encoder is not searched."""
        ...

    def embed(self, texts: Sequence[str]) -> Sequence[Embedding]:
        """Encodes texts. Blocks (about 1 ms a short text): call it in a thread."""
        ...


class Embedding(Protocol):
    """One encoded text.

    `vector`: float32 (d,), unit length. `tokens`: float16 (t, e), unit rows, special tokens
    left out. `ids`: int32 (t,), the vocabulary id of each token.
    """

    @property
    def vector(self) -> NDArray[np.float32]: ...
    @property
    def tokens(self) -> NDArray[np.float16]: ...
    @property
    def ids(self) -> NDArray[np.int32]: ...


class Reader(Protocol):
    """Gets the text out of documents of any format."""

    def reads(self, suffix: str) -> bool:
        """Whether files with this ending (".pdf", small letters) can be read here."""
        ...

    async def read(self, suffix: str, data: bytes) -> tuple[Part, ...]:
        """The parts of a document, in order of reading. Nothing that it refers to is fetched.

        Raises:
            BadDocument: it cannot be read; the sentence says why, for a person to act on.
        """
        ...


class Reranker(Protocol):
    """Reads passages beside a question, which tells more than vectors of each and takes longer."""

    async def rerank(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        """How well each text answers the query, higher is better, in the order of the texts.

        Raises:
            RerankerError: it is down, slow, refuses or answers garbage.
        """
        ...


class Translator(Protocol):
    """Puts questions into another language, fast and roughly."""

    def translates(self, source: Language, target: Language) -> bool:
        """Whether it knows the pair."""
        ...

    def translate(self, text: str, source: Language, target: Language) -> str:
        """A text in another language; what it does not know stays as it is. Blocks: call it in a thread.

        Returns:
            The translation, empty where there is none now.
        """
        ...
