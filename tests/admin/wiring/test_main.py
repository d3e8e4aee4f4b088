"""Tests for what the program writes into its log."""

from __future__ import annotations

import subprocess
import sys

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
