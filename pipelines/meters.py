"""What is counted. Labels name deployments and outcomes, never what a fan said."""

from __future__ import annotations

from typing import Protocol

from gemelo.context.records import Drafting, Timeline


class Meters(Protocol):
    """Takes measurements; implemented with Prometheus by the API."""

    def turn(self, deployment: str, timeline: Timeline, drafting: Drafting) -> None:
        """One turn is over."""
        ...
