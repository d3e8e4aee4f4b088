"""The examples of docs/admin.md, run as they stand there against the demo."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gemelo.admin.cli.demo import KEY_FILE
from gemelo.admin.client import AdminClient
from tests.server import ROOT, Server

DOCS = (ROOT / "docs" / "admin.md").read_text("utf-8")
CURLS = re.findall(r"```sh\n(.*?)```", DOCS, re.DOTALL)
PYTHON = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)


@pytest.fixture(scope="module")
def house(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on a copy of the demo, for these examples to change."""
    data = Path(shutil.copytree(demo_data, tmp_path_factory.mktemp("docs") / "data"))
    running = Server(data).start()
    yield running
    running.stop()


def curl(house: Server, example: str, **given: str) -> Any:
    """What an example answers."""
    if not shutil.which("curl"):
        pytest.skip("curl is missing: apt-get install curl")
    key = (house.data / KEY_FILE).read_text().strip()
    command = example.replace("curl -s", "curl -s -f", 1)
    done = subprocess.run(
        ["bash", "-c", command],
        env={"PATH": "/usr/bin:/bin:/usr/local/bin", "URL": house.url, "KEY": key, **given},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, f"{example}: {done.stderr}"
    return json.loads(done.stdout)


def test_the_demos_key_is_for_its_owners_eyes(house: Server) -> None:
    """Nobody else on the machine reads it."""
    assert (house.data / KEY_FILE).stat().st_mode & 0o777 == 0o600


def test_every_curl_example_works(house: Server) -> None:
    """In order: each is done, and the ones under a policy get the hash that a proposal answered."""
    assert len(CURLS) > 10
    policy = ""
    answers: list[Any] = []
    for example in CURLS:
        answers.append(curl(house, example, POLICY=policy))
        if "/proposals" in example:
            policy = answers[-1]["touched"][0]["policy"]
    tried = next(answer for example, answer in zip(CURLS, answers, strict=True) if "/tries" in example)
    assert tried["receipt"]["policy"] == policy
    assert "Velmont" not in tried["reply"]


async def test_the_python_example_works(house: Server) -> None:
    """As it stands, in an async function."""
    body = "".join(f"    {line}\n" for line in PYTHON[0].splitlines())
    names: dict[str, Any] = {}
    exec(f"async def example(url, key):\n{body}", names)
    key = (house.data / KEY_FILE).read_text().strip()
    await names["example"](house.url, key)
    async with AdminClient(house.url, key) as admin:
        assert (await admin.layer(deployment="demo-portal")).yaml.endswith("# a remark\n")
