"""Pacing and the heard-cursor, for any speech, any timing and any pauses."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gemelo.engine.playout import FRAME_BYTES, Frame, Playing, Playout
from gemelo.models.vocabulary import FRAME_MS, OUT_RATE, Speech, SpokenWord, Viseme

BYTES_PER_MS = OUT_RATE * 2 // 1000


def speech(ms: int, *words: tuple[int, int, float, float], visemes: tuple[Viseme, ...] = ()) -> Speech:
    pcm = bytes(index % 251 for index in range(ms * BYTES_PER_MS))
    return Speech(pcm, 0, tuple(SpokenWord(*word) for word in words), visemes)


def played(playout: Playout, until: float, now: float = 0.0) -> list[Frame]:
    """Everything handed out from `now` on, following the playout's own alarms."""
    frames: list[Frame] = []
    while now <= until:
        frames += playout.due(now)
        due = playout.next_due(now)
        if due is None:
            break
        now = max(due, now + 1e-6)
    return frames


@given(st.lists(st.integers(1, 400), max_size=8))
def test_nothing_of_the_sound_is_lost(pieces: list[int]) -> None:
    """The frames joined are the pieces joined, filled up to a whole frame with silence."""
    playout = Playout()
    sound = b""
    for ms in pieces:
        piece = speech(ms)
        playout.add(piece, 0)
        sound += piece.pcm
    playout.complete()
    handed_out = b"".join(frame.pcm for frame in played(playout, 60))
    assert handed_out[: len(sound)] == sound
    assert not handed_out[len(sound) :].strip(b"\0")
    assert len(handed_out) % FRAME_BYTES == 0


@given(st.lists(st.floats(0.001, 0.5), min_size=1, max_size=60), st.sampled_from([60, 300]))
def test_the_lead_is_bounded_whenever_it_is_asked(steps: list[float], lead_ms: int) -> None:
    """However often it is asked, no more than the lead is ahead of a client that plays at once."""
    playout = Playout(lead_ms)
    playout.add(speech(3000), 0)
    now, sent, started = 0.0, 0.0, 0.0
    for step in steps:
        if (now - started) * 1000 > sent:
            started = now - sent / 1000
        sent += FRAME_MS * len(playout.due(now))
        assert sent - (now - started) * 1000 <= lead_ms + 1
        now += step


@given(st.floats(0.05, 2.0), st.floats(0.0, 5.0))
def test_a_pause_stops_time(at: float, length: float) -> None:
    """While paused nothing is handed out and nothing more is heard."""
    playout = Playout()
    playout.add(speech(4000, *((n, n + 1, n * 100.0, n * 100.0 + 90) for n in range(40))), 0)
    playout.complete()
    played(playout, at)
    playout.pause(at)
    heard = playout.heard_upto(at)
    assert playout.due(at + length) == []
    assert playout.heard_upto(at + length) == heard
    assert playout.state is Playing.PAUSED
    playout.resume(at + length)
    assert playout.heard_upto(at + length) == heard
    played(playout, 60, at + length)
    assert playout.heard_upto(at + length + 60) == 40


@given(st.floats(0, 5))
def test_only_whole_words_are_heard(at: float) -> None:
    """A word counts once its last sound has been played."""
    playout = Playout()
    words = [(n * 5, n * 5 + 4, n * 200.0, n * 200.0 + 180) for n in range(20)]
    playout.add(speech(4000, *words), 0)
    playout.complete()
    played(playout, at)
    upto = playout.heard_upto(at)
    ended = [end for _, end, _, to in words if to <= at * 1000]
    assert upto == max(ended, default=0)


def test_utterances_follow_each_other_on_one_clock() -> None:
    """Words of a second utterance count from its place in the text and after the first one's sound."""
    playout = Playout(lead_ms=10_000)
    playout.add(speech(100, (0, 4, 0, 90)), 0)
    playout.add(speech(100, (0, 5, 10, 80), visemes=(Viseme(10, "aa"),)), 20)
    playout.complete()
    frames = playout.due(0.0)
    words = [word for frame in frames for word in frame.words]
    assert words == [SpokenWord(0, 4, 0, 90), SpokenWord(20, 25, 110, 180)]
    assert [viseme.at_ms for frame in frames for viseme in frame.visemes] == [110]


def test_a_voice_that_ran_dry_goes_on_without_a_burst() -> None:
    """After a gap the lead starts anew: the client has been silent meanwhile."""
    playout = Playout(lead_ms=300)
    playout.add(speech(200), 0)
    assert len(playout.due(0.0)) == 10
    playout.add(speech(2000), 0)
    assert len(playout.due(5.0)) == 15


def test_a_pause_before_the_first_sound_holds_it_back() -> None:
    """Speech that becomes ready while the fan speaks waits for the decision."""
    playout = Playout()
    assert playout.pause(0.0) is False
    playout.add(speech(100), 0)
    assert playout.due(0.1) == []
    playout.resume(0.2)
    assert playout.due(0.2)


def test_an_impossible_report_is_ignored() -> None:
    """A client that claims to have played what was never sent moves nothing."""
    playout = Playout()
    playout.add(speech(1000, (0, 1, 0, 100)), 0)
    playout.due(0.0)
    for claim in (-5.0, 1e9, float("nan"), float("inf")):
        playout.report(claim, 0.05)
    assert playout.heard_upto(0.05) == 0
    assert playout.heard_upto(0.2) == 1


def test_frames_go_out_together_where_the_lead_is_ample() -> None:
    """The first 300 ms leave at once; then there are four frames each time that the alarm rings."""
    for lead_ms, together in ((300, 4), (60, 1)):
        playout = Playout(lead_ms)
        playout.add(speech(1000), 0)
        assert len(playout.due(0)) == lead_ms // FRAME_MS
        due = playout.next_due(0)
        assert due is not None
        assert len(playout.due(due)) == together


def test_the_last_frame_does_not_wait_for_more() -> None:
    """Alone in the queue it leaves when it is due."""
    playout = Playout(300)
    playout.add(speech(320), 0)
    playout.due(0)
    assert playout.next_due(0) == FRAME_MS / 1000
