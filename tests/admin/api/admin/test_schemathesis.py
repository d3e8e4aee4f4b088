"""schemathesis, all its checks, over the admin API on a real port."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.admin.api.admin.served import served

HERE = Path(__file__).parent
EXAMPLES = "8"
SECONDS = "45"


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("who", ["ana", "marta", "bruno"])
def test_schemathesis_finds_nothing(tmp_path: Path, who: str) -> None:
    """With the keys of the platform, of a talent's manager and of a brand's."""
    known = {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(HERE)}
    with served(tmp_path, furnished=True) as api:
        command = [
            *(str(Path(sys.executable).with_name("st")), "--config-file", str(HERE / "schemathesis.toml")),
            *("run", f"{api.url}/admin/v1/openapi.json"),
            *("--header", f"Authorization: Bearer {api.world.keys[who]}", "--checks", "all"),
            *("--max-examples", EXAMPLES, "--max-time", SECONDS, "--seed", "1"),
        ]
        done = subprocess.run(
            command, env={**os.environ, **known}, cwd=tmp_path, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
