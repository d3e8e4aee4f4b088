"""The guard's meaning rules: learned once from the examples that ship, then read from a file."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from gemelo.context.guard.meaning import Meaning, learn, learned_from
from gemelo.models.seams import Embedder

log = logging.getLogger(__name__)


def load_meaning(folder: Path, embedder: Embedder) -> Meaning:
    """Reads what was learned, or learns it (about a minute, 760 MB) and keeps it in `folder`."""
    path = folder / f"guard-{learned_from(embedder)}.npz"
    try:
        return Meaning.load(path, embedder)
    except FileNotFoundError:
        log.warning("the guard learns its examples, once: about a minute")
    except (OSError, ValueError, KeyError) as error:
        log.warning("%s is damaged (%s): the guard learns its examples anew", path.name, type(error).__name__)
    meaning = learn(embedder)
    keep(meaning, path)
    return meaning


def keep(meaning: Meaning, path: Path) -> None:
    """Writes the file whole or not at all; a folder that cannot be written costs the next start a minute."""
    try:
        with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
            written = Path(part.name)
        try:
            meaning.save(written)
            written.chmod(0o644)  # other users' servers may share the folder
            os.replace(written, path)
            for other in path.parent.glob("guard-*.npz"):  # learned from other examples: of no more use
                if other != path:
                    other.unlink(missing_ok=True)
        finally:
            written.unlink(missing_ok=True)
    except OSError as error:
        log.warning("what the guard learned cannot be kept: %s", error.strerror)
