"""Plots as SVG that follows the reader's light or dark theme, readable at the width of a phone."""

# matplotlib's stubs leave keyword arguments untyped:
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from io import StringIO
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.typing import RcKeyType

from gemelo.benchmarks.rows import Curve, Row, Span

_INK, _FAINT = "#0a0b0c", "#c8c9ca"
_LINES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8c6d00", "#56b4e9", "#7a4fbf", "#666667")
"""Okabe and Ito's colours, told apart by most eyes, the yellow darkened to show on white."""
_PAPER, _DARK_PAPER = "#ffffff", "#131415"
_DARK = {
    _INK: "#e8e8e8",
    _FAINT: "#4a4b4c",
    "#0072b2": "#4db2f0",
    "#d55e00": "#ff8b3d",
    "#009e73": "#35d0a5",
    "#cc79a7": "#e8a0c8",
    "#8c6d00": "#e6c84a",
    "#56b4e9": "#8fd0f7",
    "#7a4fbf": "#b79af0",
    "#666667": "#a8a8a9",
}
_STYLE: dict[RcKeyType, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "gemelo",
    "font.family": ["DejaVu Sans"],
    "font.size": 9,
    "text.parse_math": False,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "grid.color": _FAINT,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
}
_WIDTH_IN = 4.6
"""Drawn narrow, so that it need not shrink on a phone."""
_DASHES = ("solid", "dashed", "dashdot", "dotted")


def cumulative(rows: Sequence[Row]) -> str:
    """For each row's samples, the share that was no larger."""
    with matplotlib.rc_context(_STYLE):
        figure, axes = _figure(3.0 + 0.19 * len(rows))
        for at, row in enumerate(rows):
            shares = np.arange(1, len(row.samples) + 1) / len(row.samples)
            axes.step(row.samples, shares, where="post", label=_short(named(row), 44), **_line(at))
        axes.set(xlabel=_short(rows[0].unit), ylabel="share of samples", ylim=(0, 1.02))
        _legend(figure)
        return _svg(figure)


def curves(found: Sequence[Curve]) -> str:
    """Lines with their knees."""
    with matplotlib.rc_context(_STYLE):
        figure, axes = _figure(3.0 + 0.19 * len(found))
        for at, curve in enumerate(found):
            xs, ys = zip(*curve.points, strict=True)
            line = _line(at)
            axes.plot(xs, ys, marker="o", markersize=3, label=_short(named(curve), 44), **line)
            if curve.knee is not None:
                axes.axvline(curve.knee, color=line["color"], linewidth=1, linestyle="dotted")
                axes.annotate(
                    f"knee {curve.knee:g}",
                    (curve.knee, 0.02 + 0.07 * at),
                    xycoords=("data", "axes fraction"),
                    xytext=(3, 0),
                    textcoords="offset points",
                    color=line["color"],
                )
        axes.set(xlabel=_short(found[0].x), ylabel=_short(found[0].y))
        _legend(figure)
        return _svg(figure)


def waterfall(stages: Sequence[tuple[str, float, float, float]]) -> str:
    """What happened in a turn, one stage below the other.

    Args:
        stages: name, median, and the quartiles around it, in ms after the end of speech, in order.
    """
    with matplotlib.rc_context(_STYLE):
        figure, axes = _figure(0.9 + 0.3 * len(stages))
        before = 0.0
        for at, (_, median, low, high) in enumerate(stages):
            begin, end = sorted((before, median))
            axes.barh(at, max(end - begin, 1.0), left=begin, height=0.6, color=_LINES[at % len(_LINES)])
            axes.plot((low, high), (at, at), color=_INK, linewidth=1)
            axes.annotate(
                f"{median:.0f}", (max(end, high), at), xytext=(4, 0), textcoords="offset points", va="center"
            )
            before = median
        axes.set_yticks(range(len(stages)), [_short(name.replace("_", " ")) for name, *_ in stages])
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.axvline(0, color=_INK, linewidth=1)
        axes.margins(x=0.12)
        axes.set_xlabel("ms after the end of speech")
        return _svg(figure)


def lanes(spans: Sequence[Span], width_in: float = _WIDTH_IN) -> str:
    """Who did what from when to when, a lane each."""
    whos = list(dict.fromkeys(span.who for span in spans))
    whats = list(dict.fromkeys(span.what for span in spans if span.to_ms is not None))
    with matplotlib.rc_context(_STYLE):
        figure, axes = _figure(1.0 + 0.3 * len(whos) + 0.08 * len(whats), width_in)
        for what in whats:
            own = [span for span in spans if span.what == what and span.to_ms is not None]
            axes.barh(
                [whos.index(span.who) for span in own],
                [(span.to_ms or 0.0) - span.from_ms for span in own],
                left=[span.from_ms for span in own],
                height=0.55,
                color=_LINES[whats.index(what) % len(_LINES)],
                label=_short(what, 44),
            )
        for lane, who in enumerate(whos):
            _moments(axes, lane, [span for span in spans if span.who == who and span.to_ms is None])
        axes.set_yticks(range(len(whos)), [_short(who) for who in whos])
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.axvline(0, color=_INK, linewidth=1)
        axes.set_xlabel("ms after the end of speech")
        _legend(figure, columns=3 if width_in > _WIDTH_IN else 2)
        return _svg(figure)


def _moments(axes: Axes, lane: int, moments: Sequence[Span]) -> None:
    """Strokes with their names, high and low in turn so that neighbours do not touch."""
    high = 4 if len(moments) > 1 else 0
    for at, span in enumerate(moments):
        axes.plot(span.from_ms, lane, marker="|", markersize=12, markeredgewidth=1.6, color=_INK)
        axes.annotate(
            _short(span.what),
            (span.from_ms, lane),
            xytext=(2, -high if at % 2 else high),
            textcoords="offset points",
            va="center",
            fontsize=7,
        )


def named(of: Row | Curve) -> str:
    """What a line of a plot is called."""
    return " ".join(filter(None, (of.engine, of.profile, getattr(of, "lang", ""))))


def source(svg: str) -> str:
    """An SVG as the address of an image."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def _short(text: str, most: int = 28) -> str:
    """A text with room for it."""
    return text if len(text) <= most else text[: most - 1] + "…"


def _figure(height_in: float, width_in: float = _WIDTH_IN) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width_in, height_in), layout="constrained")
    return figure, figure.add_subplot()


def _line(at: int) -> dict[str, Any]:
    return {
        "color": _LINES[at % len(_LINES)],
        "linestyle": _DASHES[at // len(_LINES) % len(_DASHES)],
        "linewidth": 1.6,
    }


def _legend(figure: Figure, columns: int = 1) -> None:
    figure.legend(loc="outside lower left", handlelength=1.6, ncols=columns)


def _svg(figure: Figure) -> str:
    """The figure's SVG, its colours variables of its own style sheet."""
    written = StringIO()
    figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = written.getvalue()
    svg = svg[svg.index("<svg") :]
    for light in _DARK:
        svg = svg.replace(light, f"var(--c{light[1:]})")
    light = "".join(f"--c{name[1:]}:{name};" for name in _DARK) + f"background:{_PAPER}"
    dark = "".join(f"--c{name[1:]}:{other};" for name, other in _DARK.items()) + f"background:{_DARK_PAPER}"
    theme = f"<style>:root{{{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}</style>"
    return svg.replace(">", ">" + theme, 1)
