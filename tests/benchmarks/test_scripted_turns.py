"""The engine alone under its benchmark, in virtual time."""

from __future__ import annotations

import pytest

from gemelo.benchmarks.scripted_turns import (
    FINAL_S,
    FIRST_SOUND_S,
    INTERIM_S,
    SILENCE_S,
    Forgetful,
    OpenGuard,
    Profile,
    made_up_context,
    play,
)
from gemelo.models.vocabulary import Language, Speculation, TurnId
from tests.fakes import at_once
from tests.virtual import virtually


@pytest.mark.parametrize(
    ("speculation", "begun_s"),
    [(Speculation.NEVER, FINAL_S), (Speculation.SILENCE, SILENCE_S), (Speculation.INTERIM, INTERIM_S)],
)
def test_in_virtual_time_the_engine_adds_nothing(speculation: Speculation, begun_s: float) -> None:
    """Where code takes no time, voice-to-voice is what the services take: the sums are right."""
    sum_s = begun_s + FIRST_SOUND_S
    profile = Profile("open", speculation, False, sum_s)
    taken, receipts = virtually(play(profile, made_up_context(), OpenGuard(), 3, at_once))
    assert taken == pytest.approx([1000 * sum_s] * 3, abs=0.01)
    assert len(receipts) == 3


def test_made_up_names_are_as_many_as_asked_for() -> None:
    """The guarded profile avoids the number of names that its settings say."""
    assert len(made_up_context(12).rules.names) == 12


def test_the_open_guard_lets_everything_out() -> None:
    """Text leaves as it comes, and nothing is masked."""
    stream = OpenGuard().open(Language("en"))
    assert (stream.feed("I am ").upto, stream.feed("human").text, stream.finish().text) == (5, "human", "")
    assert OpenGuard().mask("anything") == "anything"


async def test_the_engine_alone_has_no_past() -> None:
    """Records that keep nothing know no turn."""
    records = Forgetful()
    assert await records.history("s", 5) == ()
    assert await records.reply_of("s", TurnId("t")) is None
