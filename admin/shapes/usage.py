"""How much a place was used, and what that took of vendors, as the admin API shows it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, model_validator

from gemelo.admin.shapes.base import Shown, example
from gemelo.context.kept import Usage
from gemelo.models.usage import Used

_MONTH: dict[str, Any] = {
    "month": "2026-11",
    "sessions": 120,
    "turns": 900,
    "spoken": 310,
    "voiced_s": 4210.5,
    "services": [
        {
            "service": "llm",
            "seconds": 0,
            "characters": 0,
            "prompt": 1_600_000,
            "cached": 1_200_000,
            "written": 61_000,
            "cost": 0.442,
        }
    ],
}


class ServiceShape(BaseModel):
    """What one service was used for: seconds of sound, characters to say, tokens; `cached` of the `prompt`
    were not computed anew. `cost` is in the currency of the server's prices; 0 where nobody set one."""

    service: str
    seconds: float
    characters: int
    prompt: int
    cached: int
    written: int
    cost: float

    @model_validator(mode="before")
    @classmethod
    def _priced(cls, used: Any) -> Any:
        if not isinstance(used, Used):
            return used
        lines = asdict(used)
        cost, seconds = round(lines.pop("micros") / 1_000_000, 6), round(lines.pop("seconds"), 3)
        return lines | {"cost": cost, "seconds": seconds}


class MonthShape(Shown[Usage]):
    """What one place was used in one month of UTC. `spoken` are the turns that were not typed;
    `voiced_s`: how long the twin was heard; `services`: what its turns took of vendors."""

    month: str
    sessions: int
    turns: int
    spoken: int
    voiced_s: float
    services: tuple[ServiceShape, ...] = ()


class UsageShape(BaseModel):
    """What a place was used, month by month, the newest first."""

    model_config = example(items=[_MONTH])

    items: tuple[MonthShape, ...]

    @staticmethod
    def of(months: tuple[Usage, ...]) -> UsageShape:
        return UsageShape(items=tuple(map(MonthShape.of, months)))
