"""What moved between two runs beyond noise.

A distribution moved when shuffling its samples and the older ones sets their medians as far apart in
too few of 10,000 tries: Holm's step-down keeps the chance of one false alarm among all rows under 5 %. A
share, an amount or a p95 moved when the two 95 % intervals lie apart. What has neither samples nor
interval cannot be told from noise. All this is the noise inside a run: measure the older version again
beside the newer one, on the same machine, before blaming a change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gemelo.benchmarks.intervals import Interval, chance_of_shift
from gemelo.benchmarks.records import Record
from gemelo.benchmarks.rows import Row

FALSE_ALARM = 0.05
_AS_BUSY = 0.5
_HARDWARE = ("cpu", "usable_cores", "memory_mb", "system", "python", "versions")


class Verdict(StrEnum):
    MOVED = "moved"
    NOISE = "within noise"
    UNTESTED = "one number, no noise known"


@dataclass(frozen=True, slots=True)
class Change:
    """One figure in two runs."""

    row: Row
    statistic: str
    old: float
    new: float
    verdict: Verdict
    p: float | None = None

    @property
    def relative(self) -> float | None:
        """By how much of the old figure it changed; None where that was nothing."""
        return (self.new - self.old) / self.old if self.old else None


def changes(old: Record, new: Record) -> list[Change]:
    """Every figure that both runs have, in the order of the new one."""
    before = {_key(row): row for row in reversed(old.rows)}
    both = [(before[_key(row)], row) for row in new.rows if _key(row) in before]
    shifts = {at: chance_of_shift(a.samples, b.samples) for at, (a, b) in enumerate(both) if _sampled(a, b)}
    alarms = _beyond_chance(shifts.items())
    found: list[Change] = []
    for at, (a, b) in enumerate(both):
        if at in shifts:
            verdict = Verdict.MOVED if at in alarms else Verdict.NOISE
            found.append(Change(b, "p50", a.value, b.value, verdict, shifts[at]))
        else:
            found.append(Change(b, "value", a.value, b.value, _apart(a.interval, b.interval)))
        if a.p95 is not None and b.p95 is not None:
            found.append(Change(b, "p95", a.p95, b.p95, _apart(a.p95_interval, b.p95_interval)))
    return found


def differences(old: Record, new: Record) -> Iterator[str]:
    """What else differs between two runs, and makes their figures hard to compare."""
    if old.suite != new.suite:
        yield f"suite: {old.suite} then, {new.suite} now"
    for name in _HARDWARE:
        then, now = old.machine.get(name), new.machine.get(name)
        if then != now:
            yield f"{name}: {then} then, {now} now"
    then, now = _busy(old), _busy(new)
    if abs(then - now) > _AS_BUSY:
        yield f"load at the start: {then:g} then, {now:g} now"
    for name in sorted({*old.settings, *new.settings}):
        if old.settings.get(name) != new.settings.get(name):
            yield f"setting {name}: {old.settings.get(name)} then, {new.settings.get(name)} now"


def _key(row: Row) -> tuple[str, ...]:
    return row.engine, row.profile, row.metric, row.lang, row.unit


def _busy(record: Record) -> float:
    """Processes that wanted to run when it began."""
    return float(next(iter(record.machine.get("load_at_start", ())), 0.0))


def _sampled(old: Row, new: Row) -> bool:
    return len(old.samples) > 1 and len(new.samples) > 1


def _beyond_chance(shifts: Iterable[tuple[int, float]]) -> set[int]:
    """Which of many tests fired, by Holm's step-down (Holm 1979)."""
    ordered: Sequence[tuple[int, float]] = sorted(shifts, key=lambda shift: shift[1])
    fired: set[int] = set()
    for rank, (at, p) in enumerate(ordered):
        if p > FALSE_ALARM / (len(ordered) - rank):
            break
        fired.add(at)
    return fired


def _apart(old: Interval | None, new: Interval | None) -> Verdict:
    if old is None or new is None:
        return Verdict.UNTESTED
    return Verdict.MOVED if old[1] < new[0] or new[1] < old[0] else Verdict.NOISE
