"""`gemelo serve --roles`: one server for all, or one for each."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from gemelo.admin.cli.parser import parser
from tests.server import Server


@pytest.mark.parametrize("roles", ["", "sing", "talk,sing", "talk,,admin"])
def test_an_unknown_role_is_wrong_usage(roles: str, capsys: pytest.CaptureFixture[str]) -> None:
    """And the sentence names those that there are."""
    with pytest.raises(SystemExit) as ended:
        parser("serve").parse_args(["serve", "--roles", roles])
    assert ended.value.code == 2
    assert "admin" in capsys.readouterr().err


@pytest.mark.parametrize(("roles", "fans", "managers"), [("talk", 405, 404), ("admin", 404, 401)])
def test_a_server_does_what_it_is_there_for(own_demo: Path, roles: str, fans: int, managers: int) -> None:
    """A server for fans lets no manager in, and one for managers no fan."""
    server = Server(own_demo, arguments=("--roles", roles)).start()
    try:
        assert httpx.get(f"{server.url}/v1/sessions").status_code == fans
        assert httpx.get(f"{server.url}/admin/v1/me").status_code == managers
        assert httpx.get(f"{server.url}/healthz").status_code == 200
    finally:
        server.stop()
