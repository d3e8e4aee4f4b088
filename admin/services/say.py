"""One typed turn, for `gemelo say`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from gemelo.admin.services.house import Place
from gemelo.admin.services.visit import Host, Witness, arrive, warm
from gemelo.context.policy.layers import Layer
from gemelo.context.records import Receipt, TurnOutcome, TurnRecord
from gemelo.engine.events import Event, ReplyText
from gemelo.engine.fan import Fan
from gemelo.engine.session import Session
from gemelo.engine.stage import Stage
from gemelo.models.errors import StoreError
from gemelo.models.text import clean

_STAGES = ("retrieval", "first_token", "first_text", "done")


class _Reading:
    """An `Outlet` that passes on a reply's text as it comes."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show

    def send(self, event: Event) -> None:
        if isinstance(event, ReplyText):
            self._show(event.text)


def receipt_document(receipt: Receipt) -> dict[str, Any]:
    """The JSON shape of a receipt."""
    return {
        "policy": receipt.policy,
        "rules": receipt.rules,
        "verdicts": [
            {"verdict": v.decision.value, "rule": v.rule, "layer": v.layer} for v in receipt.verdicts
        ],
        "micros": receipt.micros,
        "hold_ms": receipt.hold_ms,
        "released_after_block": receipt.released_after_block,
        "tools": [{"name": use.name, "verdict": use.verdict.value, "ms": use.ms} for use in receipt.tools],
    }


@dataclass(frozen=True, slots=True)
class Said:
    """One typed turn and how it ended."""

    turn: TurnRecord
    outcome: TurnOutcome
    sponsor: str | None

    def document(self) -> dict[str, Any]:
        """The JSON shape that scripts read."""
        outcome = self.outcome
        return {
            "reply": outcome.reply,
            "language": self.turn.language,
            "declined": outcome.declined,
            "sponsor": self.sponsor,
            "status": outcome.status.value,
            "error": outcome.error or None,
            "sentences": [
                {
                    "text": sentence.text,
                    "label": sentence.label.value,
                    "source": asdict(sentence.source) if sentence.source else None,
                }
                for sentence in outcome.sentences
            ],
            "timeline_ms": {stage: getattr(outcome.timeline, stage) for stage in _STAGES},
            "receipt": receipt_document(outcome.receipt),
        }


class Tailor(Host, Protocol):
    """A host that also takes a session's own layer."""

    async def tailored(self, place: Place, layer: Layer) -> Place:
        """The same place under one more layer; see `House.tailored`."""
        ...


async def say(
    house: Tailor,
    key: str,
    text: str,
    show: Callable[[str], None],
    layer: Layer | None = None,
) -> Said:
    """Says something to a twin in a session of its own and waits for the whole reply.

    Args:
        key: the deployment's.
        show: gets the reply's text as it comes.
        layer: holds for this session alone.

    Raises:
        BadText: there is nothing to read in the text, or too much.
        UnknownDeployment, BadLayer.
        StoreError: the turn could not be stored.
    """
    text = clean(text)
    place = await house.place(key)
    if layer:
        place = await house.tailored(place, layer)
    stage = place.stage
    language = stage.tell_language(text, stage.context.languages, stage.context.languages[0])
    await warm(stage, language, spoken=False)
    return await answered(stage, await arrive(house, stage, language), text, show)


async def answered(stage: Stage, fan: Fan, text: str, show: Callable[[str], None]) -> Said:
    """The whole reply to one typed message of a fan.

    Raises:
        BadText: there is nothing to read in the text, or too much.
        StoreError: the turn could not be stored.
    """
    witness = Witness(stage.records)
    session = Session(fan, replace(stage, records=witness), _Reading(show), spoken=False)
    try:
        session.say(text)
        await session.drain()
    finally:
        await session.close()
    sponsor = stage.context.sponsor
    for id, outcome in witness.outcomes.items():
        return Said(witness.turns[id], outcome, sponsor.brand if sponsor else None)
    raise StoreError("the turn could not be stored, so it was not answered")
