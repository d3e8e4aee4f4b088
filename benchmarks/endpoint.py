"""End of turn: how often a pause inside speech is taken for the end, against how long a true end takes.

Pauses and ends are made as `gemelo.benchmarks.takes` says, from recordings where there are data and from
speech of the twin's own voice; what the models say of them is found once and kept, so that a second run
takes seconds. The decision is the product's (`gemelo.models.ending`), let know more and more: the silence
alone, with Smart Turn, with the words, with both. Each is run with all its times stretched by one factor,
which draws a curve. Sources are parted in halves: an operating point is chosen on one and reported on the
other. Intervals are bootstraps over sources, for takes of one source are not independent.

Words are the transcript's own, heard 100-300 ms after their onset and 150 ms after the voice pauses.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gemelo.benchmarks.decisions import Heard, Knowing, Outcome, decide, hear, hurried
from gemelo.benchmarks.fan import Clip, read
from gemelo.benchmarks.intervals import clustered
from gemelo.benchmarks.rows import Bench, Curve, Finding, Row, amount, share, times
from gemelo.benchmarks.silences import Listener
from gemelo.benchmarks.sources import recorded, rendered
from gemelo.benchmarks.takes import SNRS, Take, noisy, pink_noise, takes
from gemelo.models.adapters.artifacts import load_path
from gemelo.models.adapters.espeak import EspeakVoice
from gemelo.models.adapters.silero import SileroVoiceDetector
from gemelo.models.adapters.smart_turn import SmartTurnDetector
from gemelo.models.ending import EndingParameters
from gemelo.models.errors import BadDocument
from gemelo.models.vocabulary import Language

SETTINGS = {
    "false_end": "share of pauses inside speech in which the turn was ended",
    "end_of_turn": "from the last sound of a turn to the decision; Smart Turn's answer takes one window",
    "profiles": "vad: silence alone; smart-turn: the turn detector too; words: the transcript instead; "
    "all: both, as the product ships. @300: the fewest false ends at a median of 300 ms; @3%: the quickest "
    "with 3 % false ends; both chosen on the other half of the sources",
}
KNOWING = (
    Knowing("vad", sound=False, words=False),
    Knowing("smart-turn", sound=True, words=False),
    Knowing("words", sound=False, words=True),
    Knowing("all", sound=True, words=True),
)
FACTORS = tuple(round(float(factor), 3) for factor in np.geomspace(0.12, 1.5, 24))
GOAL_MS = 300.0
GOAL_SHARE = 0.03
_LANGUAGES = (Language("en"), Language("es"))


@dataclass(frozen=True, slots=True)
class _Point:
    """An operating point on one set of takes."""

    factor: float
    false: float
    median_ms: float


async def run(bench: Bench) -> list[Finding]:
    """Some minutes the first time, on a machine with nothing else to do.

    Raises:
        BadDocument: no folder of model files, or the recordings are of another format.
        ModelFileError: a model file is missing.
    """
    if bench.models is None:
        raise BadDocument("this suite needs the folder of model files")
    vad = SileroVoiceDetector(load_path("silero-vad", bench.models))
    file = load_path("smart-turn", bench.models)
    turns = SmartTurnDetector(file)
    kept = bench.models.parent / "endpoint" / file.stem
    listeners = [
        Listener(own, turns, kept)
        for own in (vad, SileroVoiceDetector(load_path("silero-vad", bench.models)))
    ]
    clean = await _takes(bench, vad)
    noises = _noises(bench)
    heard: list[Heard] = []
    for snr in SNRS:
        bench.report(f"endpoint: {len(clean)} takes, {f'noise at {snr} dB' if snr else 'clean'}")
        asked = clean if snr is None else [noisy(take, noises, snr) for take in clean]
        heard += await _heard(asked, listeners)
    turns.close()
    own = [one for one in heard if one.take.voice != "rendered"] or heard
    return [*_sizes(clean), *_compare(bench, own), *_by_group(heard)]


async def _heard(takes: Sequence[Take], listeners: Sequence[Listener]) -> list[Heard]:
    """What the ear makes of each take: nothing is timed here, so each listener takes its part at once."""
    found = await asyncio.gather(
        *(
            asyncio.to_thread(_listened, listener, takes[part :: len(listeners)])
            for part, listener in enumerate(listeners)
        )
    )
    return [heard for own in found for heard in own]


def _listened(listener: Listener, takes: Sequence[Take]) -> list[Heard]:
    return [hear(take, listener.silences(take)) for take in takes]


async def _takes(bench: Bench, vad: SileroVoiceDetector) -> list[Take]:
    voice = EspeakVoice()
    try:
        if bench.data is None:
            bench.report("endpoint: no data, so all speech is rendered by the twin's own voice")
            sources = await rendered(voice, _LANGUAGES)
        else:
            folders = dict.fromkeys((bench.needed("speech"), bench.needed("turns")))
            sources = await recorded(tuple(folders), voice, vad) + await rendered(voice, _LANGUAGES[1:])
    finally:
        await voice.close()
    return [take for source in sources for take in takes(source)]


def _noises(bench: Bench) -> list[Clip]:
    folder = bench.data / "noise" if bench.data else None
    if folder is None or not folder.is_dir():
        return [pink_noise(20)]
    return [read(path) for path in sorted(folder.glob("*noise*.wav"))]


def _compare(bench: Bench, heard: Sequence[Heard]) -> Iterator[Finding]:
    """The curves, and each profile's figures at the points chosen on the other half."""
    choosing, reporting = _halves(heard)
    shipped = EndingParameters()
    for knowing in KNOWING:
        chosen = [_point(choosing, knowing, factor) for factor in FACTORS]
        points = [_point(reporting, knowing, factor) for factor in FACTORS]
        for point in points:
            bench.report(
                f"endpoint: {knowing.name} x {point.factor}: {point.false:.3f} false ends a pause, "
                f"median {point.median_ms:.0f} ms"
            )
        yield Curve(
            "gemelo",
            knowing.name,
            "false_end",
            "median delay at true ends (ms)",
            "false ends per pause",
            tuple((point.median_ms, point.false) for point in points),
        )
        quick = [point for point in chosen if point.median_ms <= GOAL_MS]
        safe = [point for point in chosen if point.false <= GOAL_SHARE]
        if quick:
            factor = min(quick, key=lambda point: point.false).factor
            yield from _rows(reporting, knowing, hurried(shipped, factor), f"{knowing.name}@300")
        if safe:
            factor = min(safe, key=lambda point: point.median_ms).factor
            yield from _rows(reporting, knowing, hurried(shipped, factor), f"{knowing.name}@3%")
    yield from _rows(reporting, KNOWING[-1], shipped, "all")


def _by_group(heard: Sequence[Heard]) -> Iterator[Row]:
    """The decision as it ships, on both halves: by language, by noise, and on rendered speech."""
    shipped, own = EndingParameters(), [one for one in heard if one.take.voice != "rendered"]
    for snr in SNRS:
        for language in _LANGUAGES:
            some = [one for one in own if one.take.language == language and one.take.snr == snr]
            yield from _rows(some, KNOWING[-1], shipped, f"all, {f'{snr} dB' if snr else 'clean'}", language)
    natural = [one for one in own if not any(not pause.natural for pause in one.take.pauses)]
    yield from _rows(natural, KNOWING[-1], shipped, "all, natural pauses")
    for language in _LANGUAGES:
        some = [one for one in heard if one.take.voice == "rendered" and one.take.language == language]
        yield from _rows(some, KNOWING[-1], shipped, "all, rendered", language)


def _halves(heard: Sequence[Heard]) -> tuple[list[Heard], list[Heard]]:
    """Takes of every other source, languages apart."""
    first: set[str] = set()
    for language in _LANGUAGES:
        names = {one.take.source for one in heard if one.take.language == language}
        first.update(sorted(names, key=lambda name: zlib.crc32(name.encode()))[::2])
    chosen = [one for one in heard if one.take.source in first]
    return chosen, [one for one in heard if one.take.source not in first]


def _point(heard: Sequence[Heard], knowing: Knowing, factor: float) -> _Point:
    parameters = hurried(EndingParameters(), factor)
    outcomes = [decide(one, knowing, parameters) for one in heard]
    false = [ended for outcome in outcomes for ended in outcome.false]
    return _Point(factor, float(np.mean(false)), float(np.median(_delays(outcomes)[0])))


def _rows(
    heard: Sequence[Heard], knowing: Knowing, parameters: EndingParameters, profile: str, language: str = ""
) -> Iterator[Row]:
    outcomes = [decide(one, knowing, parameters) for one in heard]
    false = [(ended, outcome.source) for outcome in outcomes for ended in outcome.false]
    if false:
        hits, sources = [ended for ended, _ in false], [source for _, source in false]
        yield share("false_end", language, hits, profile, interval=clustered(hits, sources))
    delays, sources = _delays(outcomes)
    if delays:
        median = clustered(delays, sources, lambda drawn: float(np.median(drawn)))
        yield replace(times("end_of_turn", language, delays, profile), interval=median)
    if knowing.sound and false and delays:
        asked = sum(outcome.asked for outcome in outcomes) / (len(false) + len(delays))
        yield replace(amount("smart_turn_calls", "per silence", asked, profile), lang=language)


def _delays(outcomes: Sequence[Outcome]) -> tuple[list[float], list[str]]:
    found = [(one.delay_ms, one.source) for one in outcomes if one.delay_ms is not None]
    return [delay for delay, _ in found], [source for _, source in found]


def _sizes(clean: Sequence[Take]) -> Iterator[Row]:
    """How much there is, and how much of it is independent."""
    for language in _LANGUAGES:
        for voice in sorted({take.voice for take in clean if take.language == language}):
            some = [take for take in clean if take.language == language and take.voice == voice]
            counts = {
                "independent sources": len({take.source for take in some}),
                "pauses": sum(len(take.pauses) for take in some),
                "true ends": sum(take.end is not None for take in some),
            }
            for metric, count in counts.items():
                yield replace(amount(metric, "", count, voice), lang=language)
