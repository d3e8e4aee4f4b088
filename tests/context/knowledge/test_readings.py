"""What an encoder has read, kept while learning goes on."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from gemelo.context.knowledge.codes import Codec
from gemelo.context.knowledge.readings import BATCH, Form, HalfRead, Read, Reading, Reads, encode, key
from gemelo.context.knowledge.tokens import TokenCodec
from gemelo.models.errors import EmbedderError
from gemelo.models.seams import Embedding
from gemelo.models.vocabulary import Language
from tests.hashing import HashingEmbedder

EN = Language("en")
UNITS = [f"sentence number {number} of many" for number in range(3 * BATCH)]


class Failing(HashingEmbedder):
    """Fails once it has read so many texts."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        if self.texts >= self.after:
            raise EmbedderError("down")
        return list(super().embed(texts))


def form() -> Form:
    """Codes that fit some of the sentences."""
    read = encode(UNITS[:100], EN, HashingEmbedder())
    ids, states = (np.concatenate([getattr(one, name) for one in read]) for name in ("ids", "tokens"))
    vectors = Codec.trained(np.stack([one.vector for one in read]), "SQ4", 64)
    return Form(vectors, TokenCodec.trained(ids, states, 1000))


def all_read(embedder: HashingEmbedder, half: HalfRead | None = None, kept: Form | None = None) -> Reads:
    """Every sentence, some at a time; what they are told of is what there is to read."""
    told: list[int] = []
    kept = kept or Form()
    reading = Reading(EN, embedder, kept, half=half.of(EN, kept) if half else None, told=told.append)
    found: Reads = {}
    for start in range(0, len(UNITS), BATCH):
        found |= reading.read(
            {key(text, whole=True): text for text in UNITS[start : start + BATCH]}, whole=True
        )
    assert sum(told) == len(UNITS)
    return found


def assert_same(found: Reads, expected: Reads) -> None:
    assert found.keys() == expected.keys()
    for one, read in expected.items():
        for name in ("vector", "tokens", "ids"):
            np.testing.assert_array_equal(getattr(found[one], name), getattr(read, name))


@pytest.mark.parametrize("coded", [False, True])
def test_reading_goes_on_where_it_was_stopped(tmp_path: Path, coded: bool) -> None:
    """What was read before the encoder failed is not read again, and comes back as it was, coded or not."""
    made = form() if coded else Form()
    half = HalfRead(tmp_path, "hashing")
    half.keep_form(EN, made)
    with pytest.raises(EmbedderError):
        all_read(Failing(after=2 * BATCH), half, made)
    embedder = HashingEmbedder()
    known = all_read(embedder, half, half.form(EN))
    assert embedder.texts == len(UNITS) - 2 * BATCH
    assert_same(known, all_read(HashingEmbedder(), kept=form() if coded else None))


def test_several_hands_read_the_same() -> None:
    """Texts come back in their order, whoever reads which."""
    with ThreadPoolExecutor(3) as hands:
        together = encode(UNITS, EN, HashingEmbedder(), hands)
    for one, alone in zip(together, encode(UNITS, EN, HashingEmbedder()), strict=True):
        np.testing.assert_array_equal(one.vector, alone.vector)


def test_a_window_is_not_taken_for_a_sentence(tmp_path: Path) -> None:
    """A text that is both is read as both: of a window no token states are kept."""
    half = HalfRead(tmp_path, "hashing")
    keys = [key("the same words", whole=whole) for whole in (True, False)]
    for embedder in (HashingEmbedder(), Failing(after=0)):
        reading = Reading(EN, embedder, Form(), half=half.of(EN, Form()))
        lengths = [
            len(reading.read({one: "the same words"}, whole=whole)[one].tokens)
            for one, whole in zip(keys, (True, False), strict=True)
        ]
        assert lengths == [3, 0]


def test_what_another_encoder_has_read_is_of_no_use(tmp_path: Path) -> None:
    """Vectors of two encoders are not mixed, nor those of two forms."""
    all_read(HashingEmbedder(), HalfRead(tmp_path, "other"))
    all_read(HashingEmbedder(), HalfRead(tmp_path, "hashing"))
    for encoder, kept in (("hashing-2", Form()), ("hashing", form())):
        embedder = HashingEmbedder()
        all_read(embedder, HalfRead(tmp_path, encoder), kept)
        assert embedder.texts == len(UNITS)


@pytest.mark.parametrize("coded", [False, True])
def test_a_damaged_file_costs_time_alone(tmp_path: Path, coded: bool) -> None:
    """Half a file is read by the encoder again; so are the codes after it, which nobody could read."""
    made = form() if coded else Form()
    all_read(HashingEmbedder(), HalfRead(tmp_path, "hashing"), made)
    files = sorted((tmp_path / "hashing").glob("0*.npz"))
    files[1].write_bytes(files[1].read_bytes()[:1000])
    embedder = HashingEmbedder()
    known = all_read(embedder, HalfRead(tmp_path, "hashing"), form() if coded else Form())
    assert len(known) == len(UNITS)
    assert embedder.texts == (2 if coded else 1) * BATCH


def test_damaged_codecs_are_chosen_anew(tmp_path: Path) -> None:
    """A form that cannot be read back is none."""
    half = HalfRead(tmp_path, "hashing")
    half.keep_form(EN, form())
    [file] = (tmp_path / "hashing").iterdir()
    file.write_bytes(file.read_bytes()[:1000])
    assert half.form(EN) is None


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    """Where nothing can be kept, everything is read all the same."""
    (tmp_path / "hashing").write_text("a file stands in the way")
    assert len(all_read(HashingEmbedder(), HalfRead(tmp_path, "hashing"))) == len(UNITS)


def test_codes_stand_for_what_was_read() -> None:
    """A code is a few bytes, and reading them back is not the encoder's work."""
    read = all_read(HashingEmbedder(), kept=form())[key(UNITS[0], whole=True)]
    assert isinstance(read, Read)
    assert (read.vector.dtype, read.tokens.dtype) == (np.uint8, np.uint8)
    assert len(read.tokens) == len(read.ids) == 5
