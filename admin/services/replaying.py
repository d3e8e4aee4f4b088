"""What a version would change: the last turns of a place once more, under other rules.

Each turn is said again after the history that its fan had heard by then, and both accounts stand side by
side. A mind that is not deterministic words things anew each time: the guard's verdicts are what to compare.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gemelo.admin.services.checking import permit
from gemelo.admin.services.desk import Books, Desk
from gemelo.admin.services.house import House
from gemelo.admin.services.say import Said, answered, receipt_document
from gemelo.admin.services.talks import Talks
from gemelo.admin.services.trying import Candidate, Trying, newcomer, trying_at
from gemelo.admin.services.visit import warm
from gemelo.context.kept import Told
from gemelo.context.records import Decision, Receipt, TurnOutcome
from gemelo.context.tenancy.people import Action, Principal
from gemelo.context.twins import Deployment
from gemelo.engine.fan import Fan
from gemelo.engine.stage import Stage
from gemelo.models.errors import UsageError
from gemelo.models.seams import Clock
from gemelo.models.vocabulary import Exchange

MAX_TURNS = 1000
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Compared:
    """One turn, as it was and as it would be."""

    told: Told
    again: Said

    @property
    def changed(self) -> tuple[str, ...]:
        """What would be another: `reply`, `declined`, `verdicts`, `labels`, `failed`."""
        old, new = self.told.outcome, self.again.outcome
        pairs = {
            "reply": (old.reply, new.reply),
            "declined": (old.declined, new.declined),
            "verdicts": (_verdicts(old.receipt), _verdicts(new.receipt)),
            "labels": (_labels(old), _labels(new)),
            "failed": (bool(old.error), bool(new.error)),
        }
        return tuple(name for name, (before, after) in pairs.items() if before != after)

    def document(self) -> dict[str, Any]:
        """The JSON shape that scripts read."""
        turn = self.told.turn
        return {
            "turn": turn.id,
            "session": turn.session,
            "number": turn.number,
            "language": turn.language,
            "typed": turn.typed,
            "fan": turn.fan,
            "changed": list(self.changed),
            "old": _account(self.told.outcome),
            "new": _account(self.again.outcome),
        }


@dataclass(frozen=True, slots=True)
class Replay:
    """What a version would change at a place; `seconds` is how long it took to find out."""

    deployment: str
    version: str
    turns: tuple[Compared, ...]
    seconds: float

    @property
    def changed(self) -> tuple[Compared, ...]:
        return tuple(turn for turn in self.turns if turn.changed)

    @property
    def turns_per_s(self) -> float:
        return round(len(self.turns) / self.seconds, 1) if self.seconds else 0.0

    def document(self) -> dict[str, Any]:
        """The JSON shape that scripts read."""
        return {
            "deployment": self.deployment,
            "version": self.version,
            "turns": len(self.turns),
            "changed": len(self.changed),
            "turns_per_s": self.turns_per_s,
            "results": [turn.document() for turn in self.turns],
        }


class Replaying:
    """Says turns again that were said before. Nothing of it is stored."""

    def __init__(self, desk: Desk, talks: Talks, trying: Trying, clock: Clock) -> None:
        self._desk = desk
        self._talks = talks
        self._trying = trying
        self._clock = clock

    async def replay(self, who: Principal, deployment: str, hash: str = "", last: int = 50) -> Replay:
        """The last turns of a place under a version, which may be one that was never published.

        That `who` read them is written down.

        Args:
            hash: of the version, or eight or more of its first letters; empty for the one that holds.
            last: how many turns, 1 to 1000.

        Raises:
            Closed: nobody talks there now, so no version holds.
            Unknown, NotAllowed, UsageError, BadLayer, StoreError, EmbedderError.
        """
        if not 1 <= last <= MAX_TURNS:
            raise UsageError(f"1 to {MAX_TURNS} turns are replayed at once")
        find = self._trying.find(who, deployment, hash) if hash else self._trying.holding(who, deployment)
        candidate = await find
        await self._note(who, candidate, last)
        told = await self._talks.last(who, deployment, last)
        pasts = await self._pasts(who, told)
        stage = await self._trying.stage(candidate)
        await warm(stage, stage.context.languages[0], spoken=False)
        begun = self._clock.now()
        turns = await self._again(stage, told, pasts)
        return Replay(deployment, candidate.hash, turns, self._clock.now() - begun)

    async def _note(self, who: Principal, candidate: Candidate, last: int) -> None:
        facts = candidate.facts
        permit(who, Action.READ_TALK, talent=facts.talent.id)

        async def work(books: Books) -> None:
            place = (await books.get(Deployment, facts.deployment.key)).noun
            await books.note("replay", place, {"version": candidate.hash, "last": last})

        await self._desk.write(who, "", work)

    async def _pasts(self, who: Principal, told: Sequence[Told]) -> dict[str, tuple[Told, ...]]:
        """All turns of the sessions of some turns."""
        sessions = dict.fromkeys(one.turn.session for one in told)
        return {session: await self._talks.turns(who, session) for session in sessions}

    async def _again(
        self, stage: Stage, told: Sequence[Told], pasts: dict[str, tuple[Told, ...]]
    ) -> tuple[Compared, ...]:
        room = asyncio.Semaphore(_AT_ONCE)

        async def one(turn: Told) -> Compared:
            async with room:
                fan = back_then(turn, pasts[turn.turn.session], stage.limits.history)
                return Compared(turn, await answered(stage, fan, turn.turn.fan, lambda text: None))

        return tuple(await asyncio.gather(*map(one, told)))


def replaying_at(house: House) -> Replaying:
    """What replays turns in a house."""
    return Replaying(house.desk, house.talks, trying_at(house), house.clock)


def back_then(told: Told, session: Iterable[Told], last: int) -> Fan:
    """The fan of a turn as they were when they said it: what they had heard by then.

    Args:
        session: all turns of its session.
        last: how many exchanges a prompt carries.
    """
    before = [one for one in session if one.turn.number < told.turn.number]
    heard = tuple(Exchange(one.turn.fan, one.outcome.heard) for one in before[-last:])
    crisis = any(v.decision is Decision.CRISIS for one in before for v in one.outcome.receipt.verdicts)
    return replace(newcomer(told.turn.language), history=heard, turns=told.turn.number - 1, in_crisis=crisis)


def _account(outcome: TurnOutcome) -> dict[str, Any]:
    return {
        "reply": outcome.reply,
        "status": outcome.status.value,
        "declined": outcome.declined,
        "error": outcome.error or None,
        "labels": list(_labels(outcome)),
        "receipt": receipt_document(outcome.receipt),
    }


def _verdicts(receipt: Receipt) -> tuple[tuple[str, str, str], ...]:
    return tuple((verdict.decision.value, verdict.rule, verdict.layer) for verdict in receipt.verdicts)


def _labels(outcome: TurnOutcome) -> tuple[str, ...]:
    return tuple(sentence.label.value for sentence in outcome.sentences)
