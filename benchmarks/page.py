"""The page of what was found: one file that needs no network. Every text in it is escaped."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, TypeVar, cast

import numpy as np
from jinja2 import Environment, StrictUndefined
from markdown_it import MarkdownIt

from gemelo.benchmarks import plots
from gemelo.benchmarks.notes import notes
from gemelo.benchmarks.records import Record
from gemelo.benchmarks.rows import Curve, Row, Trace
from gemelo.benchmarks.tables import between, bound, number, stands

_T = TypeVar("_T")
_K = TypeVar("_K", bound=Hashable)

_DRAWN = ("voice_to_voice", "onset_to_pause", "end_of_turn", "first_text", "first audio delayed")
"""Distributions that are drawn; of all others the page has the figures."""
_ENOUGH_TO_DRAW = 5
_CROWD = "N="
"""In the profile of what was measured with so many sessions at once."""
_STANDINGS = ("goal", "must", "missed", "unmeasured")
_OF_THE_RUN = ("started", "load_at_start", "took_s")
_MARKDOWN = MarkdownIt("commonmark", {"html": False})


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot and, for those who cannot see it, what it shows.

    Attributes:
        source: address of the image.
        alt: one sentence.
        lines: the same as a table, its head first.
    """

    title: str
    source: str
    alt: str
    lines: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """This engine beside others in one suite: a line for each figure, a cell for each engine."""

    suite: str
    engines: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """A target that is not reached, and what was tried, as HTML."""

    title: str
    stands: str
    html: str


def page(records: Sequence[Record]) -> str:
    """One HTML page of some suites' records."""
    template = files("gemelo.benchmarks").joinpath("page.html").read_text("utf-8")
    house = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    house.filters.update(number=number, between=between, stands=stands, fact=_fact)
    targets = [target for record in records for target in record.targets]
    return house.from_string(template).render(
        records=records,
        targets=targets,
        standing={met: sum(of.met == met for of in targets) for met in _STANDINGS},
        bound=bound,
        tried=[found for record in records for found in _tried(record)],
        besides=[_beside(record) for record in records if len({row.engine for row in record.rows}) > 1],
        plots=[plot for record in records for plot in _plots(record)],
        hosts=_grouped(records, lambda record: _host(record.machine)),
    )


def _beside(record: Record) -> Beside:
    engines = tuple(dict.fromkeys(row.engine for row in record.rows))
    figures = _grouped(record.rows, lambda row: (row.profile, row.metric, row.lang, row.unit))
    lines: list[tuple[str, ...]] = []
    for what, rows in figures.items():
        by = {row.engine: _median_and_tail(row) for row in rows}
        if len(by) == 1:
            continue
        lines.append((" ".join(filter(None, what)), *(by.get(engine, "") for engine in engines)))
    return Beside(record.suite, engines, tuple(lines))


def _median_and_tail(row: Row) -> str:
    return number(row.value) + (f" ({number(row.p95)})" if row.p95 is not None else "")


def _plots(record: Record) -> Iterator[Plot]:
    drawn = [row for row in record.rows if row.metric in _DRAWN and len(row.samples) >= _ENOUGH_TO_DRAW]
    for (metric, crowd), rows in _grouped(drawn, lambda row: (row.metric, _CROWD in row.profile)).items():
        yield _distributions(record.suite, metric + (", by sessions" if crowd else ""), rows)
    for what, same in _grouped(record.curves, lambda curve: (curve.metric, curve.x, curve.y)).items():
        yield _curves(record.suite, what[0], same)
    for trace in record.traces:
        if trace.spans:
            yield _watched(trace)
    others = [trace for trace in record.traces if not trace.spans]
    for what, same in _grouped(others, lambda trace: (trace.engine, trace.profile)).items():
        yield _waterfall(" ".join(filter(None, what)), same)


def _distributions(suite: str, metric: str, rows: list[Row]) -> Plot:
    head = ("line", "p50", "95 % interval", "p95", "p99", "n")
    lines = tuple(
        (plots.named(r), number(r.p50), between(r.interval), number(r.p95), number(r.p99), str(r.n))
        for r in rows
    )
    medians = "; ".join(f"{plots.named(row)} {number(row.p50)}" for row in rows)
    alt = f"Share of samples up to each {rows[0].metric} in {rows[0].unit}. Medians: {medians}."
    return Plot(f"{suite}: {metric}", plots.source(plots.cumulative(rows)), alt, (head, *lines))


def _curves(suite: str, metric: str, found: list[Curve]) -> Plot:
    head = ("line", found[0].x, found[0].y)
    lines = tuple((plots.named(curve), number(x), number(y)) for curve in found for x, y in curve.points)
    knees = "; ".join(f"{plots.named(c)} {number(c.knee)}" for c in found if c.knee is not None)
    alt = f"{found[0].y} over {found[0].x}." + (f" Knees: {knees}." if knees else "")
    return Plot(f"{suite}: {metric}", plots.source(plots.curves(found)), alt, (head, *lines))


def _waterfall(called: str, traces: list[Trace]) -> Plot:
    found = stages(traces)
    head = ("stage", "median, ms after the end of speech", "quartiles", "n")
    lines = tuple(
        (name, number(median), between((low, high)), str(sum(name in trace.marks for trace in traces)))
        for name, median, low, high in found
    )
    alt = (
        f"Stages of {len(traces)} turns, in order: "
        + "; ".join(f"{s[0]} {number(s[1])} ms" for s in found)
        + "."
    )
    return Plot(f"stages of a turn: {called}", plots.source(plots.waterfall(found)), alt, (head, *lines))


def _watched(trace: Trace) -> Plot:
    head = ("who", "what", "from, ms", "to, ms")
    lines = tuple((s.who, s.what, number(s.from_ms), number(s.to_ms)) for s in trace.spans)
    marks = "; ".join(f"{name} {number(ms)} ms" for name, ms in trace.marks.items())
    alt = f"Who did what in one turn, over ms after the end of speech: {marks}."
    return Plot(
        f"{trace.engine}: {trace.profile}", plots.source(plots.lanes(trace.spans)), alt, (head, *lines)
    )


def stages(traces: Sequence[Trace]) -> list[tuple[str, float, float, float]]:
    """Of each mark of some turns its name, median and quartiles (ms), in the order of the medians."""
    names = dict.fromkeys(name for trace in traces for name in trace.marks)
    found: list[tuple[str, float, float, float]] = []
    for name in names:
        marks = [trace.marks[name] for trace in traces if name in trace.marks]
        low, median, high = (float(value) for value in np.percentile(marks, [25, 50, 75]))
        found.append((name, median, low, high))
    return sorted(found, key=lambda stage: stage[1])


def _tried(record: Record) -> Iterator[Tried]:
    said = notes(record.suite)
    for target in record.targets:
        if target.met in ("missed", "must") and target.title in said:
            yield Tried(target.title, stands(target), _MARKDOWN.render(said[target.title]))


def _host(machine: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What stays the same of a machine from one run to the next."""
    return tuple((name, _fact(value)) for name, value in machine.items() if name not in _OF_THE_RUN)


def _fact(value: object) -> str:
    """A setting or a fact about a machine in one line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {of}" for name, of in cast(Mapping[object, object], value).items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, cast(Sequence[object], value)))
    return str(value)


def _grouped(items: Iterable[_T], key: Callable[[_T], _K]) -> dict[_K, list[_T]]:
    groups: dict[_K, list[_T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups
