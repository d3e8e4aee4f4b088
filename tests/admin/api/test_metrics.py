"""What Prometheus is told of turns."""

from __future__ import annotations

from gemelo.admin.api.metrics import PrometheusMeters
from gemelo.context.records import Drafting, Timeline


def test_what_drafts_cost_is_counted_by_deployment() -> None:
    """Drafts by what became of them, calls of the model, and what it wrote for nothing."""
    meters = PrometheusMeters()
    meters.turn("portal", Timeline(), Drafting(promoted=1, dropped=2, calls=3, tokens=50, wasted=10))
    meters.turn("portal", Timeline(), Drafting(dropped=1, calls=2, tokens=40, wasted=5))
    told = meters.render().decode().splitlines()
    assert 'gemelo_drafts_total{deployment="portal",outcome="promoted"} 1.0' in told
    assert 'gemelo_drafts_total{deployment="portal",outcome="dropped"} 3.0' in told
    assert 'gemelo_mind_calls_total{deployment="portal"} 5.0' in told
    assert 'gemelo_tokens_total{deployment="portal",use="used"} 75.0' in told
    assert 'gemelo_tokens_total{deployment="portal",use="wasted"} 15.0' in told
