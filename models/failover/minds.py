"""Minds of several vendors behind one seam: where one breaks off another goes on, at the next clause."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from gemelo.models.errors import MindError
from gemelo.models.failover.line import Line, Provider, Waits
from gemelo.models.seams import Clock, LanguageModel
from gemelo.models.vocabulary import Label, Prompt, ToolCall, ToolSpec, Written

_GO_ON = (
    "Your answer broke off after the words below, which the fan has heard. Go on with the next sentence, "
    "say nothing again, and do not mention that it broke off: "
)
_BREAK = "… "
"""Between the words of one mind and those of the next, where a sentence was broken off."""


class FailoverMind:
    """`LanguageModel` of the first vendor that answers.

    Args:
        patience_s: how long one may be silent at first where another is left that does not rest.
    """

    def __init__(self, line: Line[LanguageModel], clock: Clock, patience_s: float = 0.4) -> None:
        self.line = line
        self._clock = clock
        self._patience_s = patience_s

    async def reply(self, prompt: Prompt) -> AsyncGenerator[Written | ToolCall, None]:
        """See `LanguageModel.reply`. A mind that fails once it has asked for a tool is not replaced."""
        said, called = "", False
        failed = MindError("down: no mind can be had")
        tried, waits = list[Provider[LanguageModel]](), Waits[LanguageModel]()
        for provider in self.line.order():
            tried.append(provider)
            begun, waiting, asked = bool(said), not prompt.findings.declined, self._clock.now()
            patience_s = self._patience_s if self.line.admits_other(tried) else None
            try:
                async with (
                    self.line.asking(provider),
                    aclosing(provider.service.reply(_going_on(prompt, said, patience_s))) as pieces,
                ):
                    async for piece in pieces:
                        if waiting:
                            provider.pace.took((self._clock.now() - asked) * 1000)
                            waits.over(self._clock.now())
                        waiting = False
                        called = called or isinstance(piece, ToolCall)
                        if begun and (joint := _joint(said)):
                            yield Written(joint, Label.HOUSE)
                        begun = False
                        yield piece
                        said += piece.text if isinstance(piece, Written) else ""
                return
            except MindError as error:
                if called:
                    raise
                failed = error
                if waiting:
                    waits.gave_up(provider, asked, error)
        waits.over(self._clock.now())
        raise failed

    async def warm(self, prefix: str, tenant: str, tools: tuple[ToolSpec, ...] = ()) -> None:
        """See `LanguageModel.warm`: the mind that will be asked first."""
        provider = next(self.line.order(ranked=self.line.ranked()))
        await provider.service.warm(prefix, tenant, tools)


def _joint(said: str) -> str:
    """What stands between a text and the sentence that goes on after it."""
    if not said.rstrip("\"'»”)] \n").endswith((".", "!", "?", "…")):
        return _BREAK
    return "" if said[-1].isspace() else " "


def _going_on(prompt: Prompt, said: str, patience_s: float | None) -> Prompt:
    """The same prompt for a mind that follows one which has said this much."""
    prompt = replace(prompt, patience_s=patience_s)
    if not said:
        return prompt
    note = _GO_ON + json.dumps(said, ensure_ascii=False)
    return replace(prompt, note=f"{prompt.note}\n{note}".strip())
