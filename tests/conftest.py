"""What every suite may use: a data folder with the demo in it, and a server on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server import Server, gemelo


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


from hypothesis import settings

settings.register_profile("gemelo", deadline=None)  # machines differ: no test asserts a time
settings.load_profile("gemelo")
