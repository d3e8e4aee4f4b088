"""The house rules that a machine can hold: sizes, packages, docstrings, nobody else's paths."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("engine", "pipelines", "context", "models", "admin", "benchmarks")
MAX_FILE = 400
MAX_FUNCTION = 60
TABLES = {
    *("context/guard/glyphs.py", "context/guard/lexicon.py"),
    "context/knowledge/words.py",
}
"""Files that are data tables."""

_SOURCES = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
_SCRIPTS = sorted((ROOT / "widget").glob("*.js"))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


@pytest.mark.parametrize("path", [*_SOURCES, *_SCRIPTS], ids=_name)
def test_a_file_has_one_job(path: Path) -> None:
    """No source file is longer than 400 lines, data tables apart."""
    lines = path.read_text("utf-8").count("\n")
    assert lines <= MAX_FILE or _name(path) in TABLES, f"{lines} lines: it has two jobs"


@pytest.mark.parametrize("path", _SOURCES, ids=_name)
def test_a_function_fits_on_a_page(path: Path) -> None:
    """No function is longer than 60 lines."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= MAX_FUNCTION, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", _SOURCES, ids=_name)
def test_a_module_says_what_it_is(path: Path) -> None:
    """Every module that holds code opens with a docstring."""
    source = path.read_text("utf-8")
    assert not source.strip() or ast.get_docstring(ast.parse(source)), "no docstring"


def test_the_wheel_lists_every_package() -> None:
    """`packages` of pyproject.toml names exactly the folders with an `__init__.py`, and their roots."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    found = {
        "gemelo." + path.parent.relative_to(ROOT).as_posix().replace("/", ".")
        for folder in (*FOLDERS, "widget")
        for path in (ROOT / folder).rglob("__init__.py")
    }
    assert set(settings["packages"]) == found


def test_nothing_names_a_machine_or_a_registry() -> None:
    """No committed text holds a home folder, this checkout's place or the host of a package registry."""
    hosts = "|".join(("registry" + r"\.npmjs", "pypi" + r"\.org", "files" + r"\.pythonhosted"))
    forbidden = re.compile(rf"/(?:root|home/\w+)/|{re.escape(str(ROOT))}/|{hosts}")
    for path in _tracked():
        if path.suffix in {".py", ".md", ".toml", ".json", ".yaml", ".js", ".css", ".html", ""}:
            found = forbidden.search(path.read_text("utf-8"))
            assert not found, f"{_name(path)}: {found and found[0]}"


def test_no_model_or_build_output_is_committed() -> None:
    """Model files, archives and built things stay out of git."""
    for path in _tracked():
        assert path.suffix not in {".onnx", ".gguf", ".whl", ".safetensors", ".so", ".wav", ".sqlite"}, path
        assert path.stat().st_size < 400_000, f"{_name(path)} is large"
