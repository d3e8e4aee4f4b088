"""What rounds measured, as rows, and the engines side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gemelo.benchmarks.peers.rounds import Result
from gemelo.benchmarks.rows import Row, amount, share, times
from gemelo.benchmarks.tables import columns, number

OWN = "gemelo"
_COMPARED = ("voice_to_voice", "onset_to_pause", "reply_after_bargein", "cpu_s_per_min", "mb_per_session")
_TIMES = f", times {OWN}'s"
_TALK = {
    "voice_to_voice": "voice-to-voice ms",
    "false_end": "false ends",
    "calls_per_turn": "calls a turn",
    "wasted_tokens": "wasted",
    "onset_to_pause": "onset to silence ms",
    "reply_after_bargein": "reply after it ms",
    "first_text": "first text ms",
}
_CROWD = {
    "cpu_s_per_min": "CPU s a session-minute",
    "frame_lateness_p99": "lateness p99 ms",
    "voice_to_voice": "voice-to-voice ms",
    "answered": "answered",
}

Found = Mapping[str, Any]


def rows(results: Sequence[Result]) -> list[Row]:
    """All figures, those of one engine and profile together."""
    by_mode = {"latency": _latency, "bargein": _bargein, "text": _text}
    pooled: defaultdict[tuple[str, str, str], list[Found]] = defaultdict(list)
    crowds: defaultdict[str, dict[int, list[Found]]] = defaultdict(lambda: defaultdict(list))
    for result in results:
        config, job = result.round.config, result.round.job
        if job.mode == "density":
            crowds[config.name][job.sessions].append(result.found)
        else:
            pooled[job.mode, config.name, config.profile].append(result.found)
    found = [
        row
        for (mode, engine, profile), rounds in sorted(pooled.items())
        for row in by_mode[mode](rounds, engine, profile)
    ]
    for engine, sizes in sorted(crowds.items()):
        found += _density(sizes, engine)
    return found + list(_ratios(found))


def _latency(rounds: Sequence[Found], engine: str, profile: str) -> Iterator[Row]:
    turns = [turn for found in rounds for turn in found["turns"]]
    yield from _waits("voice_to_voice", turns, engine, profile)
    for metric, early in (("voice_to_voice, draft held", True), ("voice_to_voice, no draft held", False)):
        yield from _waits(metric, [turn for turn in turns if turn["early"] is early], engine, profile)
    answered = [turn["voice_to_voice_ms"] is not None or turn["false_end"] for turn in turns]
    yield share("answered", "en", answered, profile, engine)
    for metric, cut in (("false_end", True), ("false_end, whole utterances", False)):
        false = [turn["false_end"] for turn in turns if turn["cut"] is cut]
        if false:
            yield share(metric, "en", false, profile, engine)
    calls, tokens, wasted = (sum(turn[key] for turn in turns) for key in ("calls", "tokens", "wasted"))
    yield amount("calls_per_turn", "calls", calls / max(1, len(turns)), profile, engine)
    yield amount("wasted_tokens", "share", wasted / max(1, tokens), profile, engine)


def _bargein(rounds: Sequence[Found], engine: str, profile: str) -> Iterator[Row]:
    stopped = [ms for found in rounds for ms in found["onset_to_silence"]]
    yield share("paused_before", "en", [ms is None for ms in stopped], profile, engine)
    if timed := [ms for ms in stopped if ms is not None]:
        yield times("onset_to_pause", "en", timed, profile, engine)
    turns = [turn for found in rounds for turn in found["turns"]]
    yield from _waits("reply_after_bargein", turns, engine, profile)


def _text(rounds: Sequence[Found], engine: str, profile: str) -> Iterator[Row]:
    added = [ms for found in rounds for ms in found["added"]]
    if added:
        yield times("first_text", "", added, profile, engine)


def _density(sizes: Mapping[int, Sequence[Found]], engine: str) -> Iterator[Row]:
    memory: dict[int, float] = {}
    for sessions, rounds in sorted(sizes.items()):
        profile = f"N={sessions}"
        yield amount("cpu_s_per_min", "s", _middle(rounds, "cpu_s_per_min"), profile, engine)
        late = [ms for found in rounds for ms in found["late_ms"]]
        yield amount("frame_lateness_p99", "ms", float(np.percentile(late, 99)), profile, engine)
        yield amount("frames_taken", "share", _middle(rounds, "frames"), profile, engine)
        waited = [ms for found in rounds for ms in found["voice_to_voice"]]
        if waited:
            yield times("voice_to_voice", "en", waited, profile, engine)
        yield share("answered", "en", [hit for found in rounds for hit in found["answered"]], profile, engine)
        memory[sessions] = _middle(rounds, "memory_mb")
    if len(memory) > 1:
        few, many = min(memory), max(memory)
        yield amount("mb_per_session", "MB", (memory[many] - memory[few]) / (many - few), "", engine)


def _waits(metric: str, turns: Sequence[Found], engine: str, profile: str) -> Iterator[Row]:
    """The times of the turns that were answered, and not falsely ended."""
    waited = [turn["voice_to_voice_ms"] for turn in turns if turn["voice_to_voice_ms"] is not None]
    if waited:
        yield times(metric, "en", waited, profile, engine)


def _middle(rounds: Sequence[Found], key: str) -> float:
    return float(np.median([found[key] for found in rounds]))


def _ratios(found: Sequence[Row]) -> Iterator[Row]:
    """Every peer's figure over ours on the same events: its A-silence stands against our A-interim too."""
    for own in found:
        if own.engine != OWN or own.metric not in _COMPARED or not own.value:
            continue
        for row in found:
            if row.engine != OWN and row.metric == own.metric and _comparable(row, own):
                times_ours = round(row.value / own.value, 2)
                yield Row(row.engine, own.profile, row.metric + _TIMES, row.lang, "x", times_ours)


def _comparable(row: Row, own: Row) -> bool:
    """Whether the events were the same; our own engine set up otherwise stands against the same profile."""
    if row.engine.startswith(OWN):
        return row.profile == own.profile
    return row.profile.partition("-")[0] == own.profile.partition("-")[0]


def side_by_side(found: Sequence[Row]) -> str:
    """Conversations, then crowds: an engine a line, medians, in brackets how many times ours.

    Ours is the figure of the same profile. A peer on a plain recogniser has `A-silence`; see the rows for
    its ratio to our `A-interim`.
    """
    spoken = {(row.profile, row.engine) for row in found if row.metric == "calls_per_turn"}
    crowds = {(row.profile, row.engine) for row in found if row.metric == "cpu_s_per_min"}
    return "\n\n".join(
        _table(found, lines, metrics) for lines, metrics in ((spoken, _TALK), (crowds, _CROWD)) if lines
    )


def _table(found: Sequence[Row], lines: set[tuple[str, str]], metrics: Mapping[str, str]) -> str:
    cells = {(row.engine, row.profile, row.metric): row for row in found}

    def cell(engine: str, profile: str, metric: str) -> str:
        row = cells.get((engine, profile, metric))
        ratio = cells.get((engine, profile, f"{metric}{_TIMES}"))
        return f"{number(row.value)}{f' ({number(ratio.value)}x)' if ratio else ''}" if row else ""

    return columns(
        [
            ("profile", "engine", *metrics.values()),
            *(
                (profile, engine, *(cell(engine, profile, metric) for metric in metrics))
                for profile, engine in sorted(lines, key=_in_order)
            ),
        ]
    )


def _in_order(line: tuple[str, str]) -> tuple[str, int, bool, str]:
    """By profile, crowds by their size, our engine first."""
    profile, engine = line
    kind, _, size = profile.partition("=")
    return kind, int(size or 0), not engine.startswith(OWN), engine
