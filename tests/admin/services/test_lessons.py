"""Learning in the background what was sent."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest

from gemelo.admin.services.learn import School
from gemelo.admin.services.lessons import teach
from gemelo.context.guard.planted import Screen
from gemelo.context.hooks.webhook import MAX_TRIES
from gemelo.context.knowledge.twin import Library, TwinKnowledge
from gemelo.context.knowledge.uploads import Upload, UploadState
from gemelo.models.errors import EmbedderError
from gemelo.models.vocabulary import Language
from tests.admin.test_learn import TEXT, MemoryDocuments, TextReader
from tests.hashing import HashingEmbedder
from tests.meaning import quiet_meaning


class Tray:
    """`Uploads` in a list: what waits is handed out once a round."""

    def __init__(self, *some: Upload, tries: int = 1) -> None:
        self.waiting = list(some)
        self.tries = tries
        self.settled: list[tuple[Upload, int | None]] = []
        self.forgotten = set[str]()

    async def claim(self, lease_ms: int, limit: int = 20) -> tuple[tuple[Upload, int], ...]:
        theirs = [one for one in self.waiting if one.twin == self.waiting[0].twin]
        self.waiting = [one for one in self.waiting if one not in theirs]
        return tuple((one, self.tries) for one in theirs)

    async def settle(self, upload: Upload, tries: int, again_in_ms: int | None = None) -> bool:
        self.settled.append((upload, again_in_ms))
        return True

    async def withdraw(self, twin: str, path: str) -> int:
        self.forgotten.add(path)
        return 1

    async def withdrawn(self, upload: Upload) -> bool:
        return upload.path in self.forgotten


class Classroom:
    """What teaches, and what it has taught."""

    def __init__(self, root: Path) -> None:
        self.embedder = HashingEmbedder()
        self.documents = MemoryDocuments()
        self.library = Library(root, self.embedder)
        screen = Screen(quiet_meaning())
        self.school = School(self.documents, self.embedder, TextReader(), screen, "1")

    async def teach(self, tray: Tray) -> int:
        return await teach(tray, self.school, self.library.folder)

    async def best(self, twin: str, query: str) -> str:
        found = await TwinKnowledge(self.library, twin).search(query, Language("en"))
        return found.passages[0].text if found.passages else ""


@pytest.fixture
def classroom(tmp_path: Path) -> Classroom:
    return Classroom(tmp_path)


def upload(path: str, text: str, twin: str = "t") -> Upload:
    return Upload(path, twin, path, b64encode(text.encode()).decode(), 1)


async def test_what_was_sent_is_learned(classroom: Classroom) -> None:
    """Every document gets its verdict, and the twin answers from it at once."""
    tray = Tray(upload("bakery.md", TEXT), upload("tiny.md", "Hi."), upload("film.mp4", "x"))
    assert await classroom.teach(tray) == 3
    verdicts = [(one.path, one.state, one.passages, one.note) for one, _ in tray.settled]
    assert verdicts == [
        ("bakery.md", UploadState.INDEXED, 1, ""),
        ("tiny.md", UploadState.WARNED, 1, "there is very little text in it"),
        ("film.mp4", UploadState.ERROR, 0, "format not supported: .mp4"),
    ]
    assert "at six" in await classroom.best("t", "when does the bakery open?")


async def test_what_is_forgotten_while_it_is_learned_is_not_kept(classroom: Classroom) -> None:
    """Its withdrawal came after it was handed out."""
    tray = Tray(
        upload("a.md", "# A\n\nThe lighthouse is red."), upload("b.md", "# B\n\nThe harbour is blue.")
    )
    await tray.withdraw("t", "a.md")
    await classroom.teach(tray)
    assert [one.path for one in await classroom.documents.all("t")] == ["b.md"]


async def test_twins_are_taught_one_after_the_other(classroom: Classroom) -> None:
    """What is sent to one is never found by another."""
    tray = Tray(upload("a.md", TEXT, "t"), upload("b.md", TEXT.replace("six", "nine"), "u"))
    assert await classroom.teach(tray) == 2
    assert "at six" in await classroom.best("t", "when does the bakery open?")
    assert "at nine" in await classroom.best("u", "when does the bakery open?")


async def test_a_failing_encoder_is_waited_for(classroom: Classroom) -> None:
    """What is not the document's fault is tried again, and costs no other twin its turn."""
    classroom.embedder.error = EmbedderError("down")
    sent = upload("bakery.md", TEXT)
    tray = Tray(sent, upload("b.md", TEXT, "u"))
    assert await classroom.teach(tray) == 0
    assert [(one.state, again is not None) for one, again in tray.settled] == [
        (UploadState.WAITING, True),
        (UploadState.WAITING, True),
    ]
    classroom.embedder.error = None
    assert await classroom.teach(Tray(sent)) == 1
    assert "at six" in await classroom.best("t", "when does the bakery open?")


@pytest.mark.parametrize("tries", [MAX_TRIES, MAX_TRIES + 1])
async def test_at_last_it_is_given_up(classroom: Classroom, tries: int) -> None:
    """After the last try its sender is told, also where each one that tried has died of it."""
    classroom.embedder.error = EmbedderError("down")
    tray = Tray(upload("bakery.md", TEXT), tries=tries)
    await classroom.teach(tray)
    [(given_up, again)] = tray.settled
    assert (given_up.state, again) == (UploadState.ERROR, None)
    assert "send it again" in given_up.note


async def test_learned_twice_is_learned_once(classroom: Classroom) -> None:
    """A round that is done again after one that died changes nothing."""
    sent = upload("bakery.md", TEXT)
    await classroom.teach(Tray(sent))
    kept, version = dict(classroom.documents.kept), classroom.library.version("t")
    await classroom.teach(Tray(replace(sent, id="again")))
    assert (classroom.documents.kept, classroom.library.version("t")) == (kept, version)
