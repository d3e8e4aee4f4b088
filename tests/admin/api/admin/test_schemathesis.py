"""schemathesis, all its checks, over the admin API on a real port."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.admin.api.admin.served import served

HERE = Path(__file__).parent
WHOSE = ("ana", "marta", "bruno")
EXAMPLES = "8"
SECONDS = "70"
"""Of each run, beside the others on two cores."""


@dataclass(frozen=True)
class Run:
    """schemathesis at work, and what it says."""

    process: subprocess.Popen[bytes]
    said: Path


@contextmanager
def started(folder: Path, who: str) -> Generator[Run]:
    """schemathesis with somebody's key, over a world of its own."""
    known = {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(HERE)}
    said = folder / "said.txt"
    with served(folder, furnished=True) as api, said.open("wb") as out:
        # kept from now on: FastAPI does not describe the same routes in the threads of two servers at once
        urlopen(f"{api.url}/admin/v1/openapi.json").close()
        command = [
            *(str(Path(sys.executable).with_name("st")), "--config-file", str(HERE / "schemathesis.toml")),
            *("run", f"{api.url}/admin/v1/openapi.json"),
            *("--header", f"Authorization: Bearer {api.world.keys[who]}", "--checks", "all"),
            *("--max-examples", EXAMPLES, "--max-time", SECONDS, "--seed", "1"),
        ]
        with subprocess.Popen(
            command, env={**os.environ, **known}, cwd=folder, stdout=out, stderr=subprocess.STDOUT
        ) as process:
            yield Run(process, said)
            process.kill()  # where its test gave it up


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Run]]:
    """All at once: each waits for its server's answer most of the time."""
    with ExitStack() as stack:
        yield {who: stack.enter_context(started(tmp_path_factory.mktemp(who), who)) for who in WHOSE}


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("who", WHOSE)
def test_schemathesis_finds_nothing(runs: Mapping[str, Run], who: str) -> None:
    """With the keys of the platform, of a talent's manager and of a brand's."""
    status = runs[who].process.wait()
    assert status == 0, runs[who].said.read_text("utf-8")[-8000:]
