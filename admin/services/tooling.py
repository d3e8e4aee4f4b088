"""What the tools of every place stand on."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from gemelo.context.hooks.webhook import url_of
from gemelo.context.policy.context import Context
from gemelo.context.tools.definitions import ToolDefinition
from gemelo.context.tools.errands import Lead
from gemelo.context.tools.toolbox import Services, Toolbox
from gemelo.models.errors import BadWebhook, CourierError

log = logging.getLogger(__name__)


class NoLeads:
    """`Leads` that keep nothing: what is tried is no fan's talk."""

    async def keep(self, lead: Lead) -> bool:
        return True


class NoCaller:
    """A `Caller` that reaches nobody."""

    async def ask(self, url: str, headers: Mapping[str, str], body: bytes, most: int) -> bytes:
        raise CourierError("no server is asked here")


@dataclass(frozen=True, slots=True)
class Toolshed:
    """Opens toolboxes.

    Attributes:
        hosts: that tools may ask, as the operator lists them; `*.club.example` stands for all below it.
        loopback: whether this machine itself may be asked, over http too.
    """

    services: Services
    hosts: frozenset[str] = frozenset()
    loopback: bool = False

    def open(self, context: Context, talent: str, *, rehearsing: bool = False) -> Toolbox:
        """The tools of a place; of those that ask a server, the ones that may.

        Args:
            talent: id of who owns it.
            rehearsing: nothing is kept, and no server is asked.
        """
        refused = {
            one.name: why
            for one in context.toolset
            if (why := self.refuses(ToolDefinition.model_validate_json(one.definition)))
        }
        for name, why in refused.items():  # `gemelo tools` tells people
            log.debug("%s: the tool %s is not offered: %s", context.deployment, name, why)
        services = self.services
        if rehearsing:
            services = replace(services, leads=NoLeads(), caller=NoCaller())
        return Toolbox(context, talent, services, frozenset(refused))

    def refuses(self, tool: ToolDefinition) -> str:
        """Why a tool cannot run here; empty where it can."""
        if tool.kind != "http":
            return ""
        try:
            url_of(tool.url, loopback=self.loopback)
        except BadWebhook as error:
            return str(error).replace("a webhook", "a tool")
        host = urlsplit(tool.url).hostname or ""
        above = {f"*.{host.split('.', n)[-1]}" for n in range(1, host.count(".") + 1)}
        if self.hosts.isdisjoint({host, *above}):
            return f"the operator does not list {host} in GEMELO_TOOL_HOSTS"
        return ""


def signing(secret: str) -> Callable[[str, str], str]:
    """Secrets that calls are signed with, one for each talent and host, made from the house's own."""

    def made(talent: str, host: str) -> str:
        mac = hmac.new(secret.encode(), f"gemelo tool\0{talent}\0{host}".encode(), hashlib.sha256)
        return "whsec_" + base64.b64encode(mac.digest()).decode()

    return made
