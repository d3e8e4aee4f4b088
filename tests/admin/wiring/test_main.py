"""Tests for what the program says, in its log and where it cannot start."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

LOGS = """
import logging
from gemelo.admin.wiring.main import set_up_logging

set_up_logging()
logging.info("ignoring text stream with topic 'a fan wrote this'")
logging.getLogger("livekit").info("a fan wrote this")
logging.error("the root logger's own error")
logging.getLogger("gemelo.admin").info("ours")
"""


def test_what_fans_choose_is_not_logged() -> None:
    """livekit names unknown topics at INFO, by its own logger and by the root's."""
    done = subprocess.run(
        [sys.executable, "-c", LOGS], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr.splitlines() == ["ERROR root: the root logger's own error", "INFO gemelo.admin: ours"]


@pytest.mark.parametrize("variable", ["VOICE_IDS", "PLUGINS", "PRICES", "LLM_OTHERS"])
def test_broken_json_in_a_setting_is_told_by_its_name(variable: str) -> None:
    """Its value may hold a key, and is not shown; nor is a traceback."""
    name = f"GEMELO_{variable}"
    done = subprocess.run(
        [sys.executable, "-c", "from gemelo.admin.wiring.main import main; main()", "models", "list"],
        env=os.environ | {name: '[{"key": "sk-secret"'},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == f"gemelo: {name} is not valid JSON: see docs/vendors.md\n"
