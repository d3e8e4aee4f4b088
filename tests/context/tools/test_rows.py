"""Finding rows and days."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.tools.definitions import Event, Item
from gemelo.context.tools.rows import MOST, catalogue, matching, schedule, upcoming
from gemelo.models.vocabulary import Language

ES, EN = Language("es"), Language("en")
SHOOTING = Item(name="Shooting", details={"es": "Curso de tiro a portería.", "en": "Striking the ball."})
KEEPERS = Item(
    name="Goalkeepers", details={"es": "Para porteros, en invierno.", "en": "Diving and catching."}
)
SUMMER = Item(name="Summer camp", details={"en": "A week of shooting and games."})
ROWS = (SUMMER, SHOOTING, KEEPERS)
NOW = 1_796_000_000_000  # 2026-11-30
EVENTS = tuple(
    Event.model_validate({"title": title, "starts": starts})
    for title, starts in (
        ("Late", "2026-12-05T23:30+01:00"),
        ("Past", "2026-11-01T18:00+01:00"),
        ("Soon", "2026-12-01T18:00+01:00"),
    )
)


def test_rows_that_share_words_are_found_best_first() -> None:
    """A word in the name counts most; words are compared by their stems, in either language."""
    assert matching(ROWS, "any shooting courses?", EN) == (SHOOTING, SUMMER)
    assert matching(ROWS, "cursos para porteros", ES) == (KEEPERS, SHOOTING)
    assert matching(ROWS, "chess", EN) == ()


def test_nothing_asked_is_everything() -> None:
    """In the order in which people wrote it."""
    assert matching(ROWS, "", EN) == matching(ROWS, "¿?", EN) == ROWS


def test_a_mind_is_told_in_the_fan_s_language() -> None:
    """In another one where there is no other; where nothing is found, what there is."""
    assert catalogue(ROWS, "shooting", ES)["found"][0]["details"] == "Curso de tiro a portería."
    assert catalogue((SUMMER,), "", ES)["found"][0]["details"] == "A week of shooting and games."
    assert catalogue(ROWS, "chess", EN) == {
        "found": [],
        "there_is": ["Summer camp", "Shooting", "Goalkeepers"],
    }


def course(number: int) -> Item:
    return Item(name=f"Course {number}", details={"en": "A course."})


@given(st.lists(st.builds(course, st.integers(0)), max_size=60))
def test_a_mind_is_told_of_few_rows_at_once(rows: list[Item]) -> None:
    """Of the others their names, so that it can ask again."""
    told = catalogue(rows, "course", EN)
    assert len(told["found"]) == min(MOST, len(rows))
    assert len(told.get("more", ())) <= MOST * 3


def test_what_comes_is_told_next_first() -> None:
    """What is past is left out where no day is asked for."""
    assert [event.title for event in upcoming(EVENTS, None, None, NOW)] == ["Soon", "Late"]
    assert [event.title for event in upcoming(EVENTS, date(2026, 11, 1), None, NOW)] == [
        "Past",
        "Soon",
        "Late",
    ]


def test_a_day_is_that_of_the_place() -> None:
    """Half past eleven at night in Madrid is still that day."""
    day = date(2026, 12, 5)
    assert [event.title for event in upcoming(EVENTS, day, day, NOW)] == ["Late"]
    told = schedule(EVENTS, day, day, NOW, EN)
    assert told == {"today": "2026-11-30", "events": [{"title": "Late", "starts": "2026-12-05T23:30+01:00"}]}
