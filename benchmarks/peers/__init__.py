"""Gemelo, pipecat, LiveKit Agents and a bare loop behind the same scripted ears, mind and voice.

    the bench's own interpreter                       one process a round, pinned to one core
    suite ─▶ rounds ─▶ utterances (an npz file) ──▶ play ─▶ modes ─▶ conversation ─▶ an engine
      ▲                                               │                 ├─ services: ears, mind, voice
      └── figures ◀──── JSON on standard output ◀─────┘                 └─ playback: what sounded when

A peer runs in its own virtual environment, where there is no gemelo: what plays a round (`play` and all
that it imports, except the adapter `gemelo`) imports nothing of gemelo outside `benchmarks.peers` and
`benchmarks.transcripts`; such a module is called neutral. It is found there through a folder that holds
a link to `benchmarks` and nothing else, so that a wrong import fails at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gemelo.benchmarks.rows import Bench, Row

SETTINGS = {
    "services": "final 150 ms after speech (B: eager end +120, end +320, 15 % false), words 100-300 ms after "
    "their onset; first token 180 ms, 15 ms a token of 4 characters; voice 90 ms, 5 times real time",
    "voice_to_voice": "from the last sample above the noise floor to the first sample of an answer to the "
    "whole question, as a loudspeaker at real pace plays it; turns that were falsely ended are left out",
    "false_end": "share of utterances broken off for 0.6-1.5 s to which an answer sounded before their end, "
    "or that got an answer to half of what was said",
    "wasted_tokens": "share of tokens of calls of which nothing was heard",
    "onset_to_pause": "from the onset of the fan's voice over the twin's to its last sample",
    "paused_before": "share of interruptions before which a breath had stopped the twin",
    "first_text": "from a typed message to the first text, less the mind's 180 ms",
    "cpu_s_per_min": "CPU seconds, all threads, a session-minute; services and fans are in the same process",
    "mb_per_session": "between the smallest and the largest crowd",
    "gemelo": "full guard, 200 names; its own row without",
    "A-silence": "peers stand here too: they begin in the silence after the speech",
}


async def run(bench: Bench) -> Sequence[Row]:
    """Installs the peers, plays all rounds, prints them side by side: within 15 minutes, or hours in full."""
    from gemelo.benchmarks.peers.suite import measure  # not where a peer's interpreter imports this

    return await measure(bench)
