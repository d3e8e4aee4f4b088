"""The scripts and configurations of the one box, run by the programs that they are for."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy import make_url

from tests.deploy.described import SECRET, Part, box_parts
from tests.livekit_server import MISSING as NOT_BUILT
from tests.livekit_server import PROGRAM
from tests.postgres_server import MISSING, PostgresServer, programs
from tests.server import ROOT, gemelo

PARTS = {part.name: part for part in box_parts()}
ROLES = ROOT / "deploy" / "box" / "roles.sh"


@pytest.fixture
def made() -> Iterator[PostgresServer]:
    """A PostgreSQL that is new, where the script has run as its image runs it."""
    folder = programs()
    if folder is None:
        pytest.skip(MISSING)
    server = PostgresServer(Path(mkdtemp(prefix="gemelo-test-"))).make().start()
    done = subprocess.run(
        [ROLES],
        env={
            **dict.fromkeys(("DB_PASSWORD", "DB_OWNER_PASSWORD"), SECRET),
            "PATH": f"{folder}:{os.environ['PATH']}",
            "POSTGRES_USER": "postgres",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(server.port),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    try:
        assert done.returncode == 0, done.stderr
        yield server
    finally:
        server.remove()


def _here(part: Part, name: str, server: PostgresServer) -> str:
    url = make_url(part.environment[name] or "").set(host="127.0.0.1", port=server.port)
    return url.render_as_string(hide_password=False)


def test_the_roles_of_the_database_are_made(made: PostgresServer, tmp_path: Path) -> None:
    """By the addresses of the compose file the owner makes the tables; the program works with them."""
    server, worker = PARTS["server"], PARTS["worker"]
    addresses = {name: _here(server, name, made) for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    first = gemelo(tmp_path, "jobs", "--json", **addresses)
    assert first.returncode == 0, first.stderr
    assert "second lock" not in first.stderr
    assert (
        made.sql("SELECT tableowner FROM pg_tables WHERE tablename = 'turns'", "gemelo").strip()
        == "gemelo_owner"
    )
    again = gemelo(tmp_path, "jobs", "--json", DATABASE_URL=_here(worker, "DATABASE_URL", made))
    assert again.returncode == 0, again.stderr
    unset = made.sql("SELECT rolname FROM pg_authid WHERE rolname LIKE 'gemelo%' AND rolpassword IS NULL")
    assert not unset.strip()


def test_livekit_takes_its_configuration() -> None:
    """The server reads it, strictly, and says which ports it would open; the worker calls that one."""
    if not PROGRAM.exists():
        pytest.skip(NOT_BUILT)
    environment = {name: str(value) for name, value in PARTS["livekit"].environment.items()}
    done = subprocess.run(
        [PROGRAM, "ports"], env=environment, capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 0, done.stderr
    for port in ("7880", "7881", "7882"):
        assert port in done.stdout
    assert PARTS["worker"].words[3].endswith(":7880")


def test_the_model_of_the_box_is_asked_for_by_its_name() -> None:
    """The engine asks for the model that vLLM was told to serve."""
    assert PARTS["vllm"].words[2] == PARTS["server"].environment["GEMELO_LLM_MODEL"]
    assert "--port=8000" in PARTS["vllm"].words
