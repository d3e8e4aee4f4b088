"""The guard's learned rules are made once and kept, and no fault of a file keeps a server from starting."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import pytest

from gemelo.admin.wiring.meaning import keep, load_meaning
from gemelo.context.guard.meaning import Meaning, learned_from
from gemelo.models.errors import EmbedderError
from gemelo.models.seams import Embedding
from tests.meaning import FlatEmbedder, quiet_meaning


class Asked(Exception):
    """The rules would be learned now."""


class Unlearned(FlatEmbedder):
    """Tells when it is asked to read the first example, which would take a minute."""

    def embed(self, texts: Sequence[str]) -> Sequence[Embedding]:
        raise Asked


def kept(folder: Path) -> Path:
    """Where the rules of these encoders are looked for."""
    return folder / f"guard-{learned_from(Unlearned())}.npz"


def test_what_is_kept_is_read() -> None:
    """Both encoders have one name, so that what one learned serves the other."""
    assert learned_from(Unlearned()) == learned_from(FlatEmbedder())


def test_rules_that_are_kept_are_not_learned_again(tmp_path: Path) -> None:
    """A start with the file reads it."""
    quiet_meaning().save(kept(tmp_path))
    assert isinstance(load_meaning(tmp_path, Unlearned()), Meaning)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no arrays at all", b"\x93NUMPY"])
def test_a_damaged_file_is_learned_anew(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says why the start takes a minute."""
    kept(tmp_path).write_bytes(content)
    with pytest.raises(Asked):
        load_meaning(tmp_path, Unlearned())
    assert "damaged" in caplog.text


def test_a_missing_file_is_learned(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """And says so."""
    with pytest.raises(Asked):
        load_meaning(tmp_path, Unlearned())
    assert "once" in caplog.text
    assert "damaged" not in caplog.text


def test_rules_of_other_examples_are_not_read(tmp_path: Path) -> None:
    """A file's name tells what it was learned from."""
    quiet_meaning().save(tmp_path / "guard-0123456789abcdef.npz")
    with pytest.raises(Asked):
        load_meaning(tmp_path, Unlearned())


def test_an_encoder_that_fails_is_told(tmp_path: Path) -> None:
    """Without an encoder there is no guard, and no server that claims to have one."""

    class Broken(FlatEmbedder):
        def embed(self, texts: Sequence[str]) -> Sequence[Embedding]:
            raise EmbedderError("no model")

    with pytest.raises(EmbedderError):
        load_meaning(tmp_path, Broken())
    assert list(tmp_path.iterdir()) == []


def test_what_was_learned_is_kept_whole(tmp_path: Path) -> None:
    """The next start finds it, whoever's it is, and nothing beside it."""
    keep(quiet_meaning(), kept(tmp_path))
    assert kept(tmp_path).stat().st_mode & 0o777 == 0o644
    assert list(tmp_path.iterdir()) == [kept(tmp_path)]
    assert isinstance(load_meaning(tmp_path, Unlearned()), Meaning)


@pytest.mark.parametrize("folder", ["missing", "file", "taken"])
def test_a_folder_that_cannot_be_written_costs_a_warning_only(
    tmp_path: Path, folder: str, caplog: pytest.LogCaptureFixture
) -> None:
    """No such folder, no folder at all, or no place in it: the server starts, and leaves no half a file."""
    (tmp_path / "file").write_text("")
    (tmp_path / "taken" / "guard.npz").mkdir(parents=True)
    with caplog.at_level(logging.WARNING):
        keep(quiet_meaning(), tmp_path / folder / "guard.npz")
    assert "cannot be kept" in caplog.text
    assert list(tmp_path.rglob("*.part")) == []
