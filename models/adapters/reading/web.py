"""HTML: a page's main text without its menus, as Markdown; and any HTML that other formats turn into."""

# lxml and trafilatura annotate little of what they offer.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import trafilatura
from htmldate import find_date
from lxml import html

from gemelo.models.adapters.reading.parts import Unreadable, escaped
from gemelo.models.adapters.reading.plain import decode
from gemelo.models.vocabulary import Notation, Part

_HIDDEN = (
    "//*[@hidden or @aria-hidden='true' or contains(translate(@style, ' ', ''), 'display:none')"
    " or contains(translate(@style, ' ', ''), 'visibility:hidden')]"
)
_UNREAD = "//script | //style | //noscript | //template | //svg | //head | //iframe | //comment()"
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    "p div section article main aside header footer nav ul ol li dl dt dd blockquote pre table tr figure "
    "figcaption address form fieldset body html hr".split()
)
_DECLARED = re.compile(rb"charset\s*=|encoding\s*=", re.IGNORECASE)
_HEAD = 2048
"""Bytes in which a page says how it is encoded."""
_LEAST = 0.1
"""A main text that is less than this share of the whole is not the main text."""
_NEARLY = 0.9
"""One that is this share of it or more has no menus to leave out."""
_HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)


def read_page(data: bytes) -> Iterator[Part]:
    """Reads a web page, and when it was published where its head or markup says so.

    Raises:
        Unreadable: there is no HTML in it.
    """
    tree = _tree(data)
    dated = find_date(tree, extensive_search=False, original_date=True) or ""
    for node in tree.xpath(_HIDDEN):
        node.drop_tree()
    _unbreak(tree)
    main = trafilatura.extract(tree, output_format="markdown", include_links=False, favor_recall=True) or ""
    whole = markdown_of(tree)
    yield Part(whole if _lacks(main, whole) else main, Notation.MARKDOWN, dated=dated)


def _lacks(main: str, whole: str) -> bool:
    """Whether a main text is none, or leaves out headings and hardly anything else, as of a manual."""
    if len(main) < _LEAST * len(whole):
        return True
    heads = len(_HEADING.findall(main)), len(_HEADING.findall(whole))
    return len(main) >= _NEARLY * len(whole) and 2 * heads[0] < heads[1]


def _unbreak(tree: Any) -> None:
    """Puts code within a line onto one line: broken over two it would open a block that nothing closes."""
    for code in tree.xpath("//code[not(ancestor::pre)]"):
        for node in code.iter():
            node.text = node.text and " ".join(node.text.split("\n"))
            if node is not code:
                node.tail = node.tail and " ".join(node.tail.split("\n"))


def read_html(data: bytes, place: str = "") -> Part:
    """Reads HTML of which everything is text, e.g. a chapter of a book."""
    return Part(markdown_of(_tree(data)), Notation.MARKDOWN, place)


def markdown_of(tree: Any) -> str:
    """All text of a tree as Markdown: headings, paragraphs, and a line for each row of a table."""
    for node in tree.xpath(_UNREAD):
        if node.getparent() is not None:
            node.drop_tree()
    return "\n\n".join(_blocks(tree))


def _tree(data: bytes) -> Any:
    """Parses HTML in the encoding that it declares, or else in the one that it looks like."""
    declares = _DECLARED.search(data[:_HEAD])
    if declares and b"\0" in data:
        raise Unreadable("there is no HTML in it")
    try:
        tree = html.document_fromstring(data if declares else decode(data))
    except Unreadable:
        raise Unreadable("there is no HTML in it") from None
    except Exception as error:  # lxml raises classes of several bases
        raise Unreadable("there is no HTML in it") from error
    if not tree.text_content().strip():
        raise Unreadable("the page holds no text")
    return tree


def _blocks(node: Any) -> Iterator[str]:
    """Paragraphs below a node in reading order."""
    line: list[str] = [node.text or ""]
    for child in node:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag in _HEADINGS or tag in _BLOCKS:
            yield from _paragraph(line)
            line = []
            yield from _block(child, tag)
        elif tag == "br":
            line.append("\n")
        else:
            line.append(child.text_content() if tag else "")
        line.append(child.tail or "")
    yield from _paragraph(line)


def _block(node: Any, tag: str) -> Iterator[str]:
    if tag in _HEADINGS:
        yield from (f"{'#' * _HEADINGS[tag]} {title}" for title in _paragraph([node.text_content()]))
    elif tag == "tr":
        cells = [" ".join(cell.text_content().split()) for cell in node.iterchildren("td", "th")]
        first, *rest = [cell for cell in cells if cell] or [""]
        yield from _paragraph([f"{first}: {', '.join(rest)}" if rest else first])
    else:
        yield from _blocks(node)


def _paragraph(pieces: list[str]) -> Iterator[str]:
    text = escaped("".join(pieces))
    if text:
        yield text
