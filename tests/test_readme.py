"""The README's promises, run as they stand there."""

from __future__ import annotations

import asyncio
import re
import shlex
import shutil
import subprocess
import wave
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from gemelo.models.adapters.espeak import EspeakVoice
from gemelo.models.vocabulary import OUT_RATE, Language
from tests.server import ROOT, environment, program

README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = [
    shlex.split(line.strip(), comments=True)
    for line in re.findall(r"^    (gemelo .*)$", README, re.M)
    if "serve" not in line and "bench" not in line
]


@pytest.fixture(scope="module")
def folder(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder that holds the files which the README's commands name."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(demo_data, folder / "data")
    (folder / "folder").mkdir()
    text = "The boots hang in the hall. Every pair has a name on it, and nobody takes another one's pair.\n"
    (folder / "notes.md").write_text(f"# Boots\n\n{text}", "utf-8")
    (folder / "folder" / "more.txt").write_text(text, "utf-8")
    _speak(folder / "IN.wav")
    return folder


def _speak(path: Path) -> None:
    """Renders a short question."""

    async def render() -> bytes:
        async def text() -> AsyncIterator[str]:
            yield "What is the weather like today?"

        voice = EspeakVoice()
        try:
            return b"".join([speech.pcm async for speech in voice.speak(text(), Language("en"))])
        finally:
            await voice.close()

    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(OUT_RATE)
        file.writeframes(asyncio.run(render()))


def test_the_readme_shows_the_main_commands() -> None:
    """A newcomer sees how to ask, talk, teach, search, check and explain."""
    shown = {command[1] for command in COMMANDS}
    assert {"say", "talk", "learn", "search", "check", "explain", "models"} <= shown


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[1])
def test_a_command_of_the_readme_works(command: Sequence[str], folder: Path) -> None:
    """Each line of the README's command list ends with status 0."""
    done = subprocess.run(
        [*program(), *command[1:]],
        cwd=folder,
        env=environment(folder / "data"),
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout or done.stderr
