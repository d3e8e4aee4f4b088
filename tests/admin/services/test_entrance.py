"""Tests for who is let in at a door."""

from __future__ import annotations

import pytest

from gemelo.admin.services.entrance import allowed, territory

OPEN = ("https://club.example", "http://127.0.0.1:*", "http://[::1]:*")


@pytest.mark.parametrize(
    "origin",
    [
        "https://club.example",
        "HTTPS://Club.Example",
        "http://127.0.0.1:5000",
        "http://127.0.0.1",
        "http://[::1]:8000",
    ],
)
def test_a_listed_page_is_let_in(origin: str) -> None:
    """An origin may stand in the list itself, or as one with any port."""
    assert allowed(OPEN, origin, "203.0.113.7")


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "*",
        "https://other.example",
        "http://club.example",
        "https://club.example:444",
        "https://club.example.evil.example",
        "https://evil.example/https://club.example",
        "https://evilclub.example",
        "https://sub.club.example",
        "http://127.0.0.1:80@evil.example",
        "http://127.0.0.1:80.evil.example",
        "http://127.0.0.1:*",
        "http://127.0.0.1:x",
        "http://127.0.0.1:5000/path",
        "http://[::1",
        "javascript:alert(1)",
        "https://club.example\n",
        "https://clüb.example",
        "\ud800",
    ],
)
def test_any_other_page_is_kept_out(origin: str) -> None:
    """Nothing that only looks like a listed origin opens a deployment."""
    assert not allowed(OPEN, origin, "127.0.0.1")


def test_no_list_admits_no_page() -> None:
    """Origins are closed by default."""
    assert not allowed((), "https://club.example", "127.0.0.1")


@pytest.mark.parametrize("client", ["127.0.0.1", "127.8.9.1", "::1"])
def test_a_program_on_this_machine_needs_no_origin(client: str) -> None:
    """A request without an origin is let in from the loopback interface."""
    assert allowed((), None, client)


@pytest.mark.parametrize("client", ["", "203.0.113.7", "10.0.0.1", "localhost", "testclient", "fe80::1"])
def test_a_program_elsewhere_is_kept_out(client: str) -> None:
    """From anywhere else a request without an origin is refused."""
    assert not allowed(OPEN, None, client)


@pytest.mark.parametrize(
    ("said", "where"),
    [("es", "ES"), (" GB ", "GB"), ("", ""), ("XXX", ""), ("E", ""), ("T1", ""), ("ñu", ""), ("a\0", "")],
)
def test_only_a_code_of_a_country_says_where_a_fan_is(said: str, where: str) -> None:
    """Whatever else a header holds, nobody knows where the fan is."""
    assert territory(said) == where
