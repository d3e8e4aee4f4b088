"""Programs of other people's clients: run by Node, or bundled for a page."""

from __future__ import annotations

import asyncio
import base64
import functools
import json
import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import soxr  # pyright: ignore[reportMissingTypeStubs]

from gemelo.benchmarks.fan import render
from gemelo.models.adapters.espeak import EspeakVoice
from gemelo.models.vocabulary import IN_RATE, OUT_RATE, Language

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SNIPPETS = ROOT / "docs" / "snippets"
AGENTS, LIVEKIT, PIPECAT = HERE / "agents.js", HERE / "livekit.js", HERE / "pipecat.js"
SMALL_WEBRTC = HERE / "small_webrtc.js"
_PATIENCE_S = 90


def printed(command: Sequence[str], given: str = "") -> str:
    """What a program prints that is `given` something to read."""
    done = subprocess.run(
        command,
        input=given,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
        env={"PATH": os.environ["PATH"], "NO_COLOR": "1", "NO_PROXY": "127.0.0.1"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def node(program: Path, *arguments: str, given: str = "") -> str:
    """What a program in JavaScript prints."""
    return printed(["node", str(program), *arguments], given)


def here(snippet: Path, url: str, folder: Path) -> Path:
    """A copy of a program of the docs that asks this server, where it finds the packages of this checkout."""
    text = snippet.read_text("utf-8").replace("127.0.0.1:8000", url.removeprefix("http://"))
    copy = folder / snippet.name.replace(".js", ".mjs")
    copy.write_text(text, "utf-8")
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    return copy


def talk(program: Path, name: str, *arguments: str) -> Any:
    """What one talk of a program comes to."""
    return json.loads(node(HERE / "talk.js", str(program), name, given=json.dumps(arguments)))


@functools.cache
def bundled(program: Path) -> str:
    """A program with all that it imports, as a module for a page: its exports stand in `client`."""
    entry = f"import * as client from {json.dumps(str(program))}; globalThis.client = client;"
    done = subprocess.run(
        [ROOT / "node_modules" / ".bin" / "esbuild", "--bundle", "--format=esm", "--log-level=error"],
        input=entry,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@functools.cache
def question(text: str = "What is the offside rule?") -> str:
    """A question in a voice between silences: s16le at `OUT_RATE`, in base64."""

    async def rendered() -> Any:
        voice = EspeakVoice()
        try:
            return await render(voice, text, Language("en"))
        finally:
            await voice.close()

    with ThreadPoolExecutor(1) as thread:  # Playwright keeps a loop running in this one
        clip = thread.submit(asyncio.run, rendered()).result().astype(np.float32)
    said = soxr.resample(clip, IN_RATE, OUT_RATE).astype(np.int16)
    silence = np.zeros(OUT_RATE // 2, np.int16)
    pcm = np.concatenate((silence, said, silence, silence, silence, silence)).astype("<i2").tobytes()
    return base64.b64encode(pcm).decode()


def realtime(url: str, model: str = "demo-portal") -> str:
    """The address of OpenAI's Realtime protocol on a server."""
    return f"{url.replace('http', 'ws', 1)}/v1/realtime?model={model}"
