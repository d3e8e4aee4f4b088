"""A house for benchmarks that need only its guard, which understands nothing."""

from __future__ import annotations

from gemelo.benchmarks.rows import Place, Sessions
from gemelo.context.guard.compiled import CompiledGuard
from gemelo.context.guard.meaning import Meaning
from gemelo.context.knowledge.twin import Library
from gemelo.context.policy.context import Context
from tests.meaning import quiet_meaning


class QuietHouse:
    """Compiles guards; nothing else is in it."""

    def __init__(self) -> None:
        self.meaning: Meaning = quiet_meaning()

    @property
    def library(self) -> Library:
        raise NotImplementedError

    @property
    def sessions(self) -> Sessions:
        raise NotImplementedError

    def guard(self, context: Context) -> CompiledGuard:
        return CompiledGuard(context.rules, context.hash, self.meaning, secret=context.prefix)

    async def place(self, key: str) -> Place:
        raise NotImplementedError
