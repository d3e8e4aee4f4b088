"""One typed turn, for `gemelo say`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from gemelo.admin.services.house import Place
from gemelo.admin.services.visit import Host, Witness, arrive, warm
from gemelo.context.policy.context import Context
from gemelo.context.policy.layers import Layer
from gemelo.context.records import TurnOutcome, TurnRecord
from gemelo.engine.events import Event, ReplyText
from gemelo.engine.session import Session
from gemelo.models.errors import StoreError, UsageError
from gemelo.models.text import clean

MIN_VERSION = 8
"""Letters of a policy's hash that name it."""
_STAGES = ("retrieval", "first_token", "first_text", "done")


class _Reading:
    """An `Outlet` that passes on a reply's text as it comes."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show

    def send(self, event: Event) -> None:
        if isinstance(event, ReplyText):
            self._show(event.text)


@dataclass(frozen=True, slots=True)
class Said:
    """One typed turn and how it ended."""

    turn: TurnRecord
    outcome: TurnOutcome
    sponsor: str | None

    def document(self) -> dict[str, Any]:
        """The JSON shape that scripts read."""
        outcome, receipt = self.outcome, self.outcome.receipt
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
            "receipt": {
                "policy": receipt.policy,
                "rules": receipt.rules,
                "verdicts": [
                    {"verdict": v.decision.value, "rule": v.rule, "layer": v.layer} for v in receipt.verdicts
                ],
                "micros": receipt.micros,
                "hold_ms": receipt.hold_ms,
                "released_after_block": receipt.released_after_block,
            },
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
    version: str | None,
    show: Callable[[str], None],
    layer: Layer | None = None,
) -> Said:
    """Says something to a twin in a session of its own and waits for the whole reply.

    Args:
        key: the deployment's.
        version: hash of the policy that is expected to hold, or its beginning; None for any.
        show: gets the reply's text as it comes.
        layer: holds for this session alone.

    Raises:
        BadText: there is nothing to read in the text, or too much.
        UnknownDeployment, BadLayer.
        UsageError: another policy holds than `version`.
        StoreError: the turn could not be stored.
    """
    text = clean(text)
    place = await house.place(key)
    if layer:
        place = await house.tailored(place, layer)
    context = place.stage.context
    _check_version(context, version)
    witness = Witness(place.stage.records)
    stage = replace(place.stage, records=witness)
    language = stage.tell_language(text, context.languages, context.languages[0])
    await warm(stage, language, spoken=False)
    session = Session(await arrive(house, stage, language), stage, _Reading(show), spoken=False)
    session.say(text)
    await session.drain()
    await session.close()
    for id, outcome in witness.outcomes.items():
        return Said(witness.turns[id], outcome, context.sponsor.brand if context.sponsor else None)
    raise StoreError("the turn could not be stored, so it was not answered")


def _check_version(context: Context, version: str | None) -> None:
    if version is None or (len(version) >= MIN_VERSION and context.hash.startswith(version)):
        return
    raise UsageError(
        f"no version {version[:64]!r} is known here: the one that holds is {context.hash}"
        f" ({MIN_VERSION} or more of its first letters will do)"
    )
