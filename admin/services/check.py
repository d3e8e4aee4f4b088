"""Trying a deployment's guard on texts, for `gemelo check`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter_ns
from typing import Any

from gemelo.admin.services.house import Place
from gemelo.context.records import Decision, Verdict
from gemelo.models.errors import BadDocument

_GRAVEST_FIRST = (Decision.CRISIS, Decision.BLOCK, Decision.REDACT, Decision.ALLOW)


@dataclass(frozen=True, slots=True)
class Checked:
    """The gravest verdict on one text, and the time that judging it took (us)."""

    verdict: Verdict
    micros: int

    def row(self) -> dict[str, Any]:
        """The JSON shape that scripts read; what does not apply is null."""
        verdict = self.verdict
        allowed = verdict.decision is Decision.ALLOW
        return {
            "verdict": verdict.decision.value,
            "rule": verdict.rule or None,
            "layer": verdict.layer or None,
            "span": None if allowed else list(verdict.span),
            "micros": self.micros,
        }


def check(place: Place, texts: Iterable[str], side: str) -> list[Checked]:
    """Judges texts as the guard of an open deployment does.

    Args:
        side: `input` for what a fan says, `output` for what the twin would say.
    """
    stage = place.stage
    spoken = stage.context.languages
    stage.guard.judge("-", spoken[0], side)  # word lists are read at the first use
    results: list[Checked] = []
    for text in texts:
        language = stage.tell_language(text, spoken, spoken[0])
        begun = perf_counter_ns()
        verdicts = stage.guard.judge(text, language, side)
        micros = (perf_counter_ns() - begun) // 1000
        gravest = min(verdicts, key=lambda verdict: _GRAVEST_FIRST.index(verdict.decision))
        results.append(Checked(gravest, micros))
    return results


def texts_of(path: Path) -> list[str]:
    """Reads a file of JSON objects, one a line, each with a key `text`.

    Raises:
        BadDocument: the file cannot be read, or a line is not such an object; names the line.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise BadDocument(f"{path} cannot be read: {error.strerror}") from None
    if lines[-1].strip() == b"":
        lines.pop()
    return list(_texts(path, lines))


def _texts(path: Path, lines: Iterable[bytes]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        try:
            text = json.loads(line)["text"]
        except (ValueError, KeyError, TypeError, RecursionError):
            text = None
        if not isinstance(text, str):
            raise BadDocument(f'{path}, line {number}: expected a JSON object with a text, {{"text": "..."}}')
        yield text
