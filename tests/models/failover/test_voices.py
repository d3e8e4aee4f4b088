from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.benchmarks.scripted import ScriptedVoice
from gemelo.models.clock import LoopClock
from gemelo.models.errors import VoiceError
from gemelo.models.failover.breaker import Breaker, BreakerRules, Circuit
from gemelo.models.failover.line import Line, Provider
from gemelo.models.failover.voices import FailoverVoice
from gemelo.models.seams import TextToSpeech
from gemelo.models.usage import METER, Meter, Price, Used
from gemelo.models.vocabulary import Language, Speech
from tests.virtual import virtually

EN = Language("en")
TEXT = "Run for each other, all afternoon. Then rest a while, and begin again."
MS = 60
"""Of sound a character."""


@dataclass
class Dying:
    """A voice that speaks so many pieces and then dies, or falls silent for good."""

    pieces: int = 0
    silently: bool = False
    wordless: bool = False
    asked: int = 0

    async def speak(self, text: AsyncIterator[str], language: Language) -> AsyncGenerator[Speech, None]:
        self.asked += 1
        spoken = 0
        async for speech in ScriptedVoice(ms_per_char=MS, speed=1000).speak(text, language):
            if spoken == self.pieces:
                if self.silently:
                    await asyncio.sleep(3600)
                raise VoiceError("died: scripted")
            spoken += 1
            yield Speech(speech.pcm, speech.text_end) if self.wordless else speech


class Guessing(Dying):
    """A voice that dies and whose words have guessed times, all too early."""

    async def speak(self, text: AsyncIterator[str], language: Language) -> AsyncGenerator[Speech, None]:
        async for speech in super().speak(text, language):
            words = tuple(replace(word, to_ms=0, guessed=True) for word in speech.words[:1])
            yield replace(speech, words=words)


class Lingering:
    """A voice that says nothing and takes its time to leave."""

    async def speak(self, text: AsyncIterator[str], language: Language) -> AsyncGenerator[Speech, None]:
        try:
            await asyncio.sleep(3600)
            yield Speech(b"", 0)
        finally:
            await asyncio.sleep(1)


@dataclass
class Late:
    """A voice that says all of a text some seconds after its beginning."""

    seconds: float

    async def speak(self, text: AsyncIterator[str], language: Language) -> AsyncGenerator[Speech, None]:
        await asyncio.sleep(self.seconds)
        async for speech in ScriptedVoice(ms_per_char=MS).speak(text, language):
            yield speech


class Endless:
    """A voice that says it all and never ends."""

    async def speak(self, text: AsyncIterator[str], language: Language) -> AsyncGenerator[Speech, None]:
        async for speech in ScriptedVoice(ms_per_char=MS).speak(text, language):
            yield speech
        await asyncio.sleep(3600)


async def written(text: str, size: int, pause_s: float = 0.0) -> AsyncIterator[str]:
    for at in range(0, len(text), size):
        await asyncio.sleep(pause_s)
        yield text[at : at + size]


async def by_words(text: str, count: int) -> AsyncIterator[str]:
    """So many words at once, so that a voice can tell each as it is said."""
    found = re.findall(r"\S+\s*", text)
    for at in range(0, len(found), count):
        await asyncio.sleep(0.01)
        yield "".join(found[at : at + count])


def spoken(
    voices: Sequence[TextToSpeech],
    *,
    pause_s: float = 0.01,
    meter: Meter | None = None,
    text: AsyncIterator[str] | None = None,
) -> list[tuple[float, Speech]]:
    """What is heard of `TEXT`, with when (s)."""

    async def main() -> list[tuple[float, Speech]]:
        METER.set(meter)
        providers = [Provider(f"voice-{number}", voice) for number, voice in enumerate(voices)]
        prices = {"voice-1": Price(characters=10, minute=60)}
        voice = FailoverVoice(Line(providers, LoopClock()), LoopClock(), 0.5, prices)
        clock = asyncio.get_running_loop().time
        source = text or written(TEXT, 4, pause_s)
        return [(clock(), speech) async for speech in voice.speak(source, EN)]

    return virtually(main())


def words(speeches: Sequence[tuple[float, Speech]]) -> list[str]:
    return [TEXT[word.start : word.end] for _, speech in speeches for word in speech.words]


def test_a_voice_that_is_well_speaks_alone() -> None:
    """Nothing is changed on the way."""
    other = Dying()
    heard = spoken([ScriptedVoice(ms_per_char=MS), other])
    assert words(heard) == TEXT.split()
    assert heard[-1][1].text_end == len(TEXT)
    assert other.asked == 0


@given(st.integers(0, 15), st.integers(1, 4), st.booleans())
def test_every_word_is_heard_once_in_order_whenever_a_voice_dies(
    pieces: int, together: int, silently: bool
) -> None:
    """The next voice begins with the first word that had not sounded to its end."""
    voices = [Dying(pieces, silently), ScriptedVoice(ms_per_char=MS)]
    heard = spoken(voices, text=by_words(TEXT, together))
    ends = [word.end for _, speech in heard for word in speech.words]
    assert sorted(set(ends)) == whole()
    begun_again = [end for end, following in pairwise(ends) if following <= end]
    assert len(begun_again) <= 1  # a word that was cut off in its middle is said again, no other is
    assert heard[-1][1].text_end == len(TEXT)


def whole() -> list[int]:
    """Where the words of the text end."""
    return [match.end() for match in re.finditer(r"\S+", TEXT)]


def test_times_go_on_from_what_has_sounded() -> None:
    """Words of the second voice are timed from the first sample of the utterance."""
    heard = spoken([Dying(6), ScriptedVoice(ms_per_char=MS)])
    sound_ms, lates = 0.0, list[float]()
    for _, speech in heard:
        sound_ms += len(speech.pcm) / 48
        lates += [sound_ms - word.to_ms for word in speech.words]
    assert min(lates) >= -MS
    times = [word.to_ms for _, speech in heard for word in speech.words]
    assert times == sorted(times)


def test_a_voice_without_word_times_is_followed_after_all_that_it_may_have_said() -> None:
    """Nothing is said twice where nobody knows what was said."""
    heard = spoken([Dying(3, wordless=True), ScriptedVoice(ms_per_char=MS)])
    said = [speech.text_end for _, speech in heard][2]
    assert "".join(words(heard)) == TEXT[said:].replace(" ", "")


def test_guessed_times_tell_nothing_of_what_has_sounded() -> None:
    """A voice whose words nobody has measured is followed as one that tells no times."""
    wordless = spoken([Dying(6, wordless=True), ScriptedVoice(ms_per_char=MS)])
    guessing = spoken([Guessing(6), ScriptedVoice(ms_per_char=MS)])
    said = wordless[5][1].text_end
    assert [s.text_end for _, s in guessing] == [s.text_end for _, s in wordless]
    following = [word for _, s in guessing[6:] for word in s.words]
    assert min(word.start for word in following) == said


def test_text_that_comes_while_a_voice_is_given_up_is_spoken() -> None:
    """The writer is not taken for broken because a silent voice leaves slowly."""
    heard = spoken([Lingering(), ScriptedVoice(ms_per_char=MS)], pause_s=0.2)
    assert words(heard) == TEXT.split()
    assert heard[-1][1].text_end == len(TEXT)


def test_the_last_of_a_line_is_given_more_time() -> None:
    """Nobody is behind it: late is better than never, but it ends."""
    assert words(spoken([Late(3)])) == TEXT.split()
    assert words(spoken([Dying(), Late(3)])) == TEXT.split()
    with pytest.raises(VoiceError, match="slow"):
        spoken([Dying(silently=True)])


def test_who_has_only_resting_voices_behind_it_is_given_more_time_too() -> None:
    """To leave one that is late for one that has just failed could cost the fan both."""

    async def main() -> list[Speech]:
        clock = LoopClock()
        resting: Provider[TextToSpeech] = Provider("voice-1", Dying())
        resting.breaker.failed(clock.now(), retry_s=60)
        voice = FailoverVoice(Line([Provider("voice-0", Late(3)), resting], clock), clock)
        return [speech async for speech in voice.speak(written(TEXT, 4), EN)]

    assert virtually(main())[-1].text_end == len(TEXT)


def test_only_text_that_a_voice_has_read_is_counted() -> None:
    """One that dies before it reads is paid nothing."""
    meter = Meter()
    spoken([Lingering(), ScriptedVoice(ms_per_char=MS)], meter=meter)
    assert [used.characters for used in meter.read()] == [0, len(TEXT)]


def test_silence_is_waited_for_half_a_second_once_a_clause_is_owed() -> None:
    """A voice that is given no whole clause owes nothing, however slowly the text comes."""
    patient = spoken([ScriptedVoice(ms_per_char=MS), Dying()], pause_s=2)
    assert words(patient) == TEXT.split()
    overdue = spoken([Dying(0, silently=True), ScriptedVoice(ms_per_char=MS)])
    clause_s = 0.01 * 5  # "Run for each other, " in pieces of four
    assert overdue[0][0] == pytest.approx(clause_s + 0.5 + 0.09, abs=0.02)


def test_where_all_fail_the_last_says_why() -> None:
    """Each is tried once."""
    first, second = Dying(1), Dying(2)
    with pytest.raises(VoiceError, match="died: scripted"):
        spoken([first, second])
    assert (first.asked, second.asked) == (1, 1)


def test_a_voice_that_dies_with_nothing_left_to_say_has_said_it() -> None:
    """Its end need not come."""
    pieces = len(list(range(0, len(TEXT), 4)))
    heard = spoken([Dying(pieces), Dying()])
    assert "".join(words(heard)).startswith(TEXT[:-6].replace(" ", ""))


def test_a_voice_that_never_ends_is_not_waited_for() -> None:
    """One that has said it all and does not say so is left."""
    assert words(spoken([Endless(), Dying()])) == TEXT.split()


def test_a_text_that_breaks_off_is_no_fault_of_a_voice() -> None:
    """Who writes tells of it; what was written is spoken."""

    async def broken() -> AsyncIterator[str]:
        yield "Run for each other. "
        raise RuntimeError

    provider: Provider[TextToSpeech] = Provider(
        "a", ScriptedVoice(), breaker=Breaker(BreakerRules(failures=1))
    )
    said: list[Speech] = []

    async def main() -> None:
        voice = FailoverVoice(Line([provider], LoopClock()), LoopClock())
        async for speech in voice.speak(broken(), EN):
            said.append(speech)  # noqa: PERF401  what came before the error counts

    with pytest.raises(RuntimeError):
        virtually(main())
    assert said
    assert provider.breaker.state is Circuit.CLOSED


def test_characters_and_seconds_are_noted_for_each_voice() -> None:
    """What each was given and has said, at its price."""
    meter = Meter()
    spoken([Dying(0), ScriptedVoice(ms_per_char=MS)], meter=meter)
    first, second = meter.read()
    assert (first.service, first.seconds) == ("voice-0", 0)
    seconds = second.seconds
    assert seconds == pytest.approx(len(TEXT) * MS / 1000, abs=0.1)
    assert second == Used("voice-1", seconds, len(TEXT), micros=second.micros)
    assert second.micros == pytest.approx(seconds * 1e6 + len(TEXT) * 10)


def test_a_voice_that_is_given_up_as_slow_is_no_faster_than_the_one_that_speaks() -> None:
    """It is charged with all of the wait: its patience alone would put it first again."""

    async def main() -> list[float | None]:
        clock = LoopClock()
        voices: list[TextToSpeech] = [Dying(silently=True), ScriptedVoice(first_audio_s=0.6)]
        providers = [Provider(str(n), voice) for n, voice in enumerate(voices)]
        await anext(FailoverVoice(Line(providers, clock), clock, 0.5).speak(written(TEXT, 100, 0.01), EN))
        return [one.pace.p50_ms for one in providers]

    assert virtually(main()) == [pytest.approx(1100, abs=1), pytest.approx(600, abs=1)]
