"""What the guardrail editor does: shows a layer, tries it, publishes it, rolls it back.

What is sent wrongly comes back as it was sent, with what is wrong said above it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import unified_diff

from gemelo.admin.pages.merging import merged
from gemelo.admin.pages.rules import (
    Meanwhile,
    Place,
    Sheet,
    Tried,
    Trouble,
    diff_lines,
    sentence,
    trouble,
    wrong_lines,
)
from gemelo.admin.services import catalogue
from gemelo.admin.services.naming import names
from gemelo.admin.services.office import Office
from gemelo.admin.services.publishing import Past, Touched
from gemelo.context.tenancy.people import Action, Principal
from gemelo.context.twins import Deployment, LayerKind, Twin
from gemelo.models.errors import GemeloError, NotAllowed, ServiceError, Stale, Unknown, UsageError

_VERSIONS = 20
_COMPARED = 200
"""Versions among which the one is looked for that somebody had begun with."""
_PLACES = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """The page after an act. `done` says what was done: the page is opened anew then."""

    sheet: Sheet
    trouble: Trouble | None = None
    tried: Tried | None = None
    done: str = ""
    meanwhile: Meanwhile | None = None


async def place_of_twin(office: Office, who: Principal, twin: str) -> Place:
    """A twin's layer, to be tried wherever it lives. Raises `Unknown`, `StoreError`."""
    found = (await catalogue.see(office.desk, who, Twin, twin)).noun
    places = await catalogue.page(office.desk, who, Deployment, limit=_PLACES, twin=twin)
    return Place(found, None, tuple(kept.noun.key for kept in places.items))


async def place_of(office: Office, who: Principal, key: str) -> Place:
    """The layer of one deployment. Raises `Unknown`, `StoreError`."""
    deployment = (await catalogue.see(office.desk, who, Deployment, key)).noun
    twin = (await catalogue.see(office.desk, who, Twin, deployment.twin)).noun
    return Place(twin, deployment, (key,))


class Editor:
    """The editor of one layer, for one person. Every method may raise `Unknown` and `StoreError`."""

    def __init__(self, office: Office, who: Principal, place: Place) -> None:
        self._office = office
        self._who = who
        self.place = place

    @property
    def _layer(self) -> tuple[str, str | None, LayerKind]:
        return self.place.twin.id, self.place.key, self.place.kind

    async def sheet(self) -> Sheet:
        """The layer as it is published."""
        layer = await self._office.publishing.newest(self._who, *self._layer)
        may_edit = self._who.may(Action.EDIT, talent=self.place.twin.talent)
        return Sheet(layer.yaml, layer.version, may_edit, where=next(iter(self.place.keys), ""))

    async def past(self) -> tuple[Past, ...]:
        """The last versions, newest first."""
        return await self._office.publishing.history(self._who, *self._layer, _VERSIONS)

    async def authors(self, past: Iterable[Past]) -> Mapping[str, str]:
        """What those are called who wrote some versions."""
        return await names(self._office.desk, Principal, [one.layer.author for one in past])

    async def act(self, form: Mapping[str, str]) -> Shown:
        """Does what a form asks for.

        Raises:
            NotAllowed, ServiceError: there is nothing to show then.
        """
        sheet = _filled(await self.sheet(), form)
        try:
            match form.get("act"):
                case "try":
                    return Shown(sheet, tried=await self._try(sheet))
                case "publish":
                    return Shown(sheet, done=await self._publish(sheet))
                case "rollback":
                    return Shown(sheet, done=await self._roll_back(form))
                case _:
                    raise UsageError("this form asks for nothing: use one of its buttons")
        except (NotAllowed, ServiceError):
            raise
        except Stale as error:
            if form.get("act") == "publish":
                return await self._beside(sheet)
            newest = (await self.sheet()).version
            return Shown(replace(sheet, version=newest), Trouble(sentence(str(error))))
        except GemeloError as error:
            found = trouble(error, self.place.kind)
            return Shown(replace(sheet, wrong=wrong_lines(found)), found)

    async def _try(self, sheet: Sheet) -> Tried:
        proposal = await self._office.publishing.propose(self._who, *self._layer, sheet.yaml)
        at = _touched(proposal.touched, sheet.where)
        said = await self._office.trying.try_(self._who, at.deployment, at.policy, sheet.question)
        return Tried(said, at)

    async def _beside(self, sheet: Sheet) -> Shown:
        """One's own text beside what a colleague published meanwhile.

        Where it can be, it is put on top of theirs. Where it cannot, it stays on the version that one had
        begun with, so that to publish it again is refused again.
        """
        past = await self._office.publishing.history(self._who, *self._layer, _COMPARED)
        texts = {one.layer.version: one.layer.yaml for one in past} | {0: ""}
        newest, base = past[0].layer, texts.get(sheet.version)
        text, diff = None, past[0].diff.splitlines()
        if base is not None:
            text = await asyncio.to_thread(merged, base, sheet.yaml, newest.yaml)
            diff = list(unified_diff(base.splitlines(), newest.yaml.splitlines(), lineterm=""))
        if text is not None:
            sheet = replace(sheet, yaml=text, version=newest.version)
        meanwhile = Meanwhile(newest, diff_lines(diff[2:]), text is not None)
        return Shown(sheet, Trouble("This was not published."), meanwhile=meanwhile)

    async def _publish(self, sheet: Sheet) -> str:
        published = await self._office.publishing.publish(
            self._who, *self._layer, sheet.yaml, sheet.version, sheet.reason
        )
        if published.layer.version == sheet.version:
            return f"Nothing has changed: version {sheet.version} says the same."
        return f"Version {published.layer.version} is live."

    async def _roll_back(self, form: Mapping[str, str]) -> str:
        to = _number(form.get("to", ""))
        if (await self.sheet()).version != _number(form.get("version", "")):
            raise Stale("somebody has published since you opened this page: the history says what")
        back = await self._office.publishing.rollback(self._who, *self._layer, to, form.get("reason", ""))
        return f"Version {back.layer.version} is live, with the text of version {to}."


def _filled(sheet: Sheet, form: Mapping[str, str]) -> Sheet:
    """The sheet with what was typed into it."""
    return replace(
        sheet,
        yaml=form["yaml"].replace("\r\n", "\n") if "yaml" in form else sheet.yaml,
        version=_number(form.get("over", "") or form.get("version", "")),
        question=form.get("question", ""),
        where=form.get("where", "") or sheet.where,
        reason=form.get("reason", ""),
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise UsageError("this form names no version: open the page again")
    return int(text)


def _touched(touched: tuple[Touched, ...], where: str) -> Touched:
    """What would hold at a place: without a campaign where it can be, else under its first one."""
    for one in touched:
        if one.deployment == where:
            return one
    raise Unknown("these rules hold at no such place: choose another one to try them")
