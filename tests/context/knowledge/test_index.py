"""A twin's index on disk."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from gemelo.context.knowledge import index
from gemelo.context.knowledge.calibration import fitted
from gemelo.context.knowledge.passages import cut_markdown
from gemelo.context.knowledge.seam import Document
from gemelo.context.knowledge.twin import Library, TwinKnowledge
from gemelo.models.errors import StoreError
from gemelo.models.seams import Embedding
from gemelo.models.vocabulary import Language
from tests.hashing import HashingEmbedder

EN = Language("en")
EMBEDDER = HashingEmbedder()


class Counting(HashingEmbedder):
    """Notes what it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.read: set[str] = set()

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        self.read.update(texts)
        return list(super().embed(texts))


def document(path: str, text: str) -> Document:
    return Document(path, "0" * 64, cut_markdown(text))


def saved(root: Path, text: str) -> str:
    return index.save(index.build([document("a.md", text)], EMBEDDER), root, EMBEDDER.name)


FIRST = (
    "# Rules\n\nThe keeper may hold the ball for eight seconds.\n\n# Food\n\nThe stand sells soup and bread."
)
SECOND = "# Rules\n\nThe keeper must release the ball quickly.\n"


def test_what_is_loaded_is_what_was_saved(tmp_path: Path) -> None:
    """Entries and every array come back the same."""
    built = index.build([document("a.md", FIRST)], EMBEDDER)
    loaded = index.load(tmp_path, index.save(built, tmp_path, "hashing"), "hashing")
    assert list(loaded[EN].entries) == list(built[EN].entries)
    np.testing.assert_array_equal(loaded[EN].dense.tokens.rows, built[EN].dense.tokens.rows)
    np.testing.assert_array_equal(loaded[EN].lexical.grams.counts, built[EN].lexical.grams.counts)


def test_the_same_knowledge_is_the_same_version(tmp_path: Path) -> None:
    """Saving twice changes nothing; other passages make another version."""
    first = saved(tmp_path, FIRST)
    assert saved(tmp_path, FIRST) == first
    assert saved(tmp_path, SECOND) != first


def test_learning_more_reads_only_what_is_new(tmp_path: Path) -> None:
    """Sentences that the index before holds are not encoded again, and the arrays come out the same."""
    counting = Counting()
    version = index.save(index.build([document("a.md", FIRST)], EMBEDDER), tmp_path, "hashing")
    before = index.load(tmp_path, version, "hashing")
    documents = [document("a.md", FIRST), document("b.md", SECOND)]
    built = index.build(documents, counting, before)
    whole = index.build(documents, EMBEDDER)
    assert "The keeper must release the ball quickly." in counting.read
    assert not {"The keeper may hold the ball for eight seconds.", "Food"} & counting.read
    np.testing.assert_array_equal(built[EN].dense.units.rows, whole[EN].dense.units.rows)
    np.testing.assert_array_equal(built[EN].dense.windows.rows, whole[EN].dense.windows.rows)
    np.testing.assert_allclose(built[EN].dense.tokens.rows, whole[EN].dense.tokens.rows, atol=1)


def test_a_reader_is_undisturbed_by_a_swap(tmp_path: Path) -> None:
    """An index that is open goes on answering after a newer one has replaced its files."""
    old = index.load(tmp_path, saved(tmp_path, FIRST), "hashing")[EN]
    before = np.array(old.dense.tokens.rows)
    new = saved(tmp_path, SECOND)
    assert index.current(tmp_path) == new
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [new]
    np.testing.assert_array_equal(old.dense.tokens.rows, before)


def test_an_index_that_is_replaced_while_it_is_opened_is_opened_anew(tmp_path: Path) -> None:
    """A reader beside a learner that never stops always gets one of its versions, whole."""
    built = [index.build([document("a.md", text)], EMBEDDER) for text in (FIRST, SECOND)]
    versions = {index.save(one, tmp_path, EMBEDDER.name) for one in built}
    done = Event()

    def learn() -> None:
        while not done.is_set():
            for one in built:
                index.save(one, tmp_path, EMBEDDER.name)

    with ThreadPoolExecutor(1) as pool:
        learning = pool.submit(learn)
        try:
            opened = [index.latest(tmp_path, EMBEDDER.name) for _ in range(100)]
        finally:
            done.set()
        learning.result()
    assert {version for version, _ in opened} == versions
    assert all(
        len(found[EN].entries) == 2 - (version == index.current(tmp_path)) for version, found in opened
    )


def test_a_failed_save_leaves_the_old_version(tmp_path: Path) -> None:
    """Where the new version cannot be written, the old one stays current and nothing half is left."""
    old = saved(tmp_path, FIRST)
    built = index.build([document("a.md", SECOND)], EMBEDDER)
    (tmp_path / "blocked").write_text("a file where a folder should be")
    with pytest.raises(StoreError):
        index.save(built, tmp_path / "blocked", "hashing")
    assert index.current(tmp_path) == old


def test_another_encoder_is_refused(tmp_path: Path) -> None:
    """Vectors of one encoder are never searched with another."""
    version = saved(tmp_path, FIRST)
    with pytest.raises(StoreError, match="learn again"):
        index.load(tmp_path, version, "other")


@pytest.mark.parametrize(
    "name", ["meta.json", "en.tokens.rows.npy", "en.grams.rows.npy", "en.entries.text.npy"]
)
def test_a_damaged_index_is_a_clear_error(tmp_path: Path, name: str) -> None:
    """A truncated file of the index raises a `StoreError`."""
    version = saved(tmp_path, FIRST)
    (tmp_path / version / name).write_bytes(b"half")
    with pytest.raises(StoreError):
        index.load(tmp_path, version, "hashing")


def test_an_index_keeps_the_calibration_that_it_was_learned_with(tmp_path: Path) -> None:
    """What a twin declines does not change with the program, but when the twin learns again."""
    built = index.build([document("a.md", FIRST)], EMBEDDER)
    stricter = replace(built[EN].calibration, enough=0.9)
    version = index.save({EN: replace(built[EN], calibration=stricter)}, tmp_path, "hashing")
    assert index.load(tmp_path, version, "hashing")[EN].calibration == stricter
    assert index.save(built, tmp_path, "hashing") == version
    assert index.load(tmp_path, version, "hashing")[EN].calibration == built[EN].calibration


def test_a_calibration_of_other_evidence_gives_way_to_the_program_s(tmp_path: Path) -> None:
    """A weight too few would weigh one thing for another, and to read a large twin again takes hours."""
    version = saved(tmp_path, FIRST)
    meta = tmp_path / version / "meta.json"
    told = json.loads(meta.read_text())
    told["shelves"]["en"]["calibration"]["weights"].pop()
    meta.write_text(json.dumps(told))
    assert index.load(tmp_path, version, "hashing")[EN].calibration == fitted(EN)


async def test_the_library_notices_what_was_learned(tmp_path: Path) -> None:
    """The next search after a swap answers from the new index, also one made by another process."""
    library = Library(tmp_path, EMBEDDER)
    knowledge = TwinKnowledge(library, "vera")
    assert (await knowledge.search("keeper", EN)).passages == ()
    saved(library.folder("vera"), FIRST)
    assert "eight seconds" in (await knowledge.search("keeper", EN)).passages[0].text
    saved(library.folder("vera"), SECOND)
    assert "quickly" in (await knowledge.search("keeper", EN)).passages[0].text


def test_twins_do_not_leave_the_library(tmp_path: Path) -> None:
    """No name of a twin points outside the library's folder."""
    library = Library(tmp_path, EMBEDDER)
    for twin in ("../other", "/etc", "a/../../b", ".."):
        assert library.folder(twin).resolve().parent == tmp_path.resolve()
