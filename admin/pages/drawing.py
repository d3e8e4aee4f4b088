"""Drawing pages from their templates, with the headers that keep scripts and frames out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
}


_EVERYWHERE: Mapping[str, Any] = {"visit": None, "note": "", "trouble": None}
"""What every page may show, where it is not told."""


_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


class Drawing:
    """Draws pages. What people wrote is text, whatever it looks like."""

    def __init__(self) -> None:
        folder = Path(str(files("gemelo.admin.pages"))) / "templates"
        self._environment = Environment(
            loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined
        )
        self._environment.filters["hour"] = hour

    def draw(self, template: str, status: int, shown: Mapping[str, Any]) -> Response:
        """One page."""
        page = self._environment.get_template(template).render({**_EVERYWHERE, **shown})
        return HTMLResponse(page, status, _HEADERS)


def hour(ms: int, zone: str = "UTC") -> str:
    """A date and an hour, as people read them in a zone."""
    at = datetime.fromtimestamp(ms / 1000, UTC).astimezone(ZoneInfo(zone))
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}, {at:%H:%M}"
