"""What a session keeps of its fan, and what a mind reads of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.guard.seam import Redacted
from gemelo.context.memory.facts import Fact
from gemelo.context.policy.context import Memory
from gemelo.context.records import TurnRecord
from gemelo.engine.events import Agreed, Notice, ReplyText
from gemelo.engine.memories import Recollection, recalled, worth_keeping
from gemelo.engine.session import Fan, Session
from gemelo.models.errors import Forgotten
from gemelo.models.vocabulary import Exchange, Language
from tests.engine.scene import finished
from tests.fakes import MemoryRecords, WordGuard, World, context
from tests.virtual import virtually

EN = Language("en")
KEEPING = replace(context(), memory=Memory(keep=True))


@dataclass
class Kept:
    """`Memories` in a list."""

    known: tuple[str, ...] = ()
    facts: list[str] = field(default_factory=list[str])
    consent: str = "ana"

    async def keep(self, facts: Sequence[Fact]) -> None:
        self.facts += [fact.text for fact in facts]

    async def agree(self, share: Sequence[str]) -> Agreed:
        self.consent = "ana"
        return Agreed(True)

    async def part(self) -> Agreed:
        return Agreed(False)


def remembering(world: World, kept: Kept, *, in_crisis: bool = False) -> Session:
    greeted = (Exchange("hi", "I am a virtual twin. Hello."),)
    fan = Fan("s1", EN, greeted, 1, in_crisis, kept)
    return Session(fan, replace(world.stage(), context=KEEPING), world.outbox, spoken=False)


class BrokenGuard(WordGuard):
    def redact(self, text: str) -> Redacted:
        raise RuntimeError


async def test_what_a_fan_says_of_themselves_is_kept() -> None:
    """An answered turn's facts go to the store as they were said."""
    kept = Kept()
    await Recollection(kept).learn(KEEPING, WordGuard(), "Hi, my name is Ana. I live in Bilbao.", EN)
    assert kept.facts == ["my name is Ana", "I live in Bilbao"]


async def test_a_fan_who_did_not_agree_leaves_nothing() -> None:
    """Without memories nothing is kept, known or asked of the guard."""
    nobody = Recollection(None)
    await nobody.learn(KEEPING, BrokenGuard(), "My name is Ana.", EN)
    assert nobody.under(KEEPING, BrokenGuard()) == ()


def test_an_agreement_holds_for_what_is_said_under_it() -> None:
    """Not for what a fan was saying when they gave it, nor for what they said before they gave another."""
    kept = Kept(consent="")
    recollection = Recollection(kept)
    recollection.speak()
    kept.consent = "first"
    assert not recollection.holds(recollection.consent)
    recollection.speak()
    assert recollection.holds(recollection.consent)
    kept.consent = "second"
    assert not recollection.holds(recollection.consent)


async def test_nothing_is_kept_or_recalled_where_no_layer_says_so() -> None:
    """A fan who agreed is not remembered at a place that keeps nothing, from when it says so on."""
    kept = Kept(("my name is Ana",))
    recollection = Recollection(kept)
    await recollection.learn(context(), WordGuard(), "I live in Bilbao.", EN)
    assert kept.facts == []
    assert recollection.under(KEEPING, WordGuard()) == kept.known
    assert recollection.under(context(), WordGuard()) == ()


def test_the_guard_has_the_last_word_on_what_is_kept() -> None:
    """Personal data, names to avoid and planted orders are no facts; nor is anything if the guard fails."""
    said = "My name is Ana. I live in Bilbao. I support Kortaza."
    assert [f.text for f in worth_keeping(WordGuard(secret="Ana"), said, EN)] == [
        "I live in Bilbao",
        "I support Kortaza",
    ]
    assert [f.text for f in worth_keeping(WordGuard(banned="Kortaza"), said, EN)] == [
        "My name is Ana",
        "I live in Bilbao",
    ]
    assert [f.text for f in worth_keeping(WordGuard(orders="Bilbao"), said, EN)] == [
        "My name is Ana",
        "I support Kortaza",
    ]
    assert worth_keeping(BrokenGuard(), said, EN) == ()


def test_what_is_recalled_is_judged_by_the_rules_of_now() -> None:
    """A fact that was kept under other rules is not read where it breaks these."""
    known = ("my name is Ana", "I support Kortaza")
    recollection = Recollection(Kept(known))
    assert recollection.under(KEEPING, WordGuard()) == known
    assert recollection.under(KEEPING, WordGuard(banned="Kortaza")) == ("my name is Ana",)
    assert recalled(BrokenGuard(), known) == ()


@given(st.lists(st.text()), st.text(min_size=1))
def test_nothing_masked_is_recalled(known: list[str], banned: str) -> None:
    """Whatever was kept, no prompt holds a name that its place avoids."""
    assert all(banned not in text for text in recalled(WordGuard(banned=banned), known))


def test_a_mind_reads_what_is_known_beside_the_question() -> None:
    """Facts stand in the prompt, never in its stable prefix, and only those that this place lets pass."""

    async def main() -> None:
        world = World(guard=WordGuard(banned="Kortaza"))
        session = remembering(world, Kept(("my name is Ana", "I support Kortaza")))
        session.say("who won?")
        await finished(session)
        [prompt] = world.mind.calls
        assert prompt.known == ("my name is Ana",)
        assert prompt.prefix == "You are Tess."

    virtually(main())


def test_facts_are_kept_after_the_turn_that_told_them() -> None:
    """The turn is finished first; what it told is then kept."""

    async def main() -> None:
        world, kept = World(), Kept()
        session = remembering(world, kept)
        session.say("My name is Ana. Who won?")
        await finished(session)
        assert kept.facts == ["My name is Ana"]
        assert len(world.records.outcomes) == 1

    virtually(main())


def test_what_was_asked_before_the_fan_agreed_is_not_kept() -> None:
    """Even where that turn ends after they did."""

    async def main() -> None:
        world, kept = World(), Kept(consent="")
        session = remembering(world, kept)
        session.say("My name is Ana. Who won?")
        await kept.agree(())
        await session.drain()
        assert kept.facts == []
        session.say("I live in Bilbao. Who won?")
        await finished(session)
        assert kept.facts == ["I live in Bilbao"]

    virtually(main())


@pytest.mark.parametrize(
    "guard", [WordGuard(forbidden="bomb"), WordGuard(despair="bomb"), WordGuard(secret="Ana")]
)
def test_nothing_is_kept_of_a_turn_that_was_turned_away(guard: WordGuard) -> None:
    """Neither of what was blocked, nor of a cry for help, nor of what the guard takes out."""

    async def main() -> None:
        kept = Kept()
        session = remembering(World(guard=guard), kept)
        session.say("My name is Ana. How do I make a bomb?")
        await finished(session)
        assert kept.facts == []

    virtually(main())


def test_nothing_is_kept_after_a_crisis() -> None:
    """What a fan says in a session that had a crisis is never kept, however harmless."""

    async def main() -> None:
        kept = Kept()
        session = remembering(World(), kept, in_crisis=True)
        session.say("My name is Ana.")
        await finished(session)
        assert kept.facts == []

    virtually(main())


def test_a_cut_turn_that_was_never_judged_tells_nothing() -> None:
    """A fan who interrupts before the question was judged may have said anything."""

    async def main() -> None:
        kept = Kept()
        session = remembering(World(records=MemoryRecords(write_s=0.5)), kept)
        session.say("My name is Ana.")
        session.interrupt()
        await finished(session)
        assert kept.facts == []

    virtually(main())


class ErasedRecords(MemoryRecords):
    async def commit(self, turn: TurnRecord) -> bool:
        raise Forgotten("erased")


def test_a_session_that_was_erased_elsewhere_is_over() -> None:
    """The fan is told so once, nothing is answered, and nothing more is begun."""

    async def main() -> None:
        world = World(records=ErasedRecords())
        session = remembering(world, Kept())
        session.say("who won?")
        await session.drain()
        session.say("who won?")
        await finished(session)
        assert [notice.code for notice in world.outbox.of(Notice)] == ["erased"]
        assert not world.outbox.of(ReplyText)

    virtually(main())
