"""Functions that a fan's own client runs: offered by it, allowed and described by a layer.

    mind ──call──▶ [ gate: the turn is stored ] ──arguments judged──▶ client ──output──▶ screened ──▶ mind

Nothing of what a client says of its functions reaches a mind; one that no layer defines is not known here.
"""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from gemelo.context.records import Decision, ToolVerdict
from gemelo.context.tools.errands import Answer, Errand, failed
from gemelo.engine.stage import Stage, Tools
from gemelo.models.errors import BadArguments
from gemelo.models.vocabulary import Language, ToolSpec

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """A function that a client is to run; `arguments` is a JSON object."""

    id: str
    name: str
    arguments: str


class ClientTools:
    """A place's `Tools`, with those that this session's client offers to run.

    Args:
        emit: tells the client what to run.

    Attributes:
        offered: names of the functions that the client has.
    """

    takes_contact: bool
    by_client: tuple[ToolSpec, ...]

    def __init__(self, stage: Stage, emit: Callable[[Call], None]) -> None:
        self._emit = emit
        self._waiting: dict[str, asyncio.Future[str]] = {}
        self.offered: frozenset[str] = frozenset()
        self.use(stage)

    def use(self, stage: Stage) -> None:
        """Another stage holds."""
        self._stage = stage
        self._tools: Tools = stage.tools
        self.by_client = self._tools.by_client
        self.takes_contact = self._tools.takes_contact

    @property
    def shared(self) -> tuple[ToolSpec, ...]:
        """Those that the client offers and a layer defines."""
        return tuple(spec for spec in self.by_client if spec.name in self.offered)

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        return (*self._tools.specs, *self.shared)

    def call_of(self, name: str, arguments: str) -> dict[str, Any]:
        return self._tools.call_of(name, arguments)

    async def run(self, name: str, arguments: str, errand: Errand) -> Answer:
        if name not in {spec.name for spec in self.shared}:
            return await self._tools.run(name, arguments, errand)
        try:
            given = self._tools.call_of(name, arguments)
        except BadArguments as error:
            return failed(ToolVerdict.BAD_ARGUMENTS, str(error))
        if not await self._may_leave(given, errand.language):
            return failed(ToolVerdict.BAD_ARGUMENTS, "something in the arguments may not be said here")
        call = Call(f"call_{uuid.uuid4().hex}", name, json.dumps(given, ensure_ascii=False))
        output = self._waiting[call.id] = asyncio.get_running_loop().create_future()
        try:
            self._emit(call)
            return Answer(ToolVerdict.DONE, _result(await output))
        finally:
            del self._waiting[call.id]

    def is_waiting(self, id: str) -> bool:
        """Whether a call's output is waited for: it may have come, or come too late."""
        return id in self._waiting and not self._waiting[id].done()

    def answer(self, id: str, output: str) -> None:
        """Takes what a call came to, if it is waited for."""
        if self.is_waiting(id):
            self._waiting[id].set_result(output)

    async def _may_leave(self, given: Mapping[str, Any], language: Language) -> bool:
        """Whether all that a mind has written for a client passes as what a twin says; fails closed."""
        guard = self._stage.guard

        def passes() -> bool:
            judged = (guard.judge(text, language, "output") for text in _texts(given))
            return all(one.decision is Decision.ALLOW for verdicts in judged for one in verdicts)

        try:
            return await self._stage.off_loop(passes)
        except Exception as error:
            log.error("the guard failed: %s", type(error).__name__)
            return False


def _texts(given: Mapping[str, Any]) -> Iterator[str]:
    return (value for value in given.values() if isinstance(value, str))


def _result(output: str) -> Mapping[str, Any]:
    """What a client answers, as a mind is told of it."""
    try:
        said: Any = json.loads(output)
    except (ValueError, RecursionError):
        said = None
    return cast("dict[str, Any]", said) if isinstance(said, dict) else {"output": output}
