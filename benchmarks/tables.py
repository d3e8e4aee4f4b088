"""Figures as text in columns."""

from __future__ import annotations

from collections.abc import Sequence

from gemelo.benchmarks.compare import Change, Verdict
from gemelo.benchmarks.rows import Row
from gemelo.benchmarks.targets import Judgement

_HEAD = ("engine", "profile", "metric", "lang", "value", "95 % interval", "p95", "unit", "n")


def figures(rows: Sequence[Row]) -> str:
    """One figure a line."""
    return columns([_HEAD, *map(_cells, rows)])


def standings(targets: Sequence[Judgement]) -> str:
    """How each figure stands to its target, one a line."""
    head = ("target", "must", "goal", "gemelo", "95 % interval", "unit", "n", "")
    return columns([head, *map(_standing, targets)])


def stands(target: Judgement) -> str:
    """In words how a figure stands to its target: "goal", "must, goal missed by 12"..."""
    missed_by = number(target.short_by)
    match target.met:
        case "must":
            return f"must met, goal missed by {missed_by}"
        case "goal":
            return "goal met" if target.goal is not None else "met"
        case "missed":
            return f"missed by {missed_by}"
        case _:
            return "not measured" if not target.n else f"not told of {target.n}"


def bound(value: float | None, at_least: bool) -> str:
    """A target's bound, with its direction where that is not the usual "at most"."""
    return "" if value is None else f"at least {number(value)}" if at_least else number(value)


def moved(changes: Sequence[Change], differences: Sequence[str]) -> str:
    """What moved, what cannot be told, and how much of the rest did not."""
    by = {verdict: [change for change in changes if change.verdict is verdict] for verdict in Verdict}
    head = ("engine", "profile", "metric", "lang", "", "then", "now", "change", "unit", "verdict")
    listed = [*by[Verdict.MOVED], *by[Verdict.UNTESTED]]
    lines = [f"differs: {difference}" for difference in differences]
    if listed:
        lines.append(columns([head, *map(_change, listed)]))
    lines.append(f"{len(by[Verdict.MOVED])} moved, {len(by[Verdict.NOISE])} within noise")
    return "\n".join(lines)


def columns(lines: Sequence[Sequence[str]]) -> str:
    """Lines of as many cells each, below one another."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def number(value: float | None) -> str:
    """A figure to four significant digits; nothing for none."""
    return "" if value is None else f"{value:.4g}" if abs(value) < 10_000 else f"{value:.0f}"


def between(interval: tuple[float, float] | None) -> str:
    """An interval's two ends."""
    return f"{number(interval[0])} - {number(interval[1])}" if interval else ""


def _cells(row: Row) -> tuple[str, ...]:
    figure = (number(row.value), between(row.interval), number(row.p95))
    return row.engine, row.profile, row.metric, row.lang, *figure, row.unit, str(row.n)


def _standing(of: Judgement) -> tuple[str, ...]:
    bounds = (bound(of.must, of.at_least), bound(of.goal, of.at_least))
    return of.title, *bounds, number(of.measured), between(of.interval), of.unit, str(of.n), stands(of)


def _change(change: Change) -> tuple[str, ...]:
    row, relative = change.row, change.relative
    return (
        row.engine,
        row.profile,
        row.metric,
        row.lang,
        change.statistic,
        number(change.old),
        number(change.new),
        "" if relative is None else f"{relative:+.1%}",
        row.unit,
        change.verdict,
    )
