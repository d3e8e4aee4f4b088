"""Figures as text in columns."""

from __future__ import annotations

from collections.abc import Sequence

from gemelo.benchmarks.rows import Row

_HEAD = ("engine", "profile", "metric", "lang", "value", "95 % interval", "p95", "unit", "n")


def figures(rows: Sequence[Row]) -> str:
    """One figure a line."""
    return columns([_HEAD, *map(_cells, rows)])


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
