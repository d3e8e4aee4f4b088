"""The page on vendors says what the fakes assume."""

from __future__ import annotations

from pathlib import Path

import pytest

from gemelo.admin.wiring.settings import Settings
from tests import phone
from tests.models.adapters import (
    cartesia_server,
    cartesia_voices_server,
    deepgram_server,
    elevenlabs_server,
    responses_server,
    tavus_server,
)

ASSUMED = (
    *deepgram_server.ASSUMED,
    *cartesia_server.ASSUMED,
    *cartesia_voices_server.ASSUMED,
    *elevenlabs_server.ASSUMED,
    *responses_server.ASSUMED,
    *tavus_server.ASSUMED,
    *phone.ASSUMED,
)
PAGE = (Path(__file__).parents[1] / "docs" / "vendors.md").read_text("utf-8")


@pytest.mark.parametrize("assumed", ASSUMED)
def test_what_a_fake_assumes_is_told(assumed: str) -> None:
    """Each sentence stands on the page, to the letter."""
    assert f"- {assumed}\n" in PAGE


def test_every_setting_on_the_page_is_one() -> None:
    """A variable that nobody reads would be looked for in vain."""
    known = {f"GEMELO_{name.upper()}" for name in Settings.model_fields}
    told = set(PAGE.replace("=", " ").replace("`", " ").replace(",", " ").split())
    assert {word for word in told if word.startswith("GEMELO_")} <= known
