"""The tests of one mutant: those that mirror the changed module first, for they kill most.

Run by cosmic-ray in a clone, with one file changed. Hypothesis draws few examples, the same for every mutant,
and remembers none of them; what a mutant learns or deletes beside the models stays with it.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
MODELS = Path(os.environ.get("GEMELO_MODELS_DIR") or ROOT / ".cache" / "models").absolute()
_PYTEST = [
    *(sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--override-ini", "timeout=60"),
    *("--hypothesis-seed=1", "--hypothesis-profile=quick"),
]
_MIRRORED = {
    **{"candidate": "names", "tokens": "names", "lexicon": "names", "glyphs": "skeleton"},
    **{"phrasebook": "rules", "profanity": "rules", "builtin": "compiled"},
    **{"rulebook": "compiled", "seam": "compiled", "parts": "layers", "sample": "patterns"},
}
"""Where the tests of a module are that has no file of its own."""


def main() -> int:
    listed = subprocess.run(
        ["git", "diff", "--name-only", "context"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    changed = {ROOT / path for path in listed.stdout.splitlines()}
    tests = [test for test in _tests() if changed <= _reached(test)]
    mirrors = {f"test_{_MIRRORED.get(path.stem, path.stem)}.py" for path in changed}
    first = [test for test in tests if test.name in mirrors]
    rest = [test for test in tests if test.name not in mirrors]
    with TemporaryDirectory() as models:
        for file in MODELS.iterdir():
            (Path(models) / file.name).symlink_to(file)
        environment = {**os.environ, "GEMELO_MODELS_DIR": models, "OPENBLAS_NUM_THREADS": "1"}
        return next((code for some in (first, rest) if some and (code := _pytest(some, environment))), 0)


def _tests() -> list[Path]:
    context = ROOT / "tests" / "context"
    found = (path for folder in ("guard", "policy") for path in sorted((context / folder).glob("test_*.py")))
    return [*found, ROOT / "tests" / "engine" / "test_weighing.py"]


def _reached(test: Path) -> set[Path]:
    """The files of this repository that a test imports, directly or not."""
    found: set[Path] = set()
    left = [test]
    while left:
        file = left.pop()
        if file not in found:
            found.add(file)
            left += _imported(file)
    return found


@cache
def _imported(file: Path) -> list[Path]:
    return [path for name in _names(file) if (path := ROOT / f"{name.replace('.', '/')}.py").is_file()]


def _names(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            module = node.module.removeprefix("gemelo.")
            yield from (module, *(f"{module}.{alias.name}" for alias in node.names))


def _pytest(files: list[Path], environment: dict[str, str]) -> int:
    return subprocess.run([*_PYTEST, *files], cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
