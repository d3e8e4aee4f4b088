"""Passages and the questions that they answer, in the format of XQuAD's jsonl files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from gemelo.context.knowledge import index, score
from gemelo.context.knowledge.crossing import asked_of
from gemelo.context.knowledge.passages import cut_plain
from gemelo.context.knowledge.score import Hit
from gemelo.context.knowledge.seam import Cut, Document
from gemelo.context.knowledge.shelf import Shelf
from gemelo.models.errors import BadDocument
from gemelo.models.seams import Embedder, Embedding, Translator
from gemelo.models.vocabulary import Language


@dataclass(frozen=True, slots=True)
class Asked:
    """One question; `answer` is a span of the passage with the id `passage`."""

    text: str
    lang: Language
    answer: str
    passage: str


@dataclass(frozen=True, slots=True)
class Collection:
    """Passages of one language by id, and the questions about them."""

    lang: Language
    passages: dict[str, str]
    questions: tuple[Asked, ...]


class Remembering:
    """An `Embedder` that encodes each text once: benchmarks shelve the same passages many times."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Embedding] = {}

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    @property
    def token_dimension(self) -> int:
        return self._embedder.token_dimension

    @property
    def name(self) -> str:
        return self._embedder.name

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._embedder.embed(new), strict=True) if new else ())
        return [self._known[text] for text in texts]


def load(data: Path) -> list[Collection]:
    """Reads `passages.jsonl` and `questions.jsonl`, one collection a language.

    Raises:
        BadDocument: the folder does not hold them in the expected format.
    """
    try:
        passages, questions = _lines(data / "passages.jsonl"), _lines(data / "questions.jsonl")
        return [
            Collection(
                lang=Language(lang),
                passages={row["passage_id"]: row["text"] for row in passages if row["lang"] == lang},
                questions=tuple(
                    Asked(row["question"], Language(lang), row["answer"], row["passage_id"])
                    for row in questions
                    if row["lang"] == lang
                ),
            )
            for lang in sorted({row["lang"] for row in passages})
        ]
    except (OSError, ValueError, KeyError) as error:
        raise BadDocument(
            f"no passages.jsonl and questions.jsonl of the expected format in {data}"
        ) from error


def crossed(spoken: Collection, written: Collection) -> Collection:
    """The passages of one collection with the questions of another about those that say the same.

    Such passages have the same number at the end of their ids.
    """
    if spoken is written:
        return written
    numbered = {_number(key): key for key in written.passages}
    asked = [replace(one, passage=numbered.get(_number(one.passage), "")) for one in spoken.questions]
    return Collection(written.lang, written.passages, tuple(asked))


def _number(passage: str) -> str:
    return passage.rsplit("-", 1)[-1]


def shipped(folder: str, language: Language) -> list[list[str]]:
    """The rows of one of our own tables, by language."""
    text = files("gemelo.benchmarks").joinpath("texts", folder, f"{language}.tsv").read_text("utf-8")
    return [line.split("\t") for line in text.splitlines()]


def small_talk(data: Path, lang: Language) -> list[str]:
    """Things that people say to other services (`../dialogue` beside the data); empty where absent."""
    path = data.parent / "dialogue" / "utterances.jsonl"
    if not path.is_file():
        return []
    return [
        row["text"]
        for row in _lines(path)
        if row["lang"] == lang and "xquad" not in row.get("source", {}).get("repo", "")
    ]


def shelve(
    collection: Collection,
    ids: Iterable[str],
    embedder: Embedder,
    heading: Callable[[str], str] = lambda _: "",
) -> Shelf:
    """The shelf of some of a collection's passages, each one document named by its id."""
    documents: list[Document] = []
    for key in ids:
        title = heading(key)
        cuts = tuple(
            Cut(cut.text, cut.spans, (title,) if title else (), collection.lang)
            for cut in cut_plain(collection.passages[key])
        )
        documents.append(Document(key, "", cuts))
    return index.build(documents, embedder)[collection.lang]


def ask(
    asked: str,
    lang: Language,
    shelf: Shelf,
    embedder: Embedder,
    k: int = 5,
    translator: Translator | None = None,
) -> tuple[score.Question, list[Hit]]:
    """Searches one shelf as a twin does."""
    question = asked_of(asked, lang, shelf.language, embedder, translator)
    return question, score.search(question, [shelf], k)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
