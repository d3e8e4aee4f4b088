"""What texts mean, as far as rules go: rules learned from the examples in `seeds/`.

    seeds/RULE.LANG.txt, seeds/RULE-MORE.LANG.txt ──learn──▶ Meaning ──save──▶ one file, made once

Rules on what a fan asks are learned against the harmless lines of `asked`, those on what a twin says
against `said`. What nobody may ask about is learned from `unasked-TOPIC`, against `talked` as well. The
encoder knows English only, so Spanish is read through its gloss. Encoding a text takes 1 to 5 ms: call
`Meaning` in a thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from gemelo.context.guard import kernel
from gemelo.context.guard.builtin import TOPICS, Rule
from gemelo.context.guard.features import features
from gemelo.context.guard.kernel import Kernel
from gemelo.context.guard.linear import Floats, Line, Summary
from gemelo.context.knowledge.language import guess
from gemelo.models.gloss import gloss
from gemelo.models.seams import Embedder
from gemelo.models.vocabulary import Language

ASKED = {Rule.CRISIS: "crisis", Rule.HARMFUL: "harm", Rule.EXTRACTION: "extraction"}
"""The seeds of the rules on what a fan asks."""
SPARED = {"crisis": 0.006, "harm": 0.014, "extraction": 0.005}
"""Share of harmless questions that each of them may take for broken. Most of those were written to be
mistaken; of what fans say it is a tenth of that."""
SPARED_TOPIC = 0.0005
"""The same for replies that enter one of the platform's topics."""
SPARED_QUESTION = 0.0005
"""The same for questions on one of them: most harmless questions that are taken for one do name it."""
QUESTIONS = "unasked"
"""What the seeds of questions on a topic begin with: `unasked-betting.en.txt`."""
_REQUESTS = ("asked-assistant", "asked-talk")
"""Harmless for a topic as well: a twin repeats what it is asked, and nothing in it enters one."""
_SIGMAS = 2.6
"""How far above harmless replies those stand that enter a topic learned from a few examples."""
_ASKED_HASHED, _SAID_HASHED = 512, 2048
_SAID_TABLES = ("topics",)
_BATCH = 64
_VERSION = "5"
_ENGLISH, _SPANISH = Language("en"), Language("es")


@dataclass(frozen=True, slots=True)
class Sense:
    """One encoded text: what it says in words, and its sentence vector (d,), unit length."""

    text: str
    vector: NDArray[np.float32]

    @property
    def asked(self) -> NDArray[np.float32]:
        """Features for the rules on what a fan asks."""
        return features(self.text, self.vector, _ASKED_HASHED)

    @property
    def said(self) -> NDArray[np.float32]:
        """Features for the rules on what a twin says."""
        return features(self.text, self.vector, _SAID_HASHED, *_SAID_TABLES)


class Meaning:
    """Shared by the guards of all contexts.

    Args:
        embedder: the encoder that the rules were learned with.
        asked: the rules of `ASKED`, in its order.
        topics: the rules of `TOPICS`, in its order.
        said: harmless replies, from which further topics are learned.
        questions: the rules of `TOPICS` for what a fan asks, in its order.
    """

    def __init__(
        self, embedder: Embedder, asked: Kernel, topics: Kernel, said: Summary, questions: Kernel
    ) -> None:
        self._embedder = embedder
        self._asked = asked
        self._topics = topics
        self._said = said
        self._questions = questions

    def senses(self, texts: Sequence[str], language: Language) -> list[Sense]:
        """Encodes texts.

        Raises:
            EmbedderError: the encoder failed.
        """
        return _senses(self._embedder, texts, language)

    def asks(self, sense: Sense) -> set[Rule]:
        """Which rules a fan's message breaks."""
        return {
            rule for rule, margin in zip(ASKED, self._asked.margins(sense.asked), strict=True) if margin > 0
        }

    def enters(self, said: Floats, names: Sequence[str]) -> dict[str, float]:
        """How far a reply with features `said` is beyond the thresholds of some of the platform's topics."""
        return _of_topics(self._topics.margins(said), names)

    def asks_on(self, said: Floats, names: Sequence[str]) -> dict[str, float]:
        """The same for a question with these features."""
        return _of_topics(self._questions.margins(said), names)

    def learn(self, examples: Sequence[str]) -> Line:
        """A rule for replies like `examples`, which may be in any language."""
        rows = [self.senses([text], guess(text, _ENGLISH))[0].said for text in examples]
        return self._said.learn(np.stack(rows), _SIGMAS)

    def save(self, path: Path) -> None:
        """Writes all that was learned to one file."""
        arrays = {f"asked {name}": array for name, array in _parts(self._asked)}
        arrays |= {f"said {name}": array for name, array in _parts(self._said)}
        arrays |= {f"topic {name}": array for name, array in _parts(self._topics)}
        arrays |= {f"question {name}": array for name, array in _parts(self._questions)}
        with path.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)

    @classmethod
    def load(cls, path: Path, embedder: Embedder) -> Meaning:
        """Reads what `save` wrote.

        Raises:
            OSError, ValueError, KeyError: the file is missing, damaged or of another kind.
        """
        try:
            with path.open("rb") as file, np.load(file) as arrays:
                return cls(
                    embedder,
                    Kernel(*(arrays[f"asked {part.name}"] for part in fields(Kernel))),
                    Kernel(*(arrays[f"topic {part.name}"] for part in fields(Kernel))),
                    Summary(*(arrays[f"said {part.name}"] for part in fields(Summary))),
                    Kernel(*(arrays[f"question {part.name}"] for part in fields(Kernel))),
                )
        except (EOFError, BadZipFile) as error:
            raise ValueError("the file is damaged") from error


def learned_from(embedder: Embedder) -> str:
    """Identifies examples, method and encoder: what was learned from others is of no use."""
    digest = sha256(f"{_VERSION} {embedder.name} {SPARED} {SPARED_TOPIC} {SPARED_QUESTION}".encode())
    cues = files("gemelo.context.guard") / "cues"
    classes = (cues / f"{table}.txt" for table in ("classes", *_SAID_TABLES))
    for file in (*_seed_files(), *classes, *_lexicon_files()):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def learn(embedder: Embedder) -> Meaning:
    """Learns every rule from the examples that ship with the package; takes some 50 s and 760 MB."""
    asked = {
        name: np.stack([sense.asked for sense in encoded_seeds(embedder, name)]) for name in ASKED.values()
    }
    harmless = list(encoded_seeds(embedder, "asked"))
    asking = kernel.learn(asked, np.stack([sense.asked for sense in harmless]), SPARED)
    topics, questions = (
        {name: np.stack([sense.said for sense in encoded_seeds(embedder, before + name)]) for name in TOPICS}
        for before in ("", f"{QUESTIONS}-")
    )
    plain = np.stack([sense.said for sense in (*harmless, *encoded_seeds(embedder, "talked"))])
    asking_on = kernel.learn(questions, plain, dict.fromkeys(TOPICS, SPARED_QUESTION))
    said, requests = (
        np.stack([sense.said for name in names for sense in encoded_seeds(embedder, name)])
        for names in (("said",), _REQUESTS)
    )
    about = kernel.learn(topics, np.vstack([said, requests]), dict.fromkeys(TOPICS, SPARED_TOPIC))
    return Meaning(embedder, asking, about, Summary.of(said), asking_on)


def seeds(name: str, language: str) -> list[str]:
    """The examples of one language in files called `name`, or `name` and what they add; each once."""
    lines = (
        line.strip()
        for file in _seed_files()
        if _is_called(file.name, name, language)
        for line in file.read_text("utf-8").splitlines()
    )
    return list(dict.fromkeys(line for line in lines if line and not line.startswith("#")))


def _is_called(file: str, name: str, language: str) -> bool:
    called, written, _ = file.split(".")
    return written == language and name in (called, called.split("-")[0])


def encoded_seeds(embedder: Embedder, name: str) -> Iterator[Sense]:
    """The examples called `name`, encoded: English ones, then Spanish ones."""
    for language in ("en", "es"):
        texts = seeds(name, language)
        for start in range(0, len(texts), _BATCH):
            yield from _senses(embedder, texts[start : start + _BATCH], Language(language))


def _senses(embedder: Embedder, texts: Sequence[str], language: Language) -> list[Sense]:
    english = [gloss(text) if language == _SPANISH else text for text in texts]
    words = [
        f"{text} {read}" if language == _SPANISH else text for text, read in zip(texts, english, strict=True)
    ]
    vectors = [embedding.vector for embedding in embedder.embed(english)]
    return [Sense(word, vector) for word, vector in zip(words, vectors, strict=True)]


def _of_topics(margins: Floats, names: Sequence[str]) -> dict[str, float]:
    return {name: float(margin) for name, margin in zip(TOPICS, margins, strict=True) if name in names}


def _parts(value: Kernel | Summary) -> Iterator[tuple[str, NDArray[np.float32] | NDArray[np.int8]]]:
    for part in fields(value):
        yield part.name, getattr(value, part.name)


def _seed_files() -> list[Traversable]:
    return _in(files("gemelo.context.guard") / "seeds")


def _lexicon_files() -> list[Traversable]:
    return _in(files("gemelo.models") / "gloss")


def _in(folder: Traversable) -> list[Traversable]:
    return sorted(
        (file for file in folder.iterdir() if file.name.endswith(".txt")), key=lambda file: file.name
    )
