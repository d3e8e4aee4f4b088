"""How soon a twin stops when the fan talks over it: from the onset of the fan's voice to the pause."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gemelo.benchmarks.doubletalk import TWIN_SAYS, Interruption, measure
from gemelo.benchmarks.fan import Clip, read, render, sound_bounds, spoken_by, transcribed
from gemelo.benchmarks.onset import VoiceOnsets
from gemelo.benchmarks.rows import Bench, House, Row, amount, share, times
from gemelo.benchmarks.spoken_turns import DEPLOYMENT, EN, Caller, calling
from gemelo.engine.events import ReplyEnded, ReplyStarted, SpeakingPaused, SpeakingStarted
from gemelo.models.adapters.artifacts import load_path
from gemelo.models.adapters.silero import SileroVoiceDetector
from gemelo.models.seams import TextToSpeech
from gemelo.models.vocabulary import IN_RATE

TURNS = 40
SETTINGS = {
    "onset_to_pause": "from the onset of the fan's voice to the order to pause",
    "onset": "rendered: the first 10 ms above the noise floor; speech: the same from where forced alignment "
    "(pocketsphinx) has the first word begin, for some recordings begin with a device's tone",
    "double_talk_missed": "share of interruptions that do not pause a twin whose echo is heard, 20 dB "
    "below it; this and false_pauses_per_min without an event loop (see doubletalk)",
    "replies": "what the twin was made to say by a minute of noise, in real time, recogniser and all",
    "paused_before": "share paused by what sounds before the voice, which is played too (1 s of it at most)",
}
INTERRUPTIONS = (
    "Wait, stop there.",
    "No, tell me about something else.",
    "Hold on.",
    "Sorry, what was that?",
)
ASKED = "What is the offside rule?"
_TALKS_S = 0.35
"""How long the twin has been speaking when it is interrupted, and then a little more each turn."""
_LEAD = IN_RATE
"""Samples of a recording before its voice that are played, and..."""
_VOICED = IN_RATE
"""...samples of the voice."""
_WAIT_S = 3.0
_BETWEEN_S = 1.2


@dataclass(frozen=True, slots=True)
class _Interruption:
    """What the microphone plays; the voice begins at sample `onset`."""

    source: str
    clip: Clip
    onset: int


async def run(bench: Bench, turns: int = TURNS) -> list[Row]:
    """Interrupts a speaking twin `turns` times in real time: some three minutes.

    Raises:
        BadDocument: the recordings are of another format, or nothing here can align them.
    """
    house = await bench.house()
    voice = (await house.place(DEPLOYMENT)).stage.voice
    spoken = [await render(voice, text, EN) for text in INTERRUPTIONS]
    interruptions = {
        "rendered": [
            _cut(text, clip, *sound_bounds(clip)) for text, clip in zip(INTERRUPTIONS, spoken, strict=True)
        ]
    }
    if bench.data and (recorded := _recorded(bench)):
        interruptions["speech"] = recorded
    bench.report(f"bargein: {', '.join(interruptions)}, and a minute of noise")
    told = await asyncio.gather(
        *(_stopping(house, own, profile, turns) for profile, own in interruptions.items()),
        _in_noise(bench, house),
    )
    return [row for rows in told for row in rows] + await _double_talk(bench, voice, interruptions)


async def _stopping(house: House, own: Sequence[_Interruption], profile: str, turns: int) -> list[Row]:
    """One fan who talks over the twin in every turn."""
    async with calling(house) as caller:
        found = [await _interrupted(caller, own[turn % len(own)], turn) for turn in range(turns)]
    after = [ms for ms in found if ms is not None and ms >= 0]
    rows = [
        share("paused", "en", [ms is not None for ms in found], profile),
        share("paused_before", "en", [ms is not None and ms < 0 for ms in found], profile),
    ]
    return [*rows, times("onset_to_pause", "en", after, profile)] if after else rows


async def _in_noise(bench: Bench, house: House) -> list[Row]:
    """A minute of noise in an open microphone; nobody has spoken, so nothing may be said."""
    if bench.data is None or not (folder := bench.data / "noise").is_dir():
        return []
    noise = np.concatenate([read(path) for path in sorted(folder.glob("*noise*.wav"))])
    loop = asyncio.get_running_loop()
    async with calling(house) as caller:
        begun = caller.microphone.play(noise)
        await asyncio.sleep(begun + len(noise) / IN_RATE + _WAIT_S - loop.time())
        replies = sum(isinstance(event, ReplyStarted) for _, event in caller.notes.events)
    minutes = len(noise) / IN_RATE / 60
    return [replace(amount("replies", "", replies, f"noise, {minutes:.1f} min"), lang="en")]


async def _double_talk(
    bench: Bench, voice: TextToSpeech, interruptions: Mapping[str, Sequence[_Interruption]]
) -> list[Row]:
    if bench.models is None:
        return []
    bench.report("bargein: double talk")
    vad = SileroVoiceDetector(load_path("silero-vad", bench.models))
    twin = await spoken_by(voice, TWIN_SAYS, EN)
    kind = "speech" if "speech" in interruptions else "rendered"
    fans = [Interruption(fan.source, fan.clip[fan.onset :]) for fan in interruptions[kind]]
    noise = bench.data / "noise" if bench.data else None
    return await asyncio.to_thread(lambda: list(measure(vad, twin, noise, fans)))


def _recorded(bench: Bench) -> list[_Interruption]:
    clips = transcribed(bench.needed("speech"))
    onsets = VoiceOnsets()
    found = [(text, clip, onsets.find(clip, text)) for clip, text in clips]
    if lost := sum(onset is None for _, _, onset in found):
        bench.report(f"bargein: {lost} recordings left out, their first word was not found")
    return [
        _cut(text, clip, onset, sound_bounds(clip)[1]) for text, clip, onset in found if onset is not None
    ]


def _cut(source: str, clip: Clip, onset: int, end: int) -> _Interruption:
    """A second of voice, with what was recorded before it."""
    begin = max(0, onset - _LEAD)
    return _Interruption(source, clip[begin : min(end, onset + _VOICED)], onset - begin)


async def _interrupted(caller: Caller, fan: _Interruption, turn: int) -> float | None:
    """Lets the twin talk, talks over it, and returns how long it went on after the voice's onset (ms).

    Negative where it stopped before the voice, None where it never did.
    """
    loop = asyncio.get_running_loop()
    begun = loop.time()
    caller.session.say(ASKED)
    if await caller.notes.first(SpeakingStarted, begun, _WAIT_S) is None:
        return None
    await asyncio.sleep(_TALKS_S + turn % 7 * 0.011)  # off the grid of frames and windows
    sounds = caller.microphone.play(fan.clip)
    onset = sounds + fan.onset / IN_RATE
    paused = await caller.notes.first(SpeakingPaused, sounds, onset + _WAIT_S - loop.time())
    await asyncio.sleep(sounds + len(fan.clip) / IN_RATE - loop.time() + _BETWEEN_S)
    caller.session.interrupt()
    await caller.notes.first(ReplyEnded, begun, _WAIT_S)
    return 1000 * (paused[0] - onset) if paused else None
