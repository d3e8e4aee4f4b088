"""What an encoder has read, kept while learning goes on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from gemelo.context.knowledge.readings import BATCH, KEPT_EVERY, HalfRead, Readings, read, unread
from gemelo.models.errors import EmbedderError
from gemelo.models.seams import Embedding
from gemelo.models.vocabulary import Language
from tests.hashing import HashingEmbedder

EN = Language("en")
UNITS = [f"sentence number {number} of many" for number in range(2 * KEPT_EVERY + 3)]
WINDOWS = [f"a window {number}" for number in range(5)]


class Failing(HashingEmbedder):
    """Fails once it has read so many texts."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        if self.texts >= self.after:
            raise EmbedderError("down")
        return list(super().embed(texts))


def all_read(embedder: HashingEmbedder, half: HalfRead | None = None) -> Readings:
    known = Readings()
    read(unread(UNITS, WINDOWS, known), EN, embedder, known, half)
    return known


def test_reading_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    """What was read before the encoder failed is not read again, and comes back as it was."""
    with pytest.raises(EmbedderError):
        all_read(Failing(after=KEPT_EVERY + BATCH), HalfRead(tmp_path, "hashing"))
    embedder = HashingEmbedder()
    known, whole = all_read(embedder, HalfRead(tmp_path, "hashing")), all_read(HashingEmbedder())
    assert embedder.texts == len(UNITS) + len(WINDOWS) - KEPT_EVERY
    assert known.units.keys() == whole.units.keys()
    assert known.windows.keys() == whole.windows.keys()
    for text, one in whole.units.items():
        np.testing.assert_array_equal(known.units[text].vector, one.vector)
        np.testing.assert_array_equal(known.units[text].tokens, one.tokens)
        np.testing.assert_array_equal(known.units[text].ids, one.ids)


def test_a_window_is_not_taken_for_a_sentence(tmp_path: Path) -> None:
    """A text that is both is read as both: of a window no token states are kept."""
    known = Readings()
    half = HalfRead(tmp_path, "hashing")
    read(unread(["the same words"], ["the same words"], known), EN, HashingEmbedder(), known, half)
    again = Readings()
    read(unread(["the same words"], ["the same words"], again), EN, Failing(after=0), again, half)
    assert len(again.units["the same words"].tokens) == 3


def test_what_another_encoder_has_read_is_of_no_use(tmp_path: Path) -> None:
    """Vectors of two encoders are not mixed."""
    all_read(HashingEmbedder(), HalfRead(tmp_path, "other"))
    embedder = HashingEmbedder()
    all_read(embedder, HalfRead(tmp_path, "hashing"))
    assert embedder.texts == len(UNITS) + len(WINDOWS)


def test_a_damaged_file_costs_time_alone(tmp_path: Path) -> None:
    """Half a file, or one that holds something else, is read by the encoder again."""
    all_read(HashingEmbedder(), HalfRead(tmp_path, "hashing"))
    files = sorted((tmp_path / "hashing").iterdir())
    files[0].write_bytes(files[0].read_bytes()[:1000])
    np.savez(tmp_path / "hashing" / "000009-en.npz", other=np.zeros(3))
    embedder = HashingEmbedder()
    assert all_read(embedder, HalfRead(tmp_path, "hashing")).units.keys() == set(UNITS)
    assert embedder.texts == KEPT_EVERY


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    """Where nothing can be kept, everything is read all the same."""
    (tmp_path / "hashing").write_text("a file stands in the way")
    assert all_read(HashingEmbedder(), HalfRead(tmp_path, "hashing")).windows.keys() == set(WINDOWS)
