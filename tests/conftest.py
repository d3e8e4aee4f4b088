"""What every suite may use: a data folder with the demo in it, and a server on it."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings

from tests.databases import KINDS, Address, postgres_address, sqlite_address, start_postgres
from tests.livekit_server import MISSING as NOT_BUILT
from tests.livekit_server import PROGRAM as BUILT
from tests.livekit_server import LiveKitServer
from tests.postgres_server import MISSING, PostgresServer, programs
from tests.redis_server import MISSING as NO_REDIS
from tests.redis_server import PROGRAM, RedisServer
from tests.server import Server, gemelo

settings.register_profile("gemelo", deadline=None)  # machines differ: no test asserts a time
settings.register_profile("quick", deadline=None, max_examples=10)  # for `make mutate`
settings.load_profile("gemelo")

_ALLOWED_SKIPS = tuple(
    line
    for line in Path(__file__).with_name("allowed_skips.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
)


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo installed. Copy it before changing it (`own_demo`)."""
    data = tmp_path_factory.mktemp("demo")
    done = gemelo(data, "demo")
    assert done.returncode == 0, done.stderr
    return data


@pytest.fixture
def own_demo(demo_data: Path, tmp_path: Path) -> Path:
    """A data folder with the demo, for this test alone."""
    return Path(shutil.copytree(demo_data, tmp_path / "data"))


@pytest.fixture(scope="session")
def server(demo_data: Path) -> Iterator[Server]:
    """A server with the demo, shared by all tests that leave it as it was."""
    running = Server(demo_data).start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def pipelines(demo_data: Path) -> Iterator[Server]:
    """The program of docs/pipecat.md with the demo: twins in pipelines of pipecat's."""
    snippets = Path(__file__).parents[1] / "docs" / "snippets"
    uvicorn = (sys.executable, "-m", "uvicorn", "--app-dir", str(snippets), "pipecat_twin:app")
    running = Server(demo_data, other=uvicorn).start()
    yield running
    running.stop(signal.SIGKILL)  # it would wait for calls that a failed test left open


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for all tests that leave it running."""
    if programs() is None:
        pytest.skip(MISSING)
    server = start_postgres()
    server.ahead = True
    yield server
    server.remove()


@pytest.fixture(scope="session", params=KINDS)
def new_address(request: pytest.FixtureRequest) -> Callable[[], Address]:
    """Makes addresses of databases: whoever asks runs once on each kind of database."""
    if request.param == "sqlite":
        return sqlite_address
    return partial(postgres_address, request.getfixturevalue("postgres"))


@pytest.fixture
def address(new_address: Callable[[], Address]) -> Iterator[Address]:
    """Where a database is for this test alone."""
    made = new_address()
    yield made
    made.drop()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A real redis-server, for this test alone."""
    if PROGRAM is None:
        pytest.skip(NO_REDIS)
    running = RedisServer(tmp_path).start()
    yield running
    running.kill()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--live", action="store_true", help="talk to real vendors where their keys are set")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--live"):
        for name in ("CARTESIA_API_KEY", "DEEPGRAM_API_KEY", "ELEVEN_API_KEY"):
            os.environ.pop(name, None)  # no server that a test starts asks a vendor
        for item in items:
            if item.get_closest_marker("live"):
                item.add_marker(pytest.mark.skip("a real vendor is asked with --live alone"))


@pytest.fixture(scope="session")
def livekit() -> Iterator[LiveKitServer]:
    """A livekit-server for all tests that leave it running."""
    if not BUILT.exists():
        pytest.skip(NOT_BUILT)
    running = LiveKitServer().start()
    yield running
    running.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under CI a skip whose reason `allowed_skips.txt` does not list is a failure."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        if not any(reason.startswith(allowed) for allowed in _ALLOWED_SKIPS):
            report.outcome = "failed"
            report.longrepr = f"this may not be skipped under CI: {reason}"
    return report
