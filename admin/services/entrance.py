"""At the door of a place: who asks, from where, and whether the place is open to them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address

from gemelo.admin.services.house import Place
from gemelo.context.tenancy.people import Action, Principal

_COUNTRY = re.compile(r"[A-Z]{2}")
_PORT = re.compile(r":\d+$")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks for a session.

    Attributes:
        origin: the page's `Origin` header; None from a program, which must run on this machine.
        client: the peer's address.
        territory: ISO 3166 code of the country where the fan is, as a trusted proxy says; empty: unknown.
        who: holds an API key; places that it sees are open to it from anywhere.
    """

    origin: str | None
    client: str
    territory: str = ""
    who: Principal | None = None


def lets_in(place: Place, caller: Caller) -> bool:
    """Whether a place is open to a page, to a program on this machine, or to whom its key lets see it."""
    brand = place.campaign.brand if place.campaign else ""
    if caller.who and caller.who.may(Action.SEE, talent=place.talent.id, brand=brand):
        return True
    return allowed(place.deployment.origins, caller.origin, caller.client)


def allowed(origins: tuple[str, ...], origin: str | None, client: str) -> bool:
    """Whether a page may open a deployment. Closed by default.

    An entry of `origins` is an origin (`https://club.example`) or one with any port
    (`http://127.0.0.1:*`). A request without an origin comes from a program: only from this machine.
    """
    if origin is None:
        return is_here(client)
    page = origin.lower()
    of_any_port = _PORT.sub("", page) + ":*"
    return "*" not in page and not {page, of_any_port}.isdisjoint(entry.lower() for entry in origins)


def territory(said: str) -> str:
    """The country that a proxy says; empty where that is no code of one (ISO 3166, two letters)."""
    code = said.strip().upper()
    return code if _COUNTRY.fullmatch(code) else ""


def is_here(client: str) -> bool:
    try:
        return ip_address(client).is_loopback
    except ValueError:
        return False
