"""Cutting a document into passages: at headings, between paragraphs, never inside a sentence.

Pure: text in, passages out.

    parts of a document ─▶ blocks (headings, paragraphs) ─▶ sections ─▶ passages of at most `MAX_WORDS`

Only a section that is too long for one passage overlaps: the last sentence of a passage opens the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from gemelo.context.knowledge import language
from gemelo.context.knowledge.seam import Cut
from gemelo.models.clauses import sentences
from gemelo.models.errors import BadDocument
from gemelo.models.vocabulary import Language, Notation, Part

MAX_WORDS = 350
"""Words of the longest passage: about 500 word pieces."""
ENOUGH_WORDS = 60
"""A paragraph of this many words is a passage of its own; shorter ones join their neighbours."""
MAX_SENTENCE_WORDS = 90
"""A "sentence" longer than this (no full stop for pages) is cut between words."""
MAX_HEADING_WORDS = 14

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_BLANK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_BULLET = re.compile(r"\A(?:[-*•–·]|\d{1,3}[.)])\s+")
_SPOKEN = re.compile(r"[\W_]*?[\"“”«»‘—–]|--")
"""How a line of talk begins."""
_BRACKETED = re.compile(r"\[.*\]\Z")
_EMPHASIS = re.compile(r"(?<![\w_])_(?=[^\s_])([^_]+)(?<!\s)_(?![\w_])")
"""How books in plain text write italics."""
_WRAPPED = 50
"""A line of at least this many characters without a full stop goes on in the next line."""


@dataclass(frozen=True, slots=True)
class _Block:
    """A heading (`level` 1-6) or a paragraph (`level` 0)."""

    level: int
    text: str


def cut(parts: Iterable[Part]) -> tuple[Cut, ...]:
    """Cuts a document as it was read; a part's place is the last heading of its passages.

    Of Markdown, markup, front matter, comments and HTML are left out, tables become lines. In plain text
    a short line on its own, or a question above its answer, is a heading; what somebody says, or what
    tells who, is none.

    Raises:
        BadDocument: there is nothing to read in it.
    """
    sections = [
        ((*path, part.place) if part.place else path, paragraphs)
        for part in parts
        for path, paragraphs in _sections(_blocks(part))
        if paragraphs
    ]
    everything = " ".join(paragraph for _, paragraphs in sections for paragraph in paragraphs)
    main = language.guess(everything)
    cuts = tuple(
        _passage(path, lines, main) for path, paragraphs in sections for lines in _filled(paragraphs)
    )
    if not cuts:
        raise BadDocument("there is nothing to read in the document")
    return cuts


def cut_markdown(text: str) -> tuple[Cut, ...]:
    """`cut`, of one part in Markdown."""
    return cut((Part(text, Notation.MARKDOWN),))


def cut_plain(text: str) -> tuple[Cut, ...]:
    """`cut`, of one part of plain text."""
    return cut((Part(text, Notation.PLAIN),))


def _blocks(part: Part) -> Iterator[_Block]:
    if part.notation is Notation.PLAIN:
        return _plain_blocks(part.text)
    body = _FRONT_MATTER.sub("", part.text, count=1)
    return _markdown_blocks(MarkdownIt("commonmark").enable("table").parse(body))


def _sections(blocks: Iterable[_Block]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    path: list[tuple[int, str]] = []
    paragraphs: list[str] = []

    def section(below: int) -> tuple[tuple[str, ...], list[str]]:
        titles = [title for _, title in path]
        if path and not paragraphs and below <= path[-1][0]:
            return tuple(titles[:-1]), titles[-1:]  # it heads nothing, so it is text
        return tuple(titles), paragraphs

    for block in blocks:
        if not block.level:
            paragraphs.append(block.text)
            continue
        yield section(block.level)
        path = [(level, title) for level, title in path if level < block.level]
        path.append((block.level, block.text))
        paragraphs = []
    yield section(0)


def _filled(paragraphs: Sequence[str]) -> Iterator[list[str]]:
    """Groups of sentences, each one passage."""
    lines: list[str] = []
    size = 0
    for paragraph in paragraphs:
        if size >= ENOUGH_WORDS:
            yield lines
            lines, size = [], 0
        for sentence in _short(sentences(paragraph)):
            length = len(sentence.split())
            if size + length > MAX_WORDS:
                yield lines
                lines = lines[-1:]
                size = len(lines[0].split())
            lines = [*lines, sentence]
            size += length
    if lines:
        yield lines


def _short(whole: Iterable[str]) -> Iterator[str]:
    for sentence in whole:
        spoken = sentence.split()
        if len(spoken) <= MAX_SENTENCE_WORDS:
            yield sentence
        else:
            for start in range(0, len(spoken), MAX_SENTENCE_WORDS):
                yield " ".join(spoken[start : start + MAX_SENTENCE_WORDS])


def _passage(path: tuple[str, ...], lines: Sequence[str], main: Language) -> Cut:
    spans: list[tuple[int, int]] = []
    start = 0
    for line in lines:
        spans.append((start, start + len(line)))
        start += len(line) + 1
    text = " ".join(lines)
    return Cut(text, tuple(spans), path, language.guess(text, main))


def _plain_blocks(text: str) -> Iterator[_Block]:
    paragraphs = [part.strip() for part in _BLANK.split(_EMPHASIS.sub(r"\1", text)) if part.strip()]
    for number, paragraph in enumerate(paragraphs):
        first, _, rest = paragraph.partition("\n")
        following = paragraphs[number + 1] if number + 1 < len(paragraphs) else ""
        tells = first.endswith(":") and _SPOKEN.match(following)
        if not rest and following and _is_title(first) and not tells:
            yield _Block(1, first.rstrip(":"))
        elif rest and _is_title(first) and first.rstrip().endswith("?"):
            yield _Block(1, first.strip())
            yield _Block(0, _unwrapped(rest))
        else:
            yield _Block(0, _unwrapped(paragraph))


def _is_title(line: str) -> bool:
    line = line.strip()
    return (
        len(line.split()) <= MAX_HEADING_WORDS
        and line[-1] not in ".!…,;"
        and any(c.isalpha() for c in line)
        and not any(marks.match(line) for marks in (_BULLET, _SPOKEN, _BRACKETED))
    )


def _unwrapped(paragraph: str) -> str:
    """Joins the lines of hard-wrapped text; lists and short lines keep their breaks."""
    lines = [line.strip() for line in paragraph.split("\n")]
    joined = _BULLET.sub("", lines[0], count=1)
    for before, line in pairwise(lines):
        goes_on = not _BULLET.match(line) and (line[:1].islower() or len(before) >= _WRAPPED)
        joined += (" " if goes_on else "\n") + _BULLET.sub("", line, count=1)
    return joined


def _markdown_blocks(tokens: Sequence[Token]) -> Iterator[_Block]:
    level = 0
    header: list[str] = []
    row: list[str] | None = None
    for token in tokens:
        match token.type:
            case "heading_open":
                level = int(token.tag[1])
            case "heading_close":
                level = 0
            case "tr_open":
                row = []
            case "thead_close":
                header, row = row or [], None
            case "tbody_open":
                row = None
            case "tr_close" if row and header:
                yield _Block(0, _row(header, row))
            case "table_close":
                header, row = [], None
            case "inline":
                text = _inline(token.children or [])
                if row is not None:
                    row.append(text)
                elif text:
                    yield _Block(level, text)
            case "fence" | "code_block" if token.content.strip():
                yield _Block(0, token.content.strip())
            case _:
                pass


def _row(header: Sequence[str], cells: Sequence[str]) -> str:
    first, *rest = cells
    if len(rest) > 1:  # one value is plain without the name of its column
        named = zip(header[1:], rest, strict=True)
        rest = [f"{name} {value}".strip() for name, value in named]
    return f"{first}: {', '.join(rest)}" if rest else first


def _inline(children: Sequence[Token]) -> str:
    pieces: list[str] = []
    for child in children:
        match child.type:
            case "softbreak":
                pieces.append(" ")
            case "hardbreak":
                pieces.append("\n")
            case "image":
                pieces.append(_inline(child.children or []))
            case "text" | "code_inline" | "text_special":
                pieces.append(child.content)
            case _:
                pass
    return "".join(pieces).strip()
