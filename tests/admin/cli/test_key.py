"""`gemelo key`: the first way into the admin API."""

from __future__ import annotations

from pathlib import Path

import httpx

from tests.server import Server, gemelo


def test_an_operator_gets_the_first_key(tmp_path: Path) -> None:
    """Without any model file, on an empty house; the secret stands alone on standard output."""
    done = gemelo(
        tmp_path, "key", "--principal", "ana", "--platform-admin", "Ana", GEMELO_MODELS_DIR="/nowhere"
    )
    assert done.returncode == 0, done.stderr
    secret = done.stdout.strip()
    assert secret.startswith("gml_")
    assert secret not in done.stderr
    assert secret.encode() not in (tmp_path / "gemelo.sqlite").read_bytes()
    again = gemelo(tmp_path, "key", "--principal", "ana", "--platform-admin", "Ana", "--json")
    assert again.returncode == 0
    assert secret not in again.stdout


def test_a_key_of_nobody_is_refused(tmp_path: Path) -> None:
    """Whoever it is for must be there, or be made by name."""
    done = gemelo(tmp_path, "key", "--principal", "ana")
    assert (done.returncode, done.stdout) == (1, "")


def test_the_key_opens_the_admin_api(own_demo: Path) -> None:
    """Of a server that runs while the key is made."""
    server = Server(own_demo).start()
    try:
        secret = gemelo(own_demo, "key", "--principal", "ana", "--platform-admin", "Ana").stdout.strip()
        headers = {"authorization": f"Bearer {secret}"}
        me = httpx.get(f"{server.url}/admin/v1/me", headers=headers)
        assert me.json()["grants"] == [{"role": "platform_admin"}]
        found = httpx.get(f"{server.url}/admin/v1/deployments", headers=headers).json()["items"]
        assert {"demo-portal", "demo-campaign-a", "demo-campaign-b"} <= {place["key"] for place in found}
        assert httpx.get(f"{server.url}/admin/v1/me").status_code == 401
    finally:
        server.stop()
