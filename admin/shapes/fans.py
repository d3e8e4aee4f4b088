"""What is kept of a fan, and webhooks, as the admin API shows and takes them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from gemelo.admin.shapes.base import IdWithin, Known, Reason, Revised, asked, example, instant
from gemelo.context.hooks.topics import Topic
from gemelo.context.hooks.webhook import MAX_URL, Webhook
from gemelo.context.memory.account import Account, Erased
from gemelo.context.tools.errands import Lead

Topics = Annotated[
    tuple[Annotated[str, Field(max_length=64, json_schema_extra={"enum": [*Topic]})], ...],
    Field(max_length=len(Topic)),
]
Url = Annotated[str, StringConstraints(min_length=1, max_length=MAX_URL, pattern=r"^[!-~]+$")]
_LEAD: dict[str, Any] = {
    "id": "lead_0c9a526a0b4b",
    "deployment": "trina--portal",
    "session": "b8e9a523c1f0",
    "tool": "contact",
    "name": "Ana",
    "contact": "ana@fans.example",
    "interest": "the shooting course",
    "language": "es",
    "consent": "¿Puede el equipo de Trina guardar tu contacto para responderte?",
    "created": "2026-11-20T10:00:00Z",
}
_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105  # the specification's own


class FactShape(BaseModel):
    """Something that a fan said of themselves and agreed to have kept."""

    kind: str
    text: str
    language: str
    said: datetime


class SpokenShape(BaseModel):
    """One turn: what the fan said, and what they got of the reply."""

    number: int
    fan: str
    twin: str
    said: datetime


class FanTalkShape(BaseModel):
    """One session of the fan."""

    session: str
    begun: datetime
    turns: tuple[SpokenShape, ...]


class LeadShape(BaseModel):
    """A fan who agreed to be reached: how, what about, and the question that they said yes to."""

    model_config = example(**_LEAD)

    id: str
    deployment: str
    session: str
    tool: str
    name: str
    contact: str
    interest: str
    language: str
    consent: str
    created: datetime

    @staticmethod
    def of(lead: Lead) -> LeadShape:
        return LeadShape.model_validate(asdict(lead) | {"created": instant(lead.created)})


class AccountShape(BaseModel):
    """Everything that is kept of one fan at one deployment."""

    model_config = example(
        deployment="trina--portal",
        facts=[{"kind": "name", "text": "me llamo Ana", "language": "es", "said": "2026-11-20T10:00:00Z"}],
        talks=[
            {
                "session": "b8e9a523c1f0",
                "begun": "2026-11-20T10:00:00Z",
                "turns": [
                    {"number": 1, "fan": "Me llamo Ana.", "twin": "Hola.", "said": "2026-11-20T10:00:00Z"}
                ],
            }
        ],
        leads=[_LEAD],
    )

    deployment: str
    facts: tuple[FactShape, ...]
    talks: tuple[FanTalkShape, ...]
    leads: tuple[LeadShape, ...]

    @staticmethod
    def of(account: Account) -> AccountShape:
        facts = tuple(
            FactShape(kind=one.kind, text=one.text, language=one.language, said=instant(one.created))
            for one in account.facts
        )
        talks = tuple(
            FanTalkShape(
                session=talk.session.id,
                begun=instant(talk.session.created),
                turns=tuple(
                    SpokenShape(number=turn.number, fan=turn.fan, twin=turn.twin, said=instant(turn.created))
                    for turn in talk.turns
                ),
            )
            for talk in account.talks
        )
        leads = tuple(map(LeadShape.of, account.leads))
        return AccountShape(deployment=account.deployment, facts=facts, talks=talks, leads=leads)


class ErasedShape(BaseModel):
    """How much was erased."""

    model_config = example(sessions=2, turns=31, facts=3, leads=1)

    sessions: int
    turns: int
    facts: int
    leads: int

    @staticmethod
    def of(erased: Erased) -> ErasedShape:
        return ErasedShape(
            sessions=len(erased.sessions), turns=erased.turns, facts=erased.facts, leads=erased.leads
        )


class WebhookShape(Revised[Webhook]):
    """An endpoint of a talent's people. `topics` empty: all. `secret` is empty but where it was just made."""

    model_config = example(
        id="trina--club",
        talent="trina",
        url="https://club.example/gemelo",
        topics=["turn.flagged"],
        paused=False,
        secret=_SECRET,
        revision=1,
    )

    id: str
    talent: str
    url: str
    topics: tuple[str, ...]
    paused: bool
    secret: str
    revision: int


class NewWebhook(BaseModel):
    """Where a talent's people want to be told."""

    model_config = asked(
        id="trina--club",
        talent="trina",
        url="https://club.example/gemelo",
        topics=["turn.flagged"],
        reason="the club's own desk",
    )

    id: IdWithin
    talent: Known
    url: Url
    topics: Topics = ()
    reason: Reason

    def noun(self) -> Webhook:
        return Webhook(self.id, self.talent, self.url, "", self.topics)


class WebhookChange(BaseModel):
    """What an endpoint hears from now on; what is left out stays. A fresh secret is shown in the answer."""

    model_config = asked(paused=True, reason="the club is moving")

    topics: Topics | None = None
    paused: bool | None = None
    fresh_secret: bool = False
    reason: Reason
