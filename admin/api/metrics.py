"""Prometheus meters of one process."""

from __future__ import annotations

from dataclasses import asdict

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from gemelo.context.records import Timeline

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
        self._stages = Histogram(
            "gemelo_turn_stage_seconds",
            "From the true end of the fan's words to each stage of the reply",
            ["stage"],
            buckets=_SECONDS,
            registry=self._registry,
        )

    def turn(self, deployment: str, timeline: Timeline) -> None:
        self._turns.labels(deployment).inc()
        for stage, ms in asdict(timeline).items():
            if ms is not None:
                self._stages.labels(stage).observe(ms / 1000)

    def render(self) -> bytes:
        return generate_latest(self._registry)
