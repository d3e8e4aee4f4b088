"""Dates as documents and file names write them."""

from __future__ import annotations

import pytest

from gemelo.models.dates import date_in_name, date_of, first_day, is_date, last_day


@pytest.mark.parametrize(
    ("written", "dated"),
    [
        ("2024-03-05T10:00:00Z", "2024-03-05"),
        ("D:20240305101112+01'00'", "2024-03-05"),
        ("'2024-03-05'", "2024-03-05"),
        ("2024/03", "2024-03"),
        (" 1998 ", "1998"),
        ("2024-02-31", "2024-02"),
        ("20245", ""),
        ("0000-00-00", ""),
        ("last spring", ""),
        ("", ""),
    ],
)
def test_a_date_is_as_exact_as_it_was_written(written: str, dated: str) -> None:
    """A year, a month or a day; what is none of them is no date."""
    assert date_of(written) == dated
    assert not dated or is_date(dated)


@pytest.mark.parametrize(
    ("path", "dated"),
    [
        ("talks/2024-03-05 interview.srt", "2024-03-05"),
        ("radio_20240305.mp3", "2024-03-05"),
        ("2023/interview.md", ""),
        ("interview-2023_11.vtt", "2023-11"),
        ("2019 in 2020-02.txt", "2020-02"),
        ("clip-1920x1080.mp4", ""),
        ("ticket-120240305.txt", ""),
    ],
)
def test_a_file_s_name_may_tell_its_date(path: str, dated: str) -> None:
    """The most exact one in the name itself; numbers that hold one by accident do not."""
    assert date_in_name(path) == dated


def test_a_date_that_is_not_exact_stands_for_all_its_days() -> None:
    """Its first and its last day are ordered as texts are."""
    assert (first_day("2024"), last_day("2024")) == ("2024-01-01", "2024-12-31")
    assert first_day("2024-02") < "2024-02-29" < last_day("2024-02") < first_day("2024-03")
    assert first_day("2024-03-05") == last_day("2024-03-05")


@pytest.mark.parametrize("text", ["2024-3-5", "2024-02-31", "24", "2024-03-05T10", "yesterday"])
def test_what_people_type_must_be_a_date(text: str) -> None:
    """Nothing is guessed."""
    assert not is_date(text)
