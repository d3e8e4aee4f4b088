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
@pytest.mark.parametrize("who", ["ana", "marta"])
def test_schemathesis_finds_nothing(tmp_path: Path, who: str) -> None:
    """With the key of the platform and with that of a talent's manager."""
    with served(tmp_path) as api:
        done = subprocess.run(
            [
                str(Path(sys.executable).with_name("st")),
                *(
                    "--config-file",
                    str(HERE / "schemathesis.toml"),
                    "run",
                    f"{api.url}/admin/v1/openapi.json",
                ),
                *("--header", f"Authorization: Bearer {api.world.keys[who]}", "--checks", "all"),
                *("--max-examples", EXAMPLES, "--max-time", SECONDS, "--seed", "1"),
            ],
            env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.admin.api.admin.schemathesis_hooks"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
