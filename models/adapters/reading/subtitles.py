"""Subtitles: what is said, with the time at which it is."""

# webvtt-py annotates nothing.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError

from gemelo.models.adapters.reading.parts import Unreadable, clock, from_day, in_parts
from gemelo.models.dates import date_of
from gemelo.models.vocabulary import Part

_TAG = re.compile(r"</?[^>]+>|\{\\[^}]*\}")
_DATED = re.compile(r"^(?:NOTE\s+)?date:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_FIRST_CUE = "-->"


def read_subtitles(text: str, *, vtt: bool) -> Iterator[Part]:
    """Reads SubRip or WebVTT; a part's place is its time, "12:40" or "1:02:03". A line "Date: 2024-03-05" of
    the header, or of a note in it, dates it.

    Raises:
        Unreadable: there is no cue in it.
    """
    try:
        cues = webvtt.from_buffer(StringIO(text), format="vtt" if vtt else "srt")
    except (MalformedFileError, MalformedCaptionError):
        raise Unreadable("there are no subtitles in it: no cue with a time was found") from None
    lines = list(_said(cues))
    if not lines:
        raise Unreadable("the subtitles hold no text")
    said = _DATED.search(text.partition(_FIRST_CUE)[0])
    yield from from_day(in_parts(lines), date_of(said[1]) if said else "")


def _said(cues: Any) -> Iterator[tuple[str, str]]:
    """Lines with their times. Captions that roll up say each line once; a new speaker is named."""
    before, speaker = "", ""
    for cue in cues:
        said = [line for line in (" ".join(_TAG.sub("", raw).split()) for raw in cue.lines) if line]
        fresh = [line for line in said if line != before]
        before = said[-1] if said else before
        named = f"{cue.voice}: " if cue.voice and cue.voice != speaker else ""
        speaker = cue.voice or speaker
        if fresh:
            yield clock(_seconds(cue.start)), named + " ".join(fresh)


def _seconds(start: str) -> float:
    hours, minutes, seconds = start.split(":")
    return 3600 * int(hours) + 60 * int(minutes) + float(seconds.replace(",", "."))
