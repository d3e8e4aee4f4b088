"""What Prometheus is told of turns."""

from __future__ import annotations

from gemelo.admin.api.metrics import PrometheusMeters
from gemelo.context.records import Drafting, Timeline
from gemelo.models.clock import LoopClock
from gemelo.models.failover.line import Line, Provider


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


async def test_vendors_are_shown_as_they_stand() -> None:
    """What each takes and costs, and whether it rests; nothing of what nobody knows."""
    first, second = Provider("llm", None, cost=400.0), Provider("spare", None)
    line = Line([first, second], LoopClock(), seam="minds")
    first.pace.took(250)
    second.breaker.failed(0, retry_s=60)
    meters = PrometheusMeters()
    meters.watch([line])
    told = meters.render().decode().splitlines()
    assert 'gemelo_vendor_seconds{seam="minds",vendor="llm"} 0.25' in told
    assert 'gemelo_vendor_cost{seam="minds",vendor="llm"} 0.0004' in told
    assert 'gemelo_vendor_up{seam="minds",vendor="spare"} 0.0' in told
    assert sum("spare" in one for one in told) == 1
