"""Which internet addresses a program may be sent to by somebody else; pure."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_network

_NAT64 = ip_network("64:ff9b::/96")
"""IPv4 addresses as an IPv6 network reaches them (RFC 6052)."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the open internet, also where it is written inside another."""
    if isinstance(address, IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inside is not None or address in _NAT64:
            return is_public(inside or IPv4Address(int(address) & 0xFFFFFFFF))
        if address.is_site_local:  # deprecated (RFC 3879), and still somebody's own network
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved
