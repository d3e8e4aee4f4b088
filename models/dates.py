"""Dates as documents and file names write them, to ISO 8601; pure.

A date is as exact as it was written: "2024", "2024-03" or "2024-03-05". Where two are compared, one that
is not exact stands for all its days.
"""

from __future__ import annotations

import re
from datetime import date

_YEAR = r"(?P<year>(?:19|20)\d\d)"
_MONTH = r"(?P<month>0[1-9]|1[0-2])"
_DAY = r"(?P<day>0[1-9]|[12]\d|3[01])"
_BEGINS = re.compile(rf"(?:D:)?{_YEAR}(?:[-/.]?{_MONTH}(?:[-/.]?{_DAY}|(?!\d))|(?!\d))")
"""PDF writes "D:20240305120000", all others begin as ISO 8601 does."""
_NAMED = re.compile(rf"(?<![\dx]){_YEAR}(?:[-_. ]?{_MONTH}(?:[-_. ]?{_DAY})?)?(?![\dx])")
_EXACT = re.compile(rf"{_YEAR}(?:-{_MONTH}(?:-{_DAY})?)?")


def date_of(written: str) -> str:
    """The date that a text begins with ("2024-03-05T10:00Z", "D:20240305"); empty where it does not."""
    return _iso(_BEGINS.match(written.strip().strip("'\"")))


def date_in_name(path: str) -> str:
    """The most exact date in a file's own name ("2024-03-05 interview.srt"); empty where there is none."""
    return max(map(_iso, _NAMED.finditer(path.rpartition("/")[2])), key=len, default="")


def is_date(text: str) -> bool:
    """Whether a text is a year, a month or a day as these functions write them."""
    return bool(found := _EXACT.fullmatch(text)) and _iso(found) == text


def first_day(dated: str) -> str:
    """The first day that a date may stand for; dates in this form are ordered as texts are."""
    return dated + "0000-01-01"[len(dated) :]


def last_day(dated: str) -> str:
    """The last day that a date may stand for, or one after it that no month has."""
    return dated + "0000-12-31"[len(dated) :]


def _iso(found: re.Match[str] | None) -> str:
    if found is None:
        return ""
    written = "-".join(part for part in (found["year"], found["month"], found["day"]) if part)
    try:
        date.fromisoformat(first_day(written))
    except ValueError:  # the 31st of February
        return written[:7]
    return written
