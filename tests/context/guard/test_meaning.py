"""Rules learned from examples: how they are kept, applied and told apart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.guard import kernel
from gemelo.context.guard.builtin import TOPICS, Rule
from gemelo.context.guard.linear import Summary
from gemelo.context.guard.meaning import (
    ASKED,
    QUESTIONS,
    SPARED,
    SPARED_QUESTION,
    SPARED_TOPIC,
    Meaning,
    encoded_seeds,
    learned_from,
    seeds,
)
from gemelo.models.seams import Embedding
from tests.fakes import EN, ES
from tests.meaning import Encoded, FlatEmbedder, quiet_meaning


class WordEmbedder(FlatEmbedder):
    """Places a text by the words it knows: one axis for each."""

    dimension = 16
    name = "words"
    KNOWN = ("die", "bomb", "prompt", *TOPICS)

    def __init__(self) -> None:
        self.read: list[str] = []

    def embed(self, texts: Sequence[str]) -> Sequence[Embedding]:
        self.read += texts
        found: list[Embedding] = []
        for text in texts:
            vector = np.full(self.dimension, 0.01, np.float32)
            for axis, word in enumerate(self.KNOWN):
                vector[axis] += word in text
            vector /= np.linalg.norm(vector)
            found.append(Encoded(vector, np.zeros((1, 16), np.float16), np.zeros(1, np.int32)))
        return found


HARMLESS = [
    f"{who} {did} the {what}"
    for who in ("we", "you", "they", "fans")
    for did in ("saw", "won", "lost")
    for what in ("match", "cup", "ball", "race", "final", "replay")
]
WHO = ("i", "you", "we", "they", "all", "some", "fans", "players", "he", "she")


def learned(embedder: WordEmbedder) -> Meaning:
    """What a few made-up examples teach: one word a rule."""
    quiet = quiet_meaning(embedder)

    def senses(word: str) -> list[str]:
        return [f"{who} said {word} today" for who in WHO]

    words = dict(zip(ASKED.values(), ("die", "bomb", "prompt"), strict=True))
    asked = {
        name: np.stack([s.asked for s in quiet.senses(senses(word), EN)]) for name, word in words.items()
    }
    topics = {name: np.stack([s.said for s in quiet.senses(senses(name), EN)]) for name in TOPICS}
    harmless = quiet.senses(HARMLESS, EN)
    said = np.stack([s.said for s in harmless])
    return Meaning(
        embedder,
        kernel.learn(asked, np.stack([s.asked for s in harmless]), SPARED),
        kernel.learn(topics, said, dict.fromkeys(TOPICS, 0.02)),
        Summary.of(said),
        kernel.learn(topics, said, dict.fromkeys(TOPICS, 0.02)),
    )


EMBEDDER = WordEmbedder()
MEANING = learned(EMBEDDER)


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("you said bomb today", {Rule.HARMFUL}),
        ("fans said prompt today", {Rule.EXTRACTION}),
        ("we said die today", {Rule.CRISIS}),
        ("they won the cup", set[Rule]()),
    ],
)
def test_a_question_breaks_the_rules_that_its_examples_teach(text: str, rules: set[Rule]) -> None:
    """Each margin belongs to the rule of its place."""
    assert MEANING.asks(MEANING.senses([text], EN)[0]) == rules


@pytest.mark.parametrize("name", TOPICS)
def test_each_topic_has_its_rule(name: str) -> None:
    """What is like its examples enters it, and no other topic's examples do."""
    other = TOPICS[TOPICS.index(name) - 1]
    inside, outside = (
        MEANING.enters(sense.said, (name,))
        for sense in MEANING.senses([f"you said {name} today", f"you said {other} today"], EN)
    )
    assert inside.keys() == outside.keys() == {name}
    assert inside[name] > 0.5 > outside[name]


def test_a_new_topic_is_learned_from_a_few_examples() -> None:
    """In any language; what is like them enters it, harmless replies do not."""
    line = MEANING.learn(["i said bomb today", "we said bomb today", "ellos dijeron bomb hoy"])
    assert line.margin(MEANING.senses(["you said bomb today"], EN)[0].said) > 0
    entered = [line.margin(sense.said) > 0 for sense in MEANING.senses(HARMLESS, EN)]
    assert sum(entered) <= 2


def test_spanish_is_read_by_its_gloss_and_kept_in_its_own_words() -> None:
    """The encoder gets English, the hashed part both."""
    [sense] = MEANING.senses(["¿Quién ganó el partido?"], ES)
    english = EMBEDDER.read[-1]
    assert english.isascii()
    assert "match" in english
    assert sense.text == f"¿Quién ganó el partido? {english}"


def test_english_is_read_as_it_is() -> None:
    """No gloss, whatever words it shares with Spanish."""
    [sense] = MEANING.senses(["come on, son"], EN)
    assert EMBEDDER.read[-1] == sense.text == "come on, son"


@given(st.text(max_size=60), st.sampled_from([EN, ES]))
def test_any_text_has_a_sense(text: str, language: str) -> None:
    """Features have the length that their rules expect."""
    [sense] = quiet_meaning().senses([text], ES if language == ES else EN)
    assert sense.asked.shape == (4 + 512,)
    assert sense.said.shape == (4 + 2048,)
    assert quiet_meaning().asks(sense) == set()


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    """Rule for rule, margin for margin, and topics can be learned from it."""
    MEANING.save(tmp_path / "meaning.npz")
    read = Meaning.load(tmp_path / "meaning.npz", EMBEDDER)
    for sense in MEANING.senses([*HARMLESS, "you said bomb today", "you said legal today"], EN):
        assert read.asks(sense) == MEANING.asks(sense)
        margins = MEANING.enters(sense.said, TOPICS)
        assert read.enters(sense.said, TOPICS) == pytest.approx(margins, abs=1e-5)
        asked = MEANING.asks_on(sense.said, TOPICS)
        assert read.asks_on(sense.said, TOPICS) == pytest.approx(asked, abs=1e-5)
    examples = ["i said bomb today", "we said bomb today"]
    assert np.allclose(read.learn(examples).weights, MEANING.learn(examples).weights)


@pytest.mark.parametrize("kept", [0, 10, 0.5, 0.98])
def test_a_damaged_file_is_told(tmp_path: Path, kept: float) -> None:
    """However much of it is left, one of the errors that a reader expects is raised."""
    path = tmp_path / "meaning.npz"
    quiet_meaning().save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * len(whole)) if kept < 1 else int(kept)])
    with pytest.raises((OSError, ValueError, KeyError)):
        Meaning.load(path, FlatEmbedder())


def test_a_flipped_bit_is_told(tmp_path: Path) -> None:
    """Every array has a checksum; this one is in the middle of the largest."""
    path = tmp_path / "meaning.npz"
    quiet_meaning().save(path)
    with ZipFile(path) as file:
        largest = max(file.infolist(), key=lambda member: member.file_size)
    content = bytearray(path.read_bytes())
    content[largest.header_offset + largest.file_size // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises((OSError, ValueError, KeyError)):
        Meaning.load(path, FlatEmbedder())


def test_a_file_of_another_kind_is_told(tmp_path: Path) -> None:
    """Text and foreign arrays are no rules."""
    path = tmp_path / "meaning.npz"
    path.write_text("no arrays")
    with pytest.raises(ValueError, match="pickle"):
        Meaning.load(path, FlatEmbedder())
    with path.open("wb") as file:
        np.savez(file, other=np.zeros(3))
    with pytest.raises(KeyError):
        Meaning.load(path, FlatEmbedder())


def test_another_encoder_needs_rules_of_its_own() -> None:
    """The digest tells what was learned from; it is the same each time."""
    assert learned_from(FlatEmbedder()) == learned_from(FlatEmbedder())
    assert learned_from(FlatEmbedder()) != learned_from(WordEmbedder())


@pytest.mark.parametrize("name", [*ASKED.values(), *TOPICS, "asked", "said"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_rule_has_examples(name: str, language: str) -> None:
    """At least sixty a language, each once, with no comment among them."""
    found = seeds(name, language)
    assert len(found) >= 60
    assert len(found) == len(set(found))
    assert not any(line.startswith("#") or not line.strip() for line in found)


def test_every_example_is_encoded_once_and_in_its_own_language() -> None:
    """However many are encoded at a time."""
    english, spanish = seeds("crisis", "en"), seeds("crisis", "es")
    embedder = WordEmbedder()
    senses = list(encoded_seeds(embedder, "crisis"))
    assert [sense.text for sense in senses[: len(english)]] == english == embedder.read[: len(english)]
    for sense, text, read in zip(senses[len(english) :], spanish, embedder.read[len(english) :], strict=True):
        assert sense.text == f"{text} {read}"


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_topic_has_questions(language: str) -> None:
    """None of them is among what anybody may be asked."""
    plain = {*seeds("asked", language), *seeds("talked", language)}
    for topic in TOPICS:
        found = seeds(f"{QUESTIONS}-{topic}", language)
        assert len(found) >= 20
        assert not plain & set(found)


def test_no_rule_takes_many_harmless_texts_for_broken() -> None:
    """Fewer than one in fifty of those that were written to be mistaken."""
    assert SPARED.keys() == set(ASKED.values())
    assert all(0 < share < 0.02 for share in (*SPARED.values(), SPARED_TOPIC, SPARED_QUESTION))


def test_no_example_stands_on_both_sides() -> None:
    """What a rule forbids is not harmless, too."""
    for language in ("en", "es"):
        asked, said = set(seeds("asked", language)), set(seeds("said", language))
        assert [line for name in ASKED.values() for line in seeds(name, language) if line in asked] == []
        assert [line for name in TOPICS for line in seeds(name, language) if line in said] == []
