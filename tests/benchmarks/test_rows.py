"""The document that every benchmark answers with."""

from __future__ import annotations

import json

from gemelo.benchmarks.rows import amount, document, share, times


def test_the_document_has_its_keys() -> None:
    """Suite, machine, settings and rows, each row with the keys that scripts read."""
    rows = [
        times("search", "en", [1.0, 2.0, 3.0]),
        share("recall@1", "en", [True, False]),
        amount("rss", "MB", 5),
    ]
    written = json.loads(json.dumps(document("retrieval", {"k": 5}, rows)))
    assert set(written) == {"suite", "machine", "settings", "rows"}
    keys = {"engine", "profile", "metric", "lang", "unit", "value", "p50", "p95", "n"}
    assert {frozenset(row) for row in written["rows"]} == {frozenset(keys)}
    assert written["machine"]["versions"]["gemelo"]


def test_figures() -> None:
    """A distribution's value is its median, a share's the part that happened, an amount's itself."""
    distribution = times("search", "en", [3.0, 1.0, 2.0])
    assert (distribution.value, distribution.p50, distribution.n) == (2.0, 2.0, 3)
    assert distribution.p95 is not None
    assert distribution.p95 > 2.0
    assert (share("x", "en", [True, False, False, True]).value, share("x", "en", []).n) == (0.5, 0)
    assert (amount("rss", "MB", 5.0).value, amount("rss", "MB", 5.0).p50) == (5.0, None)
