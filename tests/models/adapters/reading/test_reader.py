"""Reading documents in a process of their own, and what a hostile one may do there."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

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
async def test_every_document_of_the_data_has_the_verdict_it_should() -> None:
    """What its manifest expects, and the words it names; none takes ten seconds or 300 MB."""
    reader = DocumentReader(longest_s=10)
    for expected in manifest():
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
    [pid] = reader.pids
    assert peak_kb(pid) < 300_000
    await reader.close()


def peak_kb(pid: int) -> int:
    """The most memory that a process has had."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0])


def manifest() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / "manifest.jsonl").read_text("utf-8").splitlines()]


WATCHED = """
import json, sys
from pathlib import Path
from gemelo.models.adapters.reading.confine import confine
from gemelo.models.adapters.reading.worker import DONE, UNREADABLE, answers

tried, read = [], []
ways = ("connect", "getaddrinfo", "gethostbyname", "gethostbyaddr", "sendto", "sendmsg")
sys.addaudithook(lambda event, _: tried.append(event) if event in {f"socket.{way}" for way in ways} else None)
confine(512 * 2**20)
for path in map(Path, sys.argv[1:]):
    kinds = [frame.kind for frame in answers(path.suffix.encode() + b"\\0" + path.read_bytes())]
    assert kinds[-1] in (DONE, UNREADABLE), path
    read.append(kinds[-1] == DONE)
assert sum(read) > len(read) / 2
print(json.dumps(tried))
"""


def watched(paths: Iterable[Path]) -> list[str]:
    """The ways to another machine that were tried while some documents were read, one by one.

    Python's are watched before they are shut; a library in C that tries one finds the kernel in its way,
    which the system's own watch sees.
    """
    trace = ["strace", "-f", "-qq", "-e", "trace=connect,sendto", "-o", "/dev/stdout"]
    command = [sys.executable, "-c", WATCHED, *map(str, paths)]
    whole = [*trace, *command] if shutil.which("strace") else command
    done = subprocess.run(whole, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    *traced, told = [line for line in done.stdout.splitlines() if line.strip()]
    return [*(line for line in traced if "AF_INET" in line), *json.loads(told)]


@pytest.mark.skipif(not DATA.is_dir(), reason="shared data absent")
def test_no_document_of_the_data_tries_to_reach_anything() -> None:
    """With the network shut, and somebody watching."""
    assert watched(DATA / expected["file"] for expected in manifest()) == []


@pytest.fixture
async def listener() -> AsyncIterator[tuple[str, list[str]]]:
    """An address on this machine, and who has come to it."""
    came: list[str] = []

    async def meet(read: asyncio.StreamReader, write: asyncio.StreamWriter) -> None:
        came.append((await read.readline()).decode("latin-1"))
        write.close()

    async with await asyncio.start_server(meet, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        yield f"http://{host}:{port}", came


REMOTE = (
    '<?xml version="1.0"?><!DOCTYPE html SYSTEM "{0}/dtd"><html><head><link rel="stylesheet" href="{0}/css">'
    '<base href="{0}/"><script src="{0}/js"></script><style>@import url({0}/i);</style>'
    '<meta http-equiv="refresh" content="0;url={0}/r"></head><body><p>' + GOOD + '</p><img src="{0}/img">'
    '<iframe src="{0}/f"></iframe><svg><image href="{0}/svg"/></svg><object data="{0}/o"></object>'
    "</body></html>"
)


async def test_nothing_is_fetched_because_a_document_says_so(
    reader: DocumentReader, listener: tuple[str, list[str]], tmp_path: Path
) -> None:
    """Pictures, styles, links, templates, DTDs and playlists that lie elsewhere stay there."""
    url, came = listener
    page = REMOTE.format(url)
    template = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="t" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
        f'Target="{url}/t.dotx" TargetMode="External"/></Relationships>'
    )
    with ZipFile(BytesIO(docx("Bread", GOOD))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    documents = {
        ".html": page.encode(),
        ".xhtml": page.encode(),
        ".md": f"![x]({url}/md)\n\n{page}\n\n{GOOD}".encode(),
        ".docx": zipped({**members, "word/_rels/settings.xml.rels": template, "word/media/a.svg": page}),
        ".epub": epub([page]),
        ".pdf": pdf((GOOD,), created="D:2024", uri=f"{url}/pdf"),
        ".vtt": f"WEBVTT\n\nSTYLE\n@import url({url}/v);\n\n00:01.000 --> 00:02.000\n{GOOD}\n".encode(),
    }
    for suffix, data in documents.items():
        assert any(GOOD in part.text for part in await reader.read(suffix, data)), suffix
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{url}/a.ts\n".encode()
    for suffix in (".mp4", ".webm", ".mp3", ".wav"):
        with pytest.raises(BadDocument):
            await reader.sound(suffix, playlist)
    written = [tmp_path / f"document{suffix}" for suffix in documents]
    for path in written:
        path.write_bytes(documents[path.suffix])
    assert await asyncio.to_thread(watched, written) == []
    assert came == []


def test_limits_are_the_issue_s() -> None:
    """Half a minute a document."""
    assert reading.LONGEST_S == 30
