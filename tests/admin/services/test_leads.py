"""Leads, in the hands of who manages the talent."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from gemelo.admin.services.leads import lead_json, leads_of
from gemelo.context.kept import Page
from gemelo.context.tenancy.people import Principal
from gemelo.context.tools.errands import Lead
from gemelo.models.errors import NotAllowed, Unknown, UsageError
from gemelo.models.vocabulary import Language
from tests.admin.services.cast import BRUNO, MARTA, NINA, NOBODY, OTTO, ROSA, stock
from tests.desk import MemoryDesk

ES = Language("es")
LEAD = Lead("l1", "trina-portal", "s1", "contact", "Ana", "ana@fans.example", "boots", ES, "¿Sí?", 7)


@dataclass
class Book:
    """A `LeadBook` of one lead that notes for whom it was opened."""

    opened: list[str] = field(default_factory=list[str])

    async def page(self, who: Principal, talent: str, *, after: str = "", limit: int = 50) -> Page[Lead]:
        self.opened.append(who.id)
        return Page((LEAD,), after)


@pytest.fixture
async def desk() -> MemoryDesk:
    desk = MemoryDesk()
    await stock(desk)
    return desk


async def test_who_manages_the_talent_reads_them_and_it_is_written_down(desk: MemoryDesk) -> None:
    """The line says who, and nothing of the leads."""
    book = Book()
    assert (await leads_of(desk, book, MARTA, "trina")).items == (LEAD,)
    [line] = (await desk.read(MARTA, lambda books: books.trail(limit=1))).items
    assert (line.action, line.who, line.target) == ("read_leads", MARTA.id, "trina")
    assert "ana@" not in str(line)


@pytest.mark.parametrize(
    ("who", "error"),
    [(ROSA, NotAllowed), (OTTO, NotAllowed), (NINA, Unknown), (BRUNO, Unknown), (NOBODY, Unknown)],
)
async def test_nobody_else_does(desk: MemoryDesk, who: Principal, error: type[Exception]) -> None:
    """Neither reviewers nor brands; the book stays shut."""
    book = Book()
    with pytest.raises(error):
        await leads_of(desk, book, who, "trina")
    assert book.opened == []


@pytest.mark.parametrize(("after", "limit"), [("", 0), ("", 1_000), ("x" * 201, 50), ("\0", 50)])
async def test_a_page_that_is_none_is_refused(desk: MemoryDesk, after: str, limit: int) -> None:
    """Before anything is written down."""
    with pytest.raises(UsageError):
        await leads_of(desk, Book(), MARTA, "trina", after, limit)


def test_a_lead_is_handed_out_whole() -> None:
    """With the question that the fan said yes to."""
    told = lead_json(LEAD)
    assert (told["contact"], told["consent"], told["at"]) == ("ana@fans.example", "¿Sí?", 7)
