"""The process in which documents are read: `python -m gemelo.models.adapters.reading.worker`.

A document may be made to harm its reader. So it is read in a process of its own, with little memory, without
a network and without a way to start programs; what goes wrong costs that document only.

In:   READ   ending of the file's name, a null byte, its bytes
Out:  PART   JSON {"text", "notation", "place", "dated"}      DONE      UNREADABLE one sentence
      ABOUT  JSON {"language", "dated"}, then SOUND s16le mono at 16 kHz, of recordings
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict

from gemelo.models.adapters.framing import Frame, pack, read, worker_pipes
from gemelo.models.adapters.reading.confine import confine
from gemelo.models.adapters.reading.parts import Unreadable
from gemelo.models.adapters.reading.plain import decode
from gemelo.models.dates import date_of
from gemelo.models.vocabulary import Notation, Part

READ, PART, DONE, UNREADABLE, ABOUT, SOUND = range(1, 7)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_DATED = re.compile(r"^(?:date|published|created|fecha)[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
MEMORY = 512 * 2**20
"""Bytes of address space of the process."""


def _markdown(data: bytes) -> Iterable[Part]:
    text = decode(data)
    return (Part(text, Notation.MARKDOWN, dated=_date_in_front(text)),)


def _date_in_front(text: str) -> str:
    """What a page's front matter says of when it is from. No YAML is read: a line is enough."""
    front = _FRONT_MATTER.match(text)
    said = _DATED.search(front[0]) if front else None
    return date_of(said[1]) if said else ""


def _plain(data: bytes) -> Iterable[Part]:
    return (Part(decode(data), Notation.PLAIN),)


def _page(data: bytes) -> Iterable[Part]:
    from gemelo.models.adapters.reading.web import read_page

    return read_page(data)


def _pdf(data: bytes) -> Iterable[Part]:
    from gemelo.models.adapters.reading.pdf import read_pdf

    return read_pdf(data)


def _docx(data: bytes) -> Iterable[Part]:
    from gemelo.models.adapters.reading.office import read_docx

    return read_docx(data)


def _odt(data: bytes) -> Iterable[Part]:
    from gemelo.models.adapters.reading.office import read_odt

    return read_odt(data)


def _epub(data: bytes) -> Iterable[Part]:
    from gemelo.models.adapters.reading.office import read_epub

    return read_epub(data)


def _srt(data: bytes) -> Iterable[Part]:
    from gemelo.models.adapters.reading.subtitles import read_subtitles

    return read_subtitles(decode(data), vtt=False)


def _vtt(data: bytes) -> Iterable[Part]:
    from gemelo.models.adapters.reading.subtitles import read_subtitles

    return read_subtitles(decode(data), vtt=True)


def _csv(data: bytes) -> Iterable[Part]:
    from gemelo.models.adapters.reading.tables import read_csv

    return read_csv(decode(data))


def _json(data: bytes) -> Iterable[Part]:
    from gemelo.models.adapters.reading.tables import read_json

    return read_json(decode(data))


READERS: dict[str, Callable[[bytes], Iterable[Part]]] = {
    **dict.fromkeys((".md", ".markdown"), _markdown),
    **dict.fromkeys((".txt", ".text"), _plain),
    **dict.fromkeys((".html", ".htm", ".xhtml"), _page),
    ".pdf": _pdf,
    ".docx": _docx,
    ".odt": _odt,
    ".epub": _epub,
    ".srt": _srt,
    ".vtt": _vtt,
    **dict.fromkeys((".csv", ".tsv"), _csv),
    **dict.fromkeys((".json", ".jsonl"), _json),
}
"""What is imported is imported for its first document: each format's library takes a while."""


def answers(request: bytes) -> Iterator[Frame]:
    """Reads one document, or the sound of one."""
    suffix, _, data = request.partition(b"\0")
    try:
        yield from _read(suffix.decode(), data)
        yield Frame(DONE, 0)
    except Unreadable as error:
        yield Frame(UNREADABLE, 0, str(error).encode())
    except MemoryError:
        yield Frame(UNREADABLE, 0, f"it takes more than {MEMORY // 2**20} MB to read".encode())
    except Exception:  # a library's; its message may quote the document
        yield Frame(UNREADABLE, 0, b"the file is damaged: it cannot be read as what its name says")


def _read(suffix: str, data: bytes) -> Iterator[Frame]:
    if suffix in READERS:
        for part in READERS[suffix](data):
            yield Frame(PART, 0, json.dumps(asdict(part)).encode())
        return
    from gemelo.models.adapters.reading.sound import About, read_sound

    for said in read_sound(suffix, data):
        if isinstance(said, About):
            yield Frame(ABOUT, 0, json.dumps(asdict(said)).encode())
        else:
            yield Frame(SOUND, 0, said)


def main() -> None:
    logging.disable()  # libraries log what they read
    pipe, out = worker_pipes()
    confine(MEMORY)
    with contextlib.suppress(BrokenPipeError):
        while (frame := read(pipe)) is not None:
            for answer in answers(frame.payload):
                out.write(pack(answer))


if __name__ == "__main__":
    main()
