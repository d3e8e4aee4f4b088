"""Reading the formats beyond text, each as far as it differs from the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from odfdo import Document, Header, Paragraph

from gemelo.context.knowledge.passages import cut_markdown
from gemelo.models.adapters.reading.office import read_docx, read_epub, read_odt
from gemelo.models.adapters.reading.parts import Unreadable
from gemelo.models.adapters.reading.pdf import read_pdf
from gemelo.models.adapters.reading.subtitles import read_subtitles
from gemelo.models.adapters.reading.tables import read_csv, read_json
from gemelo.models.adapters.reading.web import read_page
from gemelo.models.vocabulary import Part
from tests.models.adapters.reading.made import docx, epub, pdf, zipped

SENTENCE = "The bakery on the square opens at six in the morning, and its bread is made by hand. "
PAGE = f"""<html><head><title>Bread</title></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/shop">Shop</a></li></ul></nav>
<main><h1>Our bakery</h1><p>{SENTENCE * 3}</p><p hidden>{"Nobody sees this line of the page. " * 4}</p>
<p style="display: none">{"Nor does anybody see this one. " * 4}</p><h2>Hours</h2><p>{SENTENCE * 2}</p></main>
<footer>Cookies and imprint</footer><script>document.write("made by a script")</script></body></html>"""
CUES = """1
00:00:01,000 --> 00:00:04,000
<i>I was born by the sea.</i>

2
01:02:03,500 --> 01:02:05,000
{\\an8}And I never learned to swim.
"""


def text(parts: Iterable[Part]) -> str:
    return "\n".join(part.text for part in parts)


def test_of_a_page_the_main_text_is_read() -> None:
    """Without its menus, what is hidden and what is no text."""
    read = text(read_page(PAGE.encode()))
    assert "# Our bakery" in read
    assert "## Hours" in read
    assert "six in the morning" in read
    for unread in ("Shop", "Cookies", "Nobody sees", "Nor does", "made by a script"):
        assert unread not in read


def test_code_that_breaks_over_two_lines_opens_no_block() -> None:
    """What follows it keeps its headings and paragraphs."""
    said = "like <code>Pin&lt;\n&amp;mut T&gt;</code> in your <code>async\nfn main</code>."
    code = f"<p>Write it {said}</p>"
    page = PAGE.replace("<h2>Hours", f"{code}<pre><code>let a = 1;\nlet b = 2;</code></pre><h2>Hours")
    cuts = cut_markdown(text(read_page(page.encode())))
    assert cuts[-1].headings[-1] == "Hours"
    assert any("like Pin< &mut T> in your async fn main." in cut.text for cut in cuts)


def test_a_manual_keeps_its_headings() -> None:
    """Pages as DocBook writes them have no menus, and headings that look like a title page."""
    chapters = "".join(
        f"<div class='sect1'><div class='titlepage'><div><div><h2 class='title'>{number}. About {what}</h2>"
        f"</div></div></div><p>{f'A word on {what}, and then some more of it. ' * 8}</p></div>"
        for number, what in enumerate(("pumps", "valves", "pipes"), 1)
    )
    cuts = cut_markdown(text(read_page(f"<html><body>{chapters}</body></html>".encode())))
    assert [cut.place for cut in cuts] == ["1. About pumps", "2. About valves", "3. About pipes"]


def test_a_page_that_is_all_menu_is_read_whole() -> None:
    """Little text is better than none."""
    assert "Open from six" in text(read_page(b"<ul><li>Open from six</li><li>Closed on Mondays</li></ul>"))


def test_headings_of_a_word_document_are_headings() -> None:
    """As its styles say."""
    assert text(read_docx(docx("Bread", "By hand.", "Every day."))) == ("# Bread\n\nBy hand.\n\nEvery day.")


def test_letters_beyond_ascii_are_read_as_they_were_written() -> None:
    """In a Word document, in a chapter and in a page, whether it says how it is encoded or not."""
    said = "Vera nació en Cádiz y vive en Ñuñoa. ¿Qué más?"
    assert said in text(read_docx(docx("Vida", said)))
    assert said in text(read_epub(epub([f"<p>{said}</p>"])))
    assert said in text(read_epub(zipped_chapter(f"<html><p>{said}</p></html>")))
    for page in (f"<p>{said}</p>", f"<meta charset='utf-8'><p>{said}</p>"):
        assert said in text(read_page(page.encode()))
    assert said in text(read_page(f"<p>{said}</p>".encode("cp1252")))
    assert said in text(read_page(f"<meta charset='cp1252'><p>{said}</p>".encode("cp1252")))


def zipped_chapter(chapter: str) -> bytes:
    """A book whose only chapter does not say how it is encoded."""
    package = '<p><manifest><item id="a" href="a.html"/></manifest><spine><itemref idref="a"/></spine></p>'
    container = '<container><rootfile full-path="p.opf"/></container>'
    return zipped({"META-INF/container.xml": container, "p.opf": package, "a.html": chapter})


def test_an_opendocument_text_is_read() -> None:
    """Headings with their level."""
    document = Document("text")
    document.body.clear()
    for element in (Header(2, "Bread"), Paragraph("By hand *every* day.")):
        document.body.append(element)
    saved = BytesIO()
    document.save(saved)
    assert text(read_odt(saved.getvalue())) == "## Bread\n\nBy hand \\*every\\* day."


def test_a_book_is_read_in_its_order() -> None:
    """The spine's, whatever its files are called."""
    book = epub(["<h1>One</h1><p>First came the sea.</p>", "<h1>Two</h1><p>Ñandú ran.</p>"])
    assert text(read_epub(book)) == "# One\n\nFirst came the sea.\n# Two\n\nÑandú ran."


def test_pages_are_told() -> None:
    """A sentence that goes on overleaf stands where it ends; running titles and numbers are left out."""
    pages = [
        ("The book of bread", *lines, str(number))
        for number, lines in enumerate(
            [("It opens at six.", "Its bread is"), ("made by hand.",), ("Rye on Fridays.",), ("Closed.",)],
            start=1,
        )
    ]
    assert [(part.place, part.text.split("\n")) for part in read_pdf(pdf(*pages))] == [
        ("p. 1", ["It opens at six."]),
        ("p. 2", ["Its bread is made by hand."]),
        ("p. 3", ["Rye on Fridays."]),
        ("p. 4", ["Closed."]),
    ]


def test_a_scan_says_what_to_do() -> None:
    """A PDF without text is refused with the reason."""
    with pytest.raises(Unreadable, match="OCR"):
        list(read_pdf(pdf(())))


def test_what_is_said_has_its_time() -> None:
    """Its markup is left out."""
    [part] = read_subtitles(CUES, vtt=False)
    assert (part.place, part.text.split("\n")) == (
        "0:01",
        ["I was born by the sea.", "And I never learned to swim."],
    )


def test_a_long_talk_has_many_times() -> None:
    """A part begins where the one before it is long enough."""
    cues = [
        f"00:{n:02}:00.000 --> 00:{n:02}:05.000\n<v {'Ana' if n < 3 else 'Leo'}>{'and so on ' * 10}{n}\n"
        for n in range(6)
    ]
    parts = list(read_subtitles("WEBVTT\n\n" + "\n".join(cues), vtt=True))
    assert [part.place for part in parts] == ["0:00", "2:00", "4:00"]
    assert [part.text.count("Ana: ") for part in parts] == [1, 0, 0]
    assert [part.text.count("Leo: ") for part in parts] == [0, 1, 0]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_row_tells_its_columns(mark: str) -> None:
    """Whatever parts them, also where a value runs over lines."""
    table = [["name", "hours"], ["Bakery", '"six to\n two"']]
    [part] = read_csv("\n".join(mark.join(row) for row in table))
    assert (part.place, part.text) == ("row 2", "name: Bakery, hours: six to two")


def test_records_tell_their_names() -> None:
    """One JSON document, or one a line."""
    record = '{"name": "Bakery", "open": true, "hours": {"from": 6, "to": null}, "days": ["Mon", "Tue"]}'
    told = "name: Bakery, open: true, hours: from: 6, days: Mon, Tue"
    assert text(read_json(f"[{record}, {record}]")) == f"{told}\n{told}"
    assert text(read_json(f"{record}\n{record}\n")) == f"{told}\n{told}"


BOMB = zipped({"word/document.xml": bytes(300_000_000)})


@pytest.mark.parametrize("read", [read_docx, read_odt, read_epub])
def test_an_archive_that_inflates_too_far_is_refused(read: Callable[[bytes], Iterable[Part]]) -> None:
    """Before it is inflated."""
    assert len(BOMB) < 1_000_000
    with pytest.raises(Unreadable, match="inflates"):
        list(read(BOMB))


@pytest.mark.parametrize("json", ["[" * 100_000, "[" * 60 + "1" + "]" * 60, "{", ""])
def test_json_that_cannot_be_read_says_so(json: str) -> None:
    """Too deep, or none."""
    with pytest.raises(Unreadable):
        list(read_json(json))


def dated(parts: Iterable[Part]) -> set[str]:
    return {part.dated for part in parts}


def test_a_page_tells_when_it_was_published() -> None:
    """In its head, not somewhere in its text."""
    head = '<meta property="article:published_time" content="2021-04-03T08:00:00+02:00">'
    assert dated(read_page(PAGE.replace("<head>", f"<head>{head}").encode())) == {"2021-04-03"}
    assert dated(read_page(PAGE.replace("six in", "on 3 April 2021 in").encode())) == {""}


CREATED = "2020-02-29T10:00:00Z"
CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dcterms="http://purl.org/dc/terms/"><dcterms:created>{}</dcterms:created></cp:coreProperties>'
)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (CORE.format(CREATED), "2020-02-29"),
        (CORE.format("soon"), ""),
        ("<broken", ""),
        ("", ""),
        ('<!DOCTYPE w [<!ENTITY a "x">]>' + CORE.format("&a;"), ""),
    ],
)
def test_a_word_document_tells_when_it_was_made(said: str, told: str) -> None:
    """In its properties; where those are broken it is read without a date."""
    archive = ZipFile(BytesIO(docx("Bread", SENTENCE)))
    members = {name: archive.read(name) for name in archive.namelist()}
    assert dated(read_docx(zipped({**members, "docProps/core.xml": said}))) == {told}


def test_books_and_open_documents_tell_when_they_were_made() -> None:
    """In their metadata."""
    document = Document("text")
    document.body.append(Paragraph(SENTENCE))
    document.meta.creation_date = datetime(2018, 7, 6, tzinfo=UTC)
    saved = BytesIO()
    document.save(saved)
    assert dated(read_odt(saved.getvalue())) == {"2018-07-06"}
    book = ZipFile(BytesIO(epub([f"<p>{SENTENCE}</p>"])))
    members = {name: book.read(name) for name in book.namelist()}
    package = members["OPS/book.opf"].replace(
        b"<manifest>", b"<metadata><date>1999-12</date></metadata><manifest>"
    )
    assert dated(read_epub(zipped({**members, "OPS/book.opf": package}))) == {"1999-12"}


def test_a_pdf_tells_when_it_was_made() -> None:
    """In its information dictionary."""
    assert dated(read_pdf(pdf((SENTENCE,), created="D:20220911083000Z"))) == {"2022-09-11"}
    assert dated(read_pdf(pdf((SENTENCE,)))) == {""}


@pytest.mark.parametrize("head", ["WEBVTT\nDate: 2017-03-02\n\n", "WEBVTT\n\nNOTE Date: 2017-03-02\n\n"])
def test_subtitles_tell_their_date_before_the_first_cue(head: str) -> None:
    """In the header or in a note; what somebody says of dates is no date."""
    cue = "00:01.000 --> 00:02.000\nDate: 1999-01-01 was a Friday.\n"
    assert dated(read_subtitles(head + cue, vtt=True)) == {"2017-03-02"}
    assert dated(read_subtitles("WEBVTT\n\n" + cue, vtt=True)) == {""}
