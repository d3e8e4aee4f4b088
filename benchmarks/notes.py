"""What was tried where a target is not reached: `notes/SUITE.md`, a heading for each target by its title."""

from __future__ import annotations

from importlib.resources import files


def notes(suite: str) -> dict[str, str]:
    """The notes of a suite in Markdown, by the title of the target; none where there is no file."""
    file = files("gemelo.benchmarks").joinpath("notes", f"{suite}.md")
    if not file.is_file():
        return {}
    sections = file.read_text("utf-8").split("\n## ")[1:]
    parted = (section.partition("\n") for section in sections)
    return {title.strip(): text.strip() for title, _, text in parted}
