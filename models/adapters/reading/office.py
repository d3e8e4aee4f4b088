"""Word processors' documents and e-books: zipped XML."""

# mammoth and odfdo annotate little of what they offer.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import PurePosixPath
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError
from zipfile import BadZipFile, ZipFile

import mammoth
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from odfdo import Document

from gemelo.models.adapters.reading.parts import Unreadable, escaped
from gemelo.models.adapters.reading.web import read_html
from gemelo.models.dates import date_of
from gemelo.models.vocabulary import Notation, Part

_MOST_INFLATED = 200_000_000
"""Bytes that all members of an archive may have together."""
_MOST_MEMBERS = 10_000
_CONTAINER = "META-INF/container.xml"
_SAID = {"docx": ("docProps/core.xml", "created"), "odt": ("meta.xml", "creation-date")}
"""Which member says when a document was made, and the name of the element."""


def read_docx(data: bytes) -> Iterator[Part]:
    """Reads a Word document; styles of headings become headings.

    Raises:
        Unreadable: it is damaged, or inflates too much.
    """
    with _archive(data) as archive:
        part = read_html(mammoth.convert_to_html(BytesIO(data), convert_image=_no_image).value.encode())
        yield replace(part, dated=_made(archive, *_SAID["docx"]))


def read_odt(data: bytes) -> Iterator[Part]:
    """Reads an OpenDocument text. Raises `Unreadable` as `read_docx`."""
    with _archive(data) as archive:
        lines: list[str] = []
        for block in Document(BytesIO(data)).body.get_elements("descendant::text:h | descendant::text:p"):
            text = escaped(block.text_recursive)
            level = int(block.get_attribute_string("text:outline-level") or 1)
            is_heading = block.tag == "text:h"
            lines.append(f"{'#' * min(level, 6)} {text}" if is_heading and text else text)
        dated = _made(archive, *_SAID["odt"])
        yield Part("\n\n".join(filter(None, lines)), Notation.MARKDOWN, dated=dated)


def read_epub(data: bytes) -> Iterator[Part]:
    """Reads an e-book, its chapters in the order of reading. Raises `Unreadable` as `read_docx`."""
    with _archive(data) as book:
        package = _one(fromstring(book.read(_CONTAINER)), "rootfile").get("full-path", "")
        root = fromstring(book.read(package))
        dated = _first_date(root, "date")
        files = {item.get("id"): item.get("href", "") for item in _all(root, "item")}
        for reference in _all(root, "itemref"):
            name = str(PurePosixPath(package).parent / unquote(files.get(reference.get("idref"), "")))
            if name in book.namelist():
                chapter = book.read(name)
                if chapter.strip():
                    yield replace(read_html(chapter), dated=dated)


def _archive(data: bytes) -> ZipFile:
    try:
        archive = ZipFile(BytesIO(data))
    except BadZipFile:
        raise Unreadable("the file is damaged: it is no document of this format") from None
    members = archive.infolist()
    if len(members) > _MOST_MEMBERS or sum(member.file_size for member in members) > _MOST_INFLATED:
        raise Unreadable("the file inflates to far more than a document needs")
    if any(member.flag_bits & 1 for member in members):
        raise Unreadable("the file needs a password: save it without one")
    return archive


def _made(archive: ZipFile, member: str, name: str) -> str:
    """When a document was made, as one of its members says; empty where that is missing or broken."""
    try:
        return _first_date(fromstring(archive.read(member)), name)
    except (KeyError, ParseError, DefusedXmlException, BadZipFile):
        return ""  # a document can be read without it


def _first_date(root: Element, name: str) -> str:
    return next(filter(None, (date_of(element.text or "") for element in _all(root, name))), "")


def _all(root: Element, name: str) -> Iterator[Element]:
    return (element for element in root.iter() if element.tag.rpartition("}")[2] == name)


def _one(root: Element, name: str) -> Element:
    found = next(_all(root, name), None)
    if found is None:
        raise Unreadable("the file is damaged: it does not say what is in it")
    return found


def _no_image(image: object) -> list[object]:
    return []
