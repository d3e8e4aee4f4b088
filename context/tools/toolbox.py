"""The tools of one place, ready to run.

    call ──▶ known? ──▶ arguments checked ──▶ run: rows | a lead kept | a signed request ──▶ Answer

Whatever a mind asks for comes back as an answer that it can read, a fault too; nothing is raised but what
the store and the program themselves break by.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

from gemelo.context.guard.glyphs import fold
from gemelo.context.hooks.webhook import signed
from gemelo.context.policy.context import Context
from gemelo.context.records import ToolVerdict
from gemelo.context.tools.arguments import Arguments, Days, Search, Wish, arguments_of, read, schema_of
from gemelo.context.tools.consent import consented
from gemelo.context.tools.definitions import ToolDefinition
from gemelo.context.tools.errands import Answer, Errand, Lead, Leads, failed, spoken
from gemelo.context.tools.rows import catalogue, schedule
from gemelo.models.errors import BadArguments, CourierError
from gemelo.models.seams import Caller
from gemelo.models.text import readable
from gemelo.models.vocabulary import ToolSpec

MAX_ANSWER = 16_000
"""Bytes that a server may answer."""

_GUIDES = {
    "lead": " Call it once the fan wants to be contacted, and again after they have answered what was asked. "
    "Addresses and numbers that the fan gives are hidden from you and kept by the tool itself."
}
"""What a mind has to know of a kind, whatever a layer says of the tool."""


@dataclass(frozen=True, slots=True)
class Services:
    """What tools reach beyond their own rows.

    Attributes:
        secret: signs what is posted to a host of a talent (`secret(talent, host)`).
        now: ms since 1970 UTC.
    """

    leads: Leads
    caller: Caller
    secret: Callable[[str, str], str]
    now: Callable[[], int]


class Tool(Protocol):
    """One tool of a place."""

    @property
    def arguments(self) -> type[Arguments]: ...

    async def run(self, given: Any, errand: Errand) -> Answer: ...


class Toolbox:
    """The tools that a context allows and defines. Shared by the sessions of a place.

    Those that a client runs (`by_client`) are told to minds by who knows what the client offers.

    Args:
        talent: id of who owns the place; its servers know our signature by it.
        leave_out: names of tools that cannot run here.
    """

    def __init__(
        self, context: Context, talent: str, services: Services, leave_out: frozenset[str] = frozenset()
    ) -> None:
        definitions = {
            one.name: ToolDefinition.model_validate_json(one.definition)
            for one in context.toolset
            if one.name not in leave_out
        }
        place = _Place(context, talent, services)
        theirs = {name: tool for name, tool in definitions.items() if tool.kind == "client"}
        ours = {name: tool for name, tool in definitions.items() if name not in theirs}
        self._tools = {name: place.tool(name, tool) for name, tool in ours.items()}
        self._calls = {name: arguments_of(tool) for name, tool in theirs.items()}
        self.specs = tuple(_spec(name, tool) for name, tool in ours.items())
        self.by_client = tuple(_spec(name, tool) for name, tool in theirs.items())
        self.takes_contact = any(tool.kind == "lead" for tool in definitions.values())

    async def run(self, name: str, arguments: str, errand: Errand) -> Answer:
        """Runs one call as a mind has written it.

        Raises:
            StoreError: what was to be kept was not.
        """
        tool = self._tools.get(name)
        if tool is None:
            known = ", ".join(self._tools) or "none"
            return failed(ToolVerdict.UNKNOWN, f"there is no tool of this name; there are: {known}")
        try:
            given = read(tool.arguments, arguments)
        except BadArguments as error:
            return failed(ToolVerdict.BAD_ARGUMENTS, str(error))
        return await tool.run(given, errand)

    def call_of(self, name: str, arguments: str) -> dict[str, Any]:
        """What a client is asked in a call of one of its tools, as a mind has written it.

        Raises:
            BadArguments: the tool does not take them.
        """
        given = read(self._calls[name], arguments)
        return given.model_dump(mode="json", by_alias=True, exclude_none=True)


def _spec(name: str, tool: ToolDefinition) -> ToolSpec:
    return ToolSpec(name, tool.description + _GUIDES.get(tool.kind, ""), schema_of(arguments_of(tool)))


@dataclass(frozen=True, slots=True)
class _Place:
    context: Context
    talent: str
    services: Services

    def tool(self, name: str, definition: ToolDefinition) -> Tool:
        match definition.kind:
            case "catalogue":
                return _Catalogue(definition)
            case "schedule":
                return _Schedule(definition, self.services.now)
            case "lead":
                return _LeadForm(name, definition, self)
            case _:  # "http"; a client's are its own: see `call_of`
                return _Server(name, definition, self, arguments_of(definition))


@dataclass(frozen=True, slots=True)
class _Catalogue:
    definition: ToolDefinition
    arguments: type[Arguments] = Search

    async def run(self, given: Search, errand: Errand) -> Answer:
        return Answer(ToolVerdict.DONE, catalogue(self.definition.rows, given.query, errand.language))


@dataclass(frozen=True, slots=True)
class _Schedule:
    definition: ToolDefinition
    now: Callable[[], int]
    arguments: type[Arguments] = Days

    async def run(self, given: Days, errand: Errand) -> Answer:
        events = self.definition.events
        return Answer(
            ToolVerdict.DONE, schedule(events, given.first, given.last, self.now(), errand.language)
        )


@dataclass(frozen=True, slots=True)
class _LeadForm:
    name: str
    definition: ToolDefinition
    place: _Place
    arguments: type[Arguments] = Wish

    async def run(self, given: Wish, errand: Errand) -> Answer:
        """Keeps a lead, once the fan has given a contact and said yes to the question; else asks for it.

        A session has one lead of a contact. Webhooks are told its id, so that is keyed: numbers are few.
        """
        if not errand.contact:
            return failed(
                ToolVerdict.NEEDED, "the fan has given no e-mail address or telephone number yet: ask for one"
            )
        line = spoken(self.definition.consent, errand.language)
        same = errand.contact == errand.held
        if not same or not consented(line, errand.talk, errand.question):
            return Answer(ToolVerdict.ASKED, {"asked": "whether their contact may be kept"}, say=line)
        secret = self.place.services.secret(self.place.talent, "")
        lead = Lead(
            id=_id("lead", "\0".join((secret, errand.session, self.name, errand.contact))),
            deployment=self.place.context.deployment,
            session=errand.session,
            tool=self.name,
            name=readable(given.name) if _said(given.name, errand) else "",
            contact=errand.contact,
            interest=readable(given.interest),
            language=errand.language,
            consent=line,
            created=self.place.services.now(),
        )
        if not await self.place.services.leads.keep(lead):  # its write goes on where time runs out
            return failed(ToolVerdict.FAILED, "their contact was not kept: this talk is erased")
        return Answer(ToolVerdict.DONE, {"kept": True})


@dataclass(frozen=True, slots=True)
class _Server:
    name: str
    definition: ToolDefinition
    place: _Place
    arguments: type[Arguments]

    async def run(self, given: Arguments, errand: Errand) -> Answer:
        """Posts a call, signed as webhooks are, and gives on what the server says if it is a JSON object."""
        services, url = self.place.services, self.definition.url
        asked = {
            "tool": self.name,
            "arguments": given.model_dump(mode="json", by_alias=True, exclude_none=True),
            "deployment": self.place.context.deployment,
            "language": errand.language,
        }
        body = json.dumps(asked, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        secret = services.secret(self.place.talent, urlsplit(url).hostname or "")
        headers = signed(secret, _id("call", errand.key), services.now(), body)
        try:
            said: Any = json.loads(await services.caller.ask(url, headers, body, MAX_ANSWER))
        except CourierError:
            return failed(ToolVerdict.FAILED, "the tool does not answer now")
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            return failed(ToolVerdict.FAILED, "the tool answered no JSON object")
        return Answer(ToolVerdict.DONE, cast("dict[str, Any]", said))


def _id(kind: str, key: str) -> str:
    return f"{kind}_{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _said(name: str, errand: Errand) -> bool:
    """Whether every word of a name stands in what the fan has said: a mind may make one up."""
    told = f" {_words(' '.join((*(one.fan for one in errand.talk), errand.question)))} "
    return bool(name.strip()) and f" {_words(name)} " in told


def _words(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in fold(text)).split())
