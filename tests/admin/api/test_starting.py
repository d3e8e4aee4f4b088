"""Tests for a server that cannot start: exit status 1 and a sentence that says what to do."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from gemelo.admin.api.serve import bind
from tests.server import MODELS, Server, gemelo


def complaint(data: Path, *arguments: str, **settings: str) -> str:
    """Serves, which must fail, and returns the one line that says why."""
    done = gemelo(data, "serve", *arguments, **settings)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()[-1]


def test_a_port_in_use_is_named(server: Server, demo_data: Path) -> None:
    """The sentence names the port and how to choose another."""
    said = complaint(demo_data, "--port", str(server.port))
    assert str(server.port) in said
    assert "--port" in said


@pytest.mark.parametrize("port", ["70000", "-1"])
def test_a_port_that_cannot_be_is_refused(demo_data: Path, port: str) -> None:
    """A number that is no port is an error like any other."""
    assert port in complaint(demo_data, "--port", port)


def test_a_host_that_is_not_here_is_refused(demo_data: Path) -> None:
    """An address of another machine cannot be listened on."""
    assert "203.0.113.7" in complaint(demo_data, "--host", "203.0.113.7", "--port", "0")


@pytest.mark.parametrize(
    ("file", "harm"),
    [
        ("silero_vad.npz", "missing"),
        ("smart_turn_v3.2.light.onnx", "changed"),
        ("minilm_l6_v2.int8.onnx", "cut"),
    ],
)
def test_a_broken_model_file_is_named(demo_data: Path, tmp_path: Path, file: str, harm: str) -> None:
    """The sentence names what is missing or wrong, and what to run."""
    models = tmp_path / "models"
    models.mkdir()
    for part in MODELS.iterdir():
        (models / part.name).symlink_to(part)
    broken = models / file
    data = broken.read_bytes()
    broken.unlink()
    if harm == "changed":
        broken.write_bytes(data[:1000] + b"\0\0\0\0" + data[1004:])
    elif harm == "cut":
        broken.write_bytes(data[: len(data) // 2])
    said = complaint(demo_data, "--port", "0", GEMELO_MODELS_DIR=str(models))
    assert "gemelo models fetch" in said


def test_a_database_that_is_none_is_refused(tmp_path: Path) -> None:
    """A file that is no database stops the server before anybody is let in."""
    (tmp_path / "gemelo.sqlite").write_bytes(b"this is no database" * 1000)
    assert "store" in complaint(tmp_path, "--port", "0")


def test_a_data_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    """A file where the data folder should be is an error with a sentence."""
    (tmp_path / "file").touch()
    assert "data folder" in complaint(tmp_path / "file", "--port", "0")


async def test_small_answers_leave_at_once() -> None:
    """No part of an answer waits until the part before it is acknowledged (Nagle's algorithm)."""
    listener = bind("127.0.0.1", 0)
    accepted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def opened(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer: socket.socket = writer.get_extra_info("socket")
        accepted.set_result(peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    server = await asyncio.start_server(opened, sock=listener)
    reader, writer = await asyncio.open_connection(*listener.getsockname())
    assert await accepted
    assert await reader.read() == b""
    writer.close()
    server.close()
    await server.wait_closed()
