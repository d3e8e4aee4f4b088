"""Windows of time as people write them: local hours in a named zone; pure.

"2026-12-01T09:00" in "Europe/Madrid" is one instant, whatever the server's own clock says. Twice a year an
hour is left out or happens twice; whoever names such an hour is asked which one is meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gemelo.models.errors import BadWindow


@dataclass(frozen=True, slots=True)
class Window:
    """From `starts` on and before `ends`, ms since 1970 UTC. `zone` is where its hours were written."""

    starts: int
    ends: int
    zone: str = "UTC"

    def holds(self, now: int) -> bool:
        """Whether an instant (ms since 1970 UTC) lies in it."""
        return self.starts <= now < self.ends

    def overlaps(self, other: Window) -> bool:
        """Whether there is an instant in both."""
        return self.starts < other.ends and other.starts < self.ends


_THE_MACHINE_S = ("localtime", "posixrules", "posix/", "right/")
"""Beginnings of names that a machine's files hold and no zone has: another machine reads them otherwise."""
ANY_TIME = Window(0, 4_102_444_800_000)
"""Until the year 2100."""


def window(starts: str, ends: str, zone: str) -> Window:
    """Reads a window: ISO 8601 local times, with an offset only where the hour happens twice.

    Raises:
        BadWindow: there is no such zone or hour, the hour happens twice, or the end is not after the start.
    """
    place = _zone(zone)
    read = Window(_instant(starts, place, zone), _instant(ends, place, zone), zone)
    if read.ends <= read.starts:
        raise BadWindow(
            f"this window ends at {ends[:40]} and begins at {starts[:40]}: its end must come later"
        )
    return read


def _zone(name: str) -> tzinfo:
    try:
        if name.startswith(_THE_MACHINE_S):
            raise ZoneInfoNotFoundError(name)
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadWindow(f"there is no time zone {name[:40]!r}: write one like 'Europe/Madrid'") from None


def _instant(text: str, place: tzinfo, zone: str) -> int:
    try:
        written = datetime.fromisoformat(text)
    except ValueError:
        raise BadWindow(f"{text[:40]!r} is no date and time: write one like '2026-12-01T09:00'") from None
    try:
        return int(_meant(written, text, place, zone).astimezone(UTC).timestamp() * 1000)
    except OverflowError:
        raise BadWindow(f"{text[:40]} in {zone} is before or after all time: write another year") from None


def _meant(written: datetime, text: str, place: tzinfo, zone: str) -> datetime:
    """The one instant that a local hour names."""
    local = written.replace(tzinfo=None)
    first, second = local.replace(tzinfo=place), local.replace(tzinfo=place, fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    assert before is not None
    assert after is not None
    if before < after:
        raise BadWindow(f"the clocks go forward over {text[:40]} in {zone}: there is no such hour")
    if written.utcoffset() is not None:
        meant = next((one for one in (first, second) if one.utcoffset() == written.utcoffset()), None)
        if meant is None:
            raise BadWindow(f"{zone} is not at that offset at {text[:40]}: leave the offset out")
        return meant
    if before > after:
        raise BadWindow(f"{text[:40]} happens twice in {zone}: write which one, with its offset from UTC")
    return first
