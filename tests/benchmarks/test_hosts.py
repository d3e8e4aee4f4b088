"""Who may be put under load."""

from __future__ import annotations

import pytest

from gemelo.benchmarks.hosts import allowed
from gemelo.models.errors import UsageError


def test_this_machine_may_be_measured() -> None:
    """By address, and no target is none."""
    for target in ("127.0.0.1:8000", "[::1]:8000", ""):
        assert allowed(target, remote=False) == target


def test_others_must_be_allowed() -> None:
    """192.0.2.1 is nobody's (RFC 5737), and is not this machine's either."""
    with pytest.raises(UsageError, match="--allow-remote"):
        allowed("192.0.2.1:80", remote=False)
    assert allowed("192.0.2.1:80", remote=True) == "192.0.2.1:80"


@pytest.mark.parametrize("target", ["127.0.0.1", "127.0.0.1:http", ":80"])
def test_what_is_no_address_is_refused(target: str) -> None:
    """A target has a host and a port."""
    with pytest.raises(UsageError):
        allowed(target, remote=True)
