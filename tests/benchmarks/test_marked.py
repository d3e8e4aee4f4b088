"""Clips that say who they are, and the recogniser that reads it."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from gemelo.benchmarks.marked import MARK, Mark, MarkedRecogniser, PredictingEars, marked, read_mark, spread
from gemelo.benchmarks.transcripts import FINAL_MS, said
from gemelo.models.vocabulary import IN_RATE, Language, Signal, Transcript, TurnSignal
from tests.benchmarks.recordings import chime
from tests.virtual import virtually

FRAME = 2 * MARK


async def heard(pcm: bytes, *settled_at_ms: float) -> list[tuple[float, Transcript]]:
    """What the recogniser says of a marked clip, and after how many ms of it; settles where told."""
    came: list[tuple[float, Transcript]] = []
    at_ms = -1000 * MARK / IN_RATE
    stream = await MarkedRecogniser(["who are you"]).open(
        Language("en"), lambda transcript: came.append((at_ms, transcript))
    )
    waiting = sorted(settled_at_ms)
    for start in range(0, len(pcm), FRAME):
        at_ms += 1000 * MARK / IN_RATE
        stream.hear(pcm[start : start + FRAME])
        while waiting and waiting[0] <= at_ms:
            waiting.pop(0)
            stream.settle()
    return came


@given(st.builds(Mark, *[st.integers(0, 2**20 - 1)] * 3))
def test_a_mark_reads_back(mark: Mark) -> None:
    """What a clip says of itself is read from its first frame, which nobody can hear."""
    clip = marked(chime(100), mark)
    assert read_mark(clip[:MARK].tobytes()) == mark
    assert abs(clip[:MARK]).max() < 16


def test_sound_is_no_mark() -> None:
    """Silence, noise and a short frame are what they are."""
    for pcm in (bytes(FRAME), chime(20).tobytes(), b"\x07\x00"):
        assert read_mark(pcm) is None


@given(st.text("abcdefgh ", min_size=1).filter(str.strip), st.floats(0, 500), st.floats(100, 5000))
def test_words_fill_the_speech(text: str, begin_ms: float, length_ms: float) -> None:
    """Every word sounds, one after the other, within the speech."""
    stretch = spread(text, begin_ms, begin_ms + length_ms)
    assert said([stretch]) == " ".join(text.split())
    assert stretch.words[0].from_ms == begin_ms
    assert abs(stretch.words[-1].to_ms - stretch.to_ms) < 1e-6


def test_an_ear_that_predicts_says_when_the_turn_is_over() -> None:
    """Signals with the words so far, in the order that every ear has."""
    came: list[TurnSignal] = []

    async def main() -> None:
        ear = await PredictingEars(["who are you"]).open(Language("en"), came.append)
        pcm = marked(chime(1500), Mark(3, 0, 200)).tobytes()
        for start in range(0, len(pcm), FRAME):
            ear.hear(pcm[start : start + FRAME])
            await asyncio.sleep(MARK / IN_RATE)
        await ear.close()

    virtually(main())
    kinds = [signal.kind for signal in came]
    assert kinds[:2] == [Signal.START, Signal.UPDATE]
    assert kinds[-2:] == [Signal.EAGER_END, Signal.END]
    assert [signal.text for signal in came[-2:]] == ["who are you"] * 2


async def test_the_final_comes_when_its_sound_has_been_heard() -> None:
    """150 ms of audio after the speech, whatever the clock says; interims grow before it."""
    came = await heard(marked(chime(1500), Mark(3, 0, 1000)).tobytes())
    texts = [transcript.text for _, transcript in came]
    assert texts == ["who", "who are", "who are you", "who are you"]
    assert [transcript.final for _, transcript in came] == [False, False, False, True]
    assert 1000 + FINAL_MS <= came[-1][0] < 1000 + FINAL_MS + 20


async def test_every_question_for_a_final_is_answered_once() -> None:
    """Asked before the final, the final answers; asked again, or after it, an empty one does."""
    pcm = marked(chime(1500), Mark(3, 0, 1000)).tobytes()
    for asked, empty in (((900.0,), 0), ((900.0, 1000.0), 1), ((1300.0,), 1)):
        finals = [transcript.text for _, transcript in await heard(pcm, *asked) if transcript.final]
        assert finals == ["who are you"] + [""] * empty
