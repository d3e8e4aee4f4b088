from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gemelo.models.adapters.artifacts import State, fetch, listing, load_path, manifest
from gemelo.models.errors import ModelFileError


@pytest.fixture
def copied(model_directory: Path, tmp_path: Path) -> Path:
    for model in manifest().values():
        shutil.copy(model_directory / model.file, tmp_path)
        shutil.copy(model_directory / f"{model.file}.stamp", tmp_path)
    return tmp_path


def test_what_is_in_place_is_not_fetched_again(copied: Path) -> None:
    """Fetching twice downloads nothing the second time, even if the files were copied elsewhere."""
    said: list[str] = []
    fetch(manifest(), copied, said.append)
    assert said == []
    assert {line.state for line in listing(copied)} == {State.PRESENT}


def test_a_verified_file_is_found(model_directory: Path) -> None:
    """Every file of the manifest can be loaded where it was put."""
    for name, model in manifest().items():
        assert load_path(name, model_directory) == model_directory / model.file


def test_a_missing_file_says_what_to_run(tmp_path: Path) -> None:
    """A model that was never fetched is an error with its remedy."""
    with pytest.raises(ModelFileError, match=r"missing.*gemelo models fetch"):
        load_path("silero-vad", tmp_path)


@pytest.mark.parametrize("name", ["silero-vad", "minilm", "minilm-tokenizer"])
def test_a_corrupted_file_is_not_loaded(copied: Path, name: str) -> None:
    """One changed byte is seen, in a converted file as in a fetched one, and the listing shows it."""
    path = copied / manifest()[name].file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=r"corrupted.*gemelo models fetch"):
        load_path(name, copied)
    assert {line.model.name for line in listing(copied) if line.state is State.CHANGED} == {name}


def test_a_failed_download_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a registry the error names the package, and the directory stays empty."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(ModelFileError, match="pipecat-ai"):
        fetch(["silero-vad"], tmp_path, lambda line: None)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_name_is_refused(tmp_path: Path) -> None:
    """A name that the manifest does not have is an error that lists those it has."""
    with pytest.raises(ModelFileError, match="silero-vad"):
        fetch(["nothing"], tmp_path, lambda line: None)
