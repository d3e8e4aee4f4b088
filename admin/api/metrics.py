"""Prometheus meters of one process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from gemelo.context.hooks.deliveries import Backlog
from gemelo.context.records import Drafting, Timeline
from gemelo.models.failover.breaker import Circuit
from gemelo.models.failover.line import Line

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2, 3, 5)


class PrometheusMeters:
    """Counts sessions and turns; `render` gives the exposition format."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.sessions = Gauge("gemelo_sessions", "Sessions in progress", registry=self._registry)
        self.refused = Counter(
            "gemelo_refused", "Sessions that were refused", ["code"], registry=self._registry
        )
        self._turns = Counter("gemelo_turns", "Turns that are over", ["deployment"], registry=self._registry)
        self._drafts = Counter(
            "gemelo_drafts",
            "Replies begun before their turn was decided, by what became of them",
            ["deployment", "outcome"],
            registry=self._registry,
        )
        self._calls = Counter(
            "gemelo_mind_calls", "Calls of the model", ["deployment"], registry=self._registry
        )
        self._tokens = Counter(
            "gemelo_tokens",
            "What the model wrote, in pieces as they came, by whether a turn used it",
            ["deployment", "use"],
            registry=self._registry,
        )
        self._stages = Histogram(
            "gemelo_turn_stage_seconds",
            "From the true end of the fan's words to each stage of the reply",
            ["stage"],
            buckets=_SECONDS,
            registry=self._registry,
        )

        self._jobs = Counter(
            "gemelo_jobs", "Rounds of background work", ["job", "outcome"], registry=self._registry
        )
        self._outbox = Gauge(
            "gemelo_outbox",
            "Messages to webhooks: not looked at, on the way, of these failing, and given up",
            ["state"],
            registry=self._registry,
        )

    def job(self, name: str, outcome: str) -> None:
        """One round of background work is over."""
        self._jobs.labels(name, outcome).inc()

    def backlog(self, backlog: Backlog) -> None:
        """What is left to deliver."""
        for state in ("waiting", "pending", "failing", "given_up"):
            self._outbox.labels(state).set(getattr(backlog, state))

    def turn(self, deployment: str, timeline: Timeline, drafting: Drafting) -> None:
        self._turns.labels(deployment).inc()
        self._drafts.labels(deployment, "promoted").inc(drafting.promoted)
        self._drafts.labels(deployment, "dropped").inc(drafting.dropped)
        self._calls.labels(deployment).inc(drafting.calls)
        self._tokens.labels(deployment, "used").inc(drafting.tokens - drafting.wasted)
        self._tokens.labels(deployment, "wasted").inc(drafting.wasted)
        for stage, ms in asdict(timeline).items():
            if ms is not None:
                self._stages.labels(stage).observe(ms / 1000)

    def watch(self, lines: Sequence[Line[Any]]) -> None:
        """Shows from now on how the vendors behind the seams stand."""
        self._registry.register(_Vendors(lines))

    def render(self) -> bytes:
        return generate_latest(self._registry)


class _Vendors(Collector):
    """Reads lines of providers when it is asked."""

    def __init__(self, lines: Sequence[Line[Any]]) -> None:
        self._lines = lines

    def collect(self) -> Iterator[GaugeMetricFamily]:
        labels = ("seam", "vendor")
        what = "What a vendor lately took (p50): to the first token, the first sound, or the end of a turn"
        pace = GaugeMetricFamily("gemelo_vendor_seconds", what, labels=labels)
        cost = GaugeMetricFamily(
            "gemelo_vendor_cost", "Of a minute of sound or an answer, at the prices set", labels=labels
        )
        well = GaugeMetricFamily("gemelo_vendor_up", "0 while it rests after failures", labels=labels)
        for line in self._lines:
            for one in line.providers:
                named = (line.seam, one.name)
                well.add_metric(named, float(one.breaker.state is Circuit.CLOSED))
                if (ms := one.pace.p50_ms) is not None:
                    pace.add_metric(named, ms / 1000)
                if one.cost is not None:
                    cost.add_metric(named, one.cost / 1_000_000)
        yield from (pace, cost, well)
