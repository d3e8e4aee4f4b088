"""PDF, page by page."""

# pypdfium2 annotates little of what it offers.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import pypdfium2

from gemelo.models.adapters.reading.parts import Unreadable
from gemelo.models.dates import date_of
from gemelo.models.vocabulary import Notation, Part

_MOST_PAGES = 3_000
_ENDED = re.compile(r"[.!?…:]['\"»”)\]]*\s*$")
_LAST_SENTENCE = re.compile(r".*[.!?…]['\"»”)\]]*\s", re.DOTALL)
_HYPHEN = re.compile(r"(\w)(?:\ufffe|\u00ad\n?|-\n(?=[a-zà-ÿ]))")
_FURNITURE_PAGES = 4
"""A document of fewer pages has no running titles to be told from its text."""


def read_pdf(data: bytes) -> Iterator[Part]:
    """Reads the text of each page. A sentence that goes on overleaf belongs to the page where it ends.

    Raises:
        Unreadable: it is damaged, needs a password, has too many pages, or no text, as a scan.
    """
    document = _opened(data)
    dated = date_of(document.get_metadata_value("CreationDate"))
    pages = [_lines(text) for text in _pages(document)]
    running = _running(pages)
    left, is_empty = "", True
    for number, lines in enumerate(pages, start=1):
        text = _HYPHEN.sub(r"\1", "\n".join(line for line in lines if line not in running)).strip()
        text, left = f"{left} {text}".strip(), ""
        if number < len(pages) and text and not _ENDED.search(text):
            ended = _LAST_SENTENCE.match(text)
            text, left = (text[: ended.end()].rstrip(), text[ended.end() :]) if ended else (text, "")
        if text:
            is_empty = False
            yield Part(text, Notation.PLAIN, f"p. {number}", dated)
    if is_empty:
        raise Unreadable("there is no text in it: a scan must be recognised (OCR) first")


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Unreadable("the file needs a password: save it without one") from None
        raise Unreadable("the file is damaged: it is no PDF") from None
    if len(document) > _MOST_PAGES:
        raise Unreadable(f"it has more than {_MOST_PAGES:,} pages: cut it into several files")
    if len(document) == 0:
        raise Unreadable("the file is damaged: it has no pages")
    return document


def _pages(document: pypdfium2.PdfDocument) -> Iterator[str]:
    for number in range(len(document)):
        try:
            yield document[number].get_textpage().get_text_bounded()
        except pypdfium2.PdfiumError:
            yield ""  # a page that is broken costs that page


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.replace("\r\n", "\n").split("\n")]


def _running(pages: Sequence[Sequence[str]]) -> frozenset[str]:
    """Lines that stand on half of the pages or more, and numbers that stand alone."""
    numbers = {line for lines in pages for line in lines if line.isdecimal()}
    if len(pages) < _FURNITURE_PAGES:
        return frozenset(number for number in numbers if int(number) <= len(pages))
    seen = Counter(line for lines in pages for line in set(lines) if line)
    return frozenset({line for line, count in seen.items() if 2 * count >= len(pages)} | numbers)
