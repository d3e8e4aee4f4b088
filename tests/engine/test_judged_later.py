"""The second look at finished turns: it flags and nothing waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from gemelo.engine.events import ReplyEnded
from gemelo.models.errors import MindError
from tests.fakes import World
from tests.virtual import virtually


@dataclass
class SlowJudge:
    """Takes a minute and then flags `found`, or fails."""

    found: tuple[str, ...] = ()
    fails: bool = False
    seen: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    async def flags(self, fan: str, reply: str, rules: Sequence[tuple[str, str]]) -> tuple[str, ...]:
        await asyncio.sleep(60)
        self.seen.append((fan, reply))
        if self.fails:
            raise MindError("down")
        return self.found


async def talked(judge: SlowJudge) -> World:
    world = World()
    session = world.session(spoken=False, stage=replace(world.stage(), judge=judge))
    session.say("who are you?")
    await session.drain()
    await session.close()
    return world


def test_a_flagged_turn_keeps_its_flags() -> None:
    """What the judge found stands in the stored receipt, and the fan has long had the reply."""

    async def main() -> None:
        world = await talked(SlowJudge(("politics",)))
        [outcome] = world.records.outcomes.values()
        assert outcome.receipt.flags == ("politics",)
        assert world.outbox.when(ReplyEnded) < 60

    virtually(main())


def test_a_judge_reads_what_was_said() -> None:
    """It gets the fan's words and all of the reply."""

    async def main() -> None:
        judge = SlowJudge()
        world = await talked(judge)
        [outcome] = world.records.outcomes.values()
        assert judge.seen == [("who are you?", outcome.reply)]
        assert outcome.receipt.flags == ()

    virtually(main())


def test_a_judge_that_fails_changes_nothing() -> None:
    """The turn stays as it was stored."""

    async def main() -> None:
        world = await talked(SlowJudge(fails=True))
        [outcome] = world.records.outcomes.values()
        assert outcome.status == "done"

    virtually(main())
