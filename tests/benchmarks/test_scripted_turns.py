"""The engine alone under its benchmark, in virtual time."""

from __future__ import annotations

import pytest

from gemelo.benchmarks.scripted_turns import PROFILES, Forgetful, OpenGuard, made_up_context, measure
from gemelo.models.vocabulary import Language, TurnId
from tests.fakes import WordGuard, at_once
from tests.virtual import virtually


def test_every_profile_gives_its_rows() -> None:
    """Each way to run has its voice-to-voice and what it adds; the guarded one its hold as well."""
    rows = virtually(measure(3, lambda _: WordGuard(), off_loop=at_once))
    metrics = {(row.profile, row.metric) for row in rows}
    assert metrics >= {
        (profile.name, metric) for profile in PROFILES for metric in ("voice_to_voice", "over_services")
    }
    assert {profile for profile, metric in metrics if metric == "guard_hold"} == {"guard"}
    assert all(row.n == 3 and row.p50 is not None and row.interval is not None for row in rows)


def test_in_virtual_time_the_engine_adds_nothing() -> None:
    """Where code takes no time, voice-to-voice is what the services take: the sums are right."""
    over = [
        row.value
        for row in virtually(measure(2, lambda _: WordGuard(), off_loop=at_once))
        if row.metric == "over_services"
    ]
    assert over == pytest.approx([0.0] * len(PROFILES), abs=0.01)


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
