"""The package as somebody else gets it: a wheel, a clean virtual environment, no source tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.server import MODELS, ROOT

_LEFT_OUT = (".venv", ".git", ".cache", ".data", "node_modules", "__pycache__", "*.egg-info", "build", "dist")


def run(*command: str | Path, cwd: Path, **variables: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GEMELO_")}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the tree: building leaves folders behind."""
    folder = tmp_path_factory.mktemp("wheel")
    tree = shutil.copytree(ROOT, folder / "tree", symlinks=True, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, tree, cwd=folder)
    [built] = folder.glob("*.whl")
    return built


def test_the_wheel_holds_the_program_and_nothing_else(wheel: Path) -> None:
    """Everything lies under `gemelo/`; data files are in, tests and model files are not."""
    names = zipfile.ZipFile(wheel).namelist()
    inside = [name for name in names if ".dist-info/" not in name]
    assert all(name.startswith("gemelo/") for name in inside)
    for needed in (
        "gemelo/models/manifest.toml",
        "gemelo/context/policy/platform.yaml",
        "gemelo/admin/demo/layers/portal.yaml",
        "gemelo/admin/demo/knowledge/es/rules.md",
        "gemelo/admin/pages/console.css",
        "gemelo/admin/pages/templates/rules.html",
        "gemelo/widget/gemelo.js",
        "gemelo/widget/pages/portal.html",
        "gemelo/benchmarks/page.html",
        "gemelo/engine/py.typed",
    ):
        assert needed in inside
    assert any(name.startswith("gemelo/context/store/migrations/versions/") for name in inside)
    assert not [name for name in inside if "test" in name or name.endswith((".onnx", ".gguf"))]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_wheel_runs_the_demo_in_a_clean_environment(wheel: Path, tmp_path: Path) -> None:
    """Install, put the demo in place, ask it who it is."""
    run(sys.executable, "-m", "venv", "venv", cwd=tmp_path)
    bin = tmp_path / "venv" / "bin"
    run(bin / "pip", "install", "--quiet", f"{wheel}[demo]", cwd=tmp_path)
    where = {"XDG_DATA_HOME": str(tmp_path / "data"), "GEMELO_MODELS_DIR": str(MODELS)}
    run(bin / "gemelo", "demo", cwd=tmp_path, **where)
    reply = run(bin / "gemelo", "say", "--deployment", "demo-portal", "Who are you?", cwd=tmp_path, **where)
    assert "virtual" in reply
    assert (tmp_path / "data" / "gemelo" / "gemelo.sqlite").is_file()
