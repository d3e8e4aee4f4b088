"""Reading documents in a process of their own, and what a hostile one may do there."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gemelo.models.adapters.reading import reader as reading
from gemelo.models.adapters.reading.reader import DocumentReader
from gemelo.models.adapters.reading.worker import READERS
from gemelo.models.errors import BadDocument
from tests.models.adapters.reading.made import docx, epub, pdf, zipped

DATA = Path(__file__).parents[5] / "shared" / "data" / "documents"
GOOD = "The bakery on the square opens at six in the morning."
DOCUMENTS = {
    ".txt": GOOD.encode(),
    ".md": GOOD.encode(),
    ".html": f"<p>{GOOD}</p>".encode(),
    ".pdf": pdf((GOOD,)),
    ".docx": docx("Bread", GOOD),
    ".epub": epub([f"<p>{GOOD}</p>"]),
    ".srt": f"1\n00:00:01,000 --> 00:00:02,000\n{GOOD}\n".encode(),
    ".vtt": f"WEBVTT\n\n00:01.000 --> 00:02.000\n{GOOD}\n".encode(),
    ".csv": f"text\n{GOOD}\n".encode(),
    ".json": json.dumps([GOOD]).encode(),
}


@pytest.fixture
async def reader() -> AsyncIterator[DocumentReader]:
    reader = DocumentReader()
    yield reader
    await reader.close()


async def test_every_format_is_read(reader: DocumentReader) -> None:
    """One process reads one after the other."""
    for suffix, data in DOCUMENTS.items():
        assert any(GOOD in part.text for part in await reader.read(suffix, data)), suffix


async def test_front_matter_dates_a_text(reader: DocumentReader) -> None:
    """The date crosses the pipe; what is no front matter dates nothing."""
    for data, dated in (
        (f"---\ntitle: x\ndate: '2024-03-05'\n---\n{GOOD}", "2024-03-05"),
        (f"---\ndate: soon\n---\n{GOOD}", ""),
        (f"date: 2024-03-05\n\n{GOOD}", ""),
    ):
        assert [part.dated for part in await reader.read(".md", data.encode())] == [dated]


async def test_what_is_not_read_here_is_refused(reader: DocumentReader) -> None:
    """By the ending of its name."""
    assert not reader.reads(".exe")
    with pytest.raises(BadDocument, match=r"not supported: \.exe"):
        await reader.read(".exe", b"MZ")


@pytest.mark.parametrize("suffix", sorted(READERS))
async def test_a_broken_document_costs_itself_only(reader: DocumentReader, suffix: str) -> None:
    """It gets a reason, and the next one is read."""
    for data in (b"", b"\0" * 3_000, bytes(range(256)) * 8, DOCUMENTS[".docx"][:900]):
        with pytest.raises(BadDocument) as refused:
            await reader.read(suffix, data)
        assert "Error" not in str(refused.value)
    assert await reader.read(".txt", DOCUMENTS[".txt"])


async def test_a_document_that_takes_too_long_is_given_up() -> None:
    """And what reads it is replaced."""
    reader = DocumentReader(longest_s=0.0)
    with pytest.raises(BadDocument, match="takes more than"):
        await reader.read(".txt", DOCUMENTS[".txt"])
    await reader.close()


async def test_a_reader_that_dies_costs_one_document(reader: DocumentReader) -> None:
    """The next one is read by another process."""
    await reader.read(".txt", DOCUMENTS[".txt"])
    pid = reader.pids[0]
    asking = asyncio.create_task(reader.read(".pdf", b"%PDF" + bytes(8_000_000)))
    await asyncio.sleep(0)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(BadDocument):
        await asking
    assert await reader.read(".txt", DOCUMENTS[".txt"])
    assert reader.pids != [pid]


async def test_who_gives_up_waiting_leaves_nothing_behind(reader: DocumentReader) -> None:
    """The next document is not mixed up with the one that nobody waits for."""
    asking = asyncio.create_task(reader.read(".csv", b"text\n" + b"other words here\n" * 50_000))
    await asyncio.sleep(0.05)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    [part] = await reader.read(".txt", DOCUMENTS[".txt"])
    assert part.text == GOOD


HOSTILE = {
    "entities": b'<!DOCTYPE w [<!ENTITY a "' + b"ha" * 50_000 + b'">]><w>' + b"&a;" * 20_000 + b"</w>",
    "outside": b'<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><w>&a;</w>',
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("suffix", [".docx", ".odt", ".epub"])
async def test_entities_of_xml_do_no_harm(reader: DocumentReader, suffix: str, kind: str) -> None:
    """Neither those that multiply nor those that point outside."""
    names = ("word/document.xml", "content.xml", "META-INF/container.xml", "[Content_Types].xml")
    with pytest.raises(BadDocument):
        await reader.read(suffix, zipped(dict.fromkeys(names, HOSTILE[kind])))
    assert await reader.read(".txt", DOCUMENTS[".txt"])


async def test_memory_is_bounded(reader: DocumentReader) -> None:
    """A document that asks for more than there is gets a reason."""
    with pytest.raises(BadDocument, match=r"MB to read|breaks what reads it"):
        await reader.read(".csv", b"x\n" * 6_000_000)
    assert await reader.read(".txt", DOCUMENTS[".txt"])


@pytest.mark.skipif(not DATA.is_dir(), reason="shared data absent")
async def test_every_document_of_the_data_has_the_verdict_it_should(reader: DocumentReader) -> None:
    """What its manifest expects, and the words it names."""
    for line in (DATA / "manifest.jsonl").read_text("utf-8").splitlines():
        expected = json.loads(line)
        path = DATA / expected["file"]
        try:
            parts = await reader.read(path.suffix, path.read_bytes())
        except BadDocument:
            assert expected["expect"] == "clear_error", path
            continue
        repaired = "indexed if" in expected.get("note", "")
        assert expected["expect"] == "indexed" or repaired, path
        read = "".join("".join(part.text for part in parts).replace("\\", "").split())
        for wanted in expected.get("text_contains") or ():
            assert "".join(wanted.split()) in read, (path, wanted)


def test_limits_are_the_issue_s() -> None:
    """Half a minute a document."""
    assert reading.LONGEST_S == 30
