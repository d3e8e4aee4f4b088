"""Windows of time as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.tenancy.windows import Window, window
from gemelo.models.errors import BadWindow

MADRID = "Europe/Madrid"
ZONES = st.sampled_from([MADRID, "UTC", "America/Mexico_City", "Asia/Kolkata", "Australia/Lord_Howe"])
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2032, 1, 1)).map(lambda at: at.replace(microsecond=0))


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def test_hours_are_those_of_the_zone() -> None:
    """Madrid is an hour ahead of UTC in winter and two in summer."""
    read = window("2026-12-01T09:00", "2027-07-01T09:00", MADRID)
    assert (read.starts, read.ends) == (ms("2026-12-01T08:00+00:00"), ms("2027-07-01T07:00+00:00"))


@given(INSTANTS, st.integers(1, 10**6), ZONES)
def test_any_instant_can_be_written_with_its_offset(start: datetime, minutes: int, zone: str) -> None:
    """Also those in the hour that happens twice, and it is read as that instant."""
    first = start.replace(tzinfo=UTC)
    last = first + timedelta(minutes=minutes)
    place = ZoneInfo(zone)
    read = window(first.astimezone(place).isoformat(), last.astimezone(place).isoformat(), zone)
    assert (read.starts, read.ends) == (first.timestamp() * 1000, last.timestamp() * 1000)


@pytest.mark.parametrize(
    ("starts", "ends", "zone", "said"),
    [
        ("2026-12-02T09:00", "2026-12-01T09:00", MADRID, "must come later"),
        ("0001-01-01T00:00", "2026-12-01T09:00", "Asia/Tokyo", "after all time"),
        ("2026-12-02T09:00", "9999-12-31T23:59", "America/New_York", "after all time"),
        ("2026-12-02T09:00", "2026-12-02T09:00", MADRID, "must come later"),
        ("2026-12-02T09:00", "2026-12-03T09:00", "Europe/Atlantis", "no time zone"),
        ("2026-12-02T09:00", "2026-12-03T09:00", "../../etc/passwd", "no time zone"),
        ("2026-12-02T09:00", "2026-12-03T09:00", "", "no time zone"),
        ("2026-12-02T09:00", "2026-12-03T09:00", "localtime", "no time zone"),
        ("2026-12-02T09:00", "2026-12-03T09:00", "posixrules", "no time zone"),
        ("2026-12-02T09:00", "2026-12-03T09:00", "right/UTC", "no time zone"),
        ("soon", "2026-12-03T09:00", MADRID, "no date and time"),
        ("2027-03-28T02:30", "2027-03-29T09:00", MADRID, "no such hour"),
        ("2026-10-25T02:30", "2026-10-26T09:00", MADRID, "happens twice"),
        ("2026-12-02T09:00+05:00", "2026-12-03T09:00", MADRID, "not at that offset"),
    ],
)
def test_what_is_no_window_is_refused(starts: str, ends: str, zone: str, said: str) -> None:
    """With what is wrong about it."""
    with pytest.raises(BadWindow, match=said):
        window(starts, ends, zone)


def test_the_hour_that_happens_twice_is_told_apart_by_its_offset() -> None:
    """02:30 comes first in summer time and an hour later in winter time."""
    first = window("2026-10-25T02:30+02:00", "2026-10-26T09:00", MADRID)
    second = window("2026-10-25T02:30+01:00", "2026-10-26T09:00", MADRID)
    assert second.starts - first.starts == 3_600_000


@given(st.lists(st.integers(0, 50), min_size=4, max_size=4))
def test_windows_overlap_where_both_hold(times: list[int]) -> None:
    """A window's end belongs to what comes next."""
    (a, b), (c, d) = sorted(times[:2]), sorted(times[2:])
    first, second = Window(a, b + 1), Window(c, d + 1)
    assert first.overlaps(second) == any(first.holds(at) and second.holds(at) for at in range(52))
