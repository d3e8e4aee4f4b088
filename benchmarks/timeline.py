"""Draws the turn that `gemelo bench latency` watched:

python -m gemelo.benchmarks.timeline bench-out/latency.json docs/turn.svg
"""

from __future__ import annotations

import sys
from pathlib import Path

from gemelo.benchmarks.plots import lanes
from gemelo.benchmarks.records import Record
from gemelo.models.errors import BadDocument

_WIDTH_IN = 8.5


def draw(figures: Path, picture: Path) -> None:
    """Writes the picture of the first watched turn in a file of figures, and its data beside it.

    Raises:
        BadDocument: there is none in it.
    """
    record = Record.read(figures)
    watched = tuple(trace for trace in record.traces if trace.spans)[:1]
    if not watched:
        raise BadDocument(f"no turn was watched in {figures}")
    picture.write_text(lanes(watched[0].spans, _WIDTH_IN), "utf-8")
    alone = Record(record.suite, record.machine, record.settings, (), traces=watched)
    alone.write(picture.with_suffix(".json"))


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
