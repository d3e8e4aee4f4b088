"""What is counted. Labels name deployments and outcomes, never what a fan said."""

from __future__ import annotations

from typing import Any, Protocol


class Meters(Protocol):
    """Takes measurements; implemented with Prometheus by the API."""

    def turn(self, deployment: str, timeline: Any) -> None:
        """One turn is over. `timeline` is a `gemelo.context.records.Timeline`."""
        ...
