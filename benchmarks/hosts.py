"""Whom a benchmark may put under load: this machine, and others only when told so."""

from __future__ import annotations

import socket
from ipaddress import ip_address

from gemelo.models.errors import UsageError


def allowed(target: str, *, remote: bool) -> str:
    """The target as it was given, when it is this machine or `remote` ones are allowed.

    Args:
        target: "host:port"; empty for none.

    Raises:
        UsageError: it is no such address, nothing has that name, or it is somewhere else.
    """
    if not target:
        return target
    host, _, port = target.rpartition(":")
    if not host or not port.isdecimal():
        raise UsageError(f"{target} is no target: name one as host:port")
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise UsageError(f"no machine has the name {host}") from error
    if not remote and not all(ip_address(address[4][0]).is_loopback for address in found):
        raise UsageError(f"{host} is not this machine: allow it with --allow-remote")
    return target
