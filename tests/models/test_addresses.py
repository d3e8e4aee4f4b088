"""Which addresses somebody else may have a program send to."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from gemelo.models.addresses import is_public


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1", "64:ff9b::5db8:d822"])
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    """Also as another network writes them."""
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"),
        *("::1", "fd00::1", "fe80::1", "fec0::1", "ff02::1"),
        *("::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::"),
    ],
)
def test_somebody_s_own_network_is_not(address: str) -> None:
    """Nor where its address is written inside another."""
    assert not is_public(ip_address(address))
