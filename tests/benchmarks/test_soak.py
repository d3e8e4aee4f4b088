"""What unruly fans sent, compared with what the store holds."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.benchmarks.crowd import TYPED, Asked, Fan, Manners
from gemelo.benchmarks.faults import FaultyMind, FaultyVoice
from gemelo.benchmarks.lag import Times
from gemelo.benchmarks.marked import questions_en
from gemelo.benchmarks.soak import Look, Stored, Visitor, findings, lost, rowdy, unstored
from gemelo.models.errors import MindError, VoiceError
from gemelo.models.vocabulary import Findings, Language, Prompt
from tests.virtual import virtually

EN = Language("en")
TEXTS = ["who are you", "why do fans sing", "what is offside"]


def visitor(*said: int, typed: tuple[str, ...] = (), ended: float = 100.0) -> Visitor:
    """One socket on which each question was over at 10, 20, ... s and each message sent then."""
    fan = Fan([], [], Manners(answer_s=1), serial=0)
    fan.session = "s"
    fan.asked = [Asked(0, 10.0 * (at + 1), number) for at, number in enumerate(said)]
    fan.typed = [(id, 10.0 * (at + 1)) for at, id in enumerate(typed)]
    return Visitor([(fan, ended)])


def spoken(text: str, status: str = "done") -> Stored:
    return Stored("s", text, None, status)


@given(st.lists(st.sampled_from(TEXTS)))
def test_what_was_stored_word_for_word_is_not_lost(said: list[str]) -> None:
    """In one turn each, cut in two or run together."""
    assert unstored(said, said) == 0
    assert unstored(said, [" ".join(said)]) == 0
    assert unstored(said, [half for text in said for half in text.split(" ", 1)]) == 0


@given(st.lists(st.sampled_from(TEXTS), min_size=1), st.data())
def test_a_text_that_is_not_stored_is_lost(said: list[str], data: st.DataObject) -> None:
    """Also where the same words were said another time."""
    gone = data.draw(st.integers(0, len(said) - 1))
    assert unstored(said, said[:gone] + said[gone + 1 :]) >= 1


def test_a_turn_is_lost_that_is_missing_double_or_open() -> None:
    """Of spoken turns by their words, of typed ones by their ids."""
    held = [spoken(TEXTS[0]), spoken(TEXTS[1])]
    assert lost(visitor(0, 1), held, TEXTS) == 0
    assert lost(visitor(0, 2), held, TEXTS) == 1
    assert lost(visitor(0, 1), [held[0], spoken(TEXTS[1], "open")], TEXTS) == 1
    typed = Stored("s", "hi", "t1", "cut")
    assert lost(visitor(typed=("t1",)), [typed], TEXTS) == 0
    assert lost(visitor(typed=("t1",)), [typed, typed], TEXTS) == 1
    assert lost(visitor(typed=("t1", "t2")), [typed], TEXTS) == 1


def test_what_was_said_as_the_socket_ended_may_be_forgotten() -> None:
    """Half a turn goes with its socket; what was over well before it does not."""
    assert lost(visitor(0, 1, ended=21.0), [spoken(TEXTS[0])], TEXTS) == 0
    assert lost(visitor(0, 1, ended=23.0), [spoken(TEXTS[0])], TEXTS) == 1


def test_unruly_fans_interrupt_and_type() -> None:
    """Some questions come while the last one is being answered, some are typed, the same for each seed."""
    plan = rowdy([2.0], random.Random(1), 600)
    gaps = [later - at for (at, clip), (later, _) in pairwise(plan) if clip != TYPED]
    assert any(gap < 2 + 5 for gap in gaps)
    assert min(gaps) >= 2 + 2
    assert 0.1 < sum(clip == TYPED for _, clip in plan) / len(plan) < 0.4
    assert plan == rowdy([2.0], random.Random(1), 600)


def test_growth_is_told_from_when_the_server_was_warm() -> None:
    """Memory at the end over memory when warm; tasks when all have gone over tasks before."""
    looks = [Look(10.0 * at, mb, Times(), tasks) for at, (mb, tasks) in enumerate(
        [(100, 9), (200, 60), (205, 61), (210, 60), (150, 10)]
    )]  # fmt: skip
    held = {"s": [spoken(text) for text in questions_en()[:1]]}
    rows = {row.metric: row.value for row in findings([visitor(0)], held, looks)}
    assert rows["rss_growth"] == 0.05
    assert rows["tasks_left"] == 1
    assert rows["lost_turns"] == 0
    assert rows["turns"] == 1


def test_a_faulty_mind_fails_as_often_as_it_should() -> None:
    """All of its replies, or none, or a share of them."""

    async def fails(mind: FaultyMind) -> bool:
        prompt = Prompt("", (), Findings(), "hi", EN)
        try:
            return not [piece async for piece in mind.reply(prompt)]
        except MindError:
            return True

    async def main(share: float) -> list[bool]:
        mind = FaultyMind(share)
        return [await fails(mind) for _ in range(40)]

    assert not any(virtually(main(0.0)))
    assert all(virtually(main(1.0)))
    assert 0 < sum(virtually(main(0.3))) < 40


def test_a_faulty_voice_fails_whole_utterances() -> None:
    """One that fails makes no sound."""

    async def text():
        yield "hello there"

    async def main() -> None:
        with pytest.raises(VoiceError):
            _ = [speech async for speech in FaultyVoice(1.0, 30).speak(text(), EN)]
        assert [speech async for speech in FaultyVoice(0.0, 30).speak(text(), EN)]

    virtually(main())
